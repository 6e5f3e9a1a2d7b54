//! Marks in both dialects, and each input of row FE-TM-1 of the attack catalogue.

use serde_json::{Value, json};

use super::*;
use crate::crypto::jwk::SignatureAlgorithm::{ES256, RS256};
use crate::crypto::jws::corpus::Forger;
use crate::federation::testing::{NOW, reader, with};

pub(in crate::federation) const KIND: &str = "https://ta.example/openid_provider/public";

pub(in crate::federation) fn id(name: &str) -> EntityId {
    EntityId::parse(name, false).unwrap()
}

/// The names of an anchor, an accredited issuer and the entity with the mark.
const ANCHOR: &str = "https://ta.example";
const ISSUER: &str = "https://issuer.example/gw/";
const SUBJECT: &str = "https://op.example";

/// The anchor's claims about marks.
fn rules() -> Value {
    json!({"trust_mark_issuers": {KIND: [ANCHOR, ISSUER]}})
}

pub(in crate::federation) fn claims(issuer: &str, dialect: Dialect) -> Value {
    let kind = if dialect == Dialect::It2023 { "id" } else { "trust_mark_type" };
    json!({
        "iss": issuer, "sub": SUBJECT, kind: KIND, "iat": NOW, "exp": NOW + 1000,
        "organization_type": "public",
    })
}

pub(in crate::federation) fn signed(claims: &Value) -> String {
    Forger::get().sign(RS256, &json!({"typ": "trust-mark+jwt"}), claims)
}

/// The entry as the dialect has it.
fn entry(token: &str, dialect: Dialect) -> Value {
    match dialect {
        Dialect::It2023 => json!({"id": KIND, "iss": ISSUER, "trust_mark": token}),
        Dialect::Fed10Final => json!({"trust_mark_type": KIND, "trust_mark": token}),
    }
}

fn checked(
    entry: &Value,
    rules: &Value,
    keys: &PublicKeys,
    dialect: Dialect,
) -> Result<TrustMark, MarkFault> {
    let anchor = id(ANCHOR);
    let rules = MarkRules::new(&anchor, rules.as_object().unwrap(), dialect);
    MarkDraft::read(entry, KIND, &id(SUBJECT), &rules, &reader(dialect))?.verify(keys)
}

/// A mark with these claims, under the forger's keys as those of its issuer.
fn judged(claims: &Value, rules: &Value, dialect: Dialect) -> Result<TrustMark, MarkFault> {
    checked(&entry(&signed(claims), dialect), rules, &Forger::get().keys(), dialect)
}

pub(in crate::federation) fn good(dialect: Dialect) -> TrustMark {
    judged(&claims(ISSUER, dialect), &rules(), dialect).unwrap()
}

fn fault(claims: &Value, rules: &Value, dialect: Dialect) -> MarkFault {
    judged(claims, rules, dialect).unwrap_err()
}

#[test]
fn a_mark_by_an_accredited_issuer_is_valid_and_tells_what_it_says() {
    for dialect in Dialect::ALL {
        for issuer in [ANCHOR, ISSUER] {
            let mark = judged(&claims(issuer, dialect), &rules(), dialect).unwrap();
            assert_eq!((mark.kind(), mark.issuer().as_str()), (KIND, issuer));
            assert_eq!(mark.expires(), Some(Timestamp::from_unix_seconds(NOW + 1000)));
            assert_eq!(mark.claims()["organization_type"], "public");
            assert_eq!(mark.token().split('.').count(), 3);
        }
        let lasting = with(claims(ISSUER, dialect), &json!({"exp": null}));
        assert_eq!(judged(&lasting, &rules(), dialect).unwrap().expires(), None);
    }
}

