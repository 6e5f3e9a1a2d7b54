//! What a signature must look like and who must have made it: SA-14 to SA-16, SA-25, SA-28 to SA-38.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use varco::xml::{RSA_SHA256, Refusal, VerificationKey, sign_octets, verify_octets};

use crate::fixture_xml::{
    EVIL, GENUINE, Recipe, TWO, assertion, assertion_signed, attacker, both_signed, identity,
    provider, response, signed_assertion,
};

const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
const OLD: &str = "http://www.w3.org/2000/09/xmldsig#";

#[track_caller]
fn refused(text: &str, by: Refusal) {
    assert_eq!(identity(text, &provider().keys()), Err(by));
}

/// SA-32.
#[test]
fn a_response_without_a_signed_assertion_is_refused() {
    refused(&response(&assertion("_a1", GENUINE).0).0, Refusal::SignatureMissing);
}

/// SA-37.
#[test]
fn a_signature_without_key_info_is_accepted() {
    assert_eq!(identity(&Recipe::default().response(), &provider().keys()).as_deref(), Ok(GENUINE));
}

/// SA-14: one good signature never excuses a bad one.
#[test]
fn every_signature_that_is_present_must_verify() {
    let text = both_signed();
    let broken = |nth: usize| {
        let at = text.match_indices("<ds:SignatureValue>").nth(nth).unwrap().0 + 25;
        let (head, tail) = text.split_at(at);
        let (first, tail) = tail.split_at(1);
        format!("{head}{}{tail}", if first == "A" { "B" } else { "A" })
    };
    refused(&broken(0), Refusal::SignatureValue);
    // The assertion's signature is covered by that of the Response.
    refused(&broken(1), Refusal::SignatureDigest);
}

/// SA-14: two signatures in one assertion, in both orders.
#[test]
fn two_signatures_in_one_assertion_are_refused() {
    let (canonical, place) = assertion("_a1", GENUINE);
    let (head, tail) = canonical.split_at(place);
    let good = Recipe::default().signature(&canonical);
    let evil = Recipe {
        sign: &|octets| attacker().signer.key().sign_sha256(octets).unwrap(),
        ..Recipe::default()
    }
    .signature(&canonical);
    for pair in [format!("{good}{evil}"), format!("{evil}{good}")] {
        refused(&response(&format!("{head}{pair}{tail}")).0, Refusal::SignaturePosition);
    }
}

/// SA-13: before the Issuer, at the end, inside Subject, and under a foreign name.
#[test]
fn a_signature_in_another_place_is_refused() {
    let (canonical, place) = assertion("_a1", GENUINE);
    let signature = Recipe::default().signature(&canonical);
    let places = [
        canonical.find("<saml:Issuer").unwrap(),
        canonical.find("<saml:Conditions").unwrap(),
        canonical.rfind("</saml:Assertion").unwrap(),
        canonical.find("<saml:NameID").unwrap(),
    ];
    for at in places {
        let (head, tail) = canonical.split_at(at);
        assert_ne!(at, place);
        let text = response(&format!("{head}{signature}{tail}")).0;
        assert!(matches!(
            identity(&text, &provider().keys()),
            Err(Refusal::SignaturePosition | Refusal::SignatureMissing)
        ));
    }
    let foreign = signature.replace(OLD, "urn:example:not-dsig");
    let (head, tail) = canonical.split_at(place);
    refused(&response(&format!("{head}{foreign}{tail}")).0, Refusal::SignaturePosition);
}

