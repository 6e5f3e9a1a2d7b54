//! How a chain is found: from the subject upwards, breadth first, by asking the superiors that each entity
//! names (OpenID Federation 1.0, section 10.1).
//!
//! Not a judgement: what is found goes through [`super::chain`]. Whoever is asked about may be anybody, so
//! everything here is bounded: superiors followed, levels, documents, octets and time (section 18.1; AgID's
//! limit of `authority_hints`). No redirection is followed, and no private address asked.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::time::Duration;

use super::chain::{AnchorKeys, DEPTH, Linked, broken_configuration};
use super::statement::{Draft, LONGEST, Reader, Whose};
use super::{Broken, Document, EntityConfiguration, EntityId, Flaw, TrustAnchor};
use crate::effects::{Effects, FetchLimits, FetchRequest, FetchUrl, OutboundFault};

/// Superiors followed of those that one entity names.
const FOLLOWED: usize = 5;
/// Documents asked for in one search.
const DOCUMENTS: usize = 10;
/// How long one search may take.
const TIME: Duration = Duration::from_secs(10);
/// Media type of statements.
const STATEMENT: &str = "application/entity-statement+jwt";

/// Where may be asked.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Hosts that may have private addresses.
    pub allowed: Vec<String>,
    /// Whether this machine may be asked, by http too.
    pub development: bool,
}

/// One search: its documents are asked for once, and together they have a limit.
pub(super) struct Search<'f> {
    fx: &'f Effects,
    reach: &'f Reach,
    ends: Duration,
    left: usize,
    found: HashMap<String, Result<String, Flaw>>,
}

/// A way up so far: the subject's configuration, the statements, and who stands at its upper end.
struct Path {
    tokens: Vec<String>,
    below: Vec<EntityId>,
    top: EntityConfiguration,
}

impl Path {
    /// At whose configuration it begins.
    fn subject(&self) -> &EntityId {
        self.below.first().unwrap_or_else(|| self.top.subject())
    }

    fn holds(&self, entity: &EntityId) -> bool {
        self.top.subject() == entity || self.below.contains(entity)
    }
}

impl<'f> Search<'f> {
    /// A new one, that ends in 10 s.
    pub(super) fn new(fx: &'f Effects, reach: &'f Reach) -> Self {
        let ends = fx.monotonic() + TIME;
        Self { fx, reach, ends, left: DOCUMENTS, found: HashMap::new() }
    }

    /// A configuration that is at hand already.
    pub(super) fn offer(&mut self, entity: &EntityId, token: String) {
        self.found.entry(entity.configuration_url()).or_insert(Ok(token));
    }

    /// The shortest chain from `subject` to `anchor` that holds.
    pub(super) async fn chain(
        &mut self,
        subject: &EntityId,
        anchor: &TrustAnchor,
        keys: &AnchorKeys,
        reader: &Reader,
    ) -> Result<Linked, Broken> {
        let own = self.configuration(subject, reader).await?;
        self.chain_of(Whose::Entity, own, anchor, keys, reader).await
    }

    /// The same from the configuration of the subject, which is at hand.
    pub(super) async fn chain_of(
        &mut self,
        whose: Whose,
        own: EntityConfiguration,
        anchor: &TrustAnchor,
        keys: &AnchorKeys,
        reader: &Reader,
    ) -> Result<Linked, Broken> {
        let subject = &own.subject().clone();
        let start = Path { tokens: vec![own.token().to_owned()], below: Vec::new(), top: own };
        let mut level = vec![start];
        // The first reason at an anchor says most, then the first one on the way there.
        let (mut refused, mut astray) = (None, None);
        for _ in 0..DEPTH {
            for path in level.iter().filter(|path| path.top.hints().contains(&anchor.id)) {
                match self.close(whose, path, anchor, keys, reader).await {
                    Ok(linked) => return Ok(linked),
                    Err(broken) => refused = refused.or(Some(broken)),
                }
            }
            let mut next = Vec::new();
            for path in level {
                for hint in path.top.hints().iter().take(FOLLOWED) {
                    if *hint == anchor.id || path.holds(hint) {
                        continue;
                    }
                    match self.step(&path, hint, reader).await {
                        Ok(longer) => next.push(longer),
                        Err(broken) => astray = astray.or(Some(broken)),
                    }
                }
            }
            level = next;
        }
        let nowhere =
            Broken { entity: subject.clone(), document: Document::Chain, flaw: Flaw::NoAnchor };
        Err(refused.or(astray).unwrap_or(nowhere))
    }

