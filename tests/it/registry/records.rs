//! Records, the trail and what is counted.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use varco::effects::Timestamp;
use varco::registry::{
    Actor, Change, Committed, Entry, Kept, Listing, RecordKey, RecordKind, RegistryFault,
    TrailListing,
};

use super::{NOW, World, on_both, open};
use varco::registry::Registry;

on_both! {
    a_record_is_read_as_it_was_written_and_found_by_its_keys
    two_changes_of_one_version_at_once_are_one_change
    an_exclusive_key_is_one_records_at_a_time
    fifty_records_that_want_one_key_at_once_are_one
    a_change_is_written_whole_or_not_at_all
    a_removed_record_is_gone_and_its_keys_are_free
    records_are_listed_by_state_office_and_what_is_due
    every_change_and_every_note_is_one_row_of_an_unbroken_trail
    a_row_of_the_trail_that_was_changed_does_not_tell_its_reason
    what_is_counted_in_parallel_is_counted_each_time_and_ends_with_its_window
    what_may_be_used_once_is_used_once_by_many_at_once
    records_and_trail_go_on_in_a_registry_put_back_from_a_backup
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sheet {
    id: String,
    pub(super) active: bool,
    office: String,
    due: Option<Timestamp>,
    code: String,
    note: String,
}

impl Kept for Sheet {
    const KIND: RecordKind = RecordKind::Delegation;

    fn id(&self) -> &str {
        &self.id
    }

    fn state(&self) -> &'static str {
        if self.active { "active" } else { "over" }
    }

    fn office(&self) -> &str {
        &self.office
    }

    fn due_at(&self) -> Option<Timestamp> {
        self.due
    }

    fn keys(&self) -> Vec<RecordKey> {
        let key = |name, exclusive| RecordKey { name, value: self.code.clone(), exclusive };
        vec![key("code", self.active), key("code of anybody", false)]
    }
}

pub(super) fn sheet(id: &str, code: &str) -> Sheet {
    let (id, code, note) = (id.to_owned(), code.to_owned(), "first".to_owned());
    Sheet { id, active: true, office: "rome".to_owned(), due: None, code, note }
}

fn entry(action: &'static str) -> Entry {
    Entry {
        actor: Actor { person: "somebody".to_owned(), role: "operator" },
        action,
        object: "delegation/a".to_owned(),
        office: "rome".to_owned(),
        reason: "because of the parcel".to_owned(),
        rules: "1".to_owned(),
        outcome: "done",
    }
}

impl World {
    async fn insert(&self, sheet: &Sheet) -> Committed {
        insert(&self.registry, sheet).await
    }

    async fn replace(&self, id: &str, next: &Sheet) -> Committed {
        let read = self.sheet(id).await.unwrap();
        let mut change = Change::new();
        change.replace(&read, next).unwrap();
        self.registry.commit(change, &entry("replace")).await.unwrap()
    }

    async fn sheet(&self, id: &str) -> Option<varco::registry::Stored<Sheet>> {
        self.registry.record::<Sheet>(id).await.unwrap()
    }

    async fn by_code(&self, name: &str, code: &str) -> Vec<String> {
        let found = self.registry.records_by_key::<Sheet>(name, code).await.unwrap();
        found.iter().map(|sheet| sheet.id.clone()).collect()
    }

    async fn rows(&self) -> usize {
        self.registry.trail_after(0, 1000).await.unwrap().len()
    }
}

pub(super) async fn insert(registry: &Registry, sheet: &Sheet) -> Committed {
    let mut change = Change::new();
    change.insert(sheet).unwrap();
    registry.commit(change, &entry("insert")).await.unwrap()
}

