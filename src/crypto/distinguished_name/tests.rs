//! Names that are one, names that are not, and texts that are no name.

use rcgen::{CertificateParams, DistinguishedName as Dn, DnType, DnValue, KeyPair};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::*;

fn parsed(text: &str) -> DistinguishedName {
    DistinguishedName::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn held(entries: Vec<(DnType, DnValue)>) -> DistinguishedName {
    let mut params = CertificateParams::default();
    params.distinguished_name = Dn::new();
    for (kind, value) in entries {
        params.distinguished_name.push(kind, value);
    }
    let der = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
    let (_, certificate) = X509Certificate::from_der(der.der()).unwrap();
    DistinguishedName::of(certificate.subject())
}

#[test]
fn a_written_name_is_the_one_in_the_certificate_whatever_string_type_it_has() {
    let utf8 = |text: &str| DnValue::Utf8String(text.to_owned());
    let printable = |text: &str| DnValue::PrintableString(text.try_into().unwrap());
    let name = held(vec![
        (DnType::CountryName, printable("IT")),
        (DnType::OrganizationName, utf8("Città, \"Nuova\" + C.")),
        (DnType::CustomDnType(vec![2, 5, 4, 97]), utf8("VATIT-01234567890")),
        (DnType::CommonName, utf8("portale ")),
    ]);
    for same in [
        "CN=portale\\ ,organizationIdentifier=VATIT-01234567890,O=Città\\, \\\"Nuova\\\" \\+ C.,C=IT",
        "cn=portale\\20, 2.5.4.97=VATIT-01234567890, o=Citt\\C3\\A0\\2C \\22Nuova\\22 \\2B C., c=IT",
        "2.5.4.3=#0C08706F7274616C6520,2.5.4.97=#0c1156415449542d3031323334353637383930,\
         O=Città\\, \\\"Nuova\\\" \\+ C.,C=#13024954",
    ] {
        assert_eq!(parsed(same), name, "{same}");
    }
    for other in [
        "CN=portale,2.5.4.97=VATIT-01234567890,O=Città\\, \\\"Nuova\\\" \\+ C.,C=IT",
        "CN=Portale\\ ,2.5.4.97=VATIT-01234567890,O=Città\\, \\\"Nuova\\\" \\+ C.,C=IT",
        "C=IT,O=Città\\, \\\"Nuova\\\" \\+ C.,2.5.4.97=VATIT-01234567890,CN=portale\\ ",
        "CN=portale\\ ",
        "CN=portale\\ +2.5.4.97=VATIT-01234567890,O=Città\\, \\\"Nuova\\\" \\+ C.,C=IT",
    ] {
        assert_ne!(parsed(other), name, "{other}");
    }
    assert!(held(Vec::new()).is_empty());
}

#[test]
fn one_rdn_with_two_values_has_no_order_but_is_not_two_rdns() {
    assert_eq!(parsed("CN=a+UID=b,C=IT"), parsed("UID=b+CN=a,C=IT"));
    assert_ne!(parsed("CN=a+UID=b,C=IT"), parsed("CN=a,UID=b,C=IT"));
    assert_ne!(parsed("CN=a,C=IT"), parsed("C=IT,CN=a"));
}

#[test]
fn a_value_cannot_smuggle_another_part_in() {
    assert_ne!(parsed("CN=a\\,O=b"), parsed("CN=a,O=b"));
    assert_ne!(parsed("CN=a\\+O=b"), parsed("CN=a+O=b"));
    assert_ne!(parsed("CN=a\\00b"), parsed("CN=a"));
    assert_eq!(parsed("CN=a=b"), parsed("CN=a\\=b"));
}

#[test]
fn a_text_that_is_no_name_is_refused() {
    for (text, fault) in [
        ("", NameFault::Empty),
        ("portale", NameFault::NoType),
        ("CN=a,", NameFault::NoType),
        ("CN=a,,C=IT", NameFault::UnknownType),
        ("=a", NameFault::UnknownType),
        ("COMMON NAME=a", NameFault::UnknownType),
        ("2=a", NameFault::UnknownType),
        ("2..5=a", NameFault::UnknownType),
        ("2.05=a", NameFault::UnknownType),
        ("CN= a", NameFault::BadValue),
        ("CN=a ", NameFault::BadValue),
        ("CN=a ,C=IT", NameFault::BadValue),
        ("CN=\"a\"", NameFault::BadValue),
        ("CN=a;C=IT", NameFault::BadValue),
        ("CN=a\\", NameFault::BadValue),
        ("CN=a\\x", NameFault::BadValue),
        ("CN=\\FF", NameFault::BadValue),
        ("CN=#", NameFault::BadValue),
        ("CN=#0C", NameFault::BadValue),
        ("CN=#0C0161FF", NameFault::BadValue),
        ("CN=#zz", NameFault::BadValue),
        ("CN=a+CN=a", NameFault::BadValue),
    ] {
        assert_eq!(DistinguishedName::parse(text), Err(fault), "{text}");
    }
}
