//! An authenticator of our own making, and every way in which its statement is another one.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;

use super::*;

/// A key, and what its holder says.
pub(crate) struct Authenticator {
    key: EcdsaKeyPair,
    pub(crate) flags: u8,
    pub(crate) count: u32,
}

impl Authenticator {
    pub(crate) fn new() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { key, flags: PRESENT | VERIFIED, count: 0 }
    }

    fn data(&self, party: &Party, more: u8) -> Vec<u8> {
        let mut data = sha256(party.id.as_bytes()).to_vec();
        data.push(self.flags | more);
        data.extend(self.count.to_be_bytes());
        data
    }

    pub(crate) fn make(&self, party: &Party, challenge: &str) -> Statement {
        let mut data = self.data(party, ATTESTED);
        data.extend([0; 16]);
        data.extend([0, 4, 1, 2, 3, 4]);
        let point = self.key.public_key().as_ref();
        data.extend(BEFORE_X);
        data.extend(&point[1..33]);
        data.extend(BEFORE_Y);
        data.extend(&point[33..]);
        Statement {
            client_data: said("webauthn.create", challenge, party),
            authenticator_data: data,
        }
    }

    pub(crate) fn prove(&self, party: &Party, challenge: &str) -> (Statement, Vec<u8>) {
        let statement = Statement {
            client_data: said("webauthn.get", challenge, party),
            authenticator_data: self.data(party, 0),
        };
        let signature = self.sign(&statement);
        (statement, signature)
    }

    #[expect(clippy::disallowed_methods, reason = "aws-lc signs with its own generator")]
    fn sign(&self, statement: &Statement) -> Vec<u8> {
        let signed = [&*statement.authenticator_data, &sha256(&statement.client_data)].concat();
        self.key.sign(&SystemRandom::new(), &signed).unwrap().as_ref().to_vec()
    }
}

pub(crate) fn party() -> Party {
    Party { id: "accesso.example".to_owned(), origin: "https://accesso.example".to_owned() }
}

fn said(ceremony: &str, challenge: &str, party: &Party) -> Vec<u8> {
    let said = json!({
        "type": ceremony, "challenge": challenge, "origin": party.origin, "crossOrigin": false,
        "other_keys_can_be_added_here": "by browsers"
    });
    said.to_string().into_bytes()
}

fn made(authenticator: &Authenticator) -> Passkey {
    let statement = authenticator.make(&party(), "c1");
    Passkey::made(&party(), "c1", &statement, Timestamp::from_unix_seconds(0)).unwrap()
}

#[test]
fn a_passkey_proves_what_it_was_asked() {
    let authenticator = Authenticator::new();
    let passkey = made(&authenticator);
    assert_eq!(passkey.id(), "AQIDBA");
    let kept: Passkey = serde_json::from_str(&serde_json::to_string(&passkey).unwrap()).unwrap();
    let (statement, signature) = authenticator.prove(&party(), "c2");
    assert_eq!(kept.proves(&party(), "c2", &statement, &signature), Ok(Counted(0)));
}

