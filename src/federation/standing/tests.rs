//! Issuers of marks that take one back, say nothing, or are not asked.

use serde_json::{Value, json};

use super::*;
use crate::crypto::Handle;
use crate::crypto::jwk::SignatureAlgorithm::ES256;
use crate::crypto::jws::corpus::Forger;
use crate::effects::{Fetched, ScriptedClock};
use crate::federation::testing::{Entity, NOW, World, sign, with};
use crate::federation::{Dialect, Federation, Flaw, Reach, Settings, TrustAnchor};

const OP: &str = "openid_provider";
const KIND: &str = "https://ta.example/openid_provider/public";
const STATUS: &str = "https://ta.example/status";
const DAY: i64 = 86_400;

/// A provider with a mark of its anchor, which tells whether that holds.
struct Marked {
    op: Entity,
    ta: Entity,
    anchor: TrustAnchor,
    token: String,
    world: Arc<World>,
    fx: Effects,
    clock: Arc<ScriptedClock>,
}

/// The mark with changes; everything else ends in a week.
fn marked(policy: AskStatus, dialect: Dialect, changes: &Value) -> Marked {
    let (world, fx, clock) = World::new();
    let [op, ta] = ["https://op.example", "https://ta.example"].map(Entity::new);
    let mut set = Forger::get().jwks();
    set["keys"].as_array_mut().unwrap().push(ta.key.jwk().clone());
    let mut anchor = ta.anchor(dialect);
    anchor.keys = Arc::new(PublicKeys::from_members(set.as_object().unwrap()).unwrap());
    anchor.marks.insert(OP.to_owned(), vec![KIND.to_owned()]);
    anchor.mark_status = policy;
    let claims = json!({
        "iss": ta.id.as_str(), "sub": op.id.as_str(), "trust_mark_type": KIND,
        "iat": NOW, "exp": NOW + 30 * DAY,
    });
    let header = json!({"typ": "trust-mark+jwt"});
    let token = Forger::get().sign(ES256, &header, &with(claims, changes));
    let week = json!({"exp": NOW + 7 * DAY});
    let marks = json!({
        "exp": NOW + 7 * DAY,
        "trust_marks": [{"trust_mark_type": KIND, "trust_mark": token}],
    });
    let own = with(op.claims(&[&ta]), &marks);
    world.serve(&op.id.configuration_url(), &[], &sign(&op.key, &own));
    let mut claims = with(ta.claims(&[]), &week);
    claims["jwks"] = set;
    claims["metadata"]["federation_entity"]["federation_trust_mark_status_endpoint"] =
        json!(STATUS);
    world.serve(&ta.id.configuration_url(), &[], &sign(&ta.key, &claims));
    world.say(&ta, &op, &sign(&ta.key, &with(ta.claims_about(&op), &week)));
    Marked { op, ta, anchor, token, world, fx, clock }
}

impl Marked {
    fn federation(&self) -> Federation {
        self.kept_in(None)
    }

    fn kept_in(&self, folder: Option<std::path::PathBuf>) -> Federation {
        let anchors = vec![self.anchor.clone()];
        Federation::new(Settings { anchors, reach: Reach::default(), folder }, &self.fx)
    }

    fn says(&self, status: &str) {
        let claims = json!({
            "iss": self.ta.id.as_str(), "iat": self.fx.now().unix_seconds(),
            "trust_mark": self.token, "status": status,
        });
        let header = json!({"typ": "trust-mark-status-response+jwt"});
        let body = Forger::get().sign(ES256, &header, &claims);
        let media_type = Some("application/trust-mark-status-response+jwt".to_owned());
        self.answers(200, media_type, &body);
    }

    fn answers(&self, status: u16, media_type: Option<String>, body: &str) {
        let body = body.as_bytes().to_vec();
        let answer = Fetched { status, media_type, etag: None, last_modified: None, body };
        self.world.answer(STATUS, &[], Ok(answer));
    }

    fn questions(&self) -> usize {
        self.world.asked().iter().filter(|url| *url == STATUS).count()
    }

    fn known(&self, federation: &Federation) -> bool {
        federation.known(&self.op.id, self.fx.now()).is_some()
    }
}

#[tokio::test]
async fn an_entity_whose_mark_is_taken_back_is_unknown_at_once() {
    for dialect in Dialect::ALL {
        let it = marked(AskStatus::Always, dialect, &json!({}));
        it.says("active");
        let federation = it.federation();
        federation.resolve(&it.op.id, OP, &it.fx).await.unwrap();
        assert_eq!(it.questions(), 1, "a mark that is new is asked about");
        federation.refresh(&it.fx).await;
        assert_eq!(it.questions(), 1, "not again at once");
        it.clock.advance(PACE);
        it.says("revoked");
        assert!(it.known(&federation), "nobody was asked yet");
        let round = federation.refresh(&it.fx).await;
        assert_eq!(round.failed.len(), 1);
        assert_eq!(round.failed[0].flaw, Flaw::Withdrawn(KIND.to_owned()));
        assert_eq!(round.failed[0].clause(), "section 8.4");
        assert!(!it.known(&federation), "though its statements are good for a week");
        let refused = federation.resolve(&it.op.id, OP, &it.fx).await.unwrap_err();
        assert!(refused.is_withdrawn(), "{refused}");
        // Its issuer gives it back.
        it.clock.advance(PACE);
        it.says("active");
        assert!(federation.refresh(&it.fx).await.failed.is_empty());
        assert!(federation.resolve(&it.op.id, OP, &it.fx).await.is_ok());
    }
}