#[test]
fn whoever_must_be_asked_for_keys_is_known_before_the_signature() {
    let (anchor, rules) = (id(ANCHOR), rules());
    let rules = MarkRules::new(&anchor, rules.as_object().unwrap(), Dialect::It2023);
    let entry = entry(&signed(&claims(ISSUER, Dialect::It2023)), Dialect::It2023);
    let reader = reader(Dialect::It2023);
    let draft = MarkDraft::read(&entry, KIND, &id(SUBJECT), &rules, &reader).unwrap();
    assert_eq!(draft.issuer().as_str(), ISSUER);
    assert_eq!(MarkDraft::type_of(&entry, Dialect::It2023), Some(KIND));
}

#[test]
fn a_forged_mark_is_refused_in_every_way_to_forge_one() {
    let header = json!({"typ": "trust-mark+jwt"});
    let strict = claims(ISSUER, Dialect::Fed10Final);
    let sound = crate::crypto::jws::corpus::Sound {
        header: header.clone(),
        // Without an end: how far it may be is nobody's rule.
        claims: with(strict.clone(), &json!({"exp": null})),
        required: &["iss", "sub", "iat", "trust_mark_type"],
        types: &["trust-mark+jwt"],
    };
    let forged = Forger::get().refused(&sound);
    assert!(forged.len() > 50);
    for (class, what, token) in forged {
        let entry = entry(&token, Dialect::Fed10Final);
        let taken = checked(&entry, &rules(), &Forger::get().keys(), Dialect::Fed10Final);
        assert!(taken.is_err(), "{class}: {what}");
    }
    // Genuine, by another key under the same name.
    let token = Forger::new().sign(RS256, &header, &strict);
    let entry = entry(&token, Dialect::Fed10Final);
    let refused = checked(&entry, &rules(), &Forger::get().keys(), Dialect::Fed10Final);
    assert_eq!(refused.unwrap_err(), MarkFault::Token(JwsFault::Signature));
}

#[test]
fn a_mark_by_oneself_or_by_whom_the_anchor_does_not_name_is_refused() {
    for dialect in Dialect::ALL {
        for issuer in
            [SUBJECT, "https://other.example", "https://issuer.example/gw", "https://ta.example/"]
        {
            assert_eq!(fault(&claims(issuer, dialect), &rules(), dialect), MarkFault::Issuer);
        }
        // A type that the anchor does not list, or lists for nobody, is the anchor's own.
        for listed in [
            json!({}),
            json!({"trust_mark_issuers": {}}),
            json!({"trust_mark_issuers": {KIND: []}}),
            json!({"trust_mark_issuers": {KIND: ISSUER}}),
            json!({"trust_mark_issuers": {"https://ta.example/other": [ISSUER]}}),
        ] {
            assert_eq!(fault(&claims(ISSUER, dialect), &listed, dialect), MarkFault::Issuer);
            assert!(judged(&claims(ANCHOR, dialect), &listed, dialect).is_ok());
        }
    }
    // The old spelling counts where it is spoken, and where the right one is missing.
    let old = json!({"trust_marks_issuers": {KIND: [ISSUER]}});
    assert!(judged(&claims(ISSUER, Dialect::It2023), &old, Dialect::It2023).is_ok());
    let strict = claims(ISSUER, Dialect::Fed10Final);
    assert_eq!(fault(&strict, &old, Dialect::Fed10Final), MarkFault::Issuer);
    let both = with(old, &json!({"trust_mark_issuers": {KIND: [ANCHOR]}}));
    assert_eq!(fault(&claims(ISSUER, Dialect::It2023), &both, Dialect::It2023), MarkFault::Issuer);
}

#[test]
fn a_mark_of_another_entity_is_refused() {
    for dialect in Dialect::ALL {
        for subject in [json!("https://rp.example"), json!("https://op.example/"), json!(null)] {
            let claims = with(claims(ISSUER, dialect), &json!({"sub": subject}));
            assert_eq!(fault(&claims, &rules(), dialect), MarkFault::Subject);
        }
    }
}

