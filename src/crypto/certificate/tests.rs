use super::*;

fn subject() -> Subject<'static> {
    Subject {
        organization: "Ente di Prova per il Collaudo",
        common_name: "Ente Prova",
        locality: "Roma",
        identifier: Identifier::Ipa("c_h501"),
        entity_id: "http://localhost:9600/saml/metadata",
    }
}

fn made() -> (RsaSigningKey, Vec<u8>) {
    let (fx, _) = Effects::scripted(1_795_341_600, 7);
    let key = RsaSigningKey::from_pkcs8(&RsaSigningKey::generate(2048).unwrap()).unwrap();
    let lives = Duration::from_hours(3650 * 24);
    let der = self_signed(&subject(), &key, lives, &fx).unwrap();
    (key, der)
}

#[test]
fn our_certificate_has_the_profile_of_agid() {
    let (key, der) = made();
    let (_, certificate) = X509Certificate::from_der(&der).unwrap();
    let name = certificate.subject().to_string();
    for part in ["C=IT", "L=Roma", "O=Ente di Prova per il Collaudo", "CN=Ente Prova"] {
        assert!(name.contains(part), "{name}");
    }
    assert!(name.contains("PA:IT-c_h501") && name.contains("/saml/metadata"), "{name}");
    let constraints = certificate.basic_constraints().unwrap().unwrap();
    assert!(!constraints.value.ca && !constraints.critical);
    let usage = certificate.key_usage().unwrap().unwrap();
    assert!(usage.critical && usage.value.digital_signature() && usage.value.non_repudiation());
    assert_eq!(usage.value.flags, 0b11, "nothing else");
    let has = |needle: &[u8]| der.windows(needle.len()).any(|window| window == needle);
    assert!(has(b"agIDcert") && has(b"cert_SP_Pub"));
    assert!(belongs_to(&der, &key));
}

#[test]
fn a_private_body_is_named_by_its_number_and_has_its_own_policy() {
    let (fx, _) = Effects::scripted(1_795_341_600, 7);
    let (key, _) = made();
    for (identifier, name) in [
        (Identifier::Vat("12345678903"), "VATIT-12345678903"),
        (Identifier::Fiscal("RSSMRA80A01H501U"), "CF:IT-RSSMRA80A01H501U"),
    ] {
        let subject = Subject { identifier, ..subject() };
        let der = self_signed(&subject, &key, Duration::from_hours(1), &fx).unwrap();
        let (_, certificate) = X509Certificate::from_der(&der).unwrap();
        assert!(certificate.subject().to_string().contains(name));
        let has = |needle: &[u8]| der.windows(needle.len()).any(|window| window == needle);
        assert!(has(b"cert_SP_Priv") && has(&[0x10, 0x04, 0x03, 0x01]) && !has(b"cert_SP_Pub"));
    }
}

#[test]
fn a_certificate_for_encryption_signs_nothing() {
    let (fx, _) = Effects::scripted(1_795_341_600, 7);
    let (key, _) = made();
    let lives = Duration::from_hours(1);
    let der = self_signed_for_encryption(&subject(), &key, lives, &fx).unwrap();
    let (_, certificate) = X509Certificate::from_der(&der).unwrap();
    let usage = certificate.key_usage().unwrap().unwrap();
    assert_eq!(usage.value.flags, 0b100, "keyEncipherment");
    assert!(belongs_to(&der, &key));
}

#[test]
fn a_certificate_ends_when_it_was_told_to() {
    let (_, der) = made();
    let expected = 1_795_341_600 + 3650 * 86_400;
    assert_eq!(not_after(&der), Ok(Timestamp::from_unix_seconds(expected)));
    assert_eq!(not_after(b"no certificate"), Err(CertificateFault::Unreadable));
}

#[test]
fn pem_comes_back_as_it_went() {
    let (_, der) = made();
    for kind in [Pem::Certificate, Pem::PrivateKey] {
        for length in [0, 47, 48, 49, der.len()] {
            let part = der.get(..length).unwrap();
            assert_eq!(kind.read(&kind.write(part)).unwrap().as_slice(), part);
        }
    }
    assert!(Pem::PrivateKey.read(&Pem::Certificate.write(&der)).is_err());
    assert!(Pem::Certificate.read("-----BEGIN CERTIFICATE-----\n%%\n").is_err());
}

#[test]
fn a_certificate_of_another_key_does_not_belong() {
    let ((_, first), (second, _)) = (made(), made());
    assert!(!belongs_to(&first, &second));
}

#[test]
fn a_subject_with_an_empty_part_is_refused() {
    let (fx, _) = Effects::scripted(0, 1);
    let key = RsaSigningKey::from_pkcs8(&RsaSigningKey::generate(2048).unwrap()).unwrap();
    let subject = Subject { identifier: Identifier::Ipa(" "), ..subject() };
    assert!(self_signed(&subject, &key, Duration::from_secs(1), &fx).is_err());
}
