//! Our own registration: what the superiors say of an entity of ours, and the trust marks they give it (CIE
//! id rules, onboarding).
//!
//! Not a chain: nobody has to prove us to ourselves. A superior that is the anchor is believed under its
//! pinned keys; another one under the keys it publishes, which is enough to see what it says of us.

use std::time::Duration;

use serde_json::Value;

use super::party::{Party, Said, published};
use super::settings::OpenIdConfig;
use crate::effects::{Effects, FetchLimits, FetchRequest, FetchUrl};
use crate::federation::{EntityConfiguration, EntityId, Reader, SubordinateStatement, TrustAnchor};

const LIMITS: FetchLimits = FetchLimits { octets: 1024 * 1024, time: Duration::from_secs(10) };
const STATEMENT: &str = "application/entity-statement+jwt";

/// How superiors are asked.
#[derive(Clone, Debug)]
pub(super) struct Superiors {
    anchor: TrustAnchor,
    private: Vec<String>,
    development: bool,
}

impl Superiors {
    pub(super) fn new(config: &OpenIdConfig) -> Self {
        Self {
            anchor: config.anchor.clone(),
            private: config.reach.private.clone(),
            development: config.reach.development,
        }
    }

    /// What all superiors of `party` say, and what went wrong. `None` when one of them did not answer: what
    /// is known stays.
    pub(super) async fn ask(&self, party: &Party, fx: &Effects) -> (Option<Said>, Vec<String>) {
        let (mut all, mut problems) = (Vec::new(), Vec::new());
        for superior in &party.entity.superiors {
            match self.statement(superior, &party.entity.id, fx).await {
                Ok(statement) => all.push(of(&statement)),
                Err(why) => problems.push(format!(
                    "tenant {}: {} says nothing of {}: {why}",
                    party.entity.tenant,
                    superior.as_str(),
                    party.entity.id.as_str()
                )),
            }
        }
        let said = problems.is_empty().then(|| all.into_iter().reduce(both)).flatten();
        (said, problems)
    }

    /// The superior's statement about `subject`.
    async fn statement(
        &self,
        superior: &EntityId,
        subject: &EntityId,
        fx: &Effects,
    ) -> Result<SubordinateStatement, String> {
        let reader = Reader {
            dialect: self.anchor.dialect,
            now: fx.now(),
            development: self.development,
            registering: false,
        };
        let token = self.get(&superior.configuration_url(), &[], fx).await?;
        let own = if *superior == self.anchor.id {
            let pinned = std::slice::from_ref(&self.anchor.keys);
            EntityConfiguration::verify_anchor(&token, &self.anchor, pinned, &reader)
        } else {
            EntityConfiguration::verify(&token, superior, &reader)
        };
        let own = own.map_err(|flaw| format!("its own configuration: {flaw}"))?;
        let endpoint =
            own.endpoint("federation_fetch_endpoint").map_err(|flaw| flaw.to_string())?;
        let token = self.get(endpoint, &[("sub", subject.as_str())], fx).await?;
        SubordinateStatement::verify(&token, superior, subject, own.keys(), &reader)
            .map_err(|flaw| flaw.to_string())
    }

    async fn get(&self, url: &str, query: &[(&str, &str)], fx: &Effects) -> Result<String, String> {
        let url = FetchUrl::parse(url, &self.private, self.development)
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

/// What one statement says of us.
fn of(statement: &SubordinateStatement) -> Said {
    let claims = statement.claims();
    let marks = claims.get("trust_marks").and_then(Value::as_array);
    let pinned = claims
        .get("metadata_policy")
        .and_then(|policy| policy.get("openid_relying_party")?.get("jwks")?.get("value"))
        .or_else(|| claims.get("metadata")?.get("openid_relying_party")?.get("jwks"));
    Said {
        marks: published(marks.map_or(&[], Vec::as_slice)),
        federation: claims.get("jwks").map(kids),
        core: pinned.map(kids),
    }
}

/// What two superiors say together: a key counts that both know.
fn both(one: Said, other: Said) -> Said {
    let common = |one: Option<Vec<String>>, other: Option<Vec<String>>| match (one, other) {
        (Some(one), Some(other)) => {
            Some(one.into_iter().filter(|kid| other.contains(kid)).collect())
        }
        (one, other) => one.or(other),
    };
    let mut marks = one.marks;
    marks.extend(other.marks);
    Said {
        marks,
        federation: common(one.federation, other.federation),
        core: common(one.core, other.core),
    }
}

fn kids(jwks: &Value) -> Vec<String> {
    let keys = jwks.get("keys").and_then(Value::as_array);
    let kid = |key: &Value| key.get("kid")?.as_str().map(str::to_owned);
    keys.map(|keys| keys.iter().filter_map(kid).collect()).unwrap_or_default()
}
