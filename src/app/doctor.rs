//! `varco doctor`: everything a login needs, looked at one by one.
//!
//! Not `check`: that reads files only; the doctor also opens keys and the state store, and asks sources of
//! roles and the servers that publish metadata.

use std::collections::HashSet;
use std::path::Path;

use crate::config::{Config, Depth, FederationConfig, FileLook, StateConfig, misnamed, strangers};
use crate::crypto::keyring::KeyRing;
use crate::effects::Effects;
use crate::federation::{Federation, Settings};
use crate::oidc::ClientId;
use crate::ops::doctor::{Check, Verdict, table, worst};
use crate::provider;
use crate::state::RedisStore;
use crate::upstream::{AnyUpstream, Trust, Upstreams};

use super::{Identities, entitlements, registry, router};

/// The table of checks; an error when one of them failed.
pub(super) fn run(path: &Path, fx: &Effects) -> Result<String, String> {
    let checks = match Config::read_without_clients(path) {
        Ok(config) => look(config, fx),
        Err(problems) => {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            vec![Check::configuration(&told)]
        }
    };
    judged(&checks)
}

fn look(mut config: Config, fx: &Effects) -> Vec<Check> {
    let now = fx.now();
    let mut checks = vec![Check::configuration(&[])];
    let refused = config.relying_parties.look(Depth::All, &|_| None).refused;
    let refused: Vec<String> = refused.iter().map(ToString::to_string).collect();
    checks.push(Check::relying_parties(config.relying_parties.clients().count(), &refused));
    checks.extend(data_files(&mut config));
    let (sources, sealing) = (std::mem::take(&mut config.entitlements), &config.sealing);
    checks.extend(router::block_on(async {
        let mut checks = Vec::new();
        for (name, source) in entitlements::open(sources, sealing, fx).iter() {
            checks.push(Check::source_of_roles(name, &source.examine(fx).await));
        }
        checks
    }));
    checks.push(match KeyRing::open(config.keys.clone()) {
        Ok(ring) => match router::block_on(ring.unanswered()).as_slice() {
            [] => Check::keys(&[], ring.is_development(), &ring.missing()),
            problems => Check::keys(problems, false, &[]),
        },
        Err(problems) => Check::keys(&problems, false, &[]),
    });
    checks.push(match &config.state {
        StateConfig::Memory { .. } => Check::state(&Ok(()), false),
        StateConfig::Redis(settings) => {
            let answer = router::block_on(RedisStore::connect(settings));
            let answer = answer.map(|_| ()).map_err(|fault| super::assemble::told(&fault));
            Check::state(&answer, true)
        }
    });
    if registry::is_needed(&config) {
        let found = router::block_on(registry::examine(&config.registry, &config.sealing, fx));
        checks.push(Check::registry(&found));
    }
    checks.push(Check::clock(now, None));
    for (listener, end) in Identities::of(&config.listen).ends() {
        checks.push(Check::server_certificate(listener, end, now));
    }
    if let Some(federation) = config.federation {
        checks.extend(member(*federation, fx));
    }
    match Upstreams::open(config.upstreams.without_copies(), None, fx) {
        Ok(upstreams) => {
            for upstream in upstreams.iter() {
                let name = upstream.name();
                for end in upstream.certificates() {
                    checks.push(Check::certificate(name, end, now));
                }
                let trust = upstream.trust();
                for at in trust.due(fx.monotonic()) {
                    if let Err(cause) = router::block_on(trust.refresh(at, fx)) {
                        checks.push(Check::fail(name, cause, "look at the log"));
                    }
                }
                let sources = trust.status(now);
                match &trust {
                    Trust::Metadata(_) => {
                        checks.extend(sources.iter().map(|source| Check::metadata(name, source)));
                    }
                    Trust::Federation(federation) => {
                        checks.extend(federation.links(now).into_iter().map(Check::link));
                    }
                    Trust::Ourselves => {}
                    Trust::Lists(lists) => {
                        let ends = lists.authorities();
                        checks.extend(ends.map(|(who, end)| Check::authority(who, end, now)));
                        checks.extend(sources.iter().map(|source| Check::list(name, source)));
                    }
                }
            }
        }
        Err(problem) => {
            checks.push(Check::fail("upstreams", problem, "correct that section or its files"));
        }
    }
    checks
}

/// The files of data that name each other, in the order in which they do.
fn data_files(config: &mut Config) -> [Check; 3] {
    let known: HashSet<&ClientId> = config.relying_parties.clients().map(|one| &one.id).collect();
    let knows = |id: &ClientId| known.contains(id);
    let told =
        |look: FileLook| -> Vec<String> { look.refused.iter().map(ToString::to_string).collect() };
    let refused = config.calendar.look(Depth::All, &|path, read, problems| {
        strangers(path, read, &knows, problems);
    });
    let says = format!("{} changes", config.calendar.current().rows().changes.len());
    let calendar = Check::followed("calendar", config.calendar.path(), &says, &told(refused));
    let in_force = config.calendar.current();
    let refused = config.announcements.look(Depth::All, &|path, read, problems| {
        misnamed(path, read, &knows, in_force, problems);
    });
    let says = config.announcements.current();
    let says =
        format!("{} announcements, {} retired addresses", says.list.len(), says.entry_points.len());
    let announcements =
        Check::followed("announcements", config.announcements.path(), &says, &told(refused));
    let says = format!("{} states", config.countries.states.iter().count());
    let countries = Check::followed("countries", Some(&config.countries.place), &says, &[]);
    [calendar, announcements, countries]
}

/// The links of one federation, up from us and up from every provider, or of our own provider
/// (`federation`); an error when one is wrong.
pub(super) fn walk(path: &Path, name: &str, fx: &Effects) -> Result<String, String> {
    let config = Config::read_without_clients(path).map_err(|problems| problems.to_string())?;
    if name == "federation" {
        let federation = config.federation.ok_or("there is no [federation]")?;
        return judged(&member(*federation, fx));
    }
    let upstreams = Upstreams::open(config.upstreams.without_copies(), None, fx)?;
    let upstream = upstreams.get(name);
    let Some(Trust::Federation(federation)) = upstream.map(AnyUpstream::trust) else {
        return Err(format!("there is no [upstream.{name}] that is part of a federation"));
    };
    for at in 0..federation.sources() {
        router::block_on(federation.renew(at, fx));
    }
    judged(&federation.links(fx.now()).into_iter().map(Check::link).collect::<Vec<_>>())
}

/// The links of our provider, up to its superiors and its anchors.
fn member(config: FederationConfig, fx: &Effects) -> Vec<Check> {
    let FederationConfig { keys, federation, settings } = config;
    let federation = Federation::new(Settings { folder: None, ..federation }, fx);
    let superiors = federation.superiors();
    let links = provider::federation::links(&settings, &keys, &federation, &superiors, fx);
    router::block_on(links).into_iter().map(Check::membership).collect()
}

fn judged(checks: &[Check]) -> Result<String, String> {
    let told = table(checks);
    if worst(checks) == Verdict::Fail { Err(told) } else { Ok(told) }
}
