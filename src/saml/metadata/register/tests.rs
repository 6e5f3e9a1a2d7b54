//! A register whose sources turn bad in every way: what was good stays, and operators hear why, once.

use std::path::{Path, PathBuf};

use super::*;
use crate::crypto::Handle;
use crate::effects::FetchUrl;
use crate::effects::{Fetched, OutboundFault, ScriptedClock, ScriptedOutbound};
use crate::saml::metadata::aggregate::tests::{published, rooted, sign};
use crate::saml::tests::{By, IDP, OTHER_IDP, SENT, aggregate, certificate, made, signer};
use crate::xml::VerificationKey;
use std::sync::Arc;

const HOUR: Duration = Duration::from_hours(1);
const REGISTRY: &str = "https://registry.example/entities-idp";

/// A folder that is removed with its test.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Self {
        let name = format!("varco-register-{}", Handle::fresh(&Effects::real()).reveal());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct World {
    register: Register,
    fx: Effects,
    clock: Arc<ScriptedClock>,
    registry: Arc<ScriptedOutbound>,
}

impl World {
    /// One address, signed by the fourth key, kept in `folder`.
    fn new(folder: Option<&Path>) -> Self {
        Self::with(vec![registry()], folder)
    }

    fn with(sources: Vec<Source>, folder: Option<&Path>) -> Self {
        let (fx, clock) = Effects::scripted(SENT, 1);
        let registry = Arc::new(ScriptedOutbound::default());
        let fx = fx.with_outbound(registry.clone());
        let settings = RegisterSettings {
            sources,
            folder: folder.map(Path::to_owned),
            ..RegisterSettings::default()
        };
        Self { register: Register::new("spid", settings, fx.now()), fx, clock, registry }
    }

    async fn refresh(&self) -> Refreshed {
        let found = self.register.find(0, &self.fx).await;
        self.register.judge(0, found, &self.fx).unwrap()
    }

    async fn serve(&self, document: &str) -> Refreshed {
        self.registry.serve(document);
        self.refresh().await
    }

    fn ids(&self) -> Vec<String> {
        self.register.merged().providers.iter().map(|one| one.entity_id.clone()).collect()
    }

    fn status(&self) -> SourceStatus {
        self.register.status(self.fx.now()).remove(0)
    }
}

fn registry() -> Source {
    let keys = vec![VerificationKey::from_certificate(&made(4).1).unwrap()];
    Source {
        place: Place::Url(FetchUrl::parse(REGISTRY, &[], false).unwrap()),
        pinned: Some(Arc::new(keys)),
    }
}

fn file(path: PathBuf) -> Source {
    Source { place: Place::File(path), pinned: None }
}

/// Signed, of that day in November and valid until the next 20 December.
fn edition(day: u8) -> String {
    sign(&unsigned(day), &made(4).0)
}

fn unsigned(day: u8) -> String {
    rooted(
        "validUntil=\"2026-12-20T00:00:00Z\"",
        &published(&format!("2026-11-{day:02}T00:00:00Z")),
    )
}

