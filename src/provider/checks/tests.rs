//! The matrix of `/authorize`, row by row; attacks OP-RU-1, OP-PK-1 to OP-PK-5, OP-RQ-1 to OP-RQ-6.

use super::*;
use crate::oidc::client::Profile;
use crate::oidc::{Clients, sample};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn clients() -> Clients {
    let here = |name: &str, profile: Profile| {
        let mut client = sample::client(name);
        client.protocol.profile = profile;
        client.protocol.requests.pushed_only = profile.is_fapi2();
        client.protocol.requests.signed_only = profile == Profile::Fapi2MessageSigning;
        client
    };
    let mut resourceful = sample::client("resourceful");
    resourceful.protocol.resources =
        ["https://a.test", "https://b.test/x"].map(str::to_owned).into();
    resourceful.protocol.requests.default_max_age = Some(Duration::from_secs(9));
    resourceful.protocol.requests.default_level = Some(Level::L2);
    let mut legacy = sample::client("legacy");
    legacy.protocol.requests.legacy_without_pkce = true;
    let mut high = sample::client("high");
    high.minimum_level = Level::L2;
    high.scopes = Scopes::parse("openid profile");
    let fapi = here("fapi", Profile::Fapi2);
    let signing = here("signing", Profile::Fapi2MessageSigning);
    Clients::new(vec![sample::client("rp"), legacy, high, fapi, signing, resourceful])
}

/// A good request of `client`; a change replaces a parameter, an empty name in it adds raw text.
fn query(client: &str, changes: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("client_id", client),
        ("redirect_uri", "https://rp.test/cb"),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    out.extend_pairs(fields).extend_pairs(changes.iter().filter(|(_, value)| *value != OMIT));
    out.finish()
}

const OMIT: &str = "\u{0}omit";

fn outcome(query: &str) -> Result<AuthorizationRequest, &'static str> {
    by(Way::Plain, query)
}

/// An ID token is `hint-of-` and a subject.
fn by(way: Way, query: &str) -> Result<AuthorizationRequest, &'static str> {
    let parameters = Parameters::parse(query.as_bytes());
    let slug = |fault: Fault| fault.row().slug;
    let client = client(&parameters, &clients()).map_err(slug)?;
    let to = addressee(&parameters, &client).map_err(slug)?;
    let hinted = |token: &str| token.strip_prefix("hint-of-").map(str::to_owned);
    run(&parameters, way, &to, &Upstreams::default(), &hinted).map_err(slug)
}

fn asked(client: &str, changes: &[(&str, &str)]) -> Result<AuthorizationRequest, &'static str> {
    outcome(&query(client, changes))
}

#[test]
fn a_good_request_passes_whatever_the_order_and_unknown_parameters() {
    let request = asked("rp", &[("extra", "foobar"), ("display", "popup")]).unwrap();
    assert_eq!(request.state.as_deref(), Some("s"));
    assert_eq!(request.nonce.as_deref(), Some("n"));
    assert_eq!(request.scopes.to_string(), "openid profile");
    assert_eq!(request.level, Level::L1);
    let reversed: Vec<_> = query("rp", &[]).rsplit('&').map(str::to_owned).collect();
    assert!(outcome(&reversed.join("&")).is_ok());
}

#[test]
fn a_request_of_nobody_known_has_no_place_to_return_to() {
    for id in ["", "nobody", "RP", "rp ", "../rp", OMIT] {
        assert_eq!(asked(id, &[]).unwrap_err(), "client-unknown", "{id}");
    }
}

/// OP-RU-1. The registered address is `https://rp.test/cb`.
#[test]
fn every_variant_of_a_registered_address_is_refused() {
    let mut variants = sample::variants();
    variants.extend([String::new(), OMIT.to_owned()]);
    assert!(variants.len() >= 48);
    for variant in &variants {
        let slug = asked("rp", &[("redirect_uri", variant)]).unwrap_err();
        assert_eq!(slug, "redirect-uri-unregistered", "{variant:?}");
    }
    let good = query("rp", &[]);
    for (first, second) in [("evil", "good"), ("good", "evil")] {
        let doubled = if first == "good" {
            format!("{good}&redirect_uri=https%3A%2F%2Fevil.test")
        } else {
            format!("redirect_uri=https%3A%2F%2Fevil.test&{good}")
        };
        assert_eq!(outcome(&doubled).unwrap_err(), "request-parameter-repeated", "{second}");
    }
    let array = good.replace("redirect_uri=", "redirect_uri%5B%5D=");
    assert_eq!(outcome(&array).unwrap_err(), "redirect-uri-unregistered");
    assert!(asked("rp", &[("redirect_uri", "https://rp.test/cb?fixed=1")]).is_ok());
}