/// SA-08, SA-15, SA-30: parts that are missing, repeated or further.
#[test]
fn a_signature_of_another_shape_is_refused() {
    let good = Recipe::default().response();
    let info_start = good.find("<ds:SignedInfo>").unwrap();
    let info_end = good.find("</ds:SignedInfo>").unwrap() + "</ds:SignedInfo>".len();
    let info = good.get(info_start..info_end).unwrap();
    let reference = info.find("<ds:Reference").unwrap()..info.find("</ds:SignedInfo>").unwrap();
    let reference = info.get(reference).unwrap();
    let object = "<ds:Object></ds:Object></ds:Signature>";
    let key = "<ds:KeyInfo></ds:KeyInfo>";
    let changes = [
        (info, format!("{info}{info}")),
        (info, String::new()),
        (reference, format!("{reference}{reference}")),
        (reference, reference.repeat(1000)),
        (reference, String::new()),
        ("</ds:Signature>", object.to_owned()),
        ("</ds:Signature>", format!("{key}{object}")),
        ("</ds:Signature>", format!("{key}{key}</ds:Signature>")),
        ("<ds:Signature ", "<ds:Signature Type=\"x\" ".to_owned()),
        ("<ds:SignedInfo>", "<ds:SignedInfo>text".to_owned()),
        ("<ds:SignedInfo>", "<ds:SignedInfo Type=\"x\">".to_owned()),
        ("</ds:DigestValue>", "<ds:b></ds:b></ds:DigestValue>".to_owned()),
        ("</ds:SignatureValue>", "<ds:b></ds:b></ds:SignatureValue>".to_owned()),
        ("<ds:SignatureValue>", "<ds:SignatureValue>*".to_owned()),
        ("<ds:DigestMethod ", "<ds:DigestMethod Type=\"x\" ".to_owned()),
    ];
    for (from, to) in changes {
        let text = good.replacen(from, &to, 1);
        assert_ne!(text, good);
        let answer = identity(&text, &provider().keys());
        let by_shape = [Refusal::SignatureShape, Refusal::Limit];
        assert!(answer.as_ref().is_err_and(|by| by_shape.contains(by)), "{to:.60} → {answer:?}");
    }
}

/// SA-33, SA-34, SA-35: the algorithm is on the list or the message is refused; nothing falls back.
#[test]
fn sha1_md5_hmac_and_unknown_algorithms_are_refused_by_name() {
    for (method, by) in [
        (format!("{OLD}rsa-sha1"), Refusal::SignatureSha1),
        (format!("{OLD}dsa-sha1"), Refusal::SignatureSha1),
        (format!("{MORE}ecdsa-sha1"), Refusal::SignatureSha1),
        (format!("{MORE}rsa-md5"), Refusal::SignatureAlgorithm),
        (format!("{OLD}hmac-sha1"), Refusal::SignatureAlgorithm),
        (format!("{MORE}hmac-sha256"), Refusal::SignatureAlgorithm),
        (String::new(), Refusal::SignatureAlgorithm),
        (format!("{RSA_SHA256} "), Refusal::SignatureAlgorithm),
        (RSA_SHA256.to_uppercase(), Refusal::SignatureAlgorithm),
    ] {
        refused(&Recipe { method: &method, ..Recipe::default() }.response(), by);
    }
    let sha1 = format!("{OLD}sha1");
    let text = Recipe { digest_method: &sha1, ..Recipe::default() }.response();
    refused(&text, Refusal::SignatureSha1);
    let md5 = format!("{MORE}md5");
    let text = Recipe { digest_method: &md5, ..Recipe::default() }.response();
    refused(&text, Refusal::SignatureAlgorithm);
}

/// SA-34: a MAC made with public material is no signature.
#[test]
fn a_mac_made_with_the_certificate_is_refused() {
    use aws_lc_rs::hmac;
    let method = format!("{MORE}hmac-sha256");
    let der = provider().certificate.clone();
    let encoded = provider().signer.certificate();
    let pem =
        |name: &str, body: &str| format!("-----BEGIN {name}-----\n{body}\n-----END {name}-----\n");
    let (_, parsed) = x509_parser::parse_x509_certificate(&der).unwrap();
    let spki = parsed.public_key().raw.to_vec();
    let spki_pem = pem("PUBLIC KEY", &STANDARD.encode(&spki));
    for secret in [
        der.clone(),
        encoded.into(),
        pem("CERTIFICATE", encoded).into(),
        spki.clone(),
        spki_pem.into(),
        parsed.public_key().subject_public_key.data.to_vec(),
        vec![],
    ] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let sign = |octets: &[u8]| hmac::sign(&key, octets).as_ref().to_vec();
        let honest = Recipe { method: &method, sign: &sign, ..Recipe::default() };
        refused(&honest.response(), Refusal::SignatureAlgorithm);
        let lying = Recipe { sign: &sign, ..Recipe::default() };
        refused(&lying.response(), Refusal::SignatureValue);
    }
    // SA-35, CVE-2009-0217: a MAC of no length, under either name.
    for length in ["0", "1", "8"] {
        let output =
            format!("<ds:HMACOutputLength>{length}</ds:HMACOutputLength></ds:SignatureMethod>");
        let truncated = |text: String| text.replace("</ds:SignatureMethod>", &output);
        let honest = Recipe { method: &method, ..Recipe::default() }.response();
        refused(&truncated(honest), Refusal::SignatureAlgorithm);
        refused(&truncated(Recipe::default().response()), Refusal::SignatureShape);
    }
}

