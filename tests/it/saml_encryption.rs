//! `EncryptedAssertion` against the whole check of a Response: what is accepted, and SA-67 to SA-70.

use std::net::TcpListener;
use std::sync::{Arc, OnceLock};

use varco::crypto::decryption::DecryptionKey;
use varco::crypto::rsa::RsaSigningKey;
use varco::saml::metadata::provider::Providers;
use varco::saml::{Decryption, Proof, Rejected, Rejection};
use varco::xml::{Document, Encrypted, Limits, Undecrypted, sign_enveloped};
use varco_sandbox::saml::encryption::{
    Content, Encryption, Flaw, Placement, Sealed, Transport, encrypt_assertion,
};

use crate::fixture_xml::{
    GENUINE, Party, assertion, assertion_signed, attacker, provider, response, signed_assertion,
};
use crate::saml_xsw::{judge, providers};

/// Somebody who can be encrypted for.
struct Recipient {
    key: Arc<DecryptionKey>,
    certificate: Vec<u8>,
}

impl Recipient {
    fn new() -> Self {
        let der = RsaSigningKey::generate(2048).unwrap();
        let pair = rcgen::KeyPair::try_from(der.as_slice()).unwrap();
        let certificate =
            rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&pair).unwrap();
        let key = Arc::new(DecryptionKey::from_pkcs8(&der).unwrap());
        Self { key, certificate: certificate.der().to_vec() }
    }
}

/// Our current key, our next key, a key that is not ours.
fn recipient(number: usize) -> &'static Recipient {
    static MADE: [OnceLock<Recipient>; 3] = [const { OnceLock::new() }; 3];
    MADE[number].get_or_init(Recipient::new)
}

fn ours(cbc: bool) -> Decryption {
    Decryption { keys: vec![recipient(0).key.clone(), recipient(1).key.clone()], cbc }
}

/// No key at all: whoever is refused with it was refused before any key was used.
fn no_key(cbc: bool) -> Decryption {
    Decryption { keys: Vec::new(), cbc }
}

const CBC: Encryption = Encryption {
    content: Content::Aes256Cbc,
    transport: Transport::OaepSha256,
    placement: Placement::Inside,
    flaw: Flaw::None,
};

fn encrypted(assertion: &str, with: Encryption) -> String {
    encrypt_assertion(assertion, &recipient(0).certificate, with).unwrap().canonical()
}

/// A Response around `body`, signed by the provider.
fn signed(body: &str) -> String {
    let (canonical, place) = response(body);
    sign_enveloped(&provider().signer, &canonical, "_resp", place).unwrap()
}

fn unsigned(body: &str) -> String {
    response(body).0
}

fn genuine() -> String {
    signed_assertion(provider(), GENUINE)
}

/// The assertion with one change before it is signed.
fn changed(from: &str, to: &str, by: &Party) -> String {
    let (canonical, place) = assertion("_a1", GENUINE);
    let from_end = canonical.len() - place;
    assert_eq!(canonical.matches(from).count(), 1, "{from}");
    let edited = canonical.replace(from, to);
    // What is changed stands behind the Issuer.
    let place = if canonical.find(from).unwrap() > place { place } else { edited.len() - from_end };
    sign_enveloped(&by.signer, &edited, "_a1", place).unwrap()
}

fn known() -> &'static Providers {
    static KNOWN: OnceLock<Providers> = OnceLock::new();
    KNOWN.get_or_init(providers)
}

fn verdict(text: &str, decryption: &Decryption) -> Result<Proof, Rejected> {
    judge(text, known(), Some(decryption))
}

fn cause(text: &str, decryption: &Decryption) -> Rejection {
    verdict(text, decryption).unwrap_err().cause
}

fn is_genuine(proof: &Result<Proof, Rejected>) -> bool {
    let number = |proof: &Proof| proof.attributes.get("fiscalNumber").cloned();
    proof.as_ref().ok().and_then(number).as_deref() == Some(GENUINE)
}

