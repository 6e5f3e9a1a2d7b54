//! Modules about proofs of possession: bound from the first request on, and right in every part
//! (RFC 9449, sections 4.3, 7.1 and 10).
//!
//! Not run where a certificate is the proof.

use serde_json::{Value, json};

use super::{Call, Fapi, Granted, Jws};
use crate::keys::Key;
use crate::relying_party::Reply;

/// A login with a proof everywhere, each changed in the same way.
async fn succeeds_with(fapi: &Fapi, change: impl Fn(&mut Jws)) {
    let asked = fapi.request();
    let mut pushing = fapi.par(fapi.first, &asked);
    pushing.proof = Some(fapi.proof(fapi.first, "POST", &pushing.url, None));
    change(pushing.proof.as_mut().unwrap());
    let request_uri = fapi.pushed(&pushing).await;
    let arrival = fapi.answer(fapi.first, &request_uri).await;
    let code = fapi.first.code_of(&asked, &arrival);
    let mut call = fapi.token(fapi.first, &code);
    change(call.proof.as_mut().unwrap());
    let granted = fapi.accept(fapi.first, &asked, &call.send().await).await;
    let mut call = fapi.resource(fapi.first, &granted.access);
    change(call.proof.as_mut().unwrap());
    assert_eq!(call.send().await.status, 200);
}

pub(crate) async fn check_dpop_proof_nbf_exp(fapi: &Fapi) {
    let now = fapi.world.fx.now().unix_seconds();
    succeeds_with(fapi, |proof| {
        proof.claims["nbf"] = (now - 10).into();
        proof.claims["exp"] = (now + 60).into();
    })
    .await;
}

pub(crate) async fn ensure_dpopproof_with_iat_10seconds_before_succeeds(fapi: &Fapi) {
    succeeds_with(fapi, |proof| {
        let iat = proof.claims["iat"].as_i64().unwrap();
        proof.claims["iat"] = (iat - 10).into();
    })
    .await;
}

pub(crate) async fn ensure_dpopproof_with_iat_10seconds_after_succeeds(fapi: &Fapi) {
    succeeds_with(fapi, |proof| {
        let iat = proof.claims["iat"].as_i64().unwrap();
        proof.claims["iat"] = (iat + 10).into();
    })
    .await;
}

pub(crate) async fn ensure_mismatched_dpop_jkt_fails(fapi: &Fapi) {
    let asked = fapi.request().with("dpop_jkt", &fapi.second.proof_key.thumbprint());
    let mut call = fapi.par(fapi.first, &asked);
    call.proof = Some(fapi.proof(fapi.first, "POST", &call.url, None));
    refused(&call.send().await, &["invalid_request", "invalid_dpop_proof"]);
}

pub(crate) async fn ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt(fapi: &Fapi) {
    let asked = fapi.request();
    let mut pushing = fapi.par(fapi.first, &asked);
    pushing.proof = Some(fapi.proof(fapi.second, "POST", &pushing.url, None));
    let request_uri = fapi.pushed(&pushing).await;
    let arrival = fapi.answer(fapi.first, &request_uri).await;
    let code = fapi.first.code_of(&asked, &arrival);
    refused(&fapi.token(fapi.first, &code).send().await, &TOKEN_ERRORS);
}

pub(crate) async fn ensure_token_endpoint_fails_with_mismatched_dpop_jkt(fapi: &Fapi) {
    let asked = fapi.request().with("dpop_jkt", &fapi.second.proof_key.thumbprint());
    let code = fapi.code(fapi.first, &asked).await;
    refused(&fapi.token(fapi.first, &code).send().await, &TOKEN_ERRORS);
}

pub(crate) async fn ensure_dpopproof_at_par_endpoint_binding_success(fapi: &Fapi) {
    succeeds_with(fapi, |_| {}).await;
}

pub(crate) async fn ensure_dpop_auth_code_binding_success(fapi: &Fapi) {
    let asked = fapi.request().with("dpop_jkt", &fapi.first.proof_key.thumbprint());
    let granted = fapi.login(fapi.first, &asked).await;
    assert!(fapi.opens(fapi.first, &granted).await);
}

pub(crate) async fn dpop_negative_tests(fapi: &Fapi) {
    let granted = fapi.login(fapi.first, &fapi.request()).await;
    assert!(fapi.opens(fapi.first, &granted).await);
    for (what, change) in wrong_proofs() {
        let mut call = fapi.resource(fapi.first, &granted.access);
        change(call.proof.as_mut().unwrap(), fapi);
        assert_eq!(call.send().await.status, 401, "{what}");
    }
    wrong_headers(fapi, &granted).await;
    for (what, change) in unusual_proofs() {
        let mut call = fapi.resource(fapi.first, &granted.access);
        change(call.proof.as_mut().unwrap());
        assert_eq!(call.send().await.status, 200, "{what}");
    }
    let once = fapi.resource(fapi.first, &granted.access);
    assert_eq!(once.send().await.status, 200);
    assert_eq!(once.send().await.status, 401, "a jti is good once");
    assert!(fapi.opens(fapi.first, &granted).await, "a right proof still works");
}

