//! Whole logins at CIE by OpenID over HTTP: portal, broker, provider and back; and every answer that is
//! wrong, with the fault that it ends in.

use varco::state::Shelf;
use varco::terms::Level;
use varco_sandbox::browser::Browser;
use varco_sandbox::browser::html::forms;
use varco_sandbox::openid::Dialect;
use varco_sandbox::openid::misbehaviour::{Case, Verdict};
use varco_sandbox::openid::registry::Superior;
use varco_sandbox::portal::PORTALS;
use varco_sandbox::{Federation, FederationOptions, LoginOptions, Outcome};

use crate::outcome::accepted;

fn at_cie() -> LoginOptions {
    LoginOptions { upstream: "cie".to_owned(), ..LoginOptions::default() }
}

/// A login in a federation in which that is wrong from the start.
async fn login_where(case: Case, dialect: Dialect) -> Outcome {
    let options = FederationOptions {
        dialect: Some(dialect),
        openid: Some(case),
        ..FederationOptions::default()
    };
    let federation = Federation::start(&options).await.unwrap();
    let outcome = federation.login(&LoginOptions { openid: Some(case), ..at_cie() }).await.unwrap();
    federation.stop().await;
    outcome
}

#[tokio::test]
async fn every_portal_signs_people_in_at_every_level_below_either_superior_in_both_dialects() {
    for (dialect, below) in [
        (Dialect::It2023, Superior::Anchor),
        (Dialect::It2023, Superior::Intermediate),
        (Dialect::Final, Superior::Anchor),
    ] {
        let options =
            FederationOptions { dialect: Some(dialect), below, ..FederationOptions::default() };
        let federation = Federation::start(&options).await.unwrap();
        for (portal, level) in
            PORTALS.iter().flat_map(|portal| Level::ALL.map(|level| (portal, level)))
        {
            let login = LoginOptions { portal: portal.id.to_owned(), level, ..at_cie() };
            let told = accepted(federation.login(&login).await.unwrap());
            assert_eq!(told.id_token["acr"], level.uri());
            assert_eq!(told.userinfo["given_name"], "Ada");
            assert_eq!(told.userinfo["auth_method"], "cie");
        }
        federation.stop().await;
    }
}

/// The slugs of the rows that say what is wrong.
#[rustfmt::skip]
const EXPECTED: &[(&str, &[&str])] = &[
    ("openid-answer-malformed", &["code-and-error", "code-twice", "iss-twice"]),
    ("openid-answer-wrong-issuer", &["mix-up-iss", "missing-iss", "error-other-iss"]),
    ("openid-denied", &["error-denied", "error-unregistered"]),
    ("openid-client-refused", &["error-unauthorized"]),
    ("openid-request-refused", &["cancelled"]),
    ("openid-provider-unavailable", &["error-unavailable"]),
    ("other-browser", &["other-browser"]),
    ("openid-token-unavailable", &["token-redirect", "token-long", "token-slow", "token-error", "token-bomb",
        "id-dots", "id-deep", "id-long"]),
    ("openid-token-malformed", &["token-content-type", "token-member-twice", "token-no-type", "token-other-type",
        "token-expires-negative", "token-expires-text", "token-no-access", "token-no-id"]),
    ("id-token-wrong-issuer", &["id-other-iss", "id-iss-slash", "id-no-iss"]),
    ("id-token-wrong-audience", &["id-other-aud", "id-extra-aud", "id-no-aud", "id-other-azp"]),
    ("id-token-time", &["id-expired", "id-from-the-future", "id-old", "id-no-iat", "id-not-yet-valid", "id-no-exp"]),
    ("id-token-subject", &["id-no-sub"]),
    ("id-token-nonce", &["id-no-nonce", "id-other-nonce"]),
    ("id-token-level-unknown", &["id-no-acr", "id-acr-array", "id-unknown-acr"]),
    ("id-token-level-too-low", &["lower-level"]),
    ("id-token-hash", &["id-no-at-hash", "id-other-at-hash", "id-other-c-hash"]),
    ("id-token-unknown-key", &["id-federation-key", "id-unknown-kid", "id-kid-path"]),
    ("id-token-signature", &["id-stranger", "id-stripped", "id-corrupt"]),
    ("id-token-algorithm", &["id-alg-none", "id-hs256", "id-ps256"]),
    ("id-token-malformed", &["id-own-key", "id-key-address", "id-crit", "id-other-typ", "id-header-twice",
        "id-claim-twice", "id-padded", "id-json", "id-exp-text", "id-iss-array", "id-empty-sub"]),
    ("userinfo-unavailable", &["userinfo-error", "userinfo-refused", "userinfo-redirect", "userinfo-slow",
        "userinfo-long", "userinfo-deep"]),
    ("userinfo-not-encrypted", &["userinfo-plain", "userinfo-content-type"]),
    ("userinfo-not-decryptable", &["userinfo-zip", "userinfo-rsa15", "userinfo-direct", "userinfo-password",
        "userinfo-gcm", "userinfo-crit", "userinfo-unknown-kid", "userinfo-other-key", "userinfo-tampered-key",
        "userinfo-tampered-iv", "userinfo-tampered", "userinfo-tampered-tag"]),
    ("userinfo-signature", &["userinfo-federation-key", "userinfo-stranger", "userinfo-alg-none",
        "userinfo-corrupt", "userinfo-hs256", "userinfo-claim-twice"]),
    ("userinfo-wrong-subject", &["userinfo-other-sub", "userinfo-no-sub"]),
    ("userinfo-wrong-audience", &["userinfo-other-iss", "userinfo-other-aud", "userinfo-expired"]),
    ("fiscal-code-invalid", &["bad-fiscal-number"]),
    ("openid-fiscal-number", &["no-fiscal-number", "fiscal-number-two", "fiscal-number-object",
        "fiscal-number-numeric", "fiscal-number-bare", "fiscal-number-abroad", "fiscal-number-differs"]),
];

