use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use super::super::testing::{Entity, NOW, World, federation, jwks, sign, with};
use super::super::{Dialect, Kind};
use super::*;
use crate::crypto::Handle;

const OP: &str = "openid_provider";

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = Handle::fresh(&Effects::real()).reveal().to_owned();
        Self(std::env::temp_dir().join(format!("varco-chains-{name}")))
    }

    fn files(&self) -> Vec<PathBuf> {
        std::fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn entity(name: &str) -> Entity {
    Entity::new(&format!("https://{name}.example"))
}

fn served(world: &World, op: &Entity, ta: &Entity) {
    world.publish(op, &[ta]);
    world.publish(ta, &[]);
    world.vouch(ta, op);
}

fn kept(folder: &Folder, ta: &Entity, auto_roll: bool, fx: &Effects) -> Federation {
    let anchor = TrustAnchor { auto_roll, ..ta.anchor(Dialect::Fed10Final) };
    let folder = Some(folder.0.clone());
    Federation::new(Settings { anchors: vec![anchor], reach: Reach::default(), folder }, fx)
}

#[tokio::test]
async fn a_known_chain_is_given_without_a_question_and_never_past_its_end() {
    let (world, fx, clock) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    served(&world, &op, &ta);
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    assert!(federation.known(&op.id, fx.now()).is_none(), "nobody is asked for it");
    assert!(world.asked().is_empty());
    let chain = federation.resolve(&op.id, OP, &fx).await.unwrap();
    let asked = world.asked().len();
    assert!(Arc::ptr_eq(&federation.resolve(&op.id, OP, &fx).await.unwrap(), &chain));
    assert_eq!(world.asked().len(), asked);
    clock.advance(Duration::from_millis(1_799_999));
    assert!(federation.known(&op.id, fx.now()).is_some());
    clock.advance(Duration::from_millis(1));
    assert_eq!(fx.now(), chain.expires());
    assert!(federation.known(&op.id, fx.now()).is_none());
    // Nobody gives new statements: it is refused, however good it was.
    assert_eq!(federation.resolve(&op.id, OP, &fx).await.unwrap_err().kind(), Kind::Time);
}

#[tokio::test]
async fn an_entity_that_is_not_what_was_asked_for_is_refused_and_stays_known() {
    let (world, fx, _) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    served(&world, &op, &ta);
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    let broken = federation.resolve(&op.id, "openid_relying_party", &fx).await.unwrap_err();
    assert_eq!(broken.flaw, Flaw::EntityType("openid_relying_party".to_owned()));
    assert!(federation.resolve(&op.id, OP, &fx).await.is_ok());
    assert_eq!(world.asked().len(), 3);
}

/// Both sign anew, as of now.
fn renewed(world: &World, op: &Entity, ta: &Entity, fx: &Effects) {
    let now = fx.now().unix_seconds();
    let times = json!({"iat": now, "exp": now + 1800});
    world.serve(&op.id.configuration_url(), &[], &sign(&op.key, &with(op.claims(&[ta]), &times)));
    world.serve(&ta.id.configuration_url(), &[], &sign(&ta.key, &with(ta.claims(&[]), &times)));
    world.say(ta, op, &sign(&ta.key, &with(ta.claims_about(op), &times)));
}

#[tokio::test]
async fn a_chain_is_renewed_in_the_middle_of_its_life_and_the_old_one_is_frozen() {
    let (world, fx, clock) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    served(&world, &op, &ta);
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    let first = federation.resolve(&op.id, OP, &fx).await.unwrap();
    clock.advance(Duration::from_secs(899));
    assert_eq!(federation.refresh(&fx).await.renewed, 0);
    assert_eq!(world.asked().len(), 3, "not before half of its life");
    clock.advance(Duration::from_secs(362));
    renewed(&world, &op, &ta, &fx);
    let round = federation.refresh(&fx).await;
    assert_eq!((round.renewed, round.failed.len()), (1, 0), "at seven tenths at the latest");
    let second = federation.known(&op.id, fx.now()).unwrap();
    assert!(second.expires() > first.expires());
    assert_eq!(first.expires(), Timestamp::from_unix_seconds(NOW + 1800));
    assert_eq!(federation.len(), 1);
    assert_eq!(federation.refresh(&fx).await.renewed, 0);
}

#[tokio::test]
async fn what_cannot_be_renewed_counts_until_its_end_and_is_taken_up_again() {
    let (world, fx, clock) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    served(&world, &op, &ta);
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    let first = federation.resolve(&op.id, OP, &fx).await.unwrap();
    clock.advance(Duration::from_secs(1300));
    world.go_dark();
    let round = federation.refresh(&fx).await;
    assert_eq!((round.renewed, round.failed[0].kind()), (0, Kind::Outage));
    let asked = world.asked().len();
    assert!(federation.refresh(&fx).await.failed.is_empty(), "not again at once");
    assert_eq!(world.asked().len(), asked);
    assert!(Arc::ptr_eq(&federation.known(&op.id, fx.now()).unwrap(), &first));
    clock.advance(Duration::from_secs(600));
    assert!(federation.known(&op.id, fx.now()).is_none(), "it is over");
    assert_eq!(federation.refresh(&fx).await.failed.len(), 1);
    renewed(&world, &op, &ta, &fx);
    clock.advance(Duration::from_secs(61));
    assert_eq!(federation.refresh(&fx).await.renewed, 1);
    assert!(federation.known(&op.id, fx.now()).is_some());
}

#[tokio::test]
async fn an_entity_that_its_superior_takes_back_is_gone_when_its_chain_ends() {
    let (world, fx, clock) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    served(&world, &op, &ta);
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    federation.resolve(&op.id, OP, &fx).await.unwrap();
    clock.advance(Duration::from_secs(1300));
    renewed(&world, &op, &ta, &fx);
    world.say(&ta, &op, "not any more");
    assert_eq!(federation.refresh(&fx).await.failed.len(), 1);
    clock.advance(Duration::from_secs(500));
    assert!(federation.known(&op.id, fx.now()).is_none());
    assert!(federation.resolve(&op.id, OP, &fx).await.is_err());
}

#[tokio::test]
async fn a_hundred_chains_are_renewed_while_every_one_of_them_stays_known() {
    let (world, fx, clock) = World::new();
    let ta = entity("ta");
    world.publish(&ta, &[]);
    let all: Vec<Entity> = (0..100).map(|at| entity(&format!("op{at}"))).collect();
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    for op in &all {
        served(&world, op, &ta);
        federation.resolve(&op.id, OP, &fx).await.unwrap();
    }
    assert_eq!(world.asked().len(), 201, "the anchor's configuration serves all of them");
    clock.advance(Duration::from_secs(1261));
    for op in &all {
        renewed(&world, op, &ta, &fx);
    }
    let running = tokio::spawn({
        let (federation, fx) = (federation.clone(), fx.clone());
        async move { federation.refresh(&fx).await }
    });
    while !running.is_finished() {
        assert!(all.iter().all(|op| federation.known(&op.id, fx.now()).is_some()));
        tokio::task::yield_now().await;
    }
    assert_eq!(running.await.unwrap().renewed, 100);
}

/// What a login asks for is there at once, and nobody is asked for it, however long a renewal takes.
#[tokio::test]
async fn a_thousand_chains_are_known_while_a_server_never_answers_for_them() {
    let (world, fx, clock) = World::new();
    let ta = entity("ta");
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    let own = ta.configuration(&[]);
    let all: Vec<EntityId> = (0..1000)
        .map(|at| {
            let one = entity(&format!("op{at}"));
            let chain = [one.configuration(&[&ta]), ta.about(&one), own.clone()];
            federation.offered(&one.id, &chain, &fx).unwrap();
            one.id
        })
        .collect();
    clock.advance(Duration::from_secs(1300));
    world.hold(Arc::new(tokio::sync::Barrier::new(usize::MAX)));
    let running = tokio::spawn({
        let (federation, fx) = (federation.clone(), fx.clone());
        async move { federation.refresh(&fx).await }
    });
    for _ in 0..50 {
        assert!(all.iter().all(|id| federation.known(id, fx.now()).is_some()));
        tokio::task::yield_now().await;
    }
    assert_eq!(world.asked().len(), RENEWALS, "renewals, and nobody else");
    assert!(!running.is_finished());
    running.abort();
}

#[tokio::test]
async fn a_restart_needs_no_network() {
    let (world, fx, clock) = World::new();
    let (op, ta, folder) = (entity("op"), entity("ta"), Folder::new());
    served(&world, &op, &ta);
    let first = kept(&folder, &ta, false, &fx).resolve(&op.id, OP, &fx).await.unwrap();
    world.go_dark();
    let asked = world.asked().len();
    let again = kept(&folder, &ta, false, &fx);
    let chain = again.known(&op.id, fx.now()).unwrap();
    assert_eq!(chain.statements(), first.statements());
    assert_eq!(chain.expires(), first.expires());
    assert_eq!(world.asked().len(), asked);
    // What is over is not taken up, and does not stay.
    clock.advance(Duration::from_secs(1800));
    assert!(kept(&folder, &ta, false, &fx).is_empty());
    assert!(folder.files().is_empty());
}

#[tokio::test]
async fn what_is_read_from_disk_is_judged_like_what_came_from_the_network() {
    let (world, fx, _) = World::new();
    let (op, ta, folder) = (entity("op"), entity("ta"), Folder::new());
    served(&world, &op, &ta);
    let good = || kept(&folder, &ta, false, &fx);
    good().resolve(&op.id, OP, &fx).await.unwrap();
    let file = folder.files().pop().unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let thief = Entity::new(op.id.as_str());
    let mut record: serde_json::Value = serde_json::from_str(&text).unwrap();
    record["statements"][0] = json!(thief.configuration(&[&ta]));
    let renamed = text.replacen("https://op.example", "https://other.example", 1);
    for wrong in [
        record.to_string(),
        renamed,
        String::new(),
        "{}".to_owned(),
        text.split_at(200).0.to_owned(),
    ] {
        std::fs::write(&file, wrong).unwrap();
        assert!(good().is_empty());
        assert!(folder.files().is_empty(), "it is taken away");
    }
    // The same file under an anchor with other keys.
    std::fs::write(&file, &text).unwrap();
    let other = Entity::new(ta.id.as_str());
    assert!(kept(&folder, &other, false, &fx).is_empty());
    std::fs::write(&file, &text).unwrap();
    assert_eq!(good().len(), 1, "the file itself is good");
}

/// The anchor publishes a new key beside its old one, or alone; signed with the one or the other.
fn roll(
    world: &World,
    op: &Entity,
    ta: &Entity,
    signer: &Entity,
    published: &[&Entity],
    fx: &Effects,
) {
    let keys: Vec<_> = published.iter().map(|entity| &entity.key).collect();
    let now = fx.now().unix_seconds();
    let times = json!({"iat": now, "exp": now + 1800});
    let own = with(with(ta.claims(&[]), &times), &json!({"jwks": jwks(&keys)}));
    world.serve(&ta.id.configuration_url(), &[], &sign(&signer.key, &own));
    let about = sign(&signer.key, &with(ta.claims_about(op), &times));
    world.say(ta, op, &about);
    world.serve(&op.id.configuration_url(), &[], &sign(&op.key, &with(op.claims(&[ta]), &times)));
}

#[tokio::test]
async fn a_new_key_of_the_anchor_is_told_and_does_not_count_until_it_is_pinned() {
    let (world, fx, clock) = World::new();
    let (op, ta, folder) = (entity("op"), entity("ta"), Folder::new());
    let next = Entity::new(ta.id.as_str());
    let federation = kept(&folder, &ta, false, &fx);
    roll(&world, &op, &ta, &ta, &[&ta, &next], &fx);
    federation.resolve(&op.id, OP, &fx).await.unwrap();
    let alerts = federation.alerts();
    assert_eq!(alerts.len(), 1);
    assert!(alerts[0].contains(next.key.kid()) && alerts[0].contains("https://ta.example"));
    clock.advance(Duration::from_secs(1800));
    roll(&world, &op, &ta, &next, &[&next], &fx);
    let broken = federation.resolve(&op.id, OP, &fx).await.unwrap_err();
    assert_eq!(broken.flaw, Flaw::Unpinned);
    // The operator pins it: no alert is left.
    let pinned = kept(&folder, &next, false, &fx);
    pinned.resolve(&op.id, OP, &fx).await.unwrap();
    assert!(pinned.alerts().is_empty());
}

#[tokio::test]
async fn of_two_chains_that_break_the_one_that_reached_its_anchor_is_told() {
    let (world, fx, _) = World::new();
    let (op, ta, stranger) = (entity("op"), entity("ta"), entity("stranger"));
    world.publish(&op, &[&ta]);
    // Above it there is nobody else: a way to the other anchor ends nowhere.
    world.publish(&ta, &[&op]);
    world.vouch(&ta, &op);
    world.vouch(&op, &ta);
    world.publish(&stranger, &[]);
    // Its operator was given another key than the one it signs with.
    let pinned = Entity::new(ta.id.as_str()).anchor(Dialect::Fed10Final);
    let stranger = stranger.anchor(Dialect::Fed10Final);
    for anchors in [vec![pinned.clone(), stranger.clone()], vec![stranger, pinned]] {
        let federation = federation(anchors, &fx);
        let broken = federation.resolve(&op.id, OP, &fx).await.unwrap_err();
        assert_eq!(broken.flaw, Flaw::Unpinned);
        assert!(federation.known(&op.id, fx.now()).is_none());
    }
}

#[tokio::test]
async fn a_new_key_counts_at_once_only_where_that_is_switched_on_and_under_a_key_that_counts() {
    let (world, fx, clock) = World::new();
    let (op, ta, folder) = (entity("op"), entity("ta"), Folder::new());
    let [next, last, thief] = [0; 3].map(|_| Entity::new(ta.id.as_str()));
    let federation = kept(&folder, &ta, true, &fx);
    // Not under a key of somebody else's.
    roll(&world, &op, &ta, &thief, &[&ta, &thief], &fx);
    let broken = federation.resolve(&op.id, OP, &fx).await.unwrap_err();
    assert_eq!(broken.flaw, Flaw::Unpinned);
    clock.advance(Duration::from_secs(61));
    // Announced under the pinned one; then it signs alone, and announces another; and so on.
    roll(&world, &op, &ta, &ta, &[&ta, &next], &fx);
    federation.resolve(&op.id, OP, &fx).await.unwrap();
    assert!(federation.alerts().is_empty());
    clock.advance(Duration::from_secs(1800));
    roll(&world, &op, &ta, &next, &[&next, &last], &fx);
    federation.resolve(&op.id, OP, &fx).await.unwrap();
    clock.advance(Duration::from_secs(1800));
    roll(&world, &op, &ta, &last, &[&last], &fx);
    federation.resolve(&op.id, OP, &fx).await.unwrap();
    // A restart knows both; where the switch is off again, neither counts.
    clock.advance(Duration::from_secs(1800));
    roll(&world, &op, &ta, &last, &[&last], &fx);
    assert!(kept(&folder, &ta, true, &fx).resolve(&op.id, OP, &fx).await.is_ok());
    let off = kept(&folder, &ta, false, &fx).resolve(&op.id, OP, &fx).await.unwrap_err();
    assert_eq!(off.flaw, Flaw::Unpinned);
}

#[tokio::test]
async fn the_list_of_an_anchor_names_entities_and_nothing_else() {
    let (world, fx, _) = World::new();
    let (op, ta) = (entity("op"), entity("ta"));
    world.publish(&ta, &[]);
    let federation = federation(vec![ta.anchor(Dialect::Fed10Final)], &fx);
    let url = "https://ta.example/list";
    let query = [("entity_type", OP)];
    world.serve(url, &query, r#"["https://op.example", "op", 1, "https://other.example/"]"#);
    let listed = federation.list(&ta.id, OP, &fx).await.unwrap();
    let listed: Vec<_> = listed.iter().map(EntityId::as_str).collect();
    assert_eq!(listed, ["https://op.example", "https://other.example/"]);
    assert!(federation.known(&op.id, fx.now()).is_none(), "nobody is trusted for being listed");
    for wrong in ["", "{}", "\"https://op.example\""] {
        world.serve(url, &query, wrong);
        let broken = federation.list(&ta.id, OP, &fx).await.unwrap_err();
        assert_eq!(broken.document, Document::List, "{wrong}");
    }
    world.serve(url, &query, &format!("[{}1]", " ".repeat(LONGEST_LIST)));
    assert!(federation.list(&ta.id, OP, &fx).await.is_err());
    let broken = federation.list(&op.id, OP, &fx).await.unwrap_err();
    assert_eq!(broken.flaw, Flaw::NoAnchor);
}
