//! What becomes of a card that was shown: each fault by its slug, and what revocation says.

use std::sync::Arc;
use std::time::Duration;

use varco::crypto::Handle;
use varco::crypto::certificate::Pem;
use varco::crypto::issuers::Issuers;
use varco::effects::{
    Effects, FetchUrl, Fetched, OutboundFault, ScriptedClock, ScriptedOutbound, Timestamp,
};
use varco::identity::UpstreamIdentity;
use varco::saml::metadata::register::{Outcome, Place};
use varco::terms::{Level, Locale};
use varco::upstream::settings::{CnsConfig, ResponderSettings};
use varco::upstream::{
    Arrival, Cns, Departure, Inbound, ListSettings, Shown, Upstream as _, UpstreamRequest, Wanted,
};
use varco_sandbox::card::{
    Authority, CardPlan, ListPlan, RESPONDER_NUMBER, Saying, Signer, unknown,
};

const NOW: i64 = 1_796_000_000;
const LIST: &str = "http://ca.example/list.crl";
const RESPONDER: &str = "http://ocsp.example/";

struct Desk {
    authority: Authority,
    config: CnsConfig,
    fx: Effects,
    clock: Arc<ScriptedClock>,
    outbound: Arc<ScriptedOutbound>,
}

/// One authority, one list by http, no responder.
fn desk() -> Desk {
    desk_of(Authority::root("CNS di prova", NOW).unwrap())
}

fn desk_of(authority: Authority) -> Desk {
    let pem = authority.pem().as_bytes().to_vec();
    let (fx, clock) = Effects::scripted(NOW, 5);
    let outbound = Arc::new(ScriptedOutbound::default());
    let fx = fx.with_outbound(outbound.clone());
    let config = CnsConfig {
        url: "https://cns.test".to_owned(),
        issuers: Arc::new(Issuers::read(&[pem]).unwrap()),
        policies: vec!["1.3.76.16.2.1".to_owned()],
        level: Level::L3,
        lists: ListSettings {
            places: vec![Place::Url(FetchUrl::of_signed(LIST, &[], false).unwrap())],
            folder: None,
            refresh: Duration::from_hours(1),
        },
        responder: None,
        unchecked_until: None,
        short_keys_until: None,
    };
    Desk { authority, config, fx, clock, outbound }
}

impl Desk {
    /// A list comes from the server.
    async fn listed(&self, cns: &Cns, plan: &ListPlan) -> Outcome {
        self.found(cns, self.authority.list(plan).unwrap()).await
    }

    async fn found(&self, cns: &Cns, octets: Vec<u8>) -> Outcome {
        self.outbound.answer(Ok(fetched(octets)));
        cns.trust().refresh(0, &self.fx).await.unwrap().unwrap()
    }

    fn open(&self) -> Cns {
        Cns::open(self.config.clone(), &self.fx)
    }

    /// An upstream whose list names nobody.
    async fn ready(&self) -> Cns {
        let cns = self.open();
        assert_eq!(self.listed(&cns, &ListPlan::default()).await, Outcome::Renewed);
        cns
    }

    async fn show(&self, cns: &Cns, shown: Shown) -> Result<UpstreamIdentity, &'static str> {
        self.show_after(cns, shown, Duration::ZERO).await
    }

    async fn show_after(
        &self,
        cns: &Cns,
        shown: Shown,
        later: Duration,
    ) -> Result<UpstreamIdentity, &'static str> {
        let ticket = Handle::fresh(&self.fx);
        let request = UpstreamRequest {
            provider: "cns".to_owned(),
            level: Level::L2,
            force: true,
            tenant: "default".to_owned(),
            attribute_set: "default".to_owned(),
            consumer: None,
            purpose: None,
            locale: Locale::It,
            ticket: ticket.clone(),
        };
        let (departure, pending) = cns.redirect(&request, &self.fx).await.unwrap();
        let Departure::Redirect(place) = departure else { panic!("{departure:?}") };
        assert_eq!(place, format!("https://cns.test/cns/enter?ticket={}", ticket.reveal()));
        self.clock.advance(later);
        let inbound = Inbound {
            path: "/cns/enter".to_owned(),
            posted: false,
            parameters: vec![("ticket".to_owned(), ticket.reveal().to_owned())],
            shown,
            from: None,
        };
        assert_eq!(cns.ticket(&inbound).unwrap().reveal(), ticket.reveal());
        match cns.receive(pending, inbound, &self.fx).await {
            Ok(Arrival::Identified(identity)) => Ok(*identity),
            Ok(Arrival::Onward(..)) => panic!("a card has no second round"),
            Err(setback) => {
                assert!(Cns::slugs().contains(&setback.slug), "{}", setback.slug);
                assert!(!setback.detail.contains("SMPDAA"), "{}", setback.detail);
                Err(setback.slug)
            }
        }
    }

    async fn card(&self, cns: &Cns, plan: &CardPlan) -> Result<UpstreamIdentity, &'static str> {
        let card = self.authority.card(plan).unwrap();
        self.show(cns, shown(card.certificate)).await
    }
}

