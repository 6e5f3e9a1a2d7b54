//! Our own registration: what the superiors say of an entity of ours, and the trust marks they give it (CIE
//! id rules, onboarding).
//!
//! Not how they are asked: `federation` does that for every entity of ours.

use serde_json::Value;

use super::party::{Party, Said, published};
use super::settings::OpenIdConfig;
use crate::effects::Effects;
use crate::federation::{self, SubordinateStatement, key_names};

/// How superiors are asked.
#[derive(Clone, Debug)]
pub(super) struct Superiors(federation::Superiors);

impl Superiors {
    pub(super) fn new(config: &OpenIdConfig) -> Self {
        let reach = federation::Reach {
            allowed: config.reach.private.clone(),
            development: config.reach.development,
        };
        Self(federation::Superiors::new(vec![config.anchor.clone()], reach))
    }

    /// What all superiors of `party` say, and what went wrong. `None` when one of them did not answer: what
    /// is known stays.
    pub(super) async fn ask(&self, party: &Party, fx: &Effects) -> (Option<Said>, Vec<String>) {
        let (mut all, mut problems) = (Vec::new(), Vec::new());
        for superior in &party.entity.superiors {
            match self.0.statement(superior, &party.entity.id, fx).await {
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
        federation: claims.get("jwks").map(key_names),
        core: pinned.map(key_names),
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
