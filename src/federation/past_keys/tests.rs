//! Which sets of past keys are read.

use serde_json::{Value, json};

use super::PastKeys;

fn key(changes: &Value) -> Value {
    let mut key = json!({
        "kty": "EC", "crv": "P-256", "kid": "2025", "use": "sig", "alg": "ES256", "exp": 1_700_000_000,
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    });
    for (name, value) in changes.as_object().unwrap() {
        key[name] = value.clone();
    }
    key.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    key
}

fn read(keys: &Value) -> Result<PastKeys, String> {
    PastKeys::parse(json!({"keys": keys}).to_string().as_bytes())
}

#[test]
fn past_keys_have_a_name_and_an_end() {
    let good = read(&json!([key(&json!({}))])).unwrap();
    assert_eq!(good.names().collect::<Vec<_>>(), ["2025"]);
    for wrong in [
        json!([]),
        json!([key(&json!({"kid": null}))]),
        json!([key(&json!({"kid": ""}))]),
        json!([key(&json!({"exp": null}))]),
        json!([key(&json!({"exp": "2025"}))]),
        json!([key(&json!({})), key(&json!({}))]),
    ] {
        assert!(read(&wrong).is_err(), "{wrong}");
    }
    assert!(PastKeys::parse(b"no set").is_err());
}

#[test]
fn a_private_key_is_no_past_key() {
    let private = key(&json!({"d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}));
    assert!(read(&json!([private])).is_err());
}
