//! The names of SAML 2.0 and SPID: namespaces, bindings, formats, status codes.
//!
//! Not the levels: those stand in `terms`.

pub use crate::xml::{ASSERTION, DSIG, METADATA, PROTOCOL};

/// Namespace of SPID's extensions to metadata and requests (Avviso 29).
pub const SPID: &str = "https://spid.gov.it/saml-extensions";

/// Namespace of the billing data in SPID's metadata: element names of `FatturaPA` (Avviso 29 v3).
pub const FPA: &str = "https://spid.gov.it/invoicing-extensions";
/// Namespace of CIE's extensions to metadata.
pub const CIE: &str = "https://www.cartaidentita.interno.gov.it/saml-extensions";
/// The parameter of a request, on both bindings.
pub const SAML_REQUEST: &str = "SAMLRequest";
/// The parameter of a response, on both bindings.
pub const SAML_RESPONSE: &str = "SAMLResponse";
/// Namespace of registration and publication information in metadata (saml-metadata-rpi, 2).
pub const PUBLICATION: &str = "urn:oasis:names:tc:SAML:metadata:rpi";

/// Binding HTTP-Redirect (saml-bindings, section 3.4).
pub const BINDING_REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
/// Binding HTTP-POST (saml-bindings, section 3.5).
pub const BINDING_POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
/// Format of an entity ID.
pub const FORMAT_ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
/// Format of a transient name.
pub const FORMAT_TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
/// Format of an attribute name.
pub const FORMAT_BASIC: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";
/// The one confirmation method.
pub const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// Status: authenticated.
pub const STATUS_SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
/// Status: the requester's fault.
pub const STATUS_REQUESTER: &str = "urn:oasis:names:tc:SAML:2.0:status:Requester";
/// Status: the responder's fault, or the person's choice.
pub const STATUS_RESPONDER: &str = "urn:oasis:names:tc:SAML:2.0:status:Responder";
/// Status: the request's version is not spoken.
pub const STATUS_VERSION: &str = "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch";

/// Why somebody is logged out: because the person asked (core 3.7.3).
pub const LOGOUT_BY_USER: &str = "urn:oasis:names:tc:SAML:2.0:logout:user";
