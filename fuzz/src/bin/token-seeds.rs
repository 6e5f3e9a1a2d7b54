//! Makes the keys of the fixed world of tokens and the seeds of its targets anew:
//! `cargo run -p varco-fuzz --bin token-seeds`.
//!
//! Not needed to fuzz: what it writes is committed. The keys that sign are new every time and kept nowhere.

use std::fs;
use std::io::Result;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use varco::crypto::jose::{SigningAlgorithm, TokenType};
use varco::crypto::jwe::{ContentEncryption, Encryption, KeyManagement, ReceiverKey, encrypt};
use varco::crypto::jwk::PublicKeys;
use varco::crypto::signer::{Answer, LocalKey, Signer as _};
use varco::effects::Effects;
use varco_fuzz::jose::{CLAIMS, ENTITY, INSIDE, SUPERIOR, receiver_der};
use varco_fuzz::messages::SENT;
use varco_fuzz::world::{corpus, folder};

fn main() -> Result<()> {
    let keys = SigningAlgorithm::ALL.map(|algorithm| {
        let der = LocalKey::generate(algorithm).expect("a key");
        LocalKey::from_pkcs8(algorithm, &der).expect("a key")
    });
    let set = json!({"keys": keys.iter().map(|key| key.public().jwk()).collect::<Vec<_>>()});
    fs::write(folder().join("fixtures/jwks.json"), set.to_string())?;
    signed(&keys)?;
    sealed()?;
    statements(&keys)?;
    chains()?;
    policies()
}

fn put(target: &str, name: &str, text: &str) -> Result<()> {
    let folder = corpus(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), text)
}

fn sign(key: &LocalKey, typ: TokenType, claims: &str) -> String {
    let Answer::Now(Ok(token)) = key.jws(typ, claims.as_bytes()) else { panic!("not signed") };
    token
}