/// SA-25, SA-24: only the digest of the element itself will do.
#[test]
fn an_empty_short_or_foreign_digest_is_refused() {
    let empty = STANDARD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b""));
    for (digest, by) in [
        (empty.as_str(), Refusal::SignatureDigest),
        ("", Refusal::SignatureShape),
        ("0e12", Refusal::SignatureDigest),
        ("AAAA", Refusal::SignatureDigest),
        ("not base64!", Refusal::SignatureShape),
        ("AB==", Refusal::SignatureShape),
    ] {
        refused(&Recipe { digest: Some(digest), ..Recipe::default() }.response(), by);
    }
    // White space in base64 says nothing (XML Schema part 2, 3.2.16): the decoded octets count.
    let (canonical, _) = assertion("_a1", GENUINE);
    let right = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, canonical.as_bytes());
    let right = STANDARD.encode(right);
    let (head, tail) = right.split_at(20);
    let spaced = format!(" {head}\n {tail} ");
    let text = Recipe { digest: Some(&spaced), ..Recipe::default() }.response();
    assert_eq!(identity(&text, &provider().keys()).as_deref(), Ok(GENUINE));
    for other in
        [format!("{right}{right}"), format!("{right}AAAA"), head.to_owned(), format!("{right}=")]
    {
        let text = Recipe { digest: Some(&other), ..Recipe::default() }.response();
        assert!(identity(&text, &provider().keys()).is_err(), "{other}");
    }
}

/// SA-25: line breaks in base64 are what providers really send.
#[test]
fn white_space_inside_base64_is_accepted() {
    let good = Recipe::default().response();
    let text = good.replacen("<ds:SignatureValue>", "<ds:SignatureValue>\n ", 1);
    assert_eq!(identity(&text, &provider().keys()).as_deref(), Ok(GENUINE));
}

/// SA-28, SA-29: validly signed, and still refused.
#[test]
fn a_reference_to_anything_but_the_parent_is_refused() {
    for uri in [
        "",
        "#",
        "_a1",
        "#_resp",
        "#xpointer(/)",
        "#xpointer(id('_a1'))",
        "#_a1 ",
        "##_a1",
        "http://example.it/#_a1",
        "file:///etc/passwd",
        "cid:_a1",
        "#_A1",
    ] {
        refused(&Recipe { uri, ..Recipe::default() }.response(), Refusal::SignatureReference);
    }
    let missing = Recipe::default().response().replace(" URI=\"#_a1\"", "");
    refused(&missing, Refusal::SignatureReference);
}

