//! Whole logins with a credential of the help desk, and what ends one.

use std::collections::BTreeMap;

use serde_json::json;
use varco::credential::{By, Case, Cause, Role};
use varco::identity::{DeskProof, Identity, UpstreamIdentity};
use varco::registry::{Actor, Change, Committed, Entry};
use varco::terms::{Level, Strength};
use varco::upstream::AnyUpstream;
use varco_sandbox::desk::{self, DESK, Wrong};
use varco_sandbox::federation::{Federation, FederationOptions};
use varco_sandbox::login::{LoginOptions, Outcome};

async fn federation() -> Federation {
    let options = FederationOptions { desk: true, ..FederationOptions::default() };
    Federation::start(&options).await.unwrap()
}

fn login(portal: &str, desk: Option<Wrong>) -> LoginOptions {
    let (portal, upstream) = (portal.to_owned(), DESK.to_owned());
    LoginOptions { portal, upstream, desk, ..LoginOptions::default() }
}

/// HD-SC-1, HD-SC-2.
#[actix_web::test]
async fn a_credential_of_the_help_desk_enters_its_own_service_and_says_what_it_is() {
    let federation = federation().await;
    let outcome = federation.login(&login("lavoro", None)).await.unwrap();
    let Outcome::Accepted(accepted) = outcome else { panic!("{outcome:?}") };
    for told in [&accepted.id_token, &accepted.userinfo] {
        assert_eq!(told["acr"], json!("urn:varco:acr:helpdesk:1"));
        assert_eq!(told["amr"], json!(["mfa", "pwd", "otp"]));
        assert_eq!(told["auth_method"], json!("helpdesk"));
        for level in ["spid_level", "eidas_loa", "fiscal_number", "spid_code"] {
            assert_eq!(told.get(level), None, "{level}");
        }
    }
    assert_eq!(accepted.userinfo["fiscal_number_verified"], json!(false));
    let elsewhere = federation.login(&login("inps", None)).await.unwrap();
    let Outcome::Refused(refused) = elsewhere else { panic!("{elsewhere:?}") };
    assert_eq!(refused.slug, "upstream-not-offered");
    federation.stop().await;
}

/// HD-AU-2, HD-AU-3.
#[actix_web::test]
async fn whoever_is_wrong_at_the_desk_is_asked_again_and_then_refused() {
    let federation = federation().await;
    for (wrong, slug) in [
        (Wrong::Code, "credential-tries"),
        (Wrong::Replayed, "credential-tries"),
        (Wrong::Suspended, "credential-suspended"),
        (Wrong::Expired, "credential-over"),
        (Wrong::OtherBrowser, "other-browser"),
    ] {
        let outcome = federation.login(&login("lavoro", Some(wrong))).await.unwrap();
        let Outcome::Refused(refused) = outcome else { panic!("{wrong:?}: {outcome:?}") };
        assert_eq!(refused.slug, slug, "{wrong:?}");
    }
    federation.stop().await;
}

/// HD-SC-1: tokens are not given again for a credential that was suspended meanwhile.
#[actix_web::test]
async fn a_credential_holds_as_long_as_its_record_says_so() {
    let federation = federation().await;
    let holder = desk::issue(federation.assembly(), None).await.unwrap();
    let broker = &federation.assembly().broker;
    let Some(upstream @ AnyUpstream::HelpDesk(desk)) = broker.upstreams.get(DESK) else {
        panic!("the desk is off")
    };
    let proven = |credential: &str| {
        let now = broker.fx.now();
        let proof = UpstreamIdentity {
            upstream: DESK.to_owned(),
            provider: DESK.to_owned(),
            attributes: BTreeMap::from([("spidCode".to_owned(), "p".to_owned())]),
            level: Level::L1,
            authenticated_at: now,
            assertion_id: "_1".to_owned(),
            expires_at: now,
            session: None,
            desk: Some(Box::new(DeskProof {
                acr: Strength::Password.uri("varco"),
                strength: Strength::Password,
                credential: credential.to_owned(),
                category: "non_eidas_state".to_owned(),
                services: vec!["lavoro".to_owned()],
            })),
        };
        Identity::from_upstream(&proof).unwrap()
    };
    let person = proven(&holder.case);
    assert!(upstream.holds(&person).await);
    assert!(!upstream.holds(&proven("nobody")).await);
    let client = |id: &str| {
        let id = varco::oidc::ClientId::parse(id).unwrap();
        broker.clients.load().get(&id).cloned().unwrap()
    };
    assert_eq!(broker.objection_now(&client("lavoro"), &person, &[]).await, None);
    assert!(broker.objection_now(&client("inps"), &person, &[]).await.is_some());

    let registry = desk.book().registry();
    let found = registry.record::<Case>(&holder.case).await.unwrap().unwrap();
    let mut next = Case::clone(&found);
    let supervisor = By { person: "s".to_owned(), role: Role::Supervisor };
    next.suspend(&supervisor, Cause::Report, "prova", broker.fx.now()).unwrap();
    let mut change = Change::new();
    change.replace(&found, &next).unwrap();
    let entry = Entry {
        actor: Actor::system(),
        action: "test",
        object: String::new(),
        office: String::new(),
        reason: String::new(),
        rules: String::new(),
        outcome: "done",
    };
    assert!(matches!(registry.commit(change, &entry).await, Ok(Committed::Done(_))));
    assert!(!upstream.holds(&person).await);
    let objection = broker.objection_now(&client("lavoro"), &person, &[]).await;
    assert_eq!(objection, Some("the credential is not in force any more"));
    federation.stop().await;
}