#[test]
fn every_accepted_way_to_encrypt_is_read() {
    let ciphers = [Content::Aes128Gcm, Content::Aes256Gcm, Content::Aes128Cbc, Content::Aes256Cbc];
    for content in ciphers {
        for transport in [Transport::OaepMgf1p, Transport::Oaep, Transport::OaepSha256] {
            for placement in [Placement::Inside, Placement::Beside] {
                let with = Encryption { content, transport, placement, flaw: Flaw::None };
                let body = encrypted(&genuine(), with);
                assert!(!body.contains("fiscalNumber"));
                let proof = verdict(&signed(&body), &ours(true));
                assert!(is_genuine(&proof), "{with:?}: {proof:?}");
                let proof = verdict(&unsigned(&body), &ours(false));
                let authenticated = matches!(content, Content::Aes128Gcm | Content::Aes256Gcm);
                assert_eq!(is_genuine(&proof), authenticated, "{with:?}, unsigned: {proof:?}");
            }
        }
    }
}

#[test]
fn the_current_key_and_the_next_one_both_open() {
    for number in [0, 1] {
        let certificate = &recipient(number).certificate;
        let body = encrypt_assertion(&genuine(), certificate, Encryption::default()).unwrap();
        assert!(is_genuine(&verdict(&signed(&body.canonical()), &ours(false))));
    }
}

#[test]
fn an_assertion_that_is_not_encrypted_is_accepted_beside_a_key() {
    assert!(is_genuine(&verdict(&assertion_signed(), &ours(false))));
}

/// SA-67.
#[test]
fn where_no_key_is_published_nothing_encrypted_is_read() {
    for text in [signed, unsigned].map(|around| around(&encrypted(&genuine(), CBC))) {
        let rejected = judge(&text, known(), None).unwrap_err();
        assert_eq!(rejected.cause, Rejection::Encrypted);
    }
}