/// SA-31.
#[test]
fn transforms_other_than_enveloped_then_exclusive_are_refused() {
    let one = |uri: &str| format!("<ds:Transform Algorithm=\"{uri}\"></ds:Transform>");
    let enveloped = one(&format!("{OLD}enveloped-signature"));
    let exclusive = one("http://www.w3.org/2001/10/xml-exc-c14n#");
    let list = |prefixes: &str| {
        format!(
            "{enveloped}<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">\
             <ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" \
             PrefixList=\"{prefixes}\"></ec:InclusiveNamespaces></ds:Transform>"
        )
    };
    for transforms in [
        String::new(),
        enveloped.clone(),
        exclusive.clone(),
        format!("{exclusive}{enveloped}"),
        format!("{enveloped}{enveloped}{exclusive}"),
        format!("{TWO}{exclusive}"),
        format!("{enveloped}{}", one("http://www.w3.org/2001/10/xml-exc-c14n#WithComments")),
        format!("{enveloped}{}", one("http://www.w3.org/TR/2001/REC-xml-c14n-20010315")),
        format!("{enveloped}{}", one("http://www.w3.org/2006/12/xml-c14n11")),
        format!("{}{exclusive}", one("http://www.w3.org/TR/1999/REC-xslt-19991116")),
        format!("{}{exclusive}", one("http://www.w3.org/TR/1999/REC-xpath-19991116")),
        format!("{}{exclusive}", one("http://www.w3.org/2002/06/xmldsig-filter2")),
        format!("{}{exclusive}", one(&format!("{OLD}base64"))),
        exclusive.repeat(1000),
        list("a b c d e f g h i"),
        list(&"xs ".repeat(10_000)),
    ] {
        let text = Recipe { transforms: &transforms, ..Recipe::default() }.response();
        refused(&text, Refusal::SignatureTransform);
    }
    for canonicalization in [
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "",
    ] {
        let text = Recipe { canonicalization, ..Recipe::default() }.response();
        refused(&text, Refusal::SignatureTransform);
    }
}

/// SA-36: keys come from the registry, never from the message.
#[test]
fn a_response_signed_by_the_attacker_is_refused_whatever_key_info_says() {
    let keys = provider().keys();
    // SA-71: both certificates name the same subject and issuer. Names open nothing.
    let [theirs, genuine] = [attacker(), provider()].map(|party| {
        let (_, parsed) = x509_parser::parse_x509_certificate(&party.certificate).unwrap();
        (parsed.subject().to_string(), parsed.issuer().to_string())
    });
    assert_eq!(theirs, genuine);
    let own_certificate = response(&signed_assertion(attacker(), EVIL)).0;
    let pasted =
        own_certificate.replace(attacker().signer.certificate(), provider().signer.certificate());
    let data = format!(
        "<ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
        provider().signer.certificate()
    );
    let two = own_certificate.replace("</ds:KeyInfo>", &data);
    for text in [own_certificate, pasted, two] {
        assert_eq!(identity(&text, &keys), Err(Refusal::SignatureValue));
    }
}

/// SA-29, SA-36: nothing in `KeyInfo` is fetched, and no key is taken from it.
#[test]
fn key_info_opens_nothing_and_may_not_point_elsewhere() {
    let keys = provider().keys();
    let own = format!(
        "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{}</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>",
        STANDARD.encode(&attacker().certificate)
    );
    let with = |inside: &str, sign: &dyn Fn(&[u8]) -> Vec<u8>| {
        let rest = format!("<ds:KeyInfo>{inside}</ds:KeyInfo>");
        identity(&Recipe { rest: &rest, sign, ..Recipe::default() }.response(), &keys)
    };
    let theirs = |octets: &[u8]| attacker().signer.key().sign_sha256(octets).unwrap();
    let ours = |octets: &[u8]| provider().signer.key().sign_sha256(octets).unwrap();
    let name = "<ds:KeyName>https://idp.example</ds:KeyName>";
    for inside in ["", name, own.as_str()] {
        assert_eq!(with(inside, &theirs), Err(Refusal::SignatureValue), "{inside}");
        assert_eq!(with(inside, &ours).as_deref(), Ok(GENUINE), "{inside}");
    }
    let dsig11 = "xmlns:d=\"http://www.w3.org/2009/xmldsig11#\"";
    for inside in [
        "<ds:RetrievalMethod URI=\"http://canary.example/key\"></ds:RetrievalMethod>",
        "<ds:RetrievalMethod URI=\"file:///etc/passwd\"></ds:RetrievalMethod>",
        "<ds:X509Data><ds:X509Certificate>AA<ds:b></ds:b>AA</ds:X509Certificate></ds:X509Data>",
        "<ds:X509Data><x:a xmlns:x=\"urn:x\"></x:a></ds:X509Data>",
        &format!(
            "<d:KeyInfoReference {dsig11} URI=\"http://canary.example/\"></d:KeyInfoReference>"
        ),
    ] {
        assert_eq!(with(inside, &ours), Err(Refusal::SignatureShape), "{inside}");
    }
}