#[test]
fn every_known_parameter_may_come_once() {
    for name in KNOWN {
        let twice = format!("{}&{name}=a&{name}=b", query("rp", &[]));
        assert_eq!(outcome(&twice).unwrap_err(), "request-parameter-repeated", "{name}");
    }
    let twice = format!("{}&extra=a&extra=b", query("rp", &[]));
    assert!(outcome(&twice).is_ok(), "an unknown one is ignored");
}

#[test]
fn what_is_not_served_is_refused_by_its_own_name() {
    let long = "x".repeat(1025);
    let longer = "x".repeat(8 * 1024 + 1);
    for (name, value, slug) in [
        ("response_type", OMIT, "parameter-invalid"),
        ("response_type", "token", "response-type-unsupported"),
        ("response_type", "id_token", "response-type-unsupported"),
        ("response_type", "code token", "response-type-unsupported"),
        ("response_type", "none", "response-type-unsupported"),
        ("response_type", "Code", "response-type-unsupported"),
        ("response_mode", "fragment", "response-mode-unsupported"),
        ("response_mode", "fragment.jwt", "response-mode-unsupported"),
        ("response_mode", "web_message", "response-mode-unsupported"),
        ("response_mode", "Query", "response-mode-unsupported"),
        ("registration", "{}", "registration-not-supported"),
        ("scope", OMIT, "scope-invalid"),
        ("scope", "profile", "scope-invalid"),
        ("scope", "OpenID", "scope-invalid"),
        ("state", &long, "parameter-invalid"),
        ("nonce", &long, "parameter-invalid"),
        ("login_hint", &long, "parameter-invalid"),
        ("ui_locales", &long, "parameter-invalid"),
        ("claims", &longer, "parameter-invalid"),
        ("max_age", "-1", "parameter-invalid"),
        ("max_age", "ten", "parameter-invalid"),
        ("max_age", "99999999999999999999", "parameter-invalid"),
        ("prompt", "none login", "prompt-invalid"),
        ("prompt", "create", "prompt-invalid"),
        ("id_token_hint", "e30.e30.e30", "id-token-hint-invalid"),
        ("dpop_jkt", "short", "parameter-invalid"),
        ("resource", "https://elsewhere.test", "target-invalid"),
    ] {
        assert_eq!(asked("rp", &[(name, value)]).unwrap_err(), slug, "{name}={value}");
    }
}

#[test]
fn pkce_is_s256_or_nothing() {
    let method = "code_challenge_method";
    for (challenge, how, slug) in [
        (CHALLENGE, "plain", "pkce-invalid"),
        (CHALLENGE, OMIT, "pkce-invalid"),
        (CHALLENGE, "s256", "pkce-invalid"),
        (CHALLENGE, "S512", "pkce-invalid"),
        ("short", "S256", "pkce-invalid"),
        (&format!("{CHALLENGE}="), "S256", "pkce-invalid"),
        ("", "S256", "pkce-invalid"),
        ("", OMIT, "pkce-invalid"),
        (OMIT, "S256", "pkce-invalid"),
    ] {
        for client in ["rp", "legacy"] {
            let outcome = asked(client, &[("code_challenge", challenge), (method, how)]);
            assert_eq!(outcome.unwrap_err(), slug, "{client} {challenge} {how}");
        }
    }
    let without = [("code_challenge", OMIT), (method, OMIT)];
    assert_eq!(asked("rp", &without).unwrap_err(), "pkce-required");
    assert_eq!(asked("legacy", &without).unwrap().challenge, None);
    assert!(
        asked("legacy", &[]).unwrap().challenge.is_some(),
        "given, it binds a legacy client too"
    );
}

#[test]
fn the_level_is_the_first_known_preference_and_never_below_the_floor() {
    let [l1, l2, l3] = Level::ALL.map(Level::uri);
    let level = |client, values: &str| asked(client, &[("acr_values", values)]).unwrap().level;
    assert_eq!(level("rp", l2), Level::L2);
    assert_eq!(level("rp", &format!("{l2} {l3}")), Level::L2);
    assert_eq!(level("rp", &format!("{l3} {l2}")), Level::L3);
    assert_eq!(level("rp", &format!("bogus {l2}")), Level::L2);
    assert_eq!(level("rp", "1 2"), Level::L1);
    assert_eq!(level("high", l1), Level::L2);
    assert_eq!(asked("high", &[]).unwrap().level, Level::L2);
}