#[tokio::test]
async fn no_bad_document_ever_replaces_a_good_copy() {
    let world = World::new(None);
    let first = world.serve(&edition(20)).await;
    assert_eq!((first.outcome, first.raised.len()), (Outcome::Renewed, 0));
    assert_eq!(world.ids(), [IDP, OTHER_IDP]);
    let good = edition(21);
    for (case, document, told) in [
        ("malformed", good.replace("</md:EntitiesDescriptor>", ""), "not well-formed"),
        ("truncated", good.split_at(good.len() / 2).0.to_owned(), "not well-formed"),
        ("empty", String::new(), "not well-formed"),
        ("a page", "<html><body>Maintenance</body></html>".to_owned(), "must be signed"),
        ("unsigned", unsigned(21), "must be signed"),
        ("signed by another", sign(&unsigned(21), signer(By::Stranger)), "no key registered"),
        ("poisoned", good.replace("idp.example/sso", "evil.example/sso"), "changed after signing"),
        (
            "expired",
            sign(&unsigned(21).replace("2026-12-20", "2026-11-22"), &made(4).0),
            "validUntil has passed (2026-11-22T00:00:00Z)",
        ),
        ("rolled back", edition(19), "an older edition"),
        (
            "without providers",
            sign(&unsigned(21).replace("IDPSSODescriptor", "SPSSODescriptor"), &made(4).0),
            "no IDPSSODescriptor",
        ),
        ("a bomb", format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{good}"), "document type"),
    ] {
        let refreshed = world.serve(&document).await;
        assert_eq!(refreshed.outcome, Outcome::Failed, "{case}");
        let alert = world.status().problem.unwrap();
        assert!(alert.starts_with(REGISTRY) && alert.contains(told), "{case}: {alert}");
        assert_eq!(world.ids(), [IDP, OTHER_IDP], "{case}");
        let merged = world.register.merged();
        let provider = merged.providers.get(IDP).unwrap();
        assert_eq!(provider.post.as_deref(), Some("https://idp.example/sso/post"), "{case}");
        assert_eq!(merged.read_at, Timestamp::from_unix_seconds(SENT), "{case}");
    }
    let good = world.serve(&good).await;
    assert_eq!(good.outcome, Outcome::Renewed);
    assert_eq!(good.settled.len(), 1, "the last failure is over");
    assert_eq!(world.status().problem, None);
}

#[tokio::test]
async fn a_server_that_fails_in_any_way_leaves_the_last_good_copy() {
    let world = World::new(None);
    world.serve(&edition(20)).await;
    let status = |status| {
        Ok(Fetched { status, media_type: None, etag: None, last_modified: None, body: Vec::new() })
    };
    for answer in [
        status(404),
        status(500),
        status(204),
        Err(OutboundFault::TooLarge(1)),
        Err(OutboundFault::TooSlow(HOUR)),
        Err(OutboundFault::Compressed),
        Err(OutboundFault::Private),
        Err(OutboundFault::Redirected("http://10.0.0.1/".to_owned())),
        Err(OutboundFault::Unreachable("invalid peer certificate: Expired".to_owned())),
        // Nobody asked whether it was modified: there is no copy on disk.
        status(304),
    ] {
        world.registry.answer(answer.clone());
        let refreshed = world.refresh().await;
        assert_eq!(refreshed.outcome, Outcome::Failed, "{answer:?}");
        assert_eq!(refreshed.raised.len(), 1, "{answer:?}");
        assert_eq!(refreshed.due_in, Duration::from_mins(5));
        assert_eq!(world.ids().len(), 2, "{answer:?}");
    }
    assert!(world.registry.asked().iter().all(|request| request.etag.is_none()));
    assert_eq!(world.registry.asked()[0].limits.octets, crate::xml::Limits::METADATA.octets);
}

#[tokio::test]
async fn operators_hear_of_a_change_once_and_not_at_every_refresh() {
    let world = World::new(None);
    world.serve(&edition(20)).await;
    assert_eq!(world.serve(&unsigned(21)).await.raised.len(), 1);
    for _ in 0..3 {
        let again = world.serve(&unsigned(21)).await;
        assert_eq!((again.raised.len(), again.settled.len()), (0, 0));
    }
    let other = world.serve("").await;
    assert_eq!(
        (other.raised.len(), other.settled.len()),
        (1, 1),
        "another reason is another alert"
    );
}

#[tokio::test]
async fn a_broken_provider_disappears_alone_and_comes_back() {
    let world = World::new(None);
    world.serve(&edition(20)).await;
    let broken =
        sign(&unsigned(21).replace("https://other.example/sso/post", "javascript:1"), &made(4).0);
    let refreshed = world.serve(&broken).await;
    assert_eq!(refreshed.outcome, Outcome::Renewed);
    assert_eq!(world.ids(), [IDP]);
    assert_eq!(refreshed.raised.len(), 1, "{:?}", refreshed.raised);
    assert!(refreshed.raised[0].starts_with(OTHER_IDP));
    assert_eq!(world.status().alerts, 1);
    let mended = world.serve(&edition(21)).await;
    assert_eq!((mended.raised.len(), mended.settled.len()), (0, 1));
    assert_eq!(world.ids(), [IDP, OTHER_IDP]);
}

#[tokio::test]
async fn a_provider_that_vanishes_is_told_by_name() {
    let world = World::new(None);
    world.serve(&edition(20)).await;
    let document = unsigned(21);
    let from = document.rfind("<md:EntityDescriptor").unwrap();
    let to = document.rfind("</md:EntitiesDescriptor>").unwrap();
    let fewer = format!("{}{}", document.split_at(from).0, document.split_at(to).1);
    let refreshed = world.serve(&sign(&fewer, &made(4).0)).await;
    assert_eq!(refreshed.raised, [format!("{OTHER_IDP}: it is no longer in the metadata")]);
    assert_eq!(world.ids(), [IDP]);
}

#[tokio::test]
async fn a_removed_key_is_gone_and_a_new_one_counts_after_one_refresh() {
    let world = World::new(None);
    world.serve(&edition(20)).await;
    let keys = || -> Vec<[u8; 32]> {
        let merged = world.register.merged();
        let provider = merged.providers.get(IDP).unwrap();
        provider.keys.iter().map(VerificationKey::fingerprint).collect()
    };
    let fingerprint = |by: By| {
        use base64::Engine as _;
        let der = base64::engine::general_purpose::STANDARD.decode(certificate(by)).unwrap();
        VerificationKey::from_certificate(&der).unwrap().fingerprint()
    };
    assert_eq!(keys(), [fingerprint(By::Idp), fingerprint(By::IdpNext)], "overlap");
    let rolled = unsigned(21).replace(&certificate(By::Idp), &certificate(By::Stranger));
    world.serve(&sign(&rolled, &made(4).0)).await;
    assert_eq!(keys(), [fingerprint(By::Stranger), fingerprint(By::IdpNext)]);
}

#[tokio::test]
async fn a_source_that_is_out_of_reach_for_three_days_is_told_and_still_serves() {
    let folder = Temporary::new();
    let world = World::new(Some(&folder.0));
    world.serve(&edition(20)).await;
    world.clock.advance(72 * HOUR);
    assert!(!world.status().stale);
    assert_eq!(world.refresh().await.raised.len(), 1, "out of reach");
    world.clock.advance(HOUR);
    assert!(world.status().stale);
    let late = world.refresh().await;
    assert_eq!(late.raised.len(), 1);
    assert!(late.raised[0].contains("not renewed since 2026-11-22T10:00:00Z"), "{late:?}");
    assert_eq!(world.status().providers, 2, "until their validUntil");
    assert_eq!(world.register.merged().providers.len(), 2);
    // After it they are there and cannot be used.
    world.clock.advance(30 * 24 * HOUR);
    assert_eq!(world.status().providers, 0);
}

#[tokio::test]
async fn the_last_quarter_of_a_documents_life_is_told_before_it_ends() {
    let world = World::new(None);
    let short =
        sign(&unsigned(20).replace("2026-12-20T00:00:00Z", "2026-11-23T10:00:00Z"), &made(4).0);
    world.serve(&short).await;
    world.clock.advance(17 * HOUR);
    world.serve(&short).await;
    assert!(!world.status().stale);
    world.clock.advance(2 * HOUR);
    world.serve(&short).await;
    assert!(world.status().stale, "read a moment ago, and about to end");
}

#[tokio::test]
async fn a_restart_without_network_begins_with_the_kept_copy() {
    let folder = Temporary::new();
    World::new(Some(&folder.0)).serve(&edition(21)).await;
    let world = World::new(Some(&folder.0));
    world.clock.advance(HOUR);
    world.register.restore(&world.fx);
    assert_eq!(world.register.due(world.fx.monotonic()), [0], "and its server is asked at once");
    assert_eq!(world.ids(), [IDP, OTHER_IDP]);
    assert_eq!(world.status().age, Some(HOUR), "as old as it was");
    assert!(world.registry.asked().is_empty());
    // What was seen before the restart still counts against a rollback.
    let refused = world.serve(&edition(20)).await;
    assert!(refused.raised[0].contains("an older edition"), "{refused:?}");
    assert_eq!(world.ids().len(), 2);
}

#[tokio::test]
async fn a_kept_copy_that_somebody_changed_is_not_used() {
    let folder = Temporary::new();
    World::new(Some(&folder.0)).serve(&edition(21)).await;
    let copy = std::fs::read_dir(&folder.0).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&copy).unwrap();
    std::fs::write(&copy, text.replace("idp.example/sso", "evil.example/sso")).unwrap();
    let world = World::new(Some(&folder.0));
    world.register.restore(&world.fx);
    let alerts = world.register.alerts();
    assert!(alerts[0].contains("changed after signing"), "{alerts:?}");
    assert!(world.ids().is_empty());
}

