//! Who is vouched for, and who is not.

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, date_time_ymd,
};

use super::*;

struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

fn authority(by: Option<&Authority>) -> Authority {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, if by.is_some() { "below" } else { "top" });
    let certificate = match by {
        None => params.self_signed(&key).unwrap(),
        Some(above) => params.signed_by(&key, &above.issuer).unwrap(),
    };
    Authority { certificate, issuer: Issuer::new(params, key) }
}

fn leaf(by: &Authority, change: fn(&mut CertificateParams)) -> Vec<u8> {
    let mut params = CertificateParams::new(vec!["rp.test".to_owned()]).unwrap();
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    change(&mut params);
    params.signed_by(&KeyPair::generate().unwrap(), &by.issuer).unwrap().der().to_vec()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

/// 2026-11-18.
const NOW: i64 = 1_795_000_000;
const YEAR: i64 = 365 * 86_400;

#[test]
fn an_authority_vouches_for_whom_it_issued_to_at_that_time_and_for_that_purpose() {
    let (ours, other) = (authority(None), authority(None));
    let authorities = Authorities::read(&[ours.certificate.pem().into_bytes()]).unwrap();
    let good = leaf(&ours, |_| {});
    assert_eq!(authorities.vouch(&good, &[], at(NOW)), Ok(()));
    let refused = |der: &[u8], now| authorities.vouch(der, &[], at(now)).is_err();
    assert!(refused(&good, NOW + YEAR), "expired");
    assert!(refused(&good, NOW - YEAR), "not yet valid");
    // The same name, another key.
    assert!(refused(&leaf(&other, |_| {}), NOW), "another authority");
    let server = leaf(&ours, |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    });
    assert!(refused(&server, NOW), "a server's certificate");
    assert!(refused(other.certificate.der(), NOW), "self-signed");
    assert!(refused(b"no certificate", NOW));
}

#[test]
fn a_path_may_lead_over_an_authority_between() {
    let top = authority(None);
    let between = authority(Some(&top));
    let authorities = Authorities::read(&[top.certificate.pem().into_bytes()]).unwrap();
    let good = leaf(&between, |_| {});
    let path = [between.certificate.der().to_vec()];
    assert_eq!(authorities.vouch(&good, &path, at(NOW)), Ok(()));
    assert!(authorities.vouch(&good, &[], at(NOW)).is_err());
    // Whoever was vouched for cannot vouch for others.
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["rp.test".to_owned()]).unwrap();
    let plain = params.signed_by(&key, &top.issuer).unwrap();
    let below = Authority { certificate: plain, issuer: Issuer::new(params, key) };
    let path = [below.certificate.der().to_vec()];
    assert!(authorities.vouch(&leaf(&below, |_| {}), &path, at(NOW)).is_err());
}

#[test]
fn a_file_without_an_authority_is_named() {
    let good = authority(None).certificate.pem().into_bytes();
    for (bad, expected) in [
        (b"".to_vec(), AuthorityFault::NoCertificate),
        (
            b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----".to_vec(),
            AuthorityFault::NoCertificate,
        ),
    ] {
        let (at, fault) = Authorities::read(&[good.clone(), bad]).unwrap_err();
        assert_eq!((at, fault), (1, expected));
    }
    let other = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec();
    assert!(matches!(Authorities::read(&[other]), Err((0, AuthorityFault::Unusable(_)))));
}