#[test]
fn a_mark_out_of_its_time_is_refused() {
    for dialect in Dialect::ALL {
        for (times, expected) in [
            (json!({"exp": NOW - 61, "iat": NOW - 100}), Some(JwsFault::Expired)),
            (json!({"iat": NOW + 61}), Some(JwsFault::Early)),
            (json!({"nbf": NOW + 61}), Some(JwsFault::Early)),
            (json!({"iat": null}), Some(JwsFault::Claim("iat"))),
            (json!({"iat": NOW + 59}), None),
        ] {
            let judged = judged(&with(claims(ISSUER, dialect), &times), &rules(), dialect);
            assert_eq!(judged.err(), expected.map(MarkFault::Token), "{times}");
        }
    }
}

#[test]
fn a_token_of_another_type_is_no_mark_and_an_untyped_one_only_in_the_older_dialect() {
    for dialect in Dialect::ALL {
        let claims = claims(ISSUER, dialect);
        let judged = |header: &Value| {
            let token = Forger::get().sign(RS256, header, &claims);
            checked(&entry(&token, dialect), &rules(), &Forger::get().keys(), dialect)
        };
        for typ in ["entity-statement+jwt", "JWT", "trust-mark-delegation+jwt", "at+jwt"] {
            let refused = judged(&json!({"typ": typ})).unwrap_err();
            assert_eq!(refused, MarkFault::Token(JwsFault::Type), "{typ}");
        }
        assert_eq!(judged(&json!({})).is_ok(), dialect == Dialect::It2023);
        assert!(judged(&json!({"typ": "trust-mark+jwt"})).is_ok());
    }
}

#[test]
fn a_type_is_compared_whole() {
    for dialect in Dialect::ALL {
        let name = if dialect == Dialect::It2023 { "id" } else { "trust_mark_type" };
        for kind in [
            format!("{KIND}/x"),
            format!("{KIND}/"),
            KIND.replace("public", "private"),
            KIND.to_uppercase(),
            "https://ta.example/openid_provider".to_owned(),
        ] {
            // In the token alone, in the entry alone, in both.
            let other = with(claims(ISSUER, dialect), &json!({name: kind}));
            assert_eq!(fault(&other, &rules(), dialect), MarkFault::Type, "{kind}");
            for token in [signed(&claims(ISSUER, dialect)), signed(&other)] {
                let entry = with(entry(&token, dialect), &json!({name: kind}));
                let refused = checked(&entry, &rules(), &Forger::get().keys(), dialect);
                assert_eq!(refused.unwrap_err(), MarkFault::Type, "{kind}");
            }
        }
    }
}

#[test]
fn the_older_dialect_has_three_names_for_a_type_and_they_agree() {
    let old = claims(ISSUER, Dialect::It2023);
    for names in [
        json!({"id": null, "trust_mark_type": KIND}),
        json!({"id": null, "trust_mark_id": KIND}),
        json!({"trust_mark_type": KIND, "trust_mark_id": KIND}),
    ] {
        let token = signed(&with(old.clone(), &names));
        let entry = with(entry(&token, Dialect::It2023), &names);
        let keys = Forger::get().keys();
        assert!(checked(&entry, &rules(), &keys, Dialect::It2023).is_ok(), "{names}");
    }
    for names in [json!({"trust_mark_type": "other"}), json!({"trust_mark_id": 1})] {
        assert_eq!(fault(&with(old.clone(), &names), &rules(), Dialect::It2023), MarkFault::Type);
        let entry = with(entry(&signed(&old), Dialect::It2023), &names);
        let refused = checked(&entry, &rules(), &Forger::get().keys(), Dialect::It2023);
        assert_eq!(refused.unwrap_err(), MarkFault::Entry);
    }
    // The strict dialect has one name.
    assert_eq!(fault(&old, &rules(), Dialect::Fed10Final), MarkFault::Type);
    let entry = entry(&signed(&old), Dialect::It2023);
    let refused = checked(&entry, &rules(), &Forger::get().keys(), Dialect::Fed10Final);
    assert_eq!(refused.unwrap_err(), MarkFault::Entry);
}

