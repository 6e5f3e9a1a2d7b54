//! What a token is bound to: the claim `cnf` (RFC 7800; RFC 9449, section 6; RFC 8705, section 3.1).
//!
//! Not the proof: DPoP and the TLS listener check possession, and hand over the thumbprint.

use serde::{Deserialize, Serialize};

/// A key that the holder of a token must show; serialised as the value of `cnf`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confirmation {
    /// `jkt`: thumbprint of a DPoP key (RFC 7638, SHA-256, base64url).
    #[serde(rename = "jkt")]
    Key(String),
    /// `x5t#S256`: SHA-256 of a certificate's DER, base64url.
    #[serde(rename = "x5t#S256")]
    Certificate(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confirmation_is_written_as_the_claim_cnf() {
        let key = serde_json::to_value(Confirmation::Key("abc".to_owned())).unwrap();
        assert_eq!(key, serde_json::json!({"jkt": "abc"}));
        let certificate = serde_json::to_value(Confirmation::Certificate("abc".to_owned()));
        assert_eq!(certificate.unwrap(), serde_json::json!({"x5t#S256": "abc"}));
    }
}