fn shown(own: Vec<u8>) -> Shown {
    Shown::Certificate { own, others: 0 }
}

fn fetched(body: Vec<u8>) -> Fetched {
    Fetched { status: 200, media_type: None, etag: None, last_modified: None, body }
}

fn fixture(name: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(format!("tests/fixtures/cns/{name}.pem")).unwrap();
    Pem::Certificate.read(&text).unwrap().to_vec()
}

/// The authority of the fixtures, with its list that names nobody.
async fn fixture_desk() -> (Desk, Cns) {
    let mut desk = desk();
    let pem = std::fs::read("tests/fixtures/cns/authority.pem").unwrap();
    desk.config.issuers = Arc::new(Issuers::read(&[pem]).unwrap());
    let cns = desk.open();
    let list = std::fs::read("tests/fixtures/cns/whole.crl.pem").unwrap();
    assert_eq!(desk.found(&cns, list).await, Outcome::Renewed);
    (desk, cns)
}

#[tokio::test]
async fn a_card_names_its_holder() {
    let desk = desk();
    let cns = desk.ready().await;
    let identity = desk.card(&cns, &CardPlan::default()).await.unwrap();
    assert_eq!(identity.upstream, "cns");
    assert_eq!(identity.provider, "CN=CNS di prova,O=Ente emettitore di prova,C=IT");
    assert_eq!(identity.level, Level::L3);
    assert_eq!(identity.attributes["fiscalNumber"], "TINIT-SMPDAA80E54H501P");
    assert_eq!(identity.attributes["name"], "Ada");
    assert_eq!(identity.attributes["familyName"], "Esempio");
    assert!(identity.session.is_none());
    assert!(cns.vouches("cns", &identity.provider));
    assert!(!cns.vouches("spid", &identity.provider) && !cns.vouches("cns", "CN=Altro"));
    // Nobody chooses an authority, and its login serves whoever may choose the card.
    let wanted = Wanted { tenant: "default", purpose: None };
    assert!(cns.offers("cns", &wanted) && !cns.offers(&identity.provider, &wanted));
    assert!(cns.serves(&identity.provider, &wanted) && !cns.serves("CN=Altro", &wanted));
    // Another card of the same person is the same person, in a journey of its own.
    let renewed = CardPlan {
        common_name: "SMPDAA80E54H501P/7430000000000002.bmV1".to_owned(),
        serial: vec![0x20],
        ..CardPlan::default()
    };
    let again = desk.card(&cns, &renewed).await.unwrap();
    assert_eq!(again.attributes, identity.attributes);
    assert_ne!(again.assertion_id, identity.assertion_id);
}

