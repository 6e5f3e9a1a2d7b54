//! The broker's own pages as a relying party, over HTTP: the way in, who is present, what ends it, and
//! forms that nobody else can send.

use varco::state::Shelf;
use varco_sandbox::browser::html::{Form, forms};
use varco_sandbox::browser::{Browser, Page};
use varco_sandbox::{Federation, FederationOptions, LoginOptions};

async fn federation() -> Federation {
    let options = FederationOptions { own_pages: true, ..FederationOptions::default() };
    Federation::start(&options).await.unwrap()
}

fn person(id: &str) -> LoginOptions {
    LoginOptions { person: Some(id.to_owned()), ..LoginOptions::default() }
}

/// The account of somebody who signs in there.
async fn account(federation: &Federation, browser: &mut Browser, id: &str) -> Page {
    let choice = browser.open(&address(federation)).await.unwrap();
    assert_eq!(choice.url.path(), "/login", "{}", choice.body);
    federation.sign_in(browser, &choice, &person(id)).await.unwrap()
}

fn address(federation: &Federation) -> String {
    format!("{}/account", federation.ports().issuer())
}

fn leave(page: &Page) -> Form {
    forms(&page.body).into_iter().find(|form| form.action == "/account/leave").unwrap()
}

fn slug(page: &Page) -> Option<String> {
    let code = page.body.split("VARCO-").nth(1)?.get(..4)?.to_owned();
    varco::fault::catalogue::rows()
        .find(|row| row.code == format!("VARCO-{code}"))
        .map(|row| row.slug.to_owned())
}

/// How many are present.
async fn present(federation: &Federation) -> u64 {
    federation.assembly().broker.shelves.walk(Shelf::Presence).await.unwrap()
}

#[tokio::test]
async fn somebody_signs_in_at_the_account_like_at_any_portal_and_signs_out() {
    let federation = federation().await;
    let mut browser = Browser::new(federation.http());
    let page = account(&federation, &mut browser, "ada").await;
    assert_eq!((page.status, page.url.path()), (200, "/account"));
    assert!(page.body.contains("Ada Esempio"), "{}", page.body);
    assert!(!page.body.contains("SMPDAA80E54H501"), "the code is masked");
    let again = browser.open(&address(&federation)).await.unwrap();
    assert_eq!((again.status, again.url.path()), (200, "/account"), "still there");
    let gone = browser.submit(&page, &leave(&page)).await.unwrap();
    assert_eq!(gone.url.path(), "/logout/leave", "the provider's session ends too");
    assert_eq!(present(&federation).await, 0);
    let anew = browser.open(&address(&federation)).await.unwrap();
    assert_eq!(anew.url.path(), "/login", "whoever left signs in again");
    federation.stop().await;
}

#[tokio::test]
async fn a_logout_of_the_browser_ends_the_presence_and_the_page_says_so() {
    let federation = federation().await;
    let mut browser = Browser::new(federation.http());
    account(&federation, &mut browser, "ada").await;
    let logout = format!("{}/logout", federation.ports().issuer());
    let ask = browser.open(&logout).await.unwrap();
    browser.submit(&ask, &forms(&ask.body)[0]).await.unwrap();
    assert_eq!(present(&federation).await, 0);
    let ended = browser.open(&address(&federation)).await.unwrap();
    assert_eq!((ended.status, ended.url.path()), (403, "/account"));
    assert!(ended.body.contains("sessione è terminata"), "{}", ended.body);
    let anew = browser.open(&address(&federation)).await.unwrap();
    assert_eq!(anew.url.path(), "/login");
    federation.stop().await;
}

#[tokio::test]
async fn a_cookie_that_another_browser_shows_ends_the_presence() {
    let federation = federation().await;
    let mut browser = Browser::new(federation.http());
    account(&federation, &mut browser, "ada").await;
    browser.disguise("somebody else");
    let refused = browser.open(&address(&federation)).await.unwrap();
    assert_eq!(refused.status, 403);
    assert_eq!(slug(&refused).as_deref(), Some("presence-elsewhere"));
    assert!(!refused.body.contains("Ada"), "nothing of the person is shown");
    assert_eq!(present(&federation).await, 0);
    federation.stop().await;
}