/// SA-36: without a registered key nothing is accepted.
#[test]
fn a_provider_without_keys_is_refused() {
    assert_eq!(identity(&assertion_signed(), &[]), Err(Refusal::SignatureKey));
}

/// Key rollover: two registered keys, signed with the second.
#[test]
fn either_registered_key_is_accepted() {
    let mut keys = attacker().keys();
    keys.extend(provider().keys());
    assert_eq!(identity(&assertion_signed(), &keys).as_deref(), Ok(GENUINE));
}

fn rsa_pair() -> (RsaKeyPair, Vec<VerificationKey>) {
    let der = varco::crypto::rsa::RsaSigningKey::generate(2048).unwrap();
    let pair = rcgen::KeyPair::try_from(der.as_slice()).unwrap();
    (RsaKeyPair::from_pkcs8(&der).unwrap(), vec![certified(&pair)])
}

fn certified(pair: &rcgen::KeyPair) -> VerificationKey {
    let parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
    VerificationKey::from_certificate(parameters.self_signed(pair).unwrap().der()).unwrap()
}

#[test]
fn longer_hashes_are_accepted() {
    let (pair, keys) = rsa_pair();
    for (bits, padding) in [("384", &RSA_PKCS1_SHA384), ("512", &RSA_PKCS1_SHA512)] {
        let sign = |octets: &[u8]| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(padding, &SystemRandom::new(), octets, &mut signature).unwrap();
            signature
        };
        let text = Recipe {
            method: &format!("{MORE}rsa-sha{bits}"),
            digest_method: &if bits == "384" {
                format!("{MORE}sha384")
            } else {
                "http://www.w3.org/2001/04/xmlenc#sha512".to_owned()
            },
            sign: &sign,
            ..Recipe::default()
        }
        .response();
        assert_eq!(identity(&text, &keys).as_deref(), Ok(GENUINE));
    }
}

/// SA-38: raw r and s are accepted, DER is not; a key is asked only its own family.
#[test]
fn elliptic_curve_signatures_are_raw_and_bound_to_their_curve() {
    let curves: [(&str, &EcdsaSigningAlgorithm, _); 2] = [
        ("ecdsa-sha256", &ECDSA_P256_SHA256_FIXED_SIGNING, &rcgen::PKCS_ECDSA_P256_SHA256),
        ("ecdsa-sha384", &ECDSA_P384_SHA384_FIXED_SIGNING, &rcgen::PKCS_ECDSA_P384_SHA384),
    ];
    for (name, algorithm, kind) in curves {
        let pair = rcgen::KeyPair::generate_for(kind).unwrap();
        let signer = EcdsaKeyPair::from_pkcs8(algorithm, &pair.serialize_der()).unwrap();
        let sign =
            |octets: &[u8]| signer.sign(&SystemRandom::new(), octets).unwrap().as_ref().to_vec();
        let method = format!("{MORE}{name}");
        let recipe = Recipe { method: &method, sign: &sign, ..Recipe::default() };
        let keys = [certified(&pair)];
        assert_eq!(identity(&recipe.response(), &keys).as_deref(), Ok(GENUINE));
        assert_eq!(identity(&recipe.response(), &provider().keys()), Err(Refusal::SignatureKey));
        assert_eq!(identity(&assertion_signed(), &keys), Err(Refusal::SignatureKey));
        let zero = |octets: &[u8]| vec![0; sign(octets).len()];
        let zeroed = Recipe { method: &method, sign: &zero, ..Recipe::default() };
        assert_eq!(identity(&zeroed.response(), &keys), Err(Refusal::SignatureValue));
    }
}