async fn a_record_is_read_as_it_was_written_and_found_by_its_keys(world: World) {
    assert!(world.sheet("a").await.is_none());
    assert_eq!(world.insert(&sheet("a", "X")).await, Committed::Done(1));
    assert_eq!(*world.sheet("a").await.unwrap(), sheet("a", "X"));
    assert_eq!(world.by_code("code", "X").await, ["a"]);
    let next = Sheet { note: "second".into(), code: "Y".into(), ..sheet("a", "") };
    assert_eq!(world.replace("a", &next).await, Committed::Done(2));
    let read = world.sheet("a").await.unwrap();
    assert_eq!((&*read, read.version(), read.made_by()), (&next, 2, 1));
    assert_eq!(world.by_code("code", "X").await, [""; 0]);
    assert_eq!(world.by_code("code", "Y").await, ["a"]);
    let stranger = open(&world.place, 8, &world.fx).await;
    assert!(matches!(stranger.record::<Sheet>("a").await, Err(RegistryFault::Sealed(_))));
}

async fn two_changes_of_one_version_at_once_are_one_change(world: World) {
    world.insert(&sheet("a", "X")).await;
    let mut tries = Vec::new();
    let read = world.sheet("a").await.unwrap();
    for at in 0..12 {
        let (registry, read) = (world.registry.clone(), read.clone());
        tries.push(tokio::spawn(async move {
            let mut change = Change::new();
            change.replace(&read, &Sheet { note: at.to_string(), ..sheet("a", "X") }).unwrap();
            registry.commit(change, &entry("replace")).await.unwrap()
        }));
    }
    let mut done = 0;
    for one in tries {
        match one.await.unwrap() {
            Committed::Done(_) => done += 1,
            other => assert_eq!(other, Committed::Stale),
        }
    }
    assert_eq!((done, world.rows().await, world.sheet("a").await.unwrap().version()), (1, 2, 2));
}

async fn an_exclusive_key_is_one_records_at_a_time(world: World) {
    world.insert(&sheet("a", "X")).await;
    assert_eq!(world.insert(&sheet("a", "Y")).await, Committed::Taken("id"));
    assert_eq!(world.insert(&sheet("b", "X")).await, Committed::Taken("code"));
    assert!(world.sheet("b").await.is_none());
    let over = Sheet { active: false, ..sheet("a", "X") };
    assert!(matches!(world.replace("a", &over).await, Committed::Done(_)));
    assert!(matches!(world.insert(&sheet("b", "X")).await, Committed::Done(_)));
    assert_eq!(world.by_code("code of anybody", "X").await, ["a", "b"]);
    assert_eq!(world.replace("a", &sheet("a", "X")).await, Committed::Taken("code"));
    assert_eq!(*world.sheet("a").await.unwrap(), over, "as it was");
}

async fn fifty_records_that_want_one_key_at_once_are_one(world: World) {
    let tries = (0..50).map(|at| {
        let registry = world.registry.clone();
        tokio::spawn(async move { insert(&registry, &sheet(&format!("s{at}"), "X")).await })
    });
    let mut done = 0;
    for one in tries.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Committed::Done(seq) => {
                assert_eq!(seq, 1, "a refused change takes no number");
                done += 1;
            }
            other => assert_eq!(other, Committed::Taken("code")),
        }
    }
    assert_eq!((done, world.rows().await, world.by_code("code", "X").await.len()), (1, 1, 1));
}

async fn a_change_is_written_whole_or_not_at_all(world: World) {
    world.insert(&sheet("a", "X")).await;
    let read = world.sheet("a").await.unwrap();
    let mut change = Change::new();
    change.replace(&read, &Sheet { code: "Z".into(), ..sheet("a", "") }).unwrap();
    change.insert(&sheet("b", "Y")).unwrap();
    change.insert(&sheet("c", "Y")).unwrap();
    let committed = world.registry.commit(change, &entry("both")).await.unwrap();
    assert_eq!(committed, Committed::Taken("code"));
    assert!(world.sheet("b").await.is_none() && world.sheet("c").await.is_none());
    assert_eq!((world.sheet("a").await.unwrap().version(), world.rows().await), (1, 1));
    assert_eq!(world.by_code("code", "X").await, ["a"], "keys too");

    let mut change = Change::new();
    change.insert(&sheet("b", "X")).unwrap();
    change.replace(&read, &Sheet { active: false, ..sheet("a", "X") }).unwrap();
    let committed = world.registry.commit(change, &entry("handover")).await.unwrap();
    assert_eq!(committed, Committed::Done(2), "a key given up in a change is free in it");
}