#[tokio::test]
async fn a_mark_that_is_revoked_from_the_start_is_never_let_in() {
    let it = marked(AskStatus::Always, Dialect::It2023, &json!({}));
    it.answers(200, Some("application/json".to_owned()), r#"{"active": false}"#);
    let federation = it.federation();
    assert!(federation.resolve(&it.op.id, OP, &it.fx).await.unwrap_err().is_withdrawn());
    assert!(!it.known(&federation));
}

#[tokio::test]
async fn an_issuer_that_is_silent_is_believed_for_a_day_and_operators_are_told() {
    let it = marked(AskStatus::Always, Dialect::Fed10Final, &json!({}));
    it.says("active");
    let federation = it.federation();
    federation.resolve(&it.op.id, OP, &it.fx).await.unwrap();
    assert!(federation.alerts().is_empty());
    it.answers(500, None, "");
    for _ in 0..23 {
        it.clock.advance(Duration::from_hours(1));
        federation.refresh(&it.fx).await;
        assert!(it.known(&federation));
    }
    let alerts = federation.alerts();
    assert_eq!(alerts.len(), 1);
    assert!(alerts[0].starts_with("https://ta.example does not say"), "{alerts:?}");
    it.clock.advance(Duration::from_hours(1));
    federation.refresh(&it.fx).await;
    assert!(!it.known(&federation), "a day is over");
    it.says("active");
    it.clock.advance(Duration::from_mins(1));
    federation.refresh(&it.fx).await;
    assert!(it.known(&federation));
    assert!(federation.alerts().is_empty());
}

#[tokio::test]
async fn a_mark_without_an_end_counts_only_while_its_issuer_says_so() {
    let endless = json!({"exp": null});
    for policy in [AskStatus::WithoutEnd, AskStatus::Always] {
        let it = marked(policy, Dialect::Fed10Final, &endless);
        let federation = it.federation();
        let refused = federation.resolve(&it.op.id, OP, &it.fx).await.unwrap_err();
        assert!(matches!(refused.flaw, Flaw::Mark { .. }), "{refused}");
        it.says("active");
        it.clock.advance(Duration::from_mins(2));
        let chain = federation.resolve(&it.op.id, OP, &it.fx).await.unwrap();
        assert_eq!(chain.expires(), it.fx.now().plus(SILENCE));
    }
    let it = marked(AskStatus::Never, Dialect::Fed10Final, &endless);
    it.says("active");
    assert!(it.federation().resolve(&it.op.id, OP, &it.fx).await.is_err());
    assert_eq!(it.questions(), 0);
    // One with an end is asked about where all are.
    let it = marked(AskStatus::WithoutEnd, Dialect::Fed10Final, &json!({}));
    assert!(it.federation().resolve(&it.op.id, OP, &it.fx).await.is_ok());
    assert_eq!(it.questions(), 0);
}

#[tokio::test]
async fn a_chain_that_is_brought_asks_nobody_and_the_background_does() {
    let mut it = marked(AskStatus::Never, Dialect::Fed10Final, &json!({}));
    it.says("revoked");
    let brought = it.federation().resolve(&it.op.id, OP, &it.fx).await.unwrap();
    it.anchor.mark_status = AskStatus::Always;
    let federation = it.federation();
    let asked = it.world.asked().len();
    federation.offered(&it.op.id, brought.statements(), &it.fx).unwrap();
    assert_eq!(it.world.asked().len(), asked);
    assert!(federation.refresh(&it.fx).await.failed[0].is_withdrawn());
    assert!(!it.known(&federation));
    let again = federation.offered(&it.op.id, brought.statements(), &it.fx);
    assert!(again.unwrap_err().is_withdrawn());
}

#[tokio::test]
async fn what_was_taken_back_does_not_come_back_from_disk() {
    let name = Handle::fresh(&Effects::real()).reveal().to_owned();
    let folder = std::env::temp_dir().join(format!("varco-marks-{name}"));
    let it = marked(AskStatus::Always, Dialect::Fed10Final, &json!({}));
    it.says("active");
    let federation = it.kept_in(Some(folder.clone()));
    federation.resolve(&it.op.id, OP, &it.fx).await.unwrap();
    assert!(it.known(&it.kept_in(Some(folder.clone()))), "a restart takes it up");
    it.says("revoked");
    it.clock.advance(PACE);
    federation.refresh(&it.fx).await;
    assert!(!it.known(&it.kept_in(Some(folder.clone()))));
    let _ = std::fs::remove_dir_all(folder);
}

#[tokio::test]
async fn settings_that_follow_keep_what_holds_under_them_and_what_was_taken_back() {
    let it = marked(AskStatus::Always, Dialect::Fed10Final, &json!({}));
    it.says("active");
    let federation = it.federation();
    federation.resolve(&it.op.id, OP, &it.fx).await.unwrap();
    let asked = it.world.asked().len();
    let settings = |anchor: &TrustAnchor| Settings {
        anchors: vec![anchor.clone()],
        reach: Reach::default(),
        folder: None,
    };
    let next = Federation::following(&federation, settings(&it.anchor), &it.fx);
    assert!(it.known(&next));
    let other = Entity::new("https://ta.example").anchor(Dialect::Fed10Final);
    let next = Federation::following(&federation, settings(&other), &it.fx);
    assert!(!it.known(&next), "its keys are not pinned any more");
    assert_eq!(it.world.asked().len(), asked, "nobody was asked");
    it.clock.advance(PACE);
    it.says("revoked");
    let before = Federation::following(&federation, settings(&it.anchor), &it.fx);
    federation.refresh(&it.fx).await;
    let next = Federation::following(&before, settings(&it.anchor), &it.fx);
    assert!(!it.known(&next), "a reload gives nothing back");
}
