//! The register as `app` sees it: sources that are due, how each is, and every link by name.
//!
//! Not what a look at a source does: the register itself has that.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::{Party, Register};
use crate::effects::{Effects, Timestamp};
use crate::saml::metadata::register::{Outcome, SourceStatus};
use crate::upstream::contract::Renewing;

impl Renewing for Register {
    fn sources(&self) -> usize {
        self.sources.len()
    }

    fn due(&self, monotonic: Duration) -> Vec<usize> {
        let due = |at: &usize| self.source(*at).is_some_and(|source| source.due_at <= monotonic);
        (0..self.sources.len()).filter(due).collect()
    }

    fn status(&self, now: Timestamp) -> Vec<SourceStatus> {
        let place = |at: usize| match at.checked_sub(1).and_then(|at| self.parties.get(at)) {
            Some(party) => party.entity.id.as_str().to_owned(),
            None => self.anchor.as_str().to_owned(),
        };
        (0..self.sources.len())
            .filter_map(|at| {
                let source = self.source(at)?;
                Some(SourceStatus {
                    place: place(at),
                    age: source.read_at.map(|read| now.since(read)),
                    stale: !source.problems.is_empty(),
                    problem: source.problems.first().cloned(),
                    providers: if at == 0 { self.usable_count(now) } else { 0 },
                    alerts: source.problems.len(),
                })
            })
            .collect()
    }

    fn alerts(&self) -> Vec<String> {
        let all = (0..self.sources.len()).filter_map(|at| self.source(at));
        all.flat_map(|source| source.problems.clone()).collect()
    }

    fn discords(&self) -> Vec<String> {
        self.parties.iter().flat_map(Party::discord).collect()
    }

    fn links(&self, now: Timestamp) -> Vec<(String, Result<String, String>)> {
        let mut links = Vec::new();
        for (at, party) in self.parties.iter().enumerate() {
            let name = format!("{} {} up to its superior", self.upstream, party.entity.id.as_str());
            let problems = self.source(at + 1).map(|one| one.problems.clone()).unwrap_or_default();
            if problems.is_empty() {
                links.push((name, Ok(party.standing())));
            } else {
                links.extend(problems.into_iter().map(|problem| (name.clone(), Err(problem))));
            }
        }
        let snapshot = self.snapshot.load();
        let chain = |id: &str| format!("{} {id} up to {}", self.upstream, self.anchor.as_str());
        for (id, known) in &snapshot.known {
            let end = known.provider.expires;
            let found = if now < end {
                Ok(format!("{:?}, good until {}", known.name, end.rfc3339()))
            } else {
                Err(format!("ended {}", end.rfc3339()))
            };
            links.push((chain(id), found));
        }
        let refused = snapshot.refused.iter();
        links.extend(refused.map(|(id, (_, why))| (chain(id), Err(why.clone()))));
        // What is wrong with the anchor itself, or with its list.
        if let Some(source) = self.source(0) {
            let told =
                |problem: &&String| !snapshot.refused.values().any(|(_, why)| why == *problem);
            let name = format!("{} {}", self.upstream, self.anchor.as_str());
            let problems = source.problems.iter().filter(told).cloned();
            links.extend(problems.map(|problem| (name.clone(), Err(problem))));
        }
        links
    }

    fn renew<'a>(
        &'a self,
        at: usize,
        fx: &'a Effects,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        match at.checked_sub(1) {
            None => Box::pin(self.look(fx)),
            Some(party) => Box::pin(self.check(party, fx)),
        }
    }
}
