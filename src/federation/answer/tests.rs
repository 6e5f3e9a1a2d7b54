use std::sync::Arc;
use std::time::Duration;

use super::super::testing::{Entity, World, federation, key, reader};
use super::super::{EntityConfiguration, OwnParts, SubordinateStatement};
use super::*;
use crate::crypto::jwk::{PublicKeys, SignatureAlgorithm};
use crate::crypto::jws::{Compact, Expected};

fn own(dialect: Dialect) -> (OwnEntity, PublicKeys) {
    let key = key();
    let set = json!({"keys": [key.jwk()]});
    let parts = OwnParts {
        id: EntityId::parse("https://rp.example/cie", false).unwrap(),
        superiors: vec![EntityId::parse("https://ta.example", false).unwrap()],
        keys: vec![Arc::new(key)],
        metadata: Map::new(),
        trust_marks: Vec::new(),
        life: Duration::from_secs(1800),
        dialect,
    };
    (OwnEntity::new(parts).unwrap(), PublicKeys::from_members(set.as_object().unwrap()).unwrap())
}

fn query(dialect: Dialect, pairs: &[(&str, &str)]) -> Result<ResolveQuery, Unresolved> {
    let pairs: Vec<_> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    ResolveQuery::read(&pairs, dialect, false)
}

#[tokio::test]
async fn what_is_known_is_told_signed_in_the_shape_of_the_dialect() {
    let (world, fx, _) = World::new();
    let (op, ta) = (Entity::new("https://op.example"), Entity::new("https://ta.example"));
    world.publish(&op, &[&ta]);
    world.publish(&ta, &[]);
    world.vouch(&ta, &op);
    for (dialect, anchor, typ) in [
        (Dialect::It2023, "anchor", "entity-statement+jwt"),
        (Dialect::Fed10Final, "trust_anchor", "resolve-response+jwt"),
    ] {
        let federation = federation(vec![ta.anchor(dialect)], &fx);
        let chain = federation.resolve(&op.id, "openid_provider", &fx).await.unwrap();
        let (own, keys) = own(dialect);
        let pairs = [("sub", "https://op.example"), (anchor, "https://ta.example")];
        let answer =
            federation.answer(&own, &query(dialect, &pairs).unwrap(), fx.now()).await.unwrap();
        assert_eq!(answer.media_type, format!("application/{typ}"));
        let expected = Expected {
            longest: 65536,
            types: &["resolve-response+jwt", "entity-statement+jwt"],
            untyped: false,
        };
        let token = Compact::read(&answer.token, &expected).unwrap();
        let claims = token.verify(&keys, &SignatureAlgorithm::ALL).unwrap().into_claims();
        let claims = claims.members();
        assert_eq!(jsonwebtoken::decode_header(&answer.token).unwrap().typ.as_deref(), Some(typ));
        assert_eq!(
            (&claims["iss"], &claims["sub"]),
            (&json!("https://rp.example/cie"), &json!("https://op.example"))
        );
        assert_eq!(claims["exp"], json!(chain.expires().unix_seconds()));
        assert_eq!(claims["trust_chain"], json!(chain.statements()));
        assert_eq!(claims["metadata"], Value::Object(chain.all_metadata().clone()));
        // An answer is no statement: nobody can put it into a chain.
        let about =
            SubordinateStatement::verify(&answer.token, own.id(), &op.id, &keys, &reader(dialect));
        assert!(about.is_err());
        assert!(EntityConfiguration::verify(&answer.token, &op.id, &reader(dialect)).is_err());
        let typed = [pairs[0], pairs[1], ("entity_type", "federation_entity")];
        let answer =
            federation.answer(&own, &query(dialect, &typed).unwrap(), fx.now()).await.unwrap();
        let token = Compact::read(&answer.token, &expected).unwrap();
        let metadata = token.unproven().members()["metadata"].as_object().unwrap();
        assert_eq!(metadata.keys().collect::<Vec<_>>(), ["federation_entity"]);
    }
}

#[tokio::test]
async fn who_is_unknown_stays_unknown_and_nobody_is_asked() {
    let (world, fx, clock) = World::new();
    let (op, ta) = (Entity::new("https://op.example"), Entity::new("https://ta.example"));
    world.publish(&op, &[&ta]);
    world.publish(&ta, &[]);
    world.vouch(&ta, &op);
    let dialect = Dialect::Fed10Final;
    let federation = federation(vec![ta.anchor(dialect)], &fx);
    let (own, _) = own(dialect);
    let ask = async |subject: &str, anchor: &str| {
        let query = query(dialect, &[("sub", subject), ("trust_anchor", anchor)]).unwrap();
        federation.answer(&own, &query, fx.now()).await
    };
    let known = ("https://op.example", "https://ta.example");
    assert_eq!(ask(known.0, known.1).await, Err(Unresolved::Subject));
    assert!(world.asked().is_empty());
    federation.resolve(&op.id, "openid_provider", &fx).await.unwrap();
    let asked = world.asked().len();
    assert!(ask(known.0, known.1).await.is_ok());
    assert_eq!(ask("https://op.example/", known.1).await, Err(Unresolved::Subject));
    assert_eq!(ask(known.0, "https://other.example").await, Err(Unresolved::Anchor));
    clock.advance(Duration::from_secs(1800));
    assert_eq!(ask(known.0, known.1).await, Err(Unresolved::Subject), "its chain is over");
    assert_eq!(world.asked().len(), asked);
}

#[test]
fn a_question_names_one_subject_and_an_anchor_by_the_word_of_its_dialect() {
    let (sub, anchor) = (("sub", "https://op.example"), "https://ta.example");
    let (old, new) = (Dialect::It2023, Dialect::Fed10Final);
    assert!(query(old, &[sub, ("anchor", anchor), ("type", "openid_provider")]).is_ok());
    assert!(query(new, &[sub, ("trust_anchor", anchor), ("unknown", "x")]).is_ok());
    for (dialect, pairs) in [
        (old, vec![sub, ("trust_anchor", anchor)]),
        (new, vec![sub, ("anchor", anchor)]),
        (new, vec![("trust_anchor", anchor)]),
        (new, vec![sub, sub, ("trust_anchor", anchor)]),
        (new, vec![("sub", "op"), ("trust_anchor", anchor)]),
        (new, vec![sub, ("trust_anchor", "ta")]),
        (new, vec![]),
    ] {
        assert_eq!(query(dialect, &pairs), Err(Unresolved::Request), "{pairs:?}");
    }
    let many = vec![("trust_anchor", anchor); 17];
    assert_eq!(query(new, &[vec![sub], many].concat()), Err(Unresolved::Request));
    for (refusal, code, status) in [
        (Unresolved::Request, "invalid_request", 400),
        (Unresolved::Anchor, "invalid_trust_anchor", 404),
        (Unresolved::Subject, "not_found", 404),
        (Unresolved::Key, "temporarily_unavailable", 503),
    ] {
        assert_eq!((refusal.code(), refusal.status()), (code, status));
    }
}