/// SA-38: the values of another encoding or of other paddings.
#[test]
fn a_signature_in_der_or_with_another_padding_is_refused() {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let der = EcdsaKeyPair::from_pkcs8(
        &aws_lc_rs::signature::ECDSA_P256_SHA256_ASN1_SIGNING,
        &pair.serialize_der(),
    )
    .unwrap();
    let sign = |octets: &[u8]| der.sign(&SystemRandom::new(), octets).unwrap().as_ref().to_vec();
    let method = format!("{MORE}ecdsa-sha256");
    let text = Recipe { method: &method, sign: &sign, ..Recipe::default() }.response();
    assert_eq!(identity(&text, &[certified(&pair)]), Err(Refusal::SignatureValue));

    let (pair, keys) = rsa_pair();
    let sign = |octets: &[u8]| {
        let mut signature = vec![0; pair.public_modulus_len()];
        let padding = &aws_lc_rs::signature::RSA_PSS_SHA256;
        pair.sign(padding, &SystemRandom::new(), octets, &mut signature).unwrap();
        signature
    };
    let lying = Recipe { sign: &sign, ..Recipe::default() }.response();
    assert_eq!(identity(&lying, &keys), Err(Refusal::SignatureValue));
    for method in ["sha256-rsa-MGF1", "rsa-pss", "sha1-rsa-MGF1"] {
        let method = format!("http://www.w3.org/2007/05/xmldsig-more#{method}");
        let honest = Recipe { method: &method, sign: &sign, ..Recipe::default() }.response();
        assert_eq!(identity(&honest, &keys), Err(Refusal::SignatureAlgorithm));
    }
    for octets in [vec![], vec![0], vec![0; 256], vec![0xFF; 256], vec![0; 257]] {
        let sign = |_: &[u8]| octets.clone();
        let text = Recipe { sign: &sign, ..Recipe::default() }.response();
        let by = if octets.is_empty() { Refusal::SignatureShape } else { Refusal::SignatureValue };
        assert_eq!(identity(&text, &keys), Err(by));
    }
}

/// SA-38: with exponent 1 every octet string is its own signature; the key is what is refused.
#[test]
fn a_key_under_which_anybody_signs_is_refused_at_load() {
    let der = STANDARD.decode(RSA_EXPONENT_3).unwrap();
    let exponent = der.windows(3).rposition(|octets| octets == [2, 1, 3]).unwrap() + 2;
    for small in [1, 3, 17] {
        let mut der = der.clone();
        der[exponent] = small;
        assert_eq!(VerificationKey::from_certificate(&der).unwrap_err(), Refusal::KeyUnusable);
    }
}

/// SA-38: what metadata may not bring in.
#[test]
fn short_long_and_foreign_keys_are_refused_at_load() {
    for kind in [&rcgen::PKCS_ED25519, &rcgen::PKCS_ECDSA_P521_SHA512] {
        let pair = rcgen::KeyPair::generate_for(kind).unwrap();
        let parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
        let certificate = parameters.self_signed(&pair).unwrap();
        assert_eq!(
            VerificationKey::from_certificate(certificate.der()).unwrap_err(),
            Refusal::KeyUnusable
        );
    }
    for encoded in [RSA_1024, RSA_5120, RSA_EXPONENT_3] {
        let der = STANDARD.decode(encoded).unwrap();
        assert_eq!(VerificationKey::from_certificate(&der).unwrap_err(), Refusal::KeyUnusable);
    }
    let mut trailing = provider().certificate.clone();
    trailing.push(0);
    for der in [&trailing[..], &[], b"certificate"] {
        assert_eq!(VerificationKey::from_certificate(der).unwrap_err(), Refusal::KeyUnusable);
    }
}

/// SAML bindings 3.4.4.1: the redirect binding's detached signature.
#[test]
fn a_detached_signature_covers_its_octets_and_its_algorithm_is_on_the_list() {
    let octets = b"SAMLResponse=x&RelayState=y&SigAlg=z";
    let signature = sign_octets(provider().signer.key(), octets).unwrap();
    let keys = provider().keys();
    assert_eq!(verify_octets(octets, &signature, RSA_SHA256, &keys), Ok(()));
    assert_eq!(
        verify_octets(b"SAMLResponse=x", &signature, RSA_SHA256, &keys),
        Err(Refusal::SignatureValue)
    );
    let sha1 = format!("{OLD}rsa-sha1");
    assert_eq!(verify_octets(octets, &signature, &sha1, &keys), Err(Refusal::SignatureSha1));
}