fn base64url(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn signed(keys: &[LocalKey]) -> Result<()> {
    for key in keys {
        let genuine = sign(key, TokenType::Jwt, CLAIMS);
        let name = key.public().algorithm().name();
        put("jws", &format!("genuine-{name}.txt"), &genuine)?;
        let (input, signature) = genuine.rsplit_once('.').unwrap_or_default();
        let (header, _) = input.split_once('.').unwrap_or_default();
        let evil = base64url(&CLAIMS.replace("AGID", "EVIL"));
        put("jws", &format!("changed-{name}.txt"), &format!("{header}.{evil}.{signature}"))?;
        put("jws", &format!("stripped-{name}.txt"), &format!("{input}."))?;
    }
    let own = json!({"alg": "ES256", "typ": "JWT", "jwk": keys[2].public().jwk()}).to_string();
    for (name, header) in [
        ("none", r#"{"alg":"none"}"#),
        ("mac", r#"{"alg":"HS256"}"#),
        ("crit", r#"{"alg":"ES256","crit":["b64"],"b64":false}"#),
        ("own-key", own.as_str()),
    ] {
        let token = format!("{}.{}.{}", base64url(header), base64url(CLAIMS), base64url(INSIDE));
        put("jws", &format!("{name}.txt"), &token)?;
    }
    put("jws", "dots.txt", &".".repeat(1000))
}

fn sealed() -> Result<()> {
    let fx = Effects::real();
    let ours = ReceiverKey::from_pkcs8(&receiver_der()).expect("a key");
    for management in KeyManagement::ALL.into_iter().filter(|one| ours.is_for(*one)) {
        let set = json!({"keys": [ours.jwk(management)]}).to_string();
        let public = PublicKeys::parse(set.as_bytes()).expect("a set of keys");
        for content in ContentEncryption::ALL {
            let how = Encryption { key: management, content };
            let token = encrypt(&public, how, Some("JWT"), INSIDE.as_bytes(), &fx).expect("sealed");
            let name = format!("genuine-{}-{}.txt", management.name(), content.name());
            put("jwe", &name, &token)?;
        }
    }
    let content = "QUFBQUFBQUFBQUFBQUFBQQ";
    for (name, header) in [
        ("rsa-oaep", r#"{"alg":"RSA-OAEP","enc":"A256CBC-HS512"}"#),
        ("rsa-oaep-256", r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#),
        ("rsa1", r#"{"alg":"RSA1_5","enc":"A128CBC-HS256"}"#),
        ("zip", r#"{"alg":"RSA-OAEP","enc":"A256CBC-HS512","zip":"DEF"}"#),
        ("password", r#"{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483647,"p2s":"AA"}"#),
    ] {
        let token = format!("{}.{content}.{content}.{content}.{content}", base64url(header));
        put("jwe", &format!("{name}.txt"), &token)?;
    }
    Ok(())
}

fn statements(keys: &[LocalKey]) -> Result<()> {
    let [rsa, .., curve] = keys else { panic!("three keys") };
    let claims = |issuer: &str, key: &LocalKey, changes: &Value| {
        let mut claims = json!({
            "iss": issuer, "sub": ENTITY, "iat": SENT, "exp": SENT + 1800,
            "jwks": {"keys": [key.public().jwk()]},
        });
        if let (Some(claims), Some(changes)) = (claims.as_object_mut(), changes.as_object()) {
            claims.extend(changes.clone());
        }
        claims.to_string()
    };
    let own = json!({
        "authority_hints": [SUPERIOR],
        "metadata": {"openid_provider": {"issuer": ENTITY}},
        "trust_marks": [{"id": "https://ta.example/public", "trust_mark": "a.b.c"}],
    });
    let typ = TokenType::EntityStatement;
    put("statement", "own.txt", &sign(curve, typ, &claims(ENTITY, curve, &own)))?;
    put("statement", "own-rsa.txt", &sign(rsa, typ, &claims(ENTITY, rsa, &own)))?;
    let said = json!({
        "genuine": true, "constraints": {"max_path_length": 0},
        "metadata_policy": {"openid_provider": {"issuer": {"value": ENTITY}}},
    });
    put("statement", "said.txt", &sign(curve, typ, &claims(SUPERIOR, curve, &said)))?;
    let said = json!({"genuine": true, "authority_hints": [SUPERIOR], "constraints": "{}"});
    put("statement", "said-2023.txt", &sign(curve, typ, &claims(SUPERIOR, curve, &said)))?;
    put("statement", "untyped.txt", &sign(curve, TokenType::Jwt, &claims(ENTITY, curve, &own)))
}

/// What each of these does is said by `varco_fuzz::chain`.
fn chains() -> Result<()> {
    for (name, changes) in [
        ("sound", ""),
        ("below-anchor", "1 -\n1 sub \"@0\"\n1 jwks \"#0\"\n0 authority_hints [\"@2\"]"),
        ("late", "1 exp -31"),
        ("early", "1 iat 100\n2 nbf 100"),
        ("stranger", "1 !3"),
        ("anchor-by-stranger", "3 !3\n3 jwks \"#3\""),
        ("own-key", "0 !3\n0 jwks \"#3\""),
        ("other-key", "1 jwks \"#3\""),
        ("order", "2 sub \"@3\""),
        ("loop", "1 +\n1 iss \"@0\""),
        ("unhinted", "0 authority_hints [\"@3\"]"),
        ("too-long", "2 constraints {\"max_path_length\":0}"),
        ("name", "2 constraints {\"naming_constraints\":{\"permitted\":[\".other.example\"]}}"),
        ("type", "1 constraints {\"allowed_entity_types\":[\"openid_relying_party\"]}"),
        ("text-2023", "2 constraints \"{}\""),
        ("policy", "2 metadata_policy/openid_provider/issuer {\"value\":\"@3\"}"),
        ("critical", "2 metadata_policy_crit [\"regexp\"]"),
        ("crit", "1 crit [\"x\"]"),
        ("overlay", "1 metadata/openid_provider/token_endpoint \"https://evil.example/\""),
        ("marks", "0 trust_marks [{\"id\":\"https://ta.example/x\",\"trust_mark\":\"a.b.c\"}]"),
    ] {
        put("chain", &format!("{name}.txt"), changes)?;
    }
    Ok(())
}

fn policies() -> Result<()> {
    let grants = json!({
        "superset_of": ["authorization_code"],
        "subset_of": ["authorization_code", "refresh_token"],
    });
    for (number, (policies, parameter)) in [
        (vec![grants], json!(["authorization_code", "implicit"])),
        (vec![json!({"one_of": ["a", "b"]}), json!({"one_of": ["b"], "default": "b"})], json!("b")),
        (vec![json!({"value": ["a"]}), json!({"value": ["a"], "essential": true})], json!([])),
        (vec![json!({"add": ["a"]}), json!({"subset_of": ["a", "b"]})], json!(["b", "c"])),
        (vec![json!({"value": null}), json!({"essential": false})], json!("a")),
        (vec![json!({"value": {"keys": [{"kid": "a"}]}})], json!({"keys": []})),
        (vec![json!({"regexp": "x"}), json!({"default": 1})], json!(1.0)),
    ]
    .into_iter()
    .enumerate()
    {
        for name in ["p", "scope"] {
            let policies: Vec<_> = policies
                .iter()
                .map(|operators| json!({"openid_relying_party": {name: operators}}))
                .collect();
            let input = json!({"policies": policies, "metadata": {name: parameter}});
            put("policy", &format!("{number}-{name}.json"), &input.to_string())?;
        }
    }
    Ok(())
}