#[tokio::test]
async fn a_form_counts_only_from_a_page_of_this_presence() {
    let federation = federation().await;
    let mut browser = Browser::new(federation.http());
    let page = account(&federation, &mut browser, "ada").await;
    // Another site sends the right form with the person's cookie.
    let elsewhere = Page { url: "http://127.0.0.1:1/".parse().unwrap(), ..page.clone() };
    let mut form = leave(&page);
    form.action = format!("{}/leave", address(&federation));
    let foreign = browser.submit(&elsewhere, &form).await.unwrap();
    assert_eq!(slug(&foreign).as_deref(), Some("form-foreign"));
    for token in ["", "AAAA"] {
        let mut forged = leave(&page);
        forged.set("form", token);
        let refused = browser.submit(&page, &forged).await.unwrap();
        assert_eq!((refused.status, slug(&refused).as_deref()), (403, Some("form-foreign")));
    }
    let mut other = Browser::new(federation.http());
    let of_other = account(&federation, &mut other, "bruno").await;
    let stolen = browser.submit(&page, &leave(&of_other)).await.unwrap();
    assert_eq!(slug(&stolen).as_deref(), Some("form-foreign"), "the token of another presence");
    assert_eq!(present(&federation).await, 2, "nobody was signed out");
    federation.stop().await;
}

#[tokio::test]
async fn a_return_that_this_browser_did_not_ask_for_signs_nobody_in() {
    let federation = federation().await;
    let base = address(&federation);
    let (mut victim, mut thief) =
        (Browser::new(federation.http()), Browser::new(federation.http()));
    // Somebody stops before their own return, and gives the address to somebody else.
    let choice = thief.open(&base).await.unwrap();
    let provider = federation.to_answer(&mut thief, &choice, &person("bruno")).await.unwrap();
    let form = forms(&provider.body).remove(0);
    let halted = thief.submit_until(&provider, &form, &format!("{base}/return")).await.unwrap();
    assert_eq!(halted.url.path(), "/account/return", "{}", halted.body);
    account(&federation, &mut victim, "ada").await;
    let refused = victim.open(halted.url.as_str()).await.unwrap();
    assert_eq!(slug(&refused).as_deref(), Some("presence-unasked"));
    let still = victim.open(&base).await.unwrap();
    assert!(still.body.contains("Ada Esempio"), "the victim is who they were");
    // Once, and in the browser that asked, it is good.
    let own = thief.open(halted.url.as_str()).await.unwrap();
    assert!(own.body.contains("Bruno Campione"), "{}", own.body);
    let twice = thief.open(halted.url.as_str()).await.unwrap();
    assert_eq!(slug(&twice).as_deref(), Some("presence-unasked"));
    for wrong in ["", "?state=0", "?error=access_denied", "?code=x&state=x&iss=x"] {
        let refused = victim.open(&format!("{base}/return{wrong}")).await.unwrap();
        assert_eq!(refused.status, 400, "{wrong}");
    }
    federation.stop().await;
}

#[tokio::test]
async fn what_was_typed_comes_back_after_signing_in_and_nothing_was_done() {
    let federation = federation().await;
    let mut browser = Browser::new(federation.http());
    let page = account(&federation, &mut browser, "ada").await;
    let logout = format!("{}/logout", federation.ports().issuer());
    let ask = browser.open(&logout).await.unwrap();
    browser.submit(&ask, &forms(&ask.body)[0]).await.unwrap();
    let mut form = leave(&page);
    form.set("reason", "typed <before>");
    let choice = browser.submit(&page, &form).await.unwrap();
    assert_eq!(choice.url.path(), "/login", "{}", choice.body);
    let back = federation.sign_in(&mut browser, &choice, &person("ada")).await.unwrap();
    assert_eq!(back.url.path(), "/account");
    let name = back.url.query_pairs().find(|(name, _)| name == "typed").unwrap().1.into_owned();
    assert!(!back.url.as_str().contains("before"), "what was typed is in no address");
    assert_eq!(present(&federation).await, 2, "who is present, and what they typed");
    // Somebody else's name for it opens nothing.
    let mut other = Browser::new(federation.http());
    account(&federation, &mut other, "bruno").await;
    let none = other.open(&format!("{}?typed={name}", address(&federation))).await.unwrap();
    assert_eq!(none.status, 200);
    federation.stop().await;
}

#[tokio::test]
async fn pages_without_their_table_are_not_there() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let mut browser = Browser::new(federation.http());
    for path in ["/account", "/account/return", "/console", "/console/return"] {
        let address = format!("{}{path}", federation.ports().issuer());
        assert_eq!(browser.open(&address).await.unwrap().status, 404, "{path}");
    }
    federation.stop().await;
}

/// The desk is open, and whoever has no role there is told so.
#[tokio::test]
async fn somebody_without_a_role_enters_the_console_and_sees_nothing_of_it() {
    let federation = federation().await;
    let mut browser = Browser::new(federation.http());
    let console = format!("{}/console", federation.ports().issuer());
    let choice = browser.open(&console).await.unwrap();
    assert_eq!(choice.url.path(), "/login", "{}", choice.body);
    let page = federation.sign_in(&mut browser, &choice, &person("ada")).await.unwrap();
    assert_eq!((page.status, page.url.path()), (403, "/console"), "{}", page.body);
    assert!(page.body.contains("non hai un ruolo"), "{}", page.body);
    federation.stop().await;
}