#[test]
fn a_statement_for_anything_else_proves_nothing() {
    let authenticator = Authenticator::new();
    let passkey = made(&authenticator);
    let (statement, signature) = authenticator.prove(&party(), "c2");
    let fault =
        |passkey: &Passkey, party: &Party, challenge, statement: &Statement, signature: &[u8]| {
            passkey.proves(party, challenge, statement, signature).unwrap_err()
        };
    let host = Party { id: "altro.example".to_owned(), ..party() };
    let origin = Party { origin: "https://altro.example".to_owned(), ..party() };
    assert_eq!(
        fault(&passkey, &host, "c2", &statement, &signature),
        PasskeyFault::Other("the party")
    );
    assert_eq!(
        fault(&passkey, &origin, "c2", &statement, &signature),
        PasskeyFault::Other("the origin")
    );
    assert_eq!(
        fault(&passkey, &party(), "c3", &statement, &signature),
        PasskeyFault::Other("the challenge")
    );
    let created =
        Statement { client_data: said("webauthn.create", "c2", &party()), ..statement.clone() };
    assert_eq!(
        fault(&passkey, &party(), "c2", &created, &signature),
        PasskeyFault::Other("the ceremony")
    );
    let framed = String::from_utf8(statement.client_data.clone()).unwrap().replace("false", "true");
    let framed = Statement { client_data: framed.into_bytes(), ..statement.clone() };
    assert_eq!(
        fault(&passkey, &party(), "c2", &framed, &signature),
        PasskeyFault::Other("the origin")
    );
    let other = made(&Authenticator::new());
    assert_eq!(fault(&other, &party(), "c2", &statement, &signature), PasskeyFault::Signature);
    let mut changed = statement.clone();
    changed.client_data.push(b' ');
    assert_eq!(fault(&passkey, &party(), "c2", &changed, &signature), PasskeyFault::Signature);
    for length in 0..statement.authenticator_data.len() {
        let mut cut = statement.clone();
        cut.authenticator_data.truncate(length);
        assert_eq!(fault(&passkey, &party(), "c2", &cut, &signature), PasskeyFault::Unreadable);
    }
    for signature in [&[][..], &[0; 64], &signature[1..]] {
        assert_eq!(fault(&passkey, &party(), "c2", &statement, signature), PasskeyFault::Signature);
    }
    assert_eq!(
        fault(&passkey, &party(), "c2", &Statement::default(), &signature),
        PasskeyFault::Unreadable
    );
}

#[test]
fn a_person_who_was_not_verified_is_refused_at_both_ends() {
    for flags in [0, PRESENT, VERIFIED] {
        let authenticator = Authenticator { flags, ..Authenticator::new() };
        let statement = authenticator.make(&party(), "c1");
        let now = Timestamp::from_unix_seconds(0);
        let fault = Passkey::made(&party(), "c1", &statement, now).unwrap_err();
        assert_eq!(fault, PasskeyFault::Unverified);
        let good = Authenticator { flags: PRESENT | VERIFIED, ..authenticator };
        let passkey = made(&good);
        let asleep = Authenticator { flags, ..good };
        let (statement, signature) = asleep.prove(&party(), "c2");
        let fault = passkey.proves(&party(), "c2", &statement, &signature).unwrap_err();
        assert_eq!(fault, PasskeyFault::Unverified);
    }
}

#[test]
fn an_authenticator_that_counts_never_counts_back() {
    let mut authenticator = Authenticator { count: 7, ..Authenticator::new() };
    let mut passkey = made(&authenticator);
    for (count, taken) in [(8, true), (8, false), (7, false), (0, false), (9, true)] {
        authenticator.count = count;
        let (statement, signature) = authenticator.prove(&party(), "c2");
        match passkey.proves(&party(), "c2", &statement, &signature) {
            Ok(counted) => {
                assert!(taken, "{count}");
                passkey.counted(counted);
            }
            Err(fault) => assert!(!taken && fault == PasskeyFault::Copied, "{count}: {fault}"),
        }
    }
}

#[test]
fn a_key_of_another_kind_or_off_the_curve_makes_no_passkey() {
    let authenticator = Authenticator::new();
    let good = authenticator.make(&party(), "c1");
    let now = Timestamp::from_unix_seconds(0);
    let key = HEADER + AAGUID + 2 + 4;
    for (at, octet) in [
        (key, 0xa4),
        (key + 2, 3),
        (key + 4, 0x38),
        (key + 6, 2),
        (key + 10, 0xff),
        (key + 44, 0xff),
    ] {
        let mut wrong = good.clone();
        wrong.authenticator_data[at] ^= octet;
        let fault = Passkey::made(&party(), "c1", &wrong, now).unwrap_err();
        assert_eq!(fault, PasskeyFault::Key, "octet {at}");
    }
    let mut trailing = good.clone();
    trailing.authenticator_data.push(0);
    assert_eq!(
        Passkey::made(&party(), "c1", &trailing, now).unwrap_err(),
        PasskeyFault::Unreadable
    );
    trailing.authenticator_data[32] |= EXTENDED;
    assert!(Passkey::made(&party(), "c1", &trailing, now).is_ok());
    for length in 0..good.authenticator_data.len() {
        let mut cut = good.clone();
        cut.authenticator_data.truncate(length);
        assert!(Passkey::made(&party(), "c1", &cut, now).is_err(), "{length}");
    }
}