async fn a_removed_record_is_gone_and_its_keys_are_free(world: World) {
    world.insert(&sheet("a", "X")).await;
    let read = world.sheet("a").await.unwrap();
    for expected in [Committed::Done(2), Committed::Stale] {
        let mut change = Change::new();
        change.remove(&read);
        let committed = world.registry.commit(change, &entry("remove")).await.unwrap();
        assert_eq!(committed, expected);
    }
    assert!(world.sheet("a").await.is_none());
    assert_eq!(world.insert(&sheet("b", "X")).await, Committed::Done(3));
}

async fn records_are_listed_by_state_office_and_what_is_due(world: World) {
    let due = |seconds| Some(Timestamp::from_unix_seconds(NOW + seconds));
    let sheets = [
        Sheet { due: due(10), ..sheet("c", "1") },
        Sheet { office: "milan".into(), due: due(20), ..sheet("a", "2") },
        Sheet { active: false, ..sheet("b", "3") },
    ];
    for sheet in &sheets {
        world.insert(sheet).await;
    }
    let all = Listing { limit: 10, ..Listing::default() };
    for (listing, expected) in [
        (all, &["c", "a", "b"][..]),
        (Listing { newest_first: true, ..all }, &["b", "a", "c"]),
        (Listing { newest_first: true, limit: 1, skip: 1, ..all }, &["a"]),
        (Listing { states: &["over"], ..all }, &["b"]),
        (Listing { states: &["active", "over"], office: Some("rome"), ..all }, &["c", "b"]),
        (Listing { due_before: due(10), ..all }, &["c"]),
        (Listing { due_before: due(99), office: Some("milan"), ..all }, &["a"]),
        (Listing { states: &["unknown"], ..all }, &[]),
    ] {
        let found = world.registry.records::<Sheet>(&listing).await.unwrap();
        let names: Vec<&str> = found.iter().map(|sheet| sheet.id.as_str()).collect();
        assert_eq!(names, expected, "{listing:?}");
        let count = world.registry.count_records::<Sheet>(&listing).await.unwrap();
        if listing.skip == 0 {
            assert_eq!(count, expected.len() as u64, "{listing:?}");
        }
    }
}

async fn every_change_and_every_note_is_one_row_of_an_unbroken_trail(world: World) {
    world.insert(&sheet("a", "X")).await;
    world.registry.note(&entry("look")).await.unwrap();
    world.insert(&sheet("b", "X")).await;
    world.clock.advance(Duration::from_secs(60));
    world.registry.note(&entry("look")).await.unwrap();
    let rows = world.registry.trail_after(0, 10).await.unwrap();
    let mut previous = String::new();
    for (seq, row) in (1..).zip(&rows) {
        assert_eq!((row.seq, &row.previous), (seq, &previous));
        assert_eq!(row.digest, row.computed());
        assert!(!row.reason.contains("parcel"));
        let reason = world.registry.reason_of(row).unwrap();
        assert_eq!(reason.as_str(), "because of the parcel");
        previous.clone_from(&row.digest);
    }
    assert_eq!(rows.len(), 3, "what was refused has no row");
    assert_eq!(world.registry.trail_head().await.unwrap(), (3, previous));
    let listing = TrailListing {
        object: Some("delegation/a"),
        from: Some(Timestamp::from_unix_seconds(NOW + 60)),
        limit: 10,
        ..TrailListing::default()
    };
    assert_eq!(world.registry.trail(&listing).await.unwrap(), rows[2..]);
    let nobody = TrailListing { actor: Some("nobody"), limit: 10, ..TrailListing::default() };
    assert_eq!(world.registry.trail(&nobody).await.unwrap(), []);
}

