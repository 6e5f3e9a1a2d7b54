//! How an entity of ours stands with its superiors: what they say of it, and which of its keys that leaves
//! (OpenID Federation 1.0, section 8.1; the CIE id rules, onboarding).
//!
//! Not a chain: nobody has to prove us to ourselves. A superior that is an anchor is believed under its pinned
//! keys; another one under the keys it publishes, which is enough to see what it says of us.

use std::time::Duration;

use serde_json::Value;

use super::discovery::Reach;
use super::{EntityConfiguration, EntityId, Reader, SubordinateStatement, TrustAnchor};
use crate::effects::{Effects, FetchLimits, FetchRequest, FetchUrl};

const LIMITS: FetchLimits = FetchLimits { octets: 1024 * 1024, time: Duration::from_secs(10) };
const STATEMENT: &str = "application/entity-statement+jwt";

/// How superiors are asked.
#[derive(Clone, Debug)]
pub struct Superiors {
    anchors: Vec<TrustAnchor>,
    reach: Reach,
}

impl Superiors {
    /// Below `anchors`, the first of which says how statements are written.
    #[must_use]
    pub const fn new(anchors: Vec<TrustAnchor>, reach: Reach) -> Self {
        Self { anchors, reach }
    }

    /// What `superior` says of `subject`, an entity of ours.
    ///
    /// # Errors
    /// Why it says nothing that counts, in a sentence for operators.
    pub async fn statement(
        &self,
        superior: &EntityId,
        subject: &EntityId,
        fx: &Effects,
    ) -> Result<SubordinateStatement, String> {
        let anchor = self.anchors.iter().find(|anchor| anchor.id == *superior);
        let dialect = anchor.or(self.anchors.first()).map(|anchor| anchor.dialect);
        let dialect = dialect.ok_or("no trust anchor is configured")?;
        let development = self.reach.development;
        let reader = Reader { dialect, now: fx.now(), development };
        let token = self.get(&superior.configuration_url(), &[], fx).await?;
        let own = match anchor {
            Some(anchor) => {
                let pinned = std::slice::from_ref(&anchor.keys);
                EntityConfiguration::verify_anchor(&token, anchor, pinned, &reader)
            }
            None => EntityConfiguration::verify(&token, superior, &reader),
        };
        let own = own.map_err(|flaw| format!("its own configuration: {flaw}"))?;
        let endpoint =
            own.endpoint("federation_fetch_endpoint").map_err(|flaw| flaw.to_string())?;
        let token = self.get(endpoint, &[("sub", subject.as_str())], fx).await?;
        SubordinateStatement::verify(&token, superior, subject, own.keys(), &reader)
            .map_err(|flaw| flaw.to_string())
    }

    async fn get(&self, url: &str, query: &[(&str, &str)], fx: &Effects) -> Result<String, String> {
        let url = FetchUrl::parse(url, &self.reach.allowed, self.reach.development)
            .map_err(|fault| fault.to_string())?
            .with_query(query);
        let request = FetchRequest::get(url, STATEMENT, LIMITS);
        let answer = fx.fetch(&request).await.map_err(|fault| fault.to_string())?;
        if answer.status != 200 {
            return Err(format!("the server answered with status {}", answer.status));
        }
        String::from_utf8(answer.body).map_err(|_| "the answer is no text".to_owned())
    }
}

/// The names of the keys in a set.
#[must_use]
pub fn key_names(jwks: &Value) -> Vec<String> {
    let keys = jwks.get("keys").and_then(Value::as_array);
    let kid = |key: &Value| key.get("kid")?.as_str().map(str::to_owned);
    keys.map(|keys| keys.iter().filter_map(kid).collect()).unwrap_or_default()
}

/// Where among our keys the one stands that is used: the last one that the superiors know; the first one
/// while nothing is known, and when they know none. A key that they do not know yet is announced and used for
/// nothing, so that a new one is put at the end, registered, and then takes over by itself.
#[must_use]
pub fn newest<'k>(
    ours: impl DoubleEndedIterator<Item = &'k str> + ExactSizeIterator,
    known: Option<&[String]>,
) -> usize {
    let mut ours = ours.enumerate().rev();
    let place = known.and_then(|known| ours.find(|(_, kid)| known.iter().any(|one| one == kid)));
    place.map_or(0, |(place, _)| place)
}