#[tokio::test]
async fn a_server_that_has_nothing_new_renews_the_copy_at_hand() {
    let folder = Temporary::new();
    let world = World::new(Some(&folder.0));
    world.registry.answer(Ok(Fetched {
        status: 200,
        media_type: None,
        etag: Some("\"one\"".to_owned()),
        last_modified: None,
        body: edition(20).into_bytes(),
    }));
    world.refresh().await;
    world.clock.advance(4 * HOUR);
    world.registry.answer(Ok(Fetched {
        status: 304,
        media_type: None,
        etag: None,
        last_modified: None,
        body: Vec::new(),
    }));
    let refreshed = world.refresh().await;
    assert_eq!((refreshed.outcome, refreshed.due_in), (Outcome::Unchanged, 4 * HOUR));
    assert_eq!(world.registry.asked()[1].etag.as_deref(), Some("\"one\""));
    assert_eq!(world.status().age, Some(Duration::ZERO));
    assert_eq!(world.ids().len(), 2);
}

#[tokio::test]
async fn a_cache_duration_shortens_the_interval_within_bounds() {
    let world = World::new(None);
    for (duration, minutes) in
        [("PT1H", 60), ("PT0S", 5), ("P1000Y", 240), ("soon", 240), ("-PT1H", 240)]
    {
        let document =
            unsigned(20).replacen("ID=", &format!("cacheDuration=\"{duration}\" ID="), 1);
        let refreshed = world.serve(&sign(&document, &made(4).0)).await;
        assert_eq!(refreshed.due_in, Duration::from_mins(minutes), "{duration}");
    }
    let ends = sign(&unsigned(20).replace("2026-12-20T00", "2026-11-22T12"), &made(4).0);
    let world = World::new(None);
    assert_eq!(world.serve(&ends).await.due_in, HOUR, "well before it ends");
}