const RSA_EXPONENT_3: &str = "MIIC/zCCAeegAwIBAgIUXm+7zZh5+ltZ31KkH89t6YVdRcAwDQYJKoZIhvcNAQELBQAwDzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjIwNjI5MTlaGA8yMTI2MTAyOTA2MjkxOVowDzENMAsGA1UEAwwEdGVzdDCCASAwDQYJKoZIhvcNAQEBBQADggENADCCAQgCggEBAMLKloV0NFIpNwXh6IiNN/cH3RJ7UYrrb6b2y2IAO7/h9GbccLBHksv99HZicwiVT80nWx+ueVxi7zSEskXpjByCGRkyEMmn6kEMgVKDn29v5pHFzyuSg4FGkEmLAMB8XbTZrmuY1ZhS7sMxnv/OwHWfYb0nT5+IpkubEdfDtiVDxjM2Tg4tr3DM7Uw3vgOUhEmOhyD1+kh+Sa6kUvJ//qxfj288OGYH8x71jysF5mRwukUWIDMwl3LWNBbSYaxqS88eGNfbXLHx/tRlWuYW7GTdvSlnttsvhfucAI6dbG2M2jkXR7QT28eF0E4h2B0AfZOrFxpCbXNht48vNrTKsDUCAQOjUzBRMB0GA1UdDgQWBBQ8QqOCN4Wd88k+L3euodkBuAKASTAfBgNVHSMEGDAWgBQ8QqOCN4Wd88k+L3euodkBuAKASTAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQBpyWj4ycTeLJpToPwz3gg9u/irnbSvqsjbwDu8z+bZVdCfyuRuWQbLoWIGy+zpuu3pQqL3ecqcWJgUOEL/PWzPXTn6HUaPYapcb4p7CyBKrKgDBbuE+njtPaiVNPJWvEkTRClTfbpxkkxyTrCcyBy87XFJZDoxJVEdOWCdyTSQpvDUKoa3PYdWTRbSegA/Z9ro155fugw4meJiPoECjPTe19CXT4VNG8TuGYTbDpyQpF7IrhUrreLt/aZW3PdJbwfHPIPKMn/PXHmhNRA6CO9Bs6sykIufcJ4SRjM/7d88wxcoI9t/MjtpiluydYfTIhBJ7SdeNXjHOpbmP4RGFXs2";
const RSA_1024: &str = "MIIB/DCCAWWgAwIBAgIUF7BRuENBpu/FBmOQmaRGvau65H0wDQYJKoZIhvcNAQELBQAwDzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjIwMzQxNDdaGA8yMTI2MTAyOTAzNDE0N1owDzENMAsGA1UEAwwEdGVzdDCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEA2/AKbxIBUQ60Lak/tXq7ne5+OAkZ9t4HpWl4m/+Py58dRn0UuSfRtPRevxcUQ02cTUh7IG4cL3CJay9ms+nrCk/tcPtUBIhB+VSMKpaXHNtkAhOc2erfRKuV2Pqb/w33kbd4rUPnZM4hh/7Yj7gr0pJXJS1g7KeeAQ4zXBog50kCAwEAAaNTMFEwHQYDVR0OBBYEFOIoucb/4IdNM4b1r+V1yZ8Wkh7sMB8GA1UdIwQYMBaAFOIoucb/4IdNM4b1r+V1yZ8Wkh7sMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEAt0ORneCabxN8qvWA7nJ7mkj4MAgQmGBUQh6M8Fyj5p5KWX3Xo4iNSi3bBlwTrodPUUHSGL0OX2nLbX3Ub8vUVM1VyMN89zyfGfa8dmrLoJ87uamyUR7X5GvGcdHcNnhpSatPaSy3U+oGTKHNdUKLXTnDpHNOOYxjctj0tayfGdE=";
const RSA_5120: &str = "MIIGATCCA2mgAwIBAgIUFEgC4I4DkWO9PaVKflTTOMycR20wDQYJKoZIhvcNAQELBQAwDzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjIwMzQxNTlaGA8yMTI2MTAyOTAzNDE1OVowDzENMAsGA1UEAwwEdGVzdDCCAqIwDQYJKoZIhvcNAQEBBQADggKPADCCAooCggKBAI+9Tg/d5emYQpvD0uo9Zii6iIO6532J6II0+gXhBQytFylz/jU5GJEtVio7MfLhUsgXYIaU6gkMvUsBpZKKZ6ls9YRD4zlycMKlR0cIPM7BrERku1OCaLObYctzMvjg7IXqmDRZFsUczOtTo0QUSMzK+IukOSrwhoXlByHGsVQSxMlOPuFafN+RvzfowaQG9pmlA8a4WMTVmlMOjbG/1WJ7TiDRZIj9n5oWTgGskNGQ9yqxLU8z6nGi5SOBDdmTWX+IhGkuj1Y+0WdRWZkoJbug9a1pxLpbYxFV0Js2hNwTxI4zmIKYoTZjQ5vLvEL5ARg6qwkvtU99y13NoGr3NWEVrUvepsCg4pWTt/tE0olyTE/VoO/sqkCBW4WnNRV0EzN0sveplFTgFfrTkHCjuVyRYGYOJivi1SPQ+R2XvxxGTPUKdcw+dReI4NhLuXa1kgRcQMCcmSaih3LV4PuiZWB7OQ1yshx8tCmCRYSvgv0ya01x9U5EagbulkgArpgrgJDhVLzVM4JSvTXK2H3ZdId6UgCXVayREd4K0DeT5k/xDCpBuESKVdpLJoxidd8Hvd5r/OJh4vzRYIS3IN4qqeegtvTUMBKCiEBmbrOC/0x2mt3g+pscvIxc/FJkF494yKb75BgwhPb6YrvUNDpLqZUY7AOkGg3bBbhXaa17J8CViK50zqCcvVH7GXkGa08/Ubfmkjx/4D45t5/Vag+EgRj1yMwtWlX+wJMkLONHJdmJhBk+cBVIdiMoaUWAxfkiN7T3GSW5d+Xmh3uMUzwDPO+12ddFg2/sNLYJwYaciisii675YbS2v2iFxOgRV6lqkyE3rD4tNHAhm3W2+aEzHxsCAwEAAaNTMFEwHQYDVR0OBBYEFJSDX9nUtl/bc6DL/KgEyHiDBV+JMB8GA1UdIwQYMBaAFJSDX9nUtl/bc6DL/KgEyHiDBV+JMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggKBAF7/xi6ziqMw0yJz0Jq/S9lU6wIjMnK+HpYRVjMtf7ke+vuDyG8ZNxuie5LYrpX0Mo6KTqSRvsCM6G/Soac3QPb08xBCWxSMKkGz3Q0Ntk3icOQz9ywUp1w0v/s1CWhakGuasJQmxkPx1fLNlFjA+wVe2dAF5CSbyMUOKhVA7VqYJNttUiMBQORqXTGSz4IZ54phcYWvjF9DRjCudoLGvGBh+PwudV+DCjP+3OBdMf5D/O/Q9/x4y6namM7M4cLRu3YmM7nzRJoFZhxwGwCN5QLoBT9Q6hHN2uATPHr4MGvBuAIDSJaAt7rwyG6WRuJPwGWEKxiPGcZg43o8bVrkbpfTat+EOnWxkT1sGFyNzgiM/jL1l3QeXYm0sxpjBE7gpN+8U/b/mWLr5EZYQlz0OD7aCzTiaJn+klu7FnJz7n1AC6KQeaqSptfEmog2owEsyYUoYusyFDZBXS3lx77yA9mnHDT95eujcolMbkccw/kmZjVuvC+uz7Vw8WcoAlEW/q3dMs/Sc6ks0YMqCvu2zujpXP4E+QT07aPtj62uyxiGdn84wRLaLGIqb3slHiT9cBgksJWwGdZ31ZKOmSAQX7VJ/Dg68X8Fndv4K8S9OCyqqXiqyusmZn7pPNB6vRp6dUiuTe6VHqBHLIQOCdPgGGCwMpFSWsEAoBHxSDndVbiV+bR6laGyOyf8PkVCPHOOgOV1OHF1Ioo6XoYq79Ac6Mvepp0HSwGUtdk/KioVl6ztN3ubArbeqhR01LqoNmDVaKB6O8Bajce6lpG8gax4fKBqMwYdjtCW0CvCdsVuhiI6mxwyGGAY7PXr79HbF/Z6o62/utGr+mggrivR1SpQWWg=";
