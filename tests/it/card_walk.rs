//! A browser goes from a portal to the place where cards are shown, and on.
//!
//! Not the sandbox's login: here the test says what is in the reader, and where the listener is.

use serde_json::Value;
use varco_sandbox::browser::Browser;
use varco_sandbox::browser::html::links;
use varco_sandbox::federation::Prepared;
use varco_sandbox::{Federation, FederationOptions};

/// Where the browser stands in the end.
#[derive(Debug)]
pub(crate) struct Walked {
    /// 0: there is no way to show a card.
    pub(crate) status: u16,
    /// The four digits of the code on the page; empty: none.
    pub(crate) code: String,
    /// What the portal was told of the person; empty: nobody signed in.
    pub(crate) given_name: String,
}

/// Through the whole login at INPS, with TLS as `reader` speaks it where cards are shown.
pub(crate) async fn walk(federation: &Federation, reader: reqwest::Client) -> Walked {
    let mut browser = Browser::new(federation.http()).reading(reader);
    let portal = federation.ports().portal("inps").unwrap();
    let home = browser.open(&portal).await.unwrap();
    let choice = browser.follow(&home, "/login?level=3").await.unwrap();
    let Some(link) = links(&choice.body).into_iter().find(|href| href.contains("upstream=cns"))
    else {
        return Walked { status: 0, code: "not offered".to_owned(), given_name: String::new() };
    };
    let place = browser.leave(&choice, &link).await.unwrap();
    let page = browser.open(place.as_str()).await.unwrap();
    let code = page.body.split("VARCO-").nth(1).and_then(|rest| rest.get(..4)).unwrap_or_default();
    let session = browser.open(&format!("{portal}/session.json")).await.unwrap();
    let session: Value = serde_json::from_str(&session.body).unwrap_or_default();
    let given_name = session["userinfo"]["given_name"].as_str().unwrap_or_default().to_owned();
    Walked { status: page.status, code: code.to_owned(), given_name }
}

/// A federation whose listener for cards is behind a proxy at `trusted`; browsers reach it at `url`, if
/// that is another address.
pub(crate) async fn behind_a_proxy(trusted: &str, url: Option<&str>) -> Federation {
    let prepared = Prepared::start(&FederationOptions::default()).await.unwrap();
    let tls = "certificate_file = \"keys/cns/certificate.pem\"\nkey_file = \"keys/cns/key.pem\"\n";
    let own = prepared.ports.card_address();
    changed(
        prepared,
        &[
            (tls, "behind_proxy = true\n"),
            ("[listen]\n", &format!("[listen]\ntrusted_proxies = [\"{trusted}\"]\n")),
            (&own, url.unwrap_or(&own)),
        ],
    )
    .await
}

/// The broker starts under a changed configuration.
pub(crate) async fn changed(prepared: Prepared, changes: &[(&str, &str)]) -> Federation {
    let path = prepared.folder.configuration();
    let mut text = std::fs::read_to_string(&path).unwrap();
    for (old, new) in changes {
        assert!(text.contains(old), "the sandbox writes {old:?} in another way");
        text = text.replace(old, new);
    }
    std::fs::write(path, text).unwrap();
    Federation::of(prepared).await.unwrap()
}

/// Somebody goes straight to the listener with these headers; where the browser stands in the end.
pub(crate) async fn through(federation: &Federation, headers: &[(&str, String)]) -> (u16, String) {
    let mut browser = Browser::new(federation.http());
    let portal = federation.ports().portal("inps").unwrap();
    let home = browser.open(&portal).await.unwrap();
    let choice = browser.follow(&home, "/login?level=3").await.unwrap();
    let link = links(&choice.body).into_iter().find(|href| href.contains("upstream=cns")).unwrap();
    let place = browser.leave(&choice, &link).await.unwrap();
    let inside = format!(
        "http://127.0.0.1:{}{}?{}",
        federation.ports().card,
        place.path(),
        place.query().unwrap()
    );
    let mut request = federation.http().get(inside);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 303);
    let onward = answer.headers()["location"].to_str().unwrap().to_owned();
    let page = browser.open(&onward).await.unwrap();
    let code = page.body.split("VARCO-").nth(1).and_then(|rest| rest.get(..4)).map(str::to_owned);
    (page.status, code.unwrap_or_default())
}