#[tokio::test]
async fn every_card_that_may_not_enter_is_refused_with_its_own_reason() {
    let desk = desk();
    let cns = desk.ready().await;
    let good = CardPlan::default();
    let other = Authority::root("Altro", NOW).unwrap().card(&good).unwrap();
    let named = |name: &str| CardPlan { common_name: name.to_owned(), ..good.clone() };
    let cases = [
        (CardPlan { days: (-20, -1), ..good.clone() }, "cns-expired"),
        (CardPlan { days: (1, 20), ..good.clone() }, "cns-not-yet-valid"),
        (CardPlan { policy: None, ..good.clone() }, "cns-wrong-policy"),
        (CardPlan { policy: Some("1.3.76.47.4"), ..good.clone() }, "cns-wrong-policy"),
        (CardPlan { authority: true, ..good.clone() }, "cns-wrong-purpose"),
        (CardPlan { purposes: Vec::new(), ..good.clone() }, "cns-wrong-purpose"),
        (
            CardPlan { usages: vec![rcgen::KeyUsagePurpose::ContentCommitment], ..good.clone() },
            "cns-signature-certificate",
        ),
        (named("xSMPDAA80E54H501P/743.x"), "cns-holder-unnamed"),
        (named("SMPDAA80E54H501P"), "cns-holder-unnamed"),
        (CardPlan { more: vec![unknown(true)], ..good.clone() }, "cns-unreadable"),
    ];
    for (plan, slug) in cases {
        assert_eq!(desk.card(&cns, &plan).await.unwrap_err(), slug);
    }
    for (shown, slug) in [
        (Shown::Nothing, "cns-no-certificate"),
        (shown(other.certificate.clone()), "cns-unknown-authority"),
        (shown(desk.authority.certificate().to_vec()), "cns-wrong-purpose"),
        (shown(b"\x30\x00".to_vec()), "cns-unreadable"),
        (shown(vec![0x30; 1 << 20]), "cns-unreadable"),
        (shown(Vec::new()), "cns-unreadable"),
        (Shown::Certificate { own: other.certificate.clone(), others: 4 }, "cns-chain-too-long"),
        (Shown::Certificate { own: other.certificate, others: 100 }, "cns-chain-too-long"),
        (Shown::Refused("a proxy that says FAILED"), "cns-proxy-refused"),
    ] {
        assert_eq!(desk.show(&cns, shown).await.unwrap_err(), slug);
    }
}

#[tokio::test]
async fn a_policy_of_another_instrument_counts_only_when_it_is_configured() {
    let mut desk = desk();
    desk.config.policies.push("1.3.76.47.4".to_owned());
    let cns = desk.ready().await;
    let plan = CardPlan { policy: Some("1.3.76.47.4"), ..CardPlan::default() };
    assert!(desk.card(&cns, &plan).await.is_ok());
}

#[tokio::test]
async fn a_weak_card_is_refused_until_a_day_is_written() {
    let (mut desk, cns) = fixture_desk().await;
    let refused = |name: &'static str| (name, shown(fixture(name)));
    for (name, shown) in [refused("sha1"), refused("md5"), refused("rsa-1024")] {
        assert_eq!(desk.show(&cns, shown).await.unwrap_err(), "cns-weak", "{name}");
    }
    assert_eq!(
        desk.show(&cns, shown(fixture("signature"))).await.unwrap_err(),
        "cns-signature-certificate"
    );
    assert!(desk.show(&cns, shown(fixture("rsa-2048"))).await.is_ok());
    desk.config.short_keys_until = Some(Timestamp::from_unix_seconds(NOW + 60));
    cns.replace(desk.config.clone(), &desk.fx);
    assert!(desk.show(&cns, shown(fixture("rsa-1024"))).await.is_ok());
    assert_eq!(desk.show(&cns, shown(fixture("sha1"))).await.unwrap_err(), "cns-weak");
    desk.clock.advance(Duration::from_secs(61));
    assert_eq!(desk.show(&cns, shown(fixture("rsa-1024"))).await.unwrap_err(), "cns-weak");
}

#[tokio::test]
async fn a_revoked_or_suspended_card_is_refused_and_no_list_clears_nobody() {
    let desk = desk();
    let cns = desk.open();
    let (good, lost) =
        (CardPlan::default(), CardPlan { serial: vec![0x66], ..CardPlan::default() });
    assert_eq!(desk.card(&cns, &good).await.unwrap_err(), "cns-revocation-unknown");
    assert_eq!(cns.usable(desk.fx.now()), 0, "/readyz tells");
    for on_hold in [false, true] {
        let number = 2 + u64::from(on_hold);
        let plan = ListPlan { revoked: vec![(vec![0x66], on_hold)], number, ..ListPlan::default() };
        desk.listed(&cns, &plan).await;
        assert_eq!(desk.card(&cns, &lost).await.unwrap_err(), "cns-revoked");
        assert!(desk.card(&cns, &good).await.is_ok());
    }
    assert_eq!(cns.usable(desk.fx.now()), 1);
    desk.clock.advance(Duration::from_hours(25));
    assert_eq!(desk.card(&cns, &good).await.unwrap_err(), "cns-revocation-unknown", "list over");
    assert_eq!(desk.card(&cns, &lost).await.unwrap_err(), "cns-revoked");
    assert!(cns.trust().status(desk.fx.now())[0].stale);
}