#[test]
fn an_entry_that_holds_no_mark_is_refused() {
    for wrong in [json!("x"), json!({}), json!({"id": KIND}), json!({"id": KIND, "trust_mark": 1})]
    {
        let refused = checked(&wrong, &rules(), &Forger::get().keys(), Dialect::It2023);
        assert_eq!(refused.unwrap_err(), MarkFault::Entry, "{wrong}");
    }
    let claims = with(claims(ISSUER, Dialect::It2023), &json!({"iss": "http://issuer.example"}));
    assert_eq!(fault(&claims, &rules(), Dialect::It2023), MarkFault::Claim("iss"));
}

const OWNER: &str = "https://owner.example";

/// A delegation with changes, by the owner's key.
fn delegation(changes: &Value) -> String {
    let claims = json!({"iss": OWNER, "sub": ISSUER, "trust_mark_type": KIND, "iat": NOW});
    let header = json!({"typ": "trust-mark-delegation+jwt"});
    Forger::get().sign(ES256, &header, &with(claims, changes))
}

fn owned() -> Value {
    let owner = json!({"sub": OWNER, "jwks": Forger::get().jwks()});
    with(rules(), &json!({"trust_mark_owners": {KIND: owner}}))
}

#[test]
fn a_type_that_has_an_owner_is_issued_only_by_whom_the_owner_lets() {
    for dialect in Dialect::ALL {
        let judged = |delegation: Value, rules: &Value| {
            let claims = with(claims(ISSUER, dialect), &json!({"delegation": delegation}));
            judged(&claims, rules, dialect).map(|mark| mark.kind().to_owned())
        };
        let good = delegation(&json!({"exp": NOW + 10}));
        assert_eq!(judged(json!(good), &owned()), Ok(KIND.to_owned()));
        assert_eq!(judged(json!(delegation(&json!({}))), &owned()), Ok(KIND.to_owned()));
        assert_eq!(judged(json!(null), &owned()), Err(MarkFault::Undelegated));
        assert_eq!(judged(json!(good), &rules()), Err(MarkFault::Ownerless));
        assert_eq!(judged(json!(7), &owned()), Err(MarkFault::Claim("delegation")));
        for changes in [
            json!({"iss": "https://other.example"}),
            json!({"sub": "https://other.example"}),
            json!({"trust_mark_type": format!("{KIND}/x")}),
            json!({"trust_mark_type": null, "id": KIND}),
            json!({"iss": null}),
            json!({"sub": null}),
        ] {
            let refused = judged(json!(delegation(&changes)), &owned());
            assert_eq!(refused, Err(MarkFault::Delegation), "{changes}");
        }
        for (changes, expected) in [
            (json!({"exp": NOW - 61}), JwsFault::Expired),
            (json!({"iat": NOW + 61}), JwsFault::Early),
            (json!({"iat": null}), JwsFault::Claim("iat")),
        ] {
            let refused = judged(json!(delegation(&changes)), &owned());
            assert_eq!(refused, Err(MarkFault::DelegationToken(expected)), "{changes}");
        }
        // By a stranger's key, of another type of token, and a mark in the place of a delegation.
        let claims = json!({"iss": OWNER, "sub": ISSUER, "trust_mark_type": KIND, "iat": NOW});
        let header = json!({"typ": "trust-mark-delegation+jwt"});
        let forged = Forger::new().sign(ES256, &header, &claims);
        for (token, expected) in [
            (forged, JwsFault::Signature),
            (Forger::get().sign(ES256, &json!({}), &claims), JwsFault::Type),
            (Forger::get().sign(ES256, &json!({"typ": "trust-mark+jwt"}), &claims), JwsFault::Type),
        ] {
            let refused = judged(json!(token), &owned());
            assert_eq!(refused, Err(MarkFault::DelegationToken(expected)));
        }
        for owner in [json!({}), json!({"sub": OWNER}), json!([]), json!({"jwks": {"keys": []}})] {
            let broken = with(rules(), &json!({"trust_mark_owners": {KIND: owner}}));
            let refused = judged(json!(good), &broken);
            assert_eq!(refused, Err(MarkFault::Claim("trust_mark_owners")), "{owner}");
        }
    }
}
