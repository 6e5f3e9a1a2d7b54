//! The genuine messages, each in canonical form.
//!
//! Not signed: the seeds are made from them, and the targets compare what was accepted with them.

/// When the request was sent: 2026-11-22T10:00:00Z.
pub const SENT: i64 = 1_795_341_600;
/// The provider that was asked.
pub const IDP: &str = "https://idp.example/metadata";
/// Another known provider.
pub const OTHER_IDP: &str = "https://other.example/metadata";
/// Our entity ID.
pub const SP: &str = "https://broker.example/saml/metadata";
/// Our consumer.
pub const ACS: &str = "https://broker.example/saml/acs";
/// Our single logout service.
pub const SLO: &str = "https://broker.example/saml/slo";
/// `ID` of the request.
pub const REQUEST: &str = "_request-1";
/// `RelayState` of the genuine redirected message.
pub const RELAY_STATE: &str = "relay state/1";

/// The attributes of the genuine assertion.
pub const ATTRIBUTES: [(&str, &str); 2] =
    [("fiscalNumber", "TINIT-GDNNWA12H81Y874F"), ("spidCode", "AGID-001")];

/// The genuine assertion.
pub const ASSERTION: &str = concat!(
    r#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_assertion-1" IssueInstant="2026-11-22T10:00:20Z" Version="2.0">"#,
    r#"<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">https://idp.example/metadata</saml:Issuer>"#,
    r#"<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient" NameQualifier="https://idp.example/"> _name </saml:NameID>"#,
    r#"<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData InResponseTo="_request-1" NotOnOrAfter="2026-11-22T10:05:00Z" Recipient="https://broker.example/saml/acs"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>"#,
    r#"<saml:Conditions NotBefore="2026-11-22T10:00:21Z" NotOnOrAfter="2026-11-22T10:05:01Z"><saml:AudienceRestriction><saml:Audience> https://broker.example/saml/metadata </saml:Audience></saml:AudienceRestriction></saml:Conditions>"#,
    r#"<saml:AuthnStatement AuthnInstant="2026-11-22T10:00:19Z" SessionIndex="_s"><saml:AuthnContext><saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL2</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"#,
    r#"<saml:AttributeStatement><saml:Attribute Name="spidCode"><saml:AttributeValue>AGID-001</saml:AttributeValue></saml:Attribute>"#,
    r#"<saml:Attribute Name="digitalAddress"><saml:AttributeValue></saml:AttributeValue></saml:Attribute>"#,
    r#"<saml:Attribute Name="fiscalNumber" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"><saml:AttributeValue> TINIT-GDNNWA12H81Y874F </saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"#,
);

/// The genuine Response; `{assertion}` stands for the assertion.
pub const RESPONSE: &str = concat!(
    r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="https://broker.example/saml/acs" ID="_response-1" InResponseTo="_request-1" IssueInstant="2026-11-22T10:00:22Z" Version="2.0">"#,
    r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">https://idp.example/metadata</saml:Issuer>"#,
    r#"<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status>"#,
    r"{assertion}</samlp:Response>",
);

/// The genuine logout request.
pub const LOGOUT_REQUEST: &str = concat!(
    r#"<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="https://broker.example/saml/slo" ID="_logout-1" IssueInstant="2026-11-22T10:00:22Z" NotOnOrAfter="2026-11-22T10:05:22Z" Reason="urn:oasis:names:tc:SAML:2.0:logout:user" Version="2.0">"#,
    r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">https://idp.example/metadata</saml:Issuer>"#,
    r#"<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">_name</saml:NameID>"#,
    r"<samlp:SessionIndex>_s</samlp:SessionIndex></samlp:LogoutRequest>",
);

/// The genuine answer to a logout request of ours.
pub const LOGOUT_RESPONSE: &str = concat!(
    r#"<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="https://broker.example/saml/slo" ID="_answer-1" InResponseTo="_request-1" IssueInstant="2026-11-22T10:00:22Z" Version="2.0">"#,
    r#"<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://idp.example/metadata</saml:Issuer>"#,
    r#"<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status></samlp:LogoutResponse>"#,
);
