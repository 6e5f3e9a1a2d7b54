use super::super::testing::{NOW, key, reader};
use super::super::{EntityConfiguration, Flaw, Reader};
use super::*;
use crate::crypto::jws::JwsFault;

fn parts() -> OwnParts {
    let id = |text| EntityId::parse(text, false).unwrap();
    let metadata = json!({"openid_relying_party": {"client_id": "https://rp.example/cie"}});
    let Value::Object(metadata) = metadata else { panic!("no object") };
    OwnParts {
        id: id("https://rp.example/cie"),
        superiors: vec![id("https://ta.example")],
        keys: vec![Arc::new(key()), Arc::new(key())],
        metadata,
        trust_marks: vec![
            json!({"id": "https://ta.example/openid_relying_party/public", "trust_mark": "x.y.z"}),
        ],
        life: Duration::from_secs(1800),
        dialect: Dialect::It2023,
    }
}

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(NOW)
}

#[tokio::test]
async fn our_configuration_is_what_our_own_validator_takes_in_both_dialects() {
    let own = OwnEntity::new(parts()).unwrap();
    let token = own.configuration(now()).await.unwrap();
    for dialect in Dialect::ALL {
        let read = EntityConfiguration::verify(&token, own.id(), &reader(dialect)).unwrap();
        assert_eq!(read.expires(), now().plus(Duration::from_secs(1800)));
        assert_eq!(read.keys().signature().len(), 2);
        assert_eq!(read.hints()[0].as_str(), "https://ta.example");
        assert_eq!(read.claims()["trust_marks"], json!(parts().trust_marks));
        assert_eq!(read.claims()["metadata"], Value::Object(parts().metadata));
    }
    let header = jsonwebtoken::decode_header(&*token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("entity-statement+jwt"));
    assert_eq!(header.kid.as_deref(), Some(own.parts.keys[0].public().kid()));
}

#[tokio::test]
async fn one_signature_serves_for_ten_minutes_and_is_never_stale() {
    let own = OwnEntity::new(parts()).unwrap();
    let first = own.configuration(now()).await.unwrap();
    let later = |seconds| now().plus(Duration::from_secs(seconds));
    assert_eq!(own.configuration(later(599)).await.unwrap(), first);
    let next = own.configuration(later(600)).await.unwrap();
    assert_ne!(next, first);
    // A clock that was put back does not bring statements from the future.
    assert_ne!(own.configuration(now()).await.unwrap(), next);
    let over = Reader { now: later(1800 + 60), ..reader(Dialect::It2023) };
    let read = EntityConfiguration::verify(&first, own.id(), &over).map(|_| ());
    assert_eq!(read, Err(Flaw::Token(JwsFault::Expired)));
}

#[test]
fn one_key_for_the_federation_and_for_the_protocol_is_refused() {
    let shared = |change: fn(&mut Value)| {
        let mut parts = parts();
        let mut jwk = parts.keys[1].public().jwk().clone();
        change(&mut jwk);
        let metadata = json!({"client_id": "https://rp.example/cie", "jwks": {"keys": [jwk]}});
        parts.metadata.insert("openid_relying_party".to_owned(), metadata);
        let name = parts.keys[1].public().kid().to_owned();
        let fault = OwnEntity::new(parts).map(|_| ()).unwrap_err();
        assert_eq!(fault, OwnFault::SharedKey(name, "openid_relying_party".to_owned()));
    };
    shared(|_| {});
    shared(|jwk| jwk["kid"] = json!("another-name"));
    shared(|jwk| jwk["use"] = json!("enc"));
    let mut other = parts();
    let metadata = json!({"jwks": {"keys": [key().jwk()]}});
    other.metadata.insert("openid_relying_party".to_owned(), metadata);
    assert!(OwnEntity::new(other).is_ok());
}

#[test]
fn what_nobody_would_believe_is_not_published() {
    let fault = |change: fn(&mut OwnParts)| {
        let mut parts = parts();
        change(&mut parts);
        OwnEntity::new(parts).map(|_| ()).unwrap_err()
    };
    assert_eq!(fault(|parts| parts.keys.clear()), OwnFault::NoKey);
    assert_eq!(fault(|parts| parts.superiors.clear()), OwnFault::NoSuperior);
    assert_eq!(fault(|parts| parts.life = Duration::from_secs(1)), OwnFault::Life);
    assert_eq!(fault(|parts| parts.life = Duration::from_secs(25 * 3600)), OwnFault::Life);
    let null = |parts: &mut OwnParts| {
        parts.metadata.insert("federation_entity".to_owned(), json!({"logo_uri": null}));
    };
    assert_eq!(fault(null), OwnFault::Metadata);
}