#[test]
fn a_bad_file_harms_no_other_and_its_last_good_copy_serves() {
    let (folder, copies) = (Temporary::new(), Temporary::new());
    let one = aggregate();
    let split = one.rfind("<md:EntityDescriptor").unwrap();
    let (head, tail) = one.split_at(split);
    let only_first = format!("{head}</md:EntitiesDescriptor>");
    let root = one.split_at(one.find("<md:EntityDescriptor").unwrap()).0;
    let only_second = format!("{root}{tail}");
    let (first, second) = (folder.file("1.xml", &only_first), folder.file("2.xml", &only_second));
    let sources = || vec![file(first.clone()), file(second.clone())];
    let world = World::with(sources(), Some(&copies.0));
    world.register.restore(&world.fx);
    assert_eq!(world.register.alerts(), Vec::<String>::new());
    assert_eq!(world.ids(), [IDP, OTHER_IDP]);
    folder.file("1.xml", "<md:EntityDescriptor");
    let refused = world.register.judge(0, Found::File, &world.fx).unwrap();
    assert_eq!((refused.outcome, refused.raised.len()), (Outcome::Failed, 1));
    assert_eq!(world.ids(), [IDP, OTHER_IDP]);
    // After a restart too; and without any copy the other file still stands alone.
    let restarted = World::with(sources(), Some(&copies.0));
    restarted.register.restore(&restarted.fx);
    assert_eq!(restarted.ids(), [IDP, OTHER_IDP]);
    let without = World::with(sources(), None);
    without.register.restore(&without.fx);
    assert_eq!(without.register.alerts().len(), 1);
    assert_eq!(without.ids(), [OTHER_IDP]);
}

#[test]
fn where_two_sources_name_one_provider_the_first_counts_and_it_is_told_once() {
    let folder = Temporary::new();
    let changed = aggregate().replace(&certificate(By::Idp), &certificate(By::Stranger));
    let sources =
        vec![file(folder.file("1.xml", &aggregate())), file(folder.file("2.xml", &changed))];
    let world = World::with(sources, None);
    world.register.restore(&world.fx);
    let merged = world.register.merged();
    assert_eq!(merged.providers.get(IDP).unwrap().keys.len(), 2);
    assert!(merged.raised.iter().any(|alert| alert.contains("with other keys")), "{merged:?}");
    assert!(world.register.merged().raised.is_empty());
    folder.file(
        "2.xml",
        &aggregate().replace("https://idp.example/metadata", "https://third.example"),
    );
    world.register.judge(1, Found::File, &world.fx);
    let merged = world.register.merged();
    assert!(merged.providers.get("https://third.example").is_none(), "it has the keys of another");
    assert!(merged.raised.iter().any(|alert| alert.contains("may not share")), "{merged:?}");
    assert!(merged.settled.iter().any(|alert| alert.contains("with other keys")), "{merged:?}");
}

#[tokio::test]
async fn a_source_is_due_after_its_interval_give_or_take_a_tenth() {
    let world = World::new(None);
    assert_eq!(world.register.due(world.fx.monotonic()), [0]);
    world.serve(&edition(20)).await;
    let at = |minutes: u64| world.fx.monotonic() + Duration::from_mins(minutes);
    assert!(world.register.due(at(215)).is_empty());
    assert_eq!(world.register.due(at(265)), [0]);
    world.serve("").await;
    assert_eq!(world.register.due(at(6)), [0], "sooner after a failure");
}

#[tokio::test]
async fn other_settings_keep_what_is_known_of_the_sources_that_stay() {
    let world = World::new(None);
    world.serve(&edition(20)).await;
    let disabled = BTreeSet::from([IDP.to_owned()]);
    let settings = RegisterSettings {
        sources: vec![registry()],
        disabled: disabled.clone(),
        ..RegisterSettings::default()
    };
    let next = world.register.followed_by(settings.clone());
    assert_eq!(next.merged().providers.len(), 2);
    assert_eq!(next.disabled(), &disabled);
    assert_eq!(next.due(world.fx.monotonic()), [0]);
    // The same address under another certificate is another source.
    let pinned = VerificationKey::from_certificate(&made(5).1).unwrap();
    let sources = vec![Source { pinned: Some(Arc::new(vec![pinned])), ..registry() }];
    let other = world.register.followed_by(RegisterSettings { sources, ..settings });
    assert!(other.merged().providers.is_empty());
}