#[tokio::test]
async fn a_bad_list_never_replaces_a_good_one() {
    let desk = desk();
    let cns = desk.open();
    let lost = CardPlan { serial: vec![0x66], ..CardPlan::default() };
    let plan = ListPlan { revoked: vec![(vec![0x66], false)], number: 9, ..ListPlan::default() };
    desk.listed(&cns, &plan).await;
    let other = Authority::root("CNS di prova", NOW).unwrap();
    let forged = other.list(&ListPlan { number: 10, ..ListPlan::default() }).unwrap();
    let rolled_back = desk.authority.list(&ListPlan { number: 8, ..ListPlan::default() }).unwrap();
    for octets in [forged, rolled_back, b"<html>".to_vec(), Vec::new()] {
        assert_eq!(desk.found(&cns, octets).await, Outcome::Failed);
        assert_eq!(desk.card(&cns, &lost).await.unwrap_err(), "cns-revoked");
        assert!(desk.card(&cns, &CardPlan::default()).await.is_ok());
        assert_eq!(cns.trust().alerts().len(), 1);
    }
    desk.outbound.answer(Err(OutboundFault::TooLarge(64 << 20)));
    assert_eq!(cns.trust().refresh(0, &desk.fx).await.unwrap(), Some(Outcome::Failed));
    assert_eq!(desk.card(&cns, &lost).await.unwrap_err(), "cns-revoked");
    assert_eq!(desk.listed(&cns, &ListPlan { number: 11, ..plan }).await, Outcome::Renewed);
    assert!(cns.trust().alerts().is_empty());
}

#[tokio::test]
async fn a_restart_takes_up_the_last_good_list() {
    let mut desk = desk();
    let folder = std::env::temp_dir()
        .join(format!("varco-cns-{}", Handle::fresh(&Effects::real()).reveal()));
    desk.config.lists.folder = Some(folder.clone());
    let lost = CardPlan { serial: vec![0x66], ..CardPlan::default() };
    let cns = desk.open();
    desk.listed(&cns, &ListPlan { revoked: vec![(vec![0x66], false)], ..ListPlan::default() })
        .await;
    let again = desk.open();
    assert_eq!(desk.card(&again, &lost).await.unwrap_err(), "cns-revoked");
    assert!(desk.card(&again, &CardPlan::default()).await.is_ok());
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn weaker_handling_ends_on_its_day_and_never_proves_level_3() {
    let mut desk = desk();
    desk.config.unchecked_until = Some(Timestamp::from_unix_seconds(NOW + 60));
    let cns = desk.open();
    let identity = desk.card(&cns, &CardPlan::default()).await.unwrap();
    assert_eq!(identity.level, Level::L2);
    desk.listed(&cns, &ListPlan::default()).await;
    let identity = desk.card(&cns, &CardPlan::default()).await.unwrap();
    assert_eq!(identity.level, Level::L3, "a list in force needs no weaker handling");
    let cns = desk.open();
    desk.clock.advance(Duration::from_secs(61));
    let fault = desk.card(&cns, &CardPlan::default()).await.unwrap_err();
    assert_eq!(fault, "cns-revocation-unknown");
}

#[tokio::test]
async fn a_ticket_is_too_old_after_five_minutes() {
    let desk = desk();
    let cns = desk.ready().await;
    let card = desk.authority.card(&CardPlan::default()).unwrap();
    let show = |seconds| {
        desk.show_after(&cns, shown(card.certificate.clone()), Duration::from_secs(seconds))
    };
    assert!(show(299).await.is_ok());
    assert_eq!(show(301).await.unwrap_err(), "cns-too-late");
}

/// The same desk with a responder, whose answers are scripted by the last question.
impl Desk {
    fn asking(mut self, required: bool) -> Self {
        self.config.responder = Some(ResponderSettings {
            required,
            url: None,
            hosts: vec!["ocsp.example".to_owned()],
            nonce_required: false,
            development: false,
        });
        self
    }

    /// A card is shown, and its responder answers so.
    async fn told(
        &self,
        cns: &Cns,
        plan: &CardPlan,
        saying: Option<&Saying>,
    ) -> Result<UpstreamIdentity, &'static str> {
        let plan = CardPlan { responder: Some(RESPONDER.to_owned()), ..plan.clone() };
        let card = self.authority.card(&plan).unwrap();
        let answer = match saying {
            None => Err(OutboundFault::TooSlow(Duration::from_secs(2))),
            Some(saying) => {
                // The question is written before it is asked: only the nonce is not known.
                let issued = self.config.issuers.issued(&card.certificate, self.fx.now()).unwrap();
                let question = varco::crypto::ocsp::Question::about(&issued, &self.fx).unwrap();
                let saying = Saying { nonce: false, ..saying.clone() };
                let now = self.fx.now().unix_seconds();
                Ok(fetched(self.authority.answer(&question.write(), &saying, now).unwrap()))
            }
        };
        self.outbound.answer(answer);
        self.show(cns, shown(card.certificate)).await
    }

    fn asked(&self) -> usize {
        self.outbound.asked().len()
    }
}

