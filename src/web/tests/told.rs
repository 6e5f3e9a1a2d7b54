//! The page of what is released: every value, every reason, and what is told of the login itself.

use super::*;
use crate::identity::{Identity, UpstreamIdentity};
use crate::login::Login;
use crate::oidc::client::Information;
use crate::state::{Key, Shelf};

/// The page of a login by a client like that, asked for in German or Italian.
async fn told(change: impl FnOnce(&mut Client), language: &str) -> String {
    let web = web_with(|fx| fixture::spid(fx, crate::upstream::settings::Binding::Redirect));
    let mut service = client();
    service.protocol.information = Information::Notice;
    service.scopes = Scopes::parse("openid profile email fiscal_number");
    change(&mut service);
    let request = AuthorizationRequest {
        scopes: service.scopes.clone(),
        ..sample::request(&service, "https://inps.example/cb")
    };
    web.broker.clients.store(Arc::new(Clients::new(vec![service])));
    let begun = web.broker.begin(request, None).await.expect("begun");
    let now = web.broker.fx.now();
    let values = [
        ("name", "<Ada>"),
        ("email", "ada@example.test"),
        ("fiscalNumber", "TINIT-LVLDAA85T50G702B"),
    ];
    let identity = Identity::from_upstream(&UpstreamIdentity {
        upstream: "spid".to_owned(),
        provider: fixture::entity_id(1),
        attributes: values.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        level: Level::L2,
        authenticated_at: now,
        assertion_id: "_1".to_owned(),
        expires_at: now.plus(Duration::from_mins(1)),
        session: None,
        desk: None,
    })
    .expect("a person");
    let (shelves, place) = (&web.broker.shelves, Key::of(&begun.tx));
    let held = shelves.get::<Login>(Shelf::Login, place).await.expect("a store").expect("a login");
    let next = Login::clone(&held).identified(identity);
    let lives = Duration::from_mins(1);
    assert!(shelves.swap(Shelf::Login, place, &held, &next, lives).await.expect("a store"));
    let uri = format!("/login/continue?tx={}&lang={language}", begun.tx.reveal());
    let (status, html) = page(&web, by(get(&uri), &begun.browser)).await;
    assert_eq!(status, StatusCode::OK, "{html}");
    assert!(html.contains("data-information"), "{html}");
    assert_no_inline(&html);
    html
}

/// What stands between the label and the end of its value.
fn beside<'h>(html: &'h str, label: &str) -> &'h str {
    let (_, rest) = html.split_once(&format!("<dt>{label}</dt>\n<dd>")).unwrap_or_else(|| {
        panic!("no {label}: {html}");
    });
    rest.split_once("</dd>").expect("an end").0
}

#[actix_web::test]
async fn every_service_is_said_to_learn_how_the_person_signed_in() {
    let html = told(|_| (), "it").await;
    for (label, value) in [
        ("Nome", "&#60;Ada&#62;"),
        ("Identità digitale usata", "SPID"),
        ("Chi ha verificato la tua identità", "Gestore 1"),
        ("Livello di sicurezza dell’accesso", "2 su 3"),
        (
            "Come è stata verificata",
            "Con più elementi, per esempio una password e un codice temporaneo",
        ),
        ("Data e ora dell’accesso", "22/11/2026 10:15"),
        ("Un codice di questo accesso", "Serve per uscire dal servizio."),
    ] {
        assert_eq!(beside(&html, label), value, "{label}");
    }
    assert!(!html.contains("Perché:"), "the service stated no reason, and none is made up");
}

#[actix_web::test]
async fn the_service_says_why_claim_by_claim_or_scope_by_scope() {
    let reason = |it: &str, de: &str| {
        Texts::new(vec![(Locale::It, it.to_owned()), (Locale::De, de.to_owned())]).expect("texts")
    };
    let reasons = |client: &mut Client| {
        client.branding.reasons = [
            ("profile", reason("per rivolgerci a te", "um Sie anzusprechen")),
            ("fiscal_number", reason("per la tua pratica", "für <Ihre> Akte")),
            ("given_name", reason("per salutarti", "um Sie zu grüßen")),
        ]
        .map(|(name, texts)| (name.to_owned(), texts))
        .into();
    };
    let html = told(reasons, "de").await;
    assert!(beside(&html, "Vorname").contains("Warum: um Sie zu grüßen"), "its own: {html}");
    let code = beside(&html, "Steuernummer, mit dem Staat");
    assert!(code.contains("Warum: für &#60;Ihre&#62; Akte"), "{code}");
    assert_eq!(beside(&html, "E-Mail-Adresse"), "ada@example.test", "no reason was stated");
    assert_eq!(beside(&html, "Sicherheitsstufe der Anmeldung"), "2 von 3");
}

#[actix_web::test]
async fn the_page_says_what_the_sub_of_that_service_is() {
    for (subject, says) in [
        (SubjectType::Pairwise, "È diverso per ogni servizio e non dice chi sei."),
        (SubjectType::Public, "È lo stesso per più servizi e non dice chi sei."),
        (SubjectType::FiscalCode, "È il tuo codice fiscale."),
    ] {
        let html = told(|client| client.subject_type = subject, "it").await;
        let sub = beside(&html, "Un codice che ti rappresenta presso questo servizio");
        assert_eq!(sub, says);
    }
}
