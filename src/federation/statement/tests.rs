use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::testing::{Entity, NOW, jwks, key, reader, sign, sign_as, with};
use super::*;
use crate::crypto::jose::TokenType;
use crate::crypto::jwk::SignatureAlgorithm::ES256;
use crate::crypto::jwk::{JwkFault, SetFault};
use crate::crypto::jws::JwsFault;
use crate::crypto::jws::corpus::{Forger, Sound};
use crate::crypto::signer::{Answer, Signer as _};

const NEW: Dialect = Dialect::Fed10Final;
const OLD: Dialect = Dialect::It2023;

fn op() -> Entity {
    Entity::new("https://op.example")
}

fn ta() -> Entity {
    Entity::new("https://ta.example")
}

fn configuration(token: &str, op: &Entity, dialect: Dialect) -> Result<EntityConfiguration, Flaw> {
    EntityConfiguration::verify(token, &op.id, &reader(dialect))
}

/// A configuration with `changes`, signed, read in both dialects.
fn changed(changes: &Value) -> [Result<(), Flaw>; 2] {
    let (op, ta) = (op(), ta());
    let token = sign(&op.key, &with(op.claims(&[&ta]), changes));
    [OLD, NEW].map(|dialect| configuration(&token, &op, dialect).map(|_| ()))
}

/// The same with a statement of the anchor.
fn changed_statement(changes: &Value) -> [Result<(), Flaw>; 2] {
    let (op, ta) = (op(), ta());
    let token = sign(&ta.key, &with(ta.claims_about(&op), changes));
    [OLD, NEW].map(|dialect| {
        SubordinateStatement::verify(&token, &ta.id, &op.id, &ta.pinned(), &reader(dialect))
            .map(|_| ())
    })
}

fn both(flaw: Flaw) -> [Result<(), Flaw>; 2] {
    [Err(flaw.clone()), Err(flaw)]
}

#[test]
fn a_good_configuration_says_who_it_is_and_who_is_above() {
    let (op, ta) = (op(), ta());
    for dialect in Dialect::ALL {
        let read = configuration(&op.configuration(&[&ta]), &op, dialect).unwrap();
        assert_eq!(read.subject(), &op.id);
        assert_eq!(read.hints(), std::slice::from_ref(&ta.id));
        assert_eq!(read.expires(), Timestamp::from_unix_seconds(NOW + 1800));
        assert_eq!(read.keys().signature()[0].name(), op.key.kid());
        assert_eq!(read.endpoint("federation_fetch_endpoint").unwrap(), "https://op.example/fetch");
        let missing = Flaw::NoEndpoint("federation_resolve_endpoint");
        assert_eq!(read.endpoint("federation_resolve_endpoint"), Err(missing));
    }
}

#[test]
fn a_statement_of_another_type_or_algorithm_or_key_is_refused() {
    let (op, ta) = (op(), ta());
    let claims = op.claims(&[&ta]);
    let read = |token: &str| configuration(token, &op, OLD).map(|_| ());
    let jwt = sign_as(&op.key, TokenType::Jwt, &claims);
    assert_eq!(read(&jwt), Err(Flaw::Token(JwsFault::Type)));
    let resolved = sign_as(&op.key, TokenType::ResolveResponse, &claims);
    assert_eq!(read(&resolved), Err(Flaw::Token(JwsFault::Type)));
    let other = key();
    assert_eq!(read(&sign(&other, &claims)), Err(Flaw::Token(JwsFault::UnknownKey)));

    // The same octets under other headers.
    let good = sign(&op.key, &claims);
    let (_, rest) = good.split_once('.').unwrap();
    let typ = "entity-statement+jwt";
    let under =
        |header: Value| read(&format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string())));
    let kid = op.key.kid();
    let (algorithm, extension) = (JwsFault::Algorithm, JwsFault::Extension);
    for (header, fault) in [
        (json!({"alg": "none", "kid": kid, "typ": typ}), algorithm),
        (json!({"alg": "HS256", "kid": kid, "typ": typ}), algorithm),
        (json!({"alg": "RS256", "kid": kid, "typ": typ}), algorithm),
        (json!({"alg": "ES256", "kid": kid}), JwsFault::Type),
        (json!({"alg": "ES256", "typ": typ}), JwsFault::Header("kid")),
        (json!({"alg": "ES256", "kid": "", "typ": typ}), JwsFault::Header("kid")),
        (json!({"alg": "ES256", "kid": "unknown", "typ": typ}), JwsFault::UnknownKey),
        (json!({"alg": "ES256", "kid": kid, "typ": typ, "crit": ["exp"]}), extension),
        (json!({"alg": "ES256", "kid": kid, "typ": typ, "x": 1}), JwsFault::Signature),
        (json!({"alg": "ES256", "kid": kid, "typ": typ, "jwk": {}}), JwsFault::OwnKey),
        (json!({"alg": "ES256", "kid": kid, "typ": typ, "x5c": []}), JwsFault::OwnKey),
    ] {
        assert_eq!(under(header.clone()), Err(Flaw::Token(fault)), "{header}");
    }
    assert_eq!(read(&good), Ok(()));
    assert_eq!(read(&format!("{good}\n")), Err(Flaw::Token(JwsFault::Malformed)));
    let long = format!("{good}{}", "A".repeat(LONGEST));
    assert_eq!(read(&long), Err(Flaw::Token(JwsFault::TooLong)));
}