#[tokio::test]
async fn a_responders_word_counts_before_the_list() {
    let desk = desk().asking(false);
    let cns = desk.open();
    let plan = |serial| CardPlan { serial: vec![serial], ..CardPlan::default() };
    let saying = |status| Saying { status, ..Saying::default() };
    assert!(desk.told(&cns, &plan(1), Some(&saying("good"))).await.is_ok(), "without any list");
    let told = desk.told(&cns, &plan(2), Some(&saying("revoked"))).await;
    assert_eq!(told.unwrap_err(), "cns-revoked");
    let told = desk.told(&cns, &plan(3), Some(&saying("unknown"))).await;
    assert_eq!(told.unwrap_err(), "cns-revocation-unknown");
    let asked = desk.outbound.asked().pop().unwrap();
    assert_eq!(asked.limits.time, Duration::from_secs(2));
    assert_eq!(asked.url.to_string(), RESPONDER);
    // The list decides where nobody answers, and who stands on it is revoked whatever is said.
    desk.listed(&cns, &ListPlan { revoked: vec![(vec![5], false)], ..ListPlan::default() }).await;
    assert!(desk.told(&cns, &plan(4), None).await.is_ok());
    let asked = desk.asked();
    assert_eq!(desk.told(&cns, &plan(5), None).await.unwrap_err(), "cns-revoked");
    assert_eq!(desk.asked(), asked, "nobody is asked about a card that is on the list");
}

#[tokio::test]
async fn where_a_responder_is_required_a_list_is_not_enough() {
    let desk = desk().asking(true);
    let cns = desk.open();
    desk.listed(&cns, &ListPlan::default()).await;
    let plan = CardPlan::default();
    for saying in [
        None,
        Some(Saying { status: "unknown", ..Saying::default() }),
        Some(Saying { status: "tryLater", ..Saying::default() }),
    ] {
        let told = desk.told(&cns, &plan, saying.as_ref()).await;
        assert_eq!(told.unwrap_err(), "cns-revocation-unknown", "{saying:?}");
    }
    desk.clock.advance(Duration::from_mins(1));
    assert!(desk.told(&cns, &plan, Some(&Saying::default())).await.is_ok());
    for (serial, saying) in [
        (11, Saying { other: true, ..Saying::default() }),
        (12, Saying { signer: Signer::WithoutPurpose, ..Saying::default() }),
        (13, Saying { minutes: (-60, Some(-1)), ..Saying::default() }),
    ] {
        let plan = CardPlan { serial: vec![serial], ..plan.clone() };
        let told = desk.told(&cns, &plan, Some(&saying)).await;
        assert_eq!(told.unwrap_err(), "cns-revocation-unknown", "{saying:?}");
        desk.clock.advance(Duration::from_mins(1));
    }
}