fn expected(case: Case) -> Option<&'static str> {
    let named = |(_, names): &&(&str, &[&str])| names.contains(&case.name());
    EXPECTED.iter().find(named).map(|(slug, _)| *slug)
}

#[tokio::test]
async fn every_wrong_answer_ends_in_its_fault_and_signs_nobody_in() {
    let options =
        FederationOptions { dialect: Some(Dialect::It2023), ..FederationOptions::default() };
    let federation = Federation::start(&options).await.unwrap();
    let mut wrong = Vec::new();
    for case in Case::of_answers() {
        let login = LoginOptions { openid: Some(case), ..at_cie() };
        match federation.login(&login).await {
            Ok(Outcome::Accepted(told)) => {
                if case.verdict() == Verdict::Refused {
                    wrong.push(format!("{case} was accepted"));
                } else if case.name() == "higher-level" && told.id_token["acr"] != Level::L3.uri() {
                    wrong.push("acr is not what was achieved".to_owned());
                }
            }
            Ok(Outcome::Refused(page)) => {
                let right = expected(case).is_none_or(|slug| slug == page.slug);
                let named = page.fault.starts_with("VARCO-") && page.slug != "internal";
                if case.verdict() != Verdict::Refused || !right || !named {
                    wrong.push(format!("{case}: {page:?}, expected {:?}", expected(case)));
                }
            }
            Err(why) => wrong.push(format!("{case}: {why}")),
        }
    }
    federation.stop().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_provider_whose_chain_or_metadata_are_of_no_use_is_never_asked() {
    let cases = [
        ("ec-expired", "federation-chain-broken"),
        ("ss-by-stranger", "federation-chain-broken"),
        ("mark-missing", "federation-chain-broken"),
        ("mark-revoked", "federation-chain-broken"),
        ("policy-conflict", "federation-chain-broken"),
        ("ec-issuer-elsewhere", "federation-provider-unfit"),
        ("ec-no-pkce", "federation-provider-unfit"),
        ("ec-no-token-endpoint", "federation-chain-broken"),
        ("ec-key-address", "federation-provider-unfit"),
        ("ec-registration-missing", "federation-chain-broken"),
        ("ec-registration-empty", "federation-chain-broken"),
        ("policy-empty", "federation-chain-broken"),
        ("policy-other-keys", "id-token-unknown-key"),
    ];
    let mut wrong = Vec::new();
    for (name, slug) in cases {
        match login_where(name.parse().unwrap(), Dialect::It2023).await {
            Outcome::Refused(page) if page.slug == slug => {}
            other => wrong.push(format!("{name}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_only_shaped_like_2023_signs_in_there_and_not_in_the_final_dialect() {
    for case in Case::all().filter(|case| case.verdict() == Verdict::Accepted2023) {
        accepted(login_where(case, Dialect::It2023).await);
        let refused = login_where(case, Dialect::Final).await;
        assert!(
            matches!(&refused, Outcome::Refused(page) if page.slug == "federation-chain-broken"),
            "{case}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_logout_gives_back_to_the_provider_what_it_gave() {
    let options =
        FederationOptions { dialect: Some(Dialect::It2023), ..FederationOptions::default() };
    let federation = Federation::start(&options).await.unwrap();
    let login = LoginOptions { level: Level::L1, ..at_cie() };
    let mut browser = Browser::new(federation.http());
    accepted(federation.login_with(&mut browser, &login).await.unwrap());
    let shelves = &federation.assembly().broker.shelves;
    assert_eq!(shelves.walk(Shelf::Session).await.unwrap(), 1);
    assert_eq!(federation.openid().revoked(), 0);
    let ask = browser.open(&format!("{}/logout", federation.ports().issuer())).await.unwrap();
    let [form] = forms(&ask.body).try_into().unwrap();
    let done = browser.submit(&ask, &form).await.unwrap();
    assert_eq!((done.status, done.url.path()), (200, "/logout/done"));
    assert_eq!(federation.openid().revoked(), 1, "once");
    assert_eq!(shelves.walk(Shelf::Session).await.unwrap(), 0);
    federation.stop().await;
}