/// Every failure with a key in hand is one answer to the letter, whatever failed.
#[test]
fn every_failure_to_decrypt_is_one_and_the_same() {
    let good = genuine();
    let mut answers: Vec<(String, Rejected)> = Vec::new();
    for content in [Content::Aes256Gcm, Content::Aes128Gcm, Content::Aes256Cbc, Content::Aes128Cbc]
    {
        let with = Encryption { content, ..Encryption::default() };
        let mut refuse = |case: &str, body: String| {
            let rejected = verdict(&signed(&body), &ours(true)).unwrap_err();
            answers.push((format!("{content:?}: {case}"), rejected));
        };
        for flaw in [Flaw::ChangedContent, Flaw::ShortContent, Flaw::ChangedKey] {
            refuse(&format!("{flaw:?}"), encrypted(&good, Encryption { flaw, ..with }));
        }
        let stranger = encrypt_assertion(&good, &recipient(2).certificate, with).unwrap();
        refuse("a key that is not ours", stranger.canonical());
        let sealed = Sealed::new(good.as_bytes(), &recipient(0).certificate, with).unwrap();
        for length in [0, 1, 11, 12, 15, 16, 17, 27, 28, 31, 32, 33] {
            let content = sealed.content.get(..length).unwrap().to_vec();
            refuse(
                &format!("{length} octets of content"),
                Sealed { content, ..sealed.clone() }.write(with).canonical(),
            );
        }
        let without_vector = sealed.content.get(16..).unwrap().to_vec();
        refuse(
            "no vector",
            Sealed { content: without_vector, ..sealed.clone() }.write(with).canonical(),
        );
        for key in [Vec::new(), vec![0; 1], vec![0; 256], vec![0xFF; 256], vec![1; 512]] {
            let case = format!("{} octets of key", key.len());
            refuse(&case, Sealed { key, ..sealed.clone() }.write(with).canonical());
        }
        let other = match content {
            Content::Aes256Gcm => Content::Aes128Gcm,
            Content::Aes128Gcm => Content::Aes256Gcm,
            Content::Aes256Cbc => Content::Aes128Cbc,
            Content::Aes128Cbc => Content::Aes256Cbc,
        };
        let mislabelled = Encryption { content: other, ..with };
        refuse("a key of another length", sealed.write(mislabelled).canonical());
        let other = Encryption { transport: Transport::OaepMgf1p, ..with };
        refuse("another transport", sealed.write(other).canonical());
        let undeclared =
            good.replacen(" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"", "", 1);
        for (case, plaintext) in [
            ("nothing", String::new()),
            ("text", "text".to_owned()),
            ("half an assertion", good.get(..good.len() / 2).unwrap().to_owned()),
            ("a prefix that only the Response declares", undeclared),
            ("two assertions", good.repeat(2)),
            ("an assertion and text", format!("{good}text")),
            ("a comment", format!("<!-- -->{good}")),
            ("a document type", format!("<!DOCTYPE x>{good}")),
            ("a Response", assertion_signed()),
            ("encrypted again", encrypted(&good, with)),
            ("an Assertion of nobody", good.replace("SAML:2.0:assertion", "SAML:2.1:assertion")),
            ("too deep", "<a>".repeat(40) + &"</a>".repeat(40)),
        ] {
            refuse(case, encrypted(&plaintext, with));
        }
        let octets = [&[0xFF, 0xFE], good.as_bytes()].concat();
        let binary = Sealed::new(&octets, &recipient(0).certificate, with).unwrap();
        refuse("octets that are no text", binary.write(with).canonical());
    }
    assert_eq!(answers.len(), 4 * 37);
    for (case, rejected) in &answers {
        assert_eq!(rejected.cause, Rejection::Decryption, "{case}");
        assert_eq!(rejected, &answers[0].1, "{case}");
    }
}

/// Encrypted with eight octets of padding, and blanks where no signature sees them: a changed last
/// block always holds the end of the assertion.
fn padded(assertion: &str) -> Sealed {
    let mut plaintext = assertion.to_owned();
    while plaintext.len() % 16 != 8 {
        plaintext = plaintext.replacen("<saml:Assertion ", "<saml:Assertion  ", 1);
    }
    Sealed::new(plaintext.as_bytes(), &recipient(0).certificate, CBC).unwrap()
}

/// Every other value of the octet that meets the length of the padding, then other last blocks: 4,096.
fn changed_last_blocks(good: &Sealed) -> impl Iterator<Item = Sealed> {
    let length = good.content.len();
    let change = move |number: usize| {
        let mut sealed = good.clone();
        if number < 256 {
            sealed.content[length - 17] = u8::try_from(number).unwrap();
        } else {
            sealed.content[length - 1] ^= u8::try_from(number & 0xFF).unwrap();
            sealed.content[length - 2] ^= u8::try_from(number >> 8).unwrap();
        }
        sealed
    };
    (0..4097).map(change).filter(|sealed| sealed.content != good.content)
}

/// SA-68: whoever changes ciphertexts learns nothing, and is not even heard where the cipher would
/// not notice.
#[test]
fn four_thousand_changed_last_blocks_of_cbc_give_one_answer() {
    let one_key = Decryption { keys: vec![recipient(0).key.clone()], cbc: true };
    // All of them with a short element, because only the cipher and the parser are asked.
    let short = padded("<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>");
    let mut refused = 0;
    for sealed in changed_last_blocks(&short) {
        let body = sealed.write(CBC).canonical();
        let document = Document::parse(&body, &Limits::MESSAGE).unwrap();
        let plaintext = Encrypted::read(document.root(), true).unwrap().decrypt(&one_key).unwrap();
        assert_eq!(plaintext.parse().unwrap_err(), Undecrypted::Failed);
        refused += 1;
    }
    assert_eq!(refused, 4096);
    // Some of them against the whole check.
    let good = padded(&genuine());
    assert!(is_genuine(&verdict(&signed(&good.write(CBC).canonical()), &one_key)));
    for sealed in changed_last_blocks(&good).step_by(16) {
        let body = sealed.write(CBC).canonical();
        // Not even the provider learns which of them had padding, and nobody else is heard.
        assert_eq!(cause(&signed(&body), &one_key), Rejection::Decryption);
        let found = cause(&unsigned(&body), &no_key(true));
        assert_eq!(found, Rejection::ResponseSignatureMissing);
    }
    // Changed on the way: the signature of the Response covers the encrypted form.
    let text = signed(&good.write(CBC).canonical());
    let other = signed(&padded(&genuine()).write(CBC).canonical());
    let (from, to) =
        (text.rfind("<xenc:CipherValue>").unwrap(), text.rfind("</xenc:CipherValue>").unwrap());
    let swapped = format!(
        "{}{}{}",
        text.get(..from).unwrap(),
        other.get(from..to).unwrap(),
        text.get(to..).unwrap()
    );
    assert_ne!(swapped, text);
    assert_eq!(cause(&swapped, &no_key(true)), Rejection::ResponseSignature);
}

/// SA-68, SA-69.
#[test]
fn algorithms_that_are_not_accepted_are_refused_before_a_key_is_used() {
    let oaep = Encryption::default();
    for (case, with, cbc) in [
        ("RSA-1_5", Encryption { transport: Transport::Rsa15, ..oaep }, true),
        ("a mixed pair", Encryption { transport: Transport::OaepMgf1pSha256, ..oaep }, true),
        ("CBC", CBC, false),
        (
            "RSA-1_5 that does not unwrap",
            Encryption { transport: Transport::Rsa15, flaw: Flaw::ChangedKey, ..oaep },
            true,
        ),
        ("CBC with a changed block", Encryption { flaw: Flaw::ChangedContent, ..CBC }, false),
    ] {
        let body = encrypted(&genuine(), with);
        for text in [signed(&body), unsigned(&body)] {
            let with_keys = verdict(&text, &ours(cbc)).unwrap_err();
            assert_eq!(with_keys.cause, Rejection::EncryptionAlgorithm, "{case}");
            assert_eq!(with_keys, verdict(&text, &no_key(cbc)).unwrap_err(), "{case}");
        }
    }
}

/// SA-70: encryption says nothing about who wrote.
#[test]
fn what_was_encrypted_needs_the_signature_that_everything_needs() {
    let (bare, _) = assertion("_a1", GENUINE);
    let open = Encryption::default();
    for (with, decryption) in [(open, ours(false)), (CBC, ours(true))] {
        let forged = encrypted(&signed_assertion(attacker(), GENUINE), with);
        assert_eq!(
            cause(&signed(&encrypted(&bare, with)), &decryption),
            Rejection::AssertionUnsigned
        );
        assert_eq!(cause(&signed(&forged), &decryption), Rejection::AssertionSignature);
        let moved = genuine().replace(GENUINE, crate::fixture_xml::EVIL);
        let moved = encrypted(&moved, with);
        assert_eq!(cause(&signed(&moved), &decryption), Rejection::AssertionSignature);
    }
    assert_eq!(cause(&unsigned(&encrypted(&bare, open)), &ours(false)), Rejection::Unsigned);
    // The Response signed by somebody else: nothing is decrypted.
    let (canonical, place) = response(&encrypted(&genuine(), open));
    let text = sign_enveloped(&attacker().signer, &canonical, "_resp", place).unwrap();
    assert_eq!(cause(&text, &no_key(false)), Rejection::ResponseSignature);
}

/// The rules about an Assertion do not hang on how it travelled.
#[test]
fn the_rules_run_over_what_was_decrypted() {
    for (from, to, expected) in [
        (">https://sp.example<", ">https://other.example<", Rejection::Audience),
        (
            "Recipient=\"https://sp.example/acs\"",
            "Recipient=\"https://x.example/\"",
            Rejection::Recipient,
        ),
        ("InResponseTo=\"_req\"", "InResponseTo=\"_other\"", Rejection::InResponseTo),
        ("SpidL2", "SpidL1", Rejection::LevelTooLow),
        ("2026-11-22T09:59:00Z", "2026-11-22T10:30:00Z", Rejection::NotYetValid),
        ("Name=\"fiscalNumber\"", "Name=\"idCard\"", Rejection::AttributesMissing),
    ] {
        let inner = changed(from, to, provider());
        assert_eq!(
            cause(&signed(&encrypted(&inner, Encryption::default())), &ours(false)),
            expected
        );
    }
}

/// SA-70: nothing beside the one Assertion, and nothing encrypted twice.
#[test]
fn a_second_assertion_or_a_second_encryption_inside_is_refused() {
    let with = Encryption::default();
    let statement = "<saml:AttributeStatement>";
    let again = encrypted(&genuine(), with);
    for (inside, expected) in [
        (assertion("_a2", GENUINE).0, Rejection::Structure),
        ("<saml:Response></saml:Response>".to_owned(), Rejection::Structure),
        (again, Rejection::Encrypted),
        ("<saml:EncryptedID></saml:EncryptedID>".to_owned(), Rejection::Encrypted),
        ("<saml:EncryptedAttribute></saml:EncryptedAttribute>".to_owned(), Rejection::Encrypted),
        ("<xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"></xenc:EncryptedData>".to_owned(), Rejection::Encrypted),
        ("<saml:EncryptedKey></saml:EncryptedKey>".to_owned(), Rejection::Encrypted),
    ] {
        let inner = changed(statement, &format!("<saml:Advice>{inside}</saml:Advice>{statement}"), provider());
        let found = cause(&signed(&encrypted(&inner, with)), &ours(false));
        assert_eq!(found, expected, "{inside}");
    }
}

/// SA-70: what stands around the content.
#[test]
fn an_encrypted_assertion_in_another_shape_or_place_is_refused_before_a_key_is_used() {
    let with = Encryption::default();
    let one = encrypted(&genuine(), with);
    let keys = |count| encrypted(&genuine(), Encryption { flaw: Flaw::Keys(count), ..with });
    let beside = Encryption { placement: Placement::Beside, flaw: Flaw::Keys(2), ..with };
    let evil = signed_assertion(attacker(), crate::fixture_xml::EVIL);
    let many = "<xenc:EncryptedKey></xenc:EncryptedKey>".repeat(1000) + "</ds:KeyInfo>";
    for (case, body, expected) in [
        ("no key", keys(0), Rejection::Structure),
        ("two keys", keys(2), Rejection::Structure),
        ("two keys beside", encrypted(&genuine(), beside), Rejection::Structure),
        ("a thousand keys", one.replace("</ds:KeyInfo>", &many), Rejection::Structure),
        ("two of them", one.replace("_encrypted", "_other") + &one, Rejection::Structure),
        ("an Assertion before", evil.clone() + &one, Rejection::Structure),
        ("an Assertion after", one.clone() + &evil, Rejection::Structure),
        ("in Extensions", format!("<samlp:Extensions>{one}</samlp:Extensions>"), Rejection::Structure),
        ("nothing inside", "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"></saml:EncryptedAssertion>".to_owned(), Rejection::Structure),
        ("an Assertion inside", one.replace("<xenc:EncryptedData", &format!("{evil}<xenc:EncryptedData")), Rejection::Structure),
        ("of another namespace", one.replace("SAML:2.0:assertion", "SAML:2.0:other"), Rejection::Structure),
        ("data without it", one.replace("saml:EncryptedAssertion", "saml:Advice"), Rejection::Encrypted),
    ] {
        for text in [signed(&body), unsigned(&body)] {
            assert_eq!(cause(&text, &no_key(false)), expected, "{case}");
            assert_eq!(cause(&text, &ours(false)), expected, "{case}");
        }
    }
}

/// SA-70: a reference is never followed.
#[test]
fn a_cipher_reference_is_refused_and_nobody_is_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address: &'static str = format!("http://{}/content", listener.local_addr().unwrap()).leak();
    let with = Encryption { flaw: Flaw::Reference(address), ..Encryption::default() };
    assert_eq!(cause(&signed(&encrypted(&genuine(), with)), &ours(false)), Rejection::Structure);
    assert!(listener.accept().is_err(), "somebody called");
}

#[test]
fn an_error_is_read_without_decrypting_what_stands_beside_it() {
    let body = encrypted(&genuine(), Encryption::default());
    let (text, place) = response(&body);
    let text = text.replace("status:Success", "status:Responder");
    let text = sign_enveloped(&provider().signer, &text, "_resp", place).unwrap();
    assert!(matches!(cause(&text, &ours(false)), Rejection::Refused(_)));
    assert!(matches!(cause(&text, &no_key(false)), Rejection::Refused(_)));
}

/// The envelope is checked before a key is used: a stolen message is not an oracle elsewhere.
#[test]
fn a_response_for_another_request_is_refused_before_a_key_is_used() {
    let body =
        encrypted(&genuine(), Encryption { flaw: Flaw::ChangedContent, ..Encryption::default() });
    let text = unsigned(&body).replace("InResponseTo=\"_req\"", "InResponseTo=\"_other\"");
    assert_eq!(cause(&text, &ours(false)), Rejection::InResponseTo);
}