#[tokio::test]
async fn a_list_says_whether_the_responder_itself_was_revoked() {
    let desk = desk().asking(true);
    let cns = desk.open();
    let plan = |serial| CardPlan { serial: vec![serial], ..CardPlan::default() };
    let saying = |signer| Some(Saying { signer, ..Saying::default() });
    let (marked, revocable) = (saying(Signer::Delegated), saying(Signer::Revocable));
    assert!(desk.told(&cns, &plan(1), marked.as_ref()).await.is_ok(), "without any list");
    let told = desk.told(&cns, &plan(2), revocable.as_ref()).await;
    assert_eq!(told.unwrap_err(), "cns-revocation-unknown");
    desk.listed(&cns, &ListPlan::default()).await;
    assert!(desk.told(&cns, &plan(3), revocable.as_ref()).await.is_ok());
    let revoked = vec![(RESPONDER_NUMBER.to_vec(), false)];
    desk.listed(&cns, &ListPlan { revoked, number: 2, ..ListPlan::default() }).await;
    for (serial, saying) in [(4, revocable), (5, marked)] {
        let told = desk.told(&cns, &plan(serial), saying.as_ref()).await;
        assert_eq!(told.unwrap_err(), "cns-revocation-unknown", "a stolen key clears nobody");
    }
}

#[tokio::test]
async fn a_good_answer_is_used_again_until_its_end_and_a_silent_responder_is_left_alone() {
    let desk = desk().asking(true);
    let cns = desk.open();
    let plan = CardPlan { responder: Some(RESPONDER.to_owned()), ..CardPlan::default() };
    let card = shown(desk.authority.card(&plan).unwrap().certificate);
    let good = Saying { minutes: (-1, Some(60)), ..Saying::default() };
    assert!(desk.told(&cns, &plan, Some(&good)).await.is_ok());
    let asked = desk.asked();
    assert!(desk.show(&cns, card.clone()).await.is_ok());
    assert_eq!(desk.asked(), asked, "within ten minutes nobody is asked again");
    desk.clock.advance(Duration::from_mins(11));
    for _ in 0..5 {
        assert!(desk.show(&cns, card.clone()).await.is_ok(), "a kept answer that still holds");
    }
    assert_eq!(desk.asked(), asked + 3, "three silences, then a pause");
    desk.clock.advance(Duration::from_secs(31));
    assert!(desk.show(&cns, card.clone()).await.is_ok());
    assert_eq!(desk.asked(), asked + 4);
    desk.clock.advance(Duration::from_mins(49));
    assert_eq!(desk.show(&cns, card).await.unwrap_err(), "cns-revocation-unknown", "its end");
}

#[tokio::test]
async fn a_kept_answer_counts_no_longer_than_the_word_of_its_responder() {
    for signer in [Signer::Delegated, Signer::Revocable] {
        let desk = desk().asking(true);
        let cns = desk.open();
        desk.listed(&cns, &ListPlan::default()).await;
        let plan = CardPlan { responder: Some(RESPONDER.to_owned()), ..CardPlan::default() };
        let card = shown(desk.authority.card(&plan).unwrap().certificate);
        let good = Saying { minutes: (-1, Some(600)), signer, ..Saying::default() };
        assert!(desk.told(&cns, &plan, Some(&good)).await.is_ok());
        let asked = desk.asked();
        assert!(desk.show(&cns, card.clone()).await.is_ok(), "kept");
        assert_eq!(desk.asked(), asked);
        let revoked = vec![(RESPONDER_NUMBER.to_vec(), false)];
        let stolen = ListPlan { revoked, number: 2, ..ListPlan::default() };
        desk.listed(&cns, &stolen).await;
        let told = desk.show(&cns, card).await;
        assert_eq!(told.unwrap_err(), "cns-revocation-unknown", "{signer:?}");
        assert!(desk.asked() > asked + 1, "somebody is asked again, and nobody answers");
    }
}

#[tokio::test]
async fn a_card_names_no_responder_that_configuration_does_not_know() {
    let desk = desk().asking(true);
    let cns = desk.open();
    for address in [
        "http://elsewhere.example/",
        "http://ocsp.example.evil.example/",
        "http://127.0.0.1/",
        "http://169.254.169.254/",
        "ldap://ocsp.example/",
        "file:///etc/passwd",
        "http://ocsp.example@elsewhere.example/",
    ] {
        let plan = CardPlan {
            responder: Some(address.to_owned()),
            serial: vec![1, u8::try_from(address.len()).unwrap()],
            ..CardPlan::default()
        };
        let told = desk.card(&cns, &plan).await;
        assert_eq!(told.unwrap_err(), "cns-revocation-unknown", "{address}");
        desk.clock.advance(Duration::from_mins(1));
    }
    assert_eq!(desk.asked(), 0);
}
