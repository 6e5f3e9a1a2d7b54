//! What is signed here is read by an independent decoder.

use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};

use super::super::jose::TokenType;
use super::*;

fn signer(algorithm: SigningAlgorithm) -> LocalKey {
    LocalKey::from_pkcs8(algorithm, &LocalKey::generate(algorithm).unwrap()).unwrap()
}

fn decoded(signer: &LocalKey, token: &str, algorithm: Algorithm) -> Result<Value, String> {
    let jwk: Jwk = serde_json::from_value(signer.jwk().clone()).unwrap();
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    decode::<Value>(token, &DecodingKey::from_jwk(&jwk).unwrap(), &validation)
        .map(|data| data.claims)
        .map_err(|fault| fault.to_string())
}

#[test]
fn a_signed_token_is_verified_by_the_published_key() {
    for (algorithm, other) in [
        (SigningAlgorithm::RS256, Algorithm::RS256),
        (SigningAlgorithm::PS256, Algorithm::PS256),
        (SigningAlgorithm::ES256, Algorithm::ES256),
    ] {
        let signer = signer(algorithm);
        let token = signer.sign(br#"{"sub":"someone"}"#).unwrap();
        assert_eq!(decoded(&signer, &token, other), Ok(json!({"sub": "someone"})));
        let header = decode_header(&token).unwrap();
        assert_eq!(header.kid.as_deref(), Some(signer.kid()));
        assert_eq!(header.typ.as_deref(), Some("JWT"));
    }
}

#[test]
fn a_token_changed_after_signing_is_not_verified() {
    let signer = signer(SigningAlgorithm::ES256);
    let token = signer.sign(br#"{"sub":"someone"}"#).unwrap();
    let other = signer.sign(br#"{"sub":"somebody"}"#).unwrap();
    let mut parts = token.split('.');
    let mixed = [parts.next(), other.split('.').nth(1), parts.nth(1)].map(Option::unwrap).join(".");
    assert!(decoded(&signer, &mixed, Algorithm::ES256).is_err());
}

#[test]
fn a_key_is_named_by_its_thumbprint_and_publishes_no_private_member() {
    for algorithm in SigningAlgorithm::ALL {
        let signer = signer(algorithm);
        let jwk: Jwk = serde_json::from_value(signer.jwk().clone()).unwrap();
        assert_eq!(signer.kid(), jwk.thumbprint(ThumbprintHash::SHA256).unwrap());
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(signer.jwk().get(private).is_none(), "{private} must not be published");
        }
    }
}

#[test]
fn a_key_of_another_kind_is_refused() {
    let rsa = LocalKey::generate(SigningAlgorithm::RS256).unwrap();
    let fault = LocalKey::from_pkcs8(SigningAlgorithm::ES256, &rsa).unwrap_err();
    assert_eq!(fault, KeyFault::Unreadable);
}

#[test]
fn what_one_padding_signed_the_other_does_not_verify() {
    let der = LocalKey::generate(SigningAlgorithm::RS256).unwrap();
    let pkcs1 = LocalKey::from_pkcs8(SigningAlgorithm::RS256, &der).unwrap();
    let pss = LocalKey::from_pkcs8(SigningAlgorithm::PS256, &der).unwrap();
    let token = pss.sign(b"{}").unwrap();
    assert!(decoded(&pss, &token, Algorithm::PS256).is_ok());
    assert!(decoded(&pkcs1, &token, Algorithm::RS256).is_err());
}

#[test]
fn a_key_in_this_process_signs_at_once_and_the_header_says_what_the_token_is() {
    let key: Box<dyn Signer> = Box::new(signer(SigningAlgorithm::PS256));
    for typ in [
        TokenType::Jwt,
        TokenType::AccessToken,
        TokenType::LogoutToken,
        TokenType::Introspection,
        TokenType::EntityStatement,
        TokenType::ResolveResponse,
    ] {
        let Answer::Now(Ok(token)) = key.jws(typ, b"{}") else { panic!("it waits") };
        let header = decode_header(&token).unwrap();
        assert_eq!(header.typ.as_deref(), Some(typ.name()));
        assert_eq!(header.kid.as_deref(), Some(key.public().kid()));
        assert_eq!(header.alg, Algorithm::PS256);
    }
}
