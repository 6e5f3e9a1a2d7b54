//! Pairs of files that belong together, and pairs that do not. Handshakes: `tests/it/tls.rs`.

use rcgen::{CertificateParams, KeyPair};

use super::*;

fn pair() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["broker.test".to_owned()]).unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn fault(chain: &str, key: &str) -> IdentityFault {
    ServerIdentity::read(chain.as_bytes(), key.as_bytes()).unwrap_err()
}

#[test]
fn a_certificate_and_its_key_belong_together_and_no_others_do() {
    let ((chain, key), (_, stranger)) = (pair(), pair());
    let identity = ServerIdentity::read(chain.as_bytes(), key.as_bytes()).unwrap();
    assert!(identity.not_after() > Timestamp::from_unix_seconds(0));
    assert!(!format!("{identity:?}").contains("PRIVATE"));
    assert_eq!(fault(&chain, &stranger), IdentityFault::KeyMismatch);
    assert_eq!(fault(&chain, &chain), IdentityFault::NoKey);
    assert_eq!(fault(&key, &key), IdentityFault::NoCertificate);
    assert_eq!(fault("", &key), IdentityFault::NoCertificate);
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(fault(broken, &key), IdentityFault::Unusable(_)));
    let broken = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    assert!(matches!(fault(&chain, broken), IdentityFault::Unusable(_)));
}

#[test]
fn only_suites_with_forward_secrecy_and_authenticated_encryption_are_offered() {
    for suite in provider().cipher_suites {
        let name = format!("{:?}", suite.suite());
        let known = name.starts_with("TLS13_") || name.starts_with("TLS_ECDHE_");
        assert!(known && (name.contains("_GCM_") || name.starts_with("TLS13_CHACHA20")), "{name}");
    }
}
