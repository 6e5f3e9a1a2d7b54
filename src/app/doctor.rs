//! `varco doctor`: everything a login needs, looked at one by one.
//!
//! Not `check`: that reads files only; the doctor also opens keys and the state store, and asks the
//! servers that publish metadata.

use std::path::Path;

use crate::config::{Config, Depth, StateConfig};
use crate::crypto::keyring::KeyRing;
use crate::effects::Effects;
use crate::ops::doctor::{Check, Verdict, table, worst};
use crate::state::RedisStore;
use crate::upstream::{Trust, Upstreams};

use super::{Identities, registry, router};

/// The table of checks; an error when one of them failed.
pub(super) fn run(path: &Path, fx: &Effects) -> Result<String, String> {
    let checks = match Config::read_without_clients(path) {
        Ok(config) => look(config, fx),
        Err(problems) => {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            vec![Check::configuration(&told)]
        }
    };
    let told = table(&checks);
    if worst(&checks) == Verdict::Fail { Err(told) } else { Ok(told) }
}

fn look(mut config: Config, fx: &Effects) -> Vec<Check> {
    let now = fx.now();
    let mut checks = vec![Check::configuration(&[])];
    let refused = config.relying_parties.look(Depth::All, &|_| None).refused;
    let refused: Vec<String> = refused.iter().map(ToString::to_string).collect();
    checks.push(Check::relying_parties(config.relying_parties.clients().count(), &refused));
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
    match Upstreams::open(config.upstreams.without_copies(), fx) {
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