#[test]
fn every_forged_statement_is_refused() {
    let (op, ta, forger) = (op(), ta(), Forger::get());
    let sound = Sound {
        header: json!({"typ": "entity-statement+jwt"}),
        claims: ta.claims_about(&op),
        required: &["iss", "sub", "iat", "exp", "jwks"],
        types: &["entity-statement+jwt"],
    };
    let keys = forger.keys();
    let read = |token: &str| {
        SubordinateStatement::verify(token, &ta.id, &op.id, &keys, &reader(NEW)).map(|_| ())
    };
    let mut tried = 0;
    for (class, what, token) in forger.refused(&sound) {
        assert!(read(&token).is_err(), "{class}: {what}");
        tried += 1;
    }
    assert!(tried > 100, "{tried}");
    assert_eq!(read(&forger.sign(ES256, &sound.header, &sound.claims)), Ok(()));
}

#[test]
fn a_member_that_stands_twice_makes_a_statement_unreadable() {
    let (op, ta) = (op(), ta());
    let text = op.claims(&[&ta]).to_string();
    for twice in [
        text.replacen('{', r#"{"iss":"https://op.example","#, 1),
        text.replacen(
            r#""openid_provider":{"#,
            r#""openid_provider":{"issuer":"https://evil.example","#,
            1,
        ),
    ] {
        let Answer::Now(Ok(token)) = op.key.jws(TokenType::EntityStatement, twice.as_bytes())
        else {
            panic!("not signed")
        };
        let read = configuration(&token, &op, OLD).map(|_| ());
        assert_eq!(read, Err(Flaw::Token(JwsFault::Malformed)));
    }
}

#[test]
fn a_configuration_is_by_and_about_the_entity_that_was_asked() {
    assert_eq!(changed(&json!({"iss": "https://evil.example"})), both(Flaw::Issuer));
    assert_eq!(changed(&json!({"sub": "https://evil.example"})), both(Flaw::Subject));
    assert_eq!(changed(&json!({"sub": "https://op.example/"})), both(Flaw::Subject));
    assert_eq!(changed(&json!({"iss": null})), both(Flaw::Claim("iss")));
    assert_eq!(changed(&json!({"sub": null})), both(Flaw::Claim("sub")));
    assert_eq!(changed(&json!({"iss": "op.example"})), both(Flaw::Claim("iss")));
    let other = Entity::new("https://other.example");
    let token = other.configuration(&[&ta()]);
    assert_eq!(configuration(&token, &op(), NEW).map(|_| ()), Err(Flaw::Issuer));
}

#[test]
fn a_statement_has_a_beginning_and_an_end_that_make_sense() {
    let year = 365 * 24 * 3600;
    assert_eq!(changed(&json!({"iat": null})), both(Flaw::Claim("iat")));
    assert_eq!(changed(&json!({"exp": null})), both(Flaw::Claim("exp")));
    assert_eq!(changed(&json!({"iat": NOW + 61})), both(JwsFault::Early.into()));
    assert_eq!(changed(&json!({"iat": NOW + 60})), [Ok(()), Ok(())]);
    assert_eq!(changed(&json!({"iat": NOW - 60, "exp": NOW - 10})), both(JwsFault::Expired.into()));
    assert_eq!(changed(&json!({"exp": NOW + 10 * year})), both(Flaw::Lifetime));
    assert_eq!(changed(&json!({"iat": NOW + 10, "exp": NOW + 10})), both(Flaw::Lifetime));
    for wrong in [json!("1795300000"), json!(1.5), json!(-1), json!(9e18)] {
        assert_eq!(changed(&json!({"exp": wrong})), both(JwsFault::Claim("exp").into()), "{wrong}");
    }
}

#[test]
fn the_keys_in_a_statement_are_public_named_and_distinct() {
    assert_eq!(changed(&json!({"jwks": null})), both(Flaw::Claim("jwks")));
    assert_eq!(changed(&json!({"jwks": {"keys": []}})), both(SetFault::Nothing.into()));
    assert_eq!(changed(&json!({"jwks": []})), both(Flaw::Claim("jwks")));
    let (one, two) = (key(), key());
    let mut set = jwks(&[&one, &two]);
    set["keys"][1]["kid"] = set["keys"][0]["kid"].clone();
    assert_eq!(changed(&json!({"jwks": set})), both(SetFault::SameKid(2).into()));
    let mut set = jwks(&[&one]);
    set["keys"][0].as_object_mut().unwrap().remove("kid");
    assert_eq!(changed(&json!({"jwks": set})), both(Flaw::NamelessKey));
    let mut set = jwks(&[&one]);
    set["keys"][0]["d"] = json!("AA");
    assert_eq!(changed(&json!({"jwks": set})), both(SetFault::Key(1, JwkFault::Private).into()));
    let secret = json!({"keys": [{"kty": "oct", "k": "AAAA", "kid": "x"}]});
    assert_eq!(
        changed(&json!({"jwks": secret})),
        both(SetFault::Key(1, JwkFault::Symmetric).into())
    );
    // What signs must be among them, whatever it is called.
    assert_eq!(changed(&json!({"jwks": jwks(&[&one])})), both(JwsFault::UnknownKey.into()));
    let mut set = jwks(&[&one]);
    let (op, ta) = (op(), ta());
    set["keys"][0]["kid"] = json!(op.key.kid());
    let token = sign(&op.key, &with(op.claims(&[&ta]), &json!({"jwks": set})));
    let read = configuration(&token, &op, NEW).map(|_| ());
    assert_eq!(read, Err(JwsFault::Signature.into()), "another key of the same name");
}

#[test]
fn what_must_be_understood_and_is_not_ends_it() {
    for critical in [json!(["new_claim"]), json!(["exp"]), json!([]), json!("exp"), json!({})] {
        assert_eq!(changed(&json!({"crit": critical})), both(Flaw::Critical), "{critical}");
        assert_eq!(
            changed_statement(&json!({"crit": critical})),
            both(Flaw::Critical),
            "{critical}"
        );
    }
    assert_eq!(changed(&json!({"new_claim": {"a": 1}})), [Ok(()), Ok(())]);
}

#[test]
fn a_leaf_sets_no_policy_and_no_limits_for_itself() {
    for name in ["metadata_policy", "metadata_policy_crit", "source_endpoint", "constraints"] {
        assert_eq!(changed(&json!({name: {}})), both(Flaw::Misplaced(name)), "{name}");
    }
    for hints in [json!([]), json!("https://ta.example"), json!([1]), json!(["ta.example"])] {
        let changes = json!({"authority_hints": hints});
        assert_eq!(changed(&changes), both(Flaw::Claim("authority_hints")), "{hints}");
    }
    assert_eq!(changed(&json!({"authority_hints": null})), both(Flaw::Claim("authority_hints")));
    for metadata in [
        json!([]),
        json!({"openid_provider": []}),
        json!({"openid_provider": {"issuer": null}}),
        json!({"openid_provider": {"a": {"b": [null]}}}),
    ] {
        assert_eq!(
            changed(&json!({"metadata": metadata})),
            both(Flaw::Claim("metadata")),
            "{metadata}"
        );
    }
    for marks in [json!({}), json!(["x"])] {
        assert_eq!(changed(&json!({"trust_marks": marks})), both(Flaw::Claim("trust_marks")));
    }
}

#[test]
fn what_production_writes_beside_the_specification_passes_in_its_own_dialect_alone() {
    for name in ["authority_hints", "trust_anchor_hints"] {
        let changes = json!({name: ["https://x.example"]});
        assert_eq!(changed_statement(&changes), [Ok(()), Err(Flaw::Misplaced(name))]);
    }
    let marks = json!({"trust_marks": [{"id": "x"}]});
    assert_eq!(changed_statement(&marks), [Ok(()), Err(Flaw::Misplaced("trust_marks"))]);
    for name in ["trust_mark_issuers", "trust_mark_owners"] {
        assert_eq!(changed_statement(&json!({name: {}})), [Ok(()), Err(Flaw::Misplaced(name))]);
    }
    for (name, value) in [("aud", "https://x.example"), ("trust_anchor", "https://ta.example")] {
        assert_eq!(changed(&json!({name: value})), [Ok(()), Err(Flaw::Misplaced(name))]);
    }
    assert_eq!(changed_statement(&json!({"constraints": "{}"})), [Ok(()), Err(Flaw::Constraints)]);
}

#[test]
fn an_anchor_is_believed_under_a_pinned_key_alone() {
    let ta = ta();
    for (dialect, limits) in [(OLD, Ok(())), (NEW, Err(Flaw::Misplaced("constraints")))] {
        let anchor = ta.anchor(dialect);
        let read = |token: &str| {
            EntityConfiguration::verify_anchor(
                token,
                &anchor,
                std::slice::from_ref(&anchor.keys),
                &reader(dialect),
            )
            .map(|_| ())
        };
        assert_eq!(read(&ta.configuration(&[])), Ok(()));
        let claims = with(ta.claims(&[]), &json!({"constraints": {"max_path_length": 1}}));
        assert_eq!(read(&sign(&ta.key, &claims)), limits);
        // Whoever answers at its address brings good keys, and not the pinned ones.
        let thief = Entity::new("https://ta.example");
        assert_eq!(read(&thief.configuration(&[])), Err(Flaw::Unpinned));
        let mut set = jwks(&[&thief.key]);
        set["keys"][0]["kid"] = json!(ta.key.kid());
        let forged = sign(&thief.key, &with(ta.claims(&[]), &json!({"jwks": set})));
        assert_eq!(read(&forged), Err(Flaw::Unpinned));
    }
    // Nobody else is without superiors.
    assert_eq!(
        configuration(&op().configuration(&[]), &op(), NEW).map(|_| ()),
        Err(Flaw::Claim("authority_hints"))
    );
}

#[test]
fn a_superior_speaks_of_the_entity_that_was_asked_for_and_not_of_itself() {
    let (op, ta) = (op(), ta());
    let read = |token: &str| {
        SubordinateStatement::verify(token, &ta.id, &op.id, &ta.pinned(), &reader(NEW)).map(|_| ())
    };
    assert_eq!(read(&ta.about(&op)), Ok(()));
    assert_eq!(read(&ta.about(&Entity::new("https://other.example"))), Err(Flaw::Subject));
    assert_eq!(read(&ta.configuration(&[])), Err(Flaw::Issuer), "its own configuration");
    assert_eq!(read(&op.configuration(&[&ta])), Err(Flaw::Issuer), "the subject's own");
    let own = sign(&op.key, &ta.claims_about(&op));
    assert_eq!(read(&own), Err(JwsFault::UnknownKey.into()), "signed by the subject");
    let other = Entity::new("https://other.example");
    assert_eq!(read(&other.about(&op)), Err(Flaw::Issuer));
    assert_eq!(
        changed_statement(&json!({"metadata_policy": []})),
        both(Flaw::Claim("metadata_policy"))
    );
    let critical = json!({"metadata_policy_crit": []});
    assert_eq!(changed_statement(&critical), both(Flaw::Claim("metadata_policy_crit")));
}

#[test]
fn a_dialect_takes_the_signatures_of_its_rules_and_no_others() {
    use crate::crypto::jwk::SignatureAlgorithm;
    let (op, ta, forger) = (op(), ta(), Forger::get());
    for algorithm in SignatureAlgorithm::ALL {
        let jwk = with(forger.jwk(algorithm), &json!({"kid": "one", "use": "sig"}));
        let stated = with(jwk.clone(), &json!({"alg": algorithm.name()}));
        // A key that does not say what it is for, as some federations have it.
        for jwk in [jwk, stated] {
            let claims = with(op.claims(&[&ta]), &json!({"jwks": {"keys": [jwk]}}));
            let header =
                json!({"alg": algorithm.name(), "kid": "one", "typ": "entity-statement+jwt"});
            let token = forger.sign_text(algorithm, &header.to_string(), &claims.to_string());
            for dialect in Dialect::ALL {
                let read = configuration(&token, &op, dialect).map(|_| ());
                let listed = dialect.signatures().contains(&algorithm);
                let refused = Err(Flaw::from(JwsFault::Algorithm));
                assert_eq!(
                    read,
                    if listed { Ok(()) } else { refused },
                    "{algorithm:?} {dialect:?}"
                );
            }
        }
    }
    assert_eq!(Dialect::It2023.signatures().len(), 6);
    assert_eq!(Dialect::Fed10Final.signatures().len(), SignatureAlgorithm::ALL.len());
}