async fn a_row_of_the_trail_that_was_changed_does_not_tell_its_reason(world: World) {
    world.registry.note(&entry("look")).await.unwrap();
    let row = world.registry.trail_after(0, 1).await.unwrap().remove(0);
    let mut changed = vec![row.clone(); 9];
    changed[0].seq = 2;
    changed[1].at += 1;
    changed[2].actor = "other".to_owned();
    changed[3].role = "auditor".to_owned();
    changed[4].action = "other".to_owned();
    changed[5].object = "other".to_owned();
    changed[6].office = "other".to_owned();
    changed[7].outcome = "refused".to_owned();
    changed[8].previous = "other".to_owned();
    for mut changed in changed {
        assert_ne!(changed.computed(), row.digest);
        changed.digest = changed.computed();
        assert!(world.registry.reason_of(&changed).is_err(), "with its own digest too");
    }
}

async fn what_is_counted_in_parallel_is_counted_each_time_and_ends_with_its_window(world: World) {
    let window = Duration::from_secs(60);
    let tries = (0..40).map(|_| {
        let registry = world.registry.clone();
        tokio::spawn(async move { registry.tally("password", &["a", "b"], window).await.unwrap() })
    });
    let mut counts = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        counts.push(one.await.unwrap());
    }
    counts.sort_unstable();
    assert_eq!(counts, (1..=40).collect::<Vec<u64>>());
    for other in [&["ab"][..], &["a"], &["b", "a"]] {
        assert_eq!(world.registry.tallied("password", other).await.unwrap(), 0);
    }
    world.clock.advance(Duration::from_secs(59));
    assert_eq!(world.registry.tally("password", &["a", "b"], window).await.unwrap(), 41);
    assert_eq!(world.registry.tallied("password", &["a", "b"]).await.unwrap(), 41);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.registry.tallied("password", &["a", "b"]).await.unwrap(), 0);
    assert_eq!(world.registry.tally("password", &["a", "b"], window).await.unwrap(), 1);
    world.registry.clear_tally("password", &["a", "b"]).await.unwrap();
    assert_eq!(world.registry.tallied("password", &["a", "b"]).await.unwrap(), 0);
}

async fn what_may_be_used_once_is_used_once_by_many_at_once(world: World) {
    let until = Timestamp::from_unix_seconds(NOW + 30);
    let tries = (0..40).map(|_| {
        let registry = world.registry.clone();
        tokio::spawn(async move { registry.once("step", &["a", "7"], until).await.unwrap() })
    });
    let mut used = 0;
    for one in tries.collect::<Vec<_>>() {
        used += usize::from(one.await.unwrap());
    }
    assert_eq!(used, 1);
    assert!(world.registry.once("step", &["a", "8"], until).await.unwrap());
    world.clock.advance(Duration::from_secs(30));
    assert!(!world.registry.once("step", &["a", "9"], until).await.unwrap(), "too late");
}

async fn records_and_trail_go_on_in_a_registry_put_back_from_a_backup(world: World) {
    world.insert(&sheet("a", "X")).await;
    world.insert(&sheet("b", "Y")).await;
    let mut copy = Vec::new();
    world.registry.back_up(&mut copy).await.unwrap();
    let folder = crate::fixture_redis::TempDir::new();
    let place = varco::registry::RegistryPlace::File(folder.0.join("other.sqlite"));
    let other = open(&place, 7, &world.fx).await;
    other.restore(&mut std::io::Cursor::new(copy)).await.unwrap();
    assert_eq!(*other.record::<Sheet>("a").await.unwrap().unwrap(), sheet("a", "X"));
    assert_eq!(other.trail_head().await.unwrap(), world.registry.trail_head().await.unwrap());
    assert_eq!(insert(&other, &sheet("c", "Y")).await, Committed::Taken("code"));
    assert_eq!(insert(&other, &sheet("c", "Z")).await, Committed::Done(3));
}