/// No proof at all, and what only a header can say.
async fn wrong_headers(fapi: &Fapi, granted: &Granted) {
    let good = || fapi.resource(fapi.first, &granted.access);
    let wrong: [WrongCall; 4] = [
        ("no proof", |call, _| call.proof = None),
        ("no proof, scheme Bearer", |call, granted| {
            call.proof = None;
            call.headers = vec![("Authorization", format!("Bearer {}", granted.access))];
        }),
        ("two proofs", |call, _| {
            let another = call.proof.clone().unwrap();
            call.headers.push(("DPoP", another.key.sign(&another.header, &another.claims)));
        }),
        ("no JWT", |call, _| {
            call.proof = None;
            call.headers.push(("DPoP", "this.is.nothing".to_owned()));
        }),
    ];
    for (what, change) in wrong {
        let mut call = good();
        change(&mut call, granted);
        let reply = call.send().await;
        assert!(matches!(reply.status, 400 | 401), "{what}: {reply:?}");
    }
}

type WrongCall = (&'static str, fn(&mut Call<'_>, &Granted));
type Unusual = (&'static str, fn(&mut Jws));
type Wrong = (&'static str, fn(&mut Jws, &Fapi));

fn wrong_proofs() -> Vec<Wrong> {
    vec![
        ("no typ", |proof, _| proof.without_header("typ")),
        ("no alg", |proof, _| proof.without_header("alg")),
        ("no jwk", |proof, _| proof.without_header("jwk")),
        ("no jti", |proof, _| proof.without_claim("jti")),
        ("no htm", |proof, _| proof.without_claim("htm")),
        ("no htu", |proof, _| proof.without_claim("htu")),
        ("no iat", |proof, _| proof.without_claim("iat")),
        ("no ath", |proof, _| proof.without_claim("ath")),
        ("another typ", |proof, _| proof.header["typ"] = "JWT".into()),
        ("RS256", |proof, fapi| {
            // A good signature, of an algorithm that nobody may use.
            let key: &'static Key = fapi.first.rsa;
            (proof.key, proof.header["jwk"]) = (key, key.shown());
            proof.header["alg"] = "RS256".into();
        }),
        ("alg none", |proof, _| proof.header["alg"] = "none".into()),
        ("a bad signature", |proof, fapi| proof.key = fapi.second.proof_key),
        ("a private key", |proof, _| proof.header["jwk"]["d"] = "AAAA".into()),
        ("another method", |proof, _| proof.claims["htm"] = "POST".into()),
        ("another address", |proof, _| proof.claims["htu"] = "https://other.test/userinfo".into()),
        ("an hour ago", |proof, _| shift(proof, -3600)),
        ("in an hour", |proof, _| shift(proof, 3600)),
        ("another token", |proof, _| {
            proof.claims["ath"] = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo".into();
        }),
        ("another key", |proof, fapi| {
            let key = fapi.second.proof_key;
            (proof.key, proof.header["jwk"]) = (key, key.shown());
        }),
    ]
}

fn unusual_proofs() -> Vec<Unusual> {
    vec![
        ("a query in htu", |proof| change_address(proof, |url| format!("{url}?a=b"))),
        ("a fragment in htu", |proof| change_address(proof, |url| format!("{url}#f"))),
        ("an upper-case host", |proof| {
            change_address(proof, |url| {
                let mut parts = url.splitn(4, '/');
                let [scheme, empty, host, path] = [(); 4].map(|()| parts.next().unwrap());
                format!("{}/{empty}/{}/{path}", scheme.to_uppercase(), host.to_uppercase())
            });
        }),
        ("a further header member", |proof| proof.header["extra"] = json!("member")),
        ("a further claim", |proof| proof.claims["extra"] = json!({"of": "mine"})),
    ]
}

fn change_address(proof: &mut Jws, change: impl Fn(&str) -> String) {
    let changed = change(proof.claims["htu"].as_str().unwrap());
    proof.claims["htu"] = Value::String(changed);
}

fn shift(proof: &mut Jws, seconds: i64) {
    proof.claims["iat"] = (proof.claims["iat"].as_i64().unwrap() + seconds).into();
}

const TOKEN_ERRORS: [&str; 3] = ["invalid_request", "invalid_dpop_proof", "invalid_grant"];

fn refused(reply: &Reply, errors: &[&str]) {
    assert!(matches!(reply.status, 400 | 401), "{reply:?}");
    let answer = reply.json();
    assert!(errors.contains(&answer["error"].as_str().unwrap()), "{answer}");
}