    /// The configuration of `anchor`, under its keys.
    pub(super) async fn anchor(
        &mut self,
        anchor: &TrustAnchor,
        keys: &AnchorKeys,
        reader: &Reader,
    ) -> Result<EntityConfiguration, Broken> {
        let token = self.own_statement(&anchor.id).await?;
        EntityConfiguration::verify_anchor(&token, anchor, keys, reader)
            .map_err(|flaw| broken_configuration(&anchor.id, flaw))
    }

    async fn close(
        &mut self,
        whose: Whose,
        path: &Path,
        anchor: &TrustAnchor,
        keys: &AnchorKeys,
        reader: &Reader,
    ) -> Result<Linked, Broken> {
        let top = self.anchor(anchor, keys, reader).await?;
        let statement = self.statement(&top, path.top.subject()).await?;
        let tokens = path.tokens.iter().map(String::as_str);
        let tokens: Vec<&str> = tokens.chain([statement.as_str(), top.token()]).collect();
        Linked::judge_of(whose, &tokens, path.subject(), anchor, keys, reader)
    }

    async fn step(
        &mut self,
        path: &Path,
        hint: &EntityId,
        reader: &Reader,
    ) -> Result<Path, Broken> {
        let top = self.configuration(hint, reader).await?;
        let statement = self.statement(&top, path.top.subject()).await?;
        // Nothing is proven by it yet; what is no statement at all is not followed further.
        let judged = Draft::subordinate(&statement, reader)
            .and_then(|draft| draft.about(hint, path.top.subject()));
        judged.map_err(|flaw| broken_statement(hint, path.top.subject(), flaw))?;
        let mut tokens = path.tokens.clone();
        tokens.push(statement);
        let mut below = path.below.clone();
        below.push(path.top.subject().clone());
        Ok(Path { tokens, below, top })
    }

    async fn configuration(
        &mut self,
        entity: &EntityId,
        reader: &Reader,
    ) -> Result<EntityConfiguration, Broken> {
        let token = self.own_statement(entity).await?;
        EntityConfiguration::verify(&token, entity, reader)
            .map_err(|flaw| broken_configuration(entity, flaw))
    }

    async fn own_statement(&mut self, entity: &EntityId) -> Result<String, Broken> {
        let url = entity.configuration_url();
        self.document(&url, &[]).await.map_err(|flaw| broken_configuration(entity, flaw))
    }

    async fn statement(
        &mut self,
        superior: &EntityConfiguration,
        subject: &EntityId,
    ) -> Result<String, Broken> {
        let flawed = |flaw| broken_statement(superior.subject(), subject, flaw);
        let url = superior.endpoint("federation_fetch_endpoint").map_err(flawed)?;
        self.document(url, &[("sub", subject.as_str())]).await.map_err(flawed)
    }

    async fn document(&mut self, url: &str, query: &[(&str, &str)]) -> Result<String, Flaw> {
        let name = query.iter().fold(url.to_owned(), |name, (_, value)| name + " " + value);
        if let Some(known) = self.found.get(&name) {
            return known.clone();
        }
        let answer = self.ask(url, query, STATEMENT, LONGEST).await;
        let text = answer.and_then(|body| {
            String::from_utf8(body).map_err(|_| crate::crypto::jws::JwsFault::Malformed.into())
        });
        self.found.insert(name, text.clone());
        text
    }

    /// The body of an answer 200.
    pub(super) async fn ask(
        &mut self,
        url: &str,
        query: &[(&str, &str)],
        accept: &'static str,
        octets: usize,
    ) -> Result<Vec<u8>, Flaw> {
        self.left = self.left.checked_sub(1).ok_or(Flaw::Limit("too many documents"))?;
        let time = self.ends.saturating_sub(self.fx.monotonic());
        if time.is_zero() {
            return Err(Flaw::Limit("it takes too long"));
        }
        let url = FetchUrl::parse(url, &self.reach.allowed, self.reach.development)
            .map_err(unreachable)?
            .with_query(query);
        let request = FetchRequest::get(url, accept, FetchLimits { octets, time });
        let answer = self.fx.fetch(&request).await.map_err(unreachable)?;
        if answer.status == 200 { Ok(answer.body) } else { Err(Flaw::Status(answer.status)) }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what becomes of an error")]
fn unreachable(fault: OutboundFault) -> Flaw {
    Flaw::Unreachable(fault.to_string())
}

fn broken_statement(superior: &EntityId, subject: &EntityId, flaw: Flaw) -> Broken {
    let document = Document::Statement(superior.clone());
    Broken { entity: subject.clone(), document, flaw }
}
