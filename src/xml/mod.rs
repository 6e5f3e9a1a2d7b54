//! Small, strict, signed-first XML: one parser, one signature shape, one writer.
//!
//! Not a general XML toolkit and not SAML: no DTD, no entity, no URI, no transform language and no
//! key from a message is ever interpreted. What is signed is read only through [`Signed`], that is
//! from the canonical octets the signature covers
//! (`docs/decisions/0003-read-from-canonical-octets.md`).
//! XML 1.0, Namespaces in XML 1.0, Exclusive XML Canonicalization 1.0, XML Signature 1.1,
//! XML Encryption 1.1.

mod c14n;
mod document;
mod encryption;
mod gate;
mod key;
mod names;
mod read;
mod refusal;
mod shape;
mod signing;
mod verify;
mod writer;

pub use c14n::canonicalize;
pub use document::{Document, Limits, place_of_fault, utf8};
pub use encryption::{Decryption, Encrypted, Plaintext, Undecrypted};
pub use key::{KeyFamily, VerificationKey, verify_octets};
pub use names::{ASSERTION, DSIG, METADATA, PROTOCOL, is_ncname};
pub use read::{attribute, elements, is, only_child, text};
pub use refusal::Refusal;
pub use roxmltree::Node;
pub use signing::{RSA_SHA256, Signer, sign_enveloped, sign_octets};
pub use verify::{Position, Signed, SignedOctets, check_signature_places, verify_enveloped};
pub use writer::{Writer, escape_attribute, escape_text};