#[test]
fn an_essential_acr_is_a_floor_and_an_unknown_one_is_unmet() {
    let acr = |wish: &str| format!(r#"{{"id_token":{{"acr":{wish}}}}}"#);
    let level = |client, wish: &str| {
        asked(client, &[("claims", acr(wish).as_str())]).map(|request| request.level)
    };
    let [l1, l2, l3] = Level::ALL.map(Level::uri);
    let essential = |values: &str| format!(r#"{{"essential":true,"values":[{values}]}}"#);
    assert_eq!(level("rp", &essential(&format!(r#""{l3}","{l2}""#))), Ok(Level::L2));
    assert_eq!(level("high", &essential(&format!(r#""{l1}""#))), Ok(Level::L2));
    assert_eq!(level("rp", &essential(r#""https://bogus.test/acr""#)), Err("acr-unmet"));
    assert_eq!(level("rp", r#"{"essential":true}"#), Ok(Level::L1));
    assert_eq!(level("rp", &format!(r#"{{"value":"{l3}"}}"#)), Ok(Level::L3), "a preference");
    assert_eq!(level("rp", r#"{"value":"bogus"}"#), Ok(Level::L1), "a preference nobody knows");
    let both = [("acr_values", l1), ("claims", &acr(&essential(&format!(r#""{l2}""#))))];
    assert_eq!(asked("rp", &both).unwrap().level, Level::L2);
}

#[test]
fn claims_asked_by_name_are_kept_apart_by_place() {
    let text =
        r#"{"userinfo":{"name":{"essential":true},"email":null},"id_token":{"gender":null},"x":1}"#;
    let request = asked("rp", &[("claims", text)]).unwrap();
    assert_eq!(request.claims.userinfo, ["email", "name"]);
    assert_eq!(request.claims.id_token, ["gender"]);
}

#[test]
fn names_that_nobody_knows_neither_stay_nor_push_others_out() {
    let mut wishes: serde_json::Map<_, _> =
        (0..200).map(|at| (format!("A-{at}"), serde_json::Value::Null)).collect();
    wishes.insert("name".to_owned(), serde_json::Value::Null);
    wishes.insert("gender".to_owned(), serde_json::json!({"essential": true}));
    let wish = serde_json::json!({ "userinfo": wishes }).to_string();
    let request = asked("rp", &[("claims", &wish)]).unwrap();
    assert_eq!(request.claims.userinfo, ["gender", "name"]);
}

#[test]
fn a_malformed_claims_parameter_is_refused() {
    let deep = format!("{{\"userinfo\":{{\"a\":{{\"value\":{}", "[".repeat(4000));
    for text in [
        "{",
        "[]",
        "null",
        "1",
        r#"{"userinfo":[]}"#,
        r#"{"userinfo":{"a":1}}"#,
        r#"{"id_token":{"a":{"essential":"yes"}}}"#,
        r#"{"id_token":{"sub":{"values":["x","y"]}}}"#,
        r#"{"id_token":{"sub":{"value":1}}}"#,
        r#"{"id_token":{"sub":{"value":"x"}},"userinfo":{"sub":{"value":"y"}}}"#,
        &deep,
    ] {
        let slug = asked("rp", &[("claims", text)]).unwrap_err();
        assert_eq!(slug, "claims-parameter-invalid", "{text}");
    }
}

#[test]
fn scopes_beyond_the_entitlement_are_dropped() {
    let request = asked("high", &[("scope", "address fiscal_number openid profile offline")]);
    assert_eq!(request.unwrap().scopes.to_string(), "openid profile");
}

#[test]
fn languages_prompts_and_hints_are_read_and_never_an_error() {
    let request = asked("rp", &[("ui_locales", "se de-AT en"), ("claims_locales", "se")]).unwrap();
    assert_eq!(request.locale, Some(Locale::De));
    assert_eq!(asked("rp", &[("ui_locales", "se")]).unwrap().locale, None);
    for (prompt, meant) in [
        ("login", Prompt::Login),
        ("consent", Prompt::Consent),
        ("select_account", Prompt::SelectAccount),
        ("consent login", Prompt::Login),
    ] {
        assert_eq!(asked("rp", &[("prompt", prompt)]).unwrap().prompt, meant);
    }
    for hint in ["buffy@broker.test", "spid", "https://idp.test", "../../etc/passwd"] {
        assert_eq!(asked("rp", &[("login_hint", hint)]).unwrap().hint, None, "nothing is offered");
    }
    let aged = asked("rp", &[("max_age", "0")]).unwrap();
    assert_eq!(aged.max_age, Some(Duration::ZERO));
}

#[test]
fn each_client_is_held_to_the_ways_of_its_profile() {
    let ways = [Way::Plain, Way::Signed, Way::Pushed, Way::SignedPushed];
    let (pushed, signed) = (Err("request-not-pushed"), Err("request-not-signed"));
    for (client, outcomes) in [
        ("rp", [Ok(()); 4]),
        ("fapi", [pushed, pushed, Ok(()), Ok(())]),
        ("signing", [pushed, pushed, signed, Ok(())]),
    ] {
        for (way, outcome) in ways.into_iter().zip(outcomes) {
            let asked = by(way, &query(client, &[])).map(drop);
            assert_eq!(asked, outcome, "{client} {way:?}");
        }
    }
}

#[test]
fn an_object_in_an_object_is_refused_whichever_way_it_came() {
    for way in [Way::Signed, Way::SignedPushed] {
        for name in ["request", "request_uri"] {
            for value in ["", "x", "urn:ietf:params:oauth:request_uri:x"] {
                let query = format!("{}&{name}={value}", query("rp", &[]));
                assert_eq!(by(way, &query).unwrap_err(), "request-object-invalid", "{name}");
            }
        }
    }
}

#[test]
fn a_resource_server_must_be_one_of_the_clients_own() {
    let mut query = query("resourceful", &[("resource", "https://a.test")]);
    query += "&resource=https%3A%2F%2Fb.test%2Fx&resource=https%3A%2F%2Fa.test";
    assert_eq!(outcome(&query).unwrap().resources, ["https://a.test", "https://b.test/x"]);
    for strange in ["https://a.test/", "https://A.test", "a.test", "https://a.test#x", "*"] {
        let with_strange = [("resource", strange)];
        assert_eq!(asked("resourceful", &with_strange).unwrap_err(), "target-invalid", "{strange}");
        let both = format!("{query}&resource={strange}");
        assert!(outcome(&both.replace('#', "%23")).is_err(), "one good one does not help");
    }
}

#[test]
fn what_a_client_registered_counts_where_a_request_is_silent() {
    let silent = asked("resourceful", &[]).unwrap();
    assert_eq!((silent.max_age, silent.level), (Some(Duration::from_secs(9)), Level::L2));
    let [l1, _, l3] = Level::ALL.map(Level::uri);
    let loud = asked("resourceful", &[("max_age", "0"), ("acr_values", l1)]).unwrap();
    assert_eq!((loud.max_age, loud.level), (Some(Duration::ZERO), Level::L1));
    let claims = format!(r#"{{"id_token":{{"acr":{{"value":"{l3}"}}}}}}"#);
    assert_eq!(asked("resourceful", &[("claims", &claims)]).unwrap().level, Level::L3);
}

#[test]
fn one_person_can_be_wanted_and_never_two() {
    let sub = |value: &str| format!(r#"{{"id_token":{{"sub":{{"value":"{value}"}}}}}}"#);
    let wanted = |changes: &[(&str, &str)]| asked("rp", changes).map(|request| request.subject);
    let me_by_claim = sub("me");
    assert_eq!(wanted(&[]), Ok(None));
    let me = Ok(Some("me".to_owned()));
    assert_eq!(wanted(&[("id_token_hint", "hint-of-me")]), me);
    assert_eq!(wanted(&[("claims", &me_by_claim)]), me);
    let both = [("claims", me_by_claim.as_str()), ("id_token_hint", "hint-of-me")];
    assert_eq!(wanted(&both), me);
    let two = [("claims", me_by_claim.as_str()), ("id_token_hint", "hint-of-you")];
    assert_eq!(wanted(&two), Err("id-token-hint-invalid"));
}

#[test]
fn the_way_back_is_known_by_its_name() {
    let mode = |name| asked("rp", &[("response_mode", name)]).unwrap().response_mode;
    assert_eq!(asked("rp", &[]).unwrap().response_mode, ResponseMode::Query);
    assert_eq!(mode("query"), ResponseMode::Query);
    assert_eq!(mode("form_post"), ResponseMode::FormPost);
    assert_eq!(mode("jwt"), ResponseMode::QueryJwt);
    assert_eq!(mode("query.jwt"), ResponseMode::QueryJwt);
    assert_eq!(mode("form_post.jwt"), ResponseMode::FormPostJwt);
}

#[test]
fn a_code_can_be_bound_to_a_key_before_it_exists() {
    let thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    let request = asked("rp", &[("dpop_jkt", thumbprint)]).unwrap();
    assert_eq!(request.dpop_jkt.as_deref(), Some(thumbprint));
}
