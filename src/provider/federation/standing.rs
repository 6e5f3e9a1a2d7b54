//! How our provider stands with its superiors: which of its federation keys they vouch for, and whether a
//! chain leads up to its anchors.
//!
//! Not on anybody's account: the broker looks by itself, and so does the doctor. Not a choice of ours alone: a
//! key that no superior knows yet is published and signs nothing.

use std::sync::Arc;

use super::{Membership, MembershipSettings};
use crate::crypto::signer::Signer;
use crate::effects::Effects;
use crate::federation::{Federation, Superiors, key_names, newest};

/// What the superiors say of us, as far as they were asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Names of the federation keys that every superior vouches for; `None`: nobody was asked yet.
    known: Option<Vec<String>>,
    /// What is wrong, one sentence each.
    problems: Vec<String>,
}

impl Standing {
    /// Asks all superiors. While one does not answer, what was known stays.
    async fn ask(
        settings: &MembershipSettings,
        keys: &[Arc<dyn Signer>],
        superiors: &Superiors,
        earlier: Option<Vec<String>>,
        fx: &Effects,
    ) -> Self {
        let (mut said, mut problems): (Option<Vec<String>>, _) = (None, Vec::new());
        for superior in &settings.superiors {
            match superiors.statement(superior, &settings.id, fx).await {
                Ok(statement) => {
                    let theirs = statement.claims().get("jwks").map(key_names).unwrap_or_default();
                    said = Some(match said {
                        Some(said) => said.into_iter().filter(|kid| theirs.contains(kid)).collect(),
                        None => theirs,
                    });
                }
                Err(why) => {
                    problems.push(format!("{superior} says nothing of {}: {why}", settings.id));
                }
            }
        }
        let known = if problems.is_empty() { said } else { earlier };
        let first = keys.first().map_or("", |key| key.public().kid());
        let ours = |kid: &String| keys.iter().any(|key| key.public().kid() == kid.as_str());
        if known.as_ref().is_some_and(|known| !known.iter().any(ours)) {
            problems.push(format!(
                "the superiors vouch for none of the federation keys of {}, so nobody believes what it \
                 says of itself: register the key {first} with them (OpenID Federation 1.0, section 3.1)",
                settings.id
            ));
        }
        Self { known, problems }
    }

    /// Our keys, the one that signs first.
    pub(super) fn ordered(&self, keys: &[Arc<dyn Signer>]) -> Vec<Arc<dyn Signer>> {
        let mut keys = keys.to_vec();
        let signs = newest(keys.iter().map(|key| key.public().kid()), self.known.as_deref());
        if let Some(earlier) = keys.get_mut(..=signs) {
            earlier.rotate_right(1);
        }
        keys
    }
}

impl Membership {
    /// Asks the superiors what they say of us, and signs with the newest key that they know.
    pub async fn check(&self) {
        let (settings, keys, fx) = (&self.settings, &self.keys, &self.broker.fx);
        let earlier = self.standing.load_full();
        let known = earlier.known.clone();
        let standing = Standing::ask(settings, keys, &self.superiors, known, fx).await;
        if *earlier != standing {
            self.standing.store(Arc::new(standing));
            self.renew();
        }
    }

    /// What is wrong between our keys and what the superiors say, one sentence each.
    #[must_use]
    pub fn discord(&self) -> Vec<String> {
        self.standing.load().problems.clone()
    }
}

/// Every link between a provider of ours and its anchors, by name: how it is, or what is wrong with it. The
/// superiors are asked, and our own configuration where everybody finds it.
pub async fn links(
    settings: &MembershipSettings,
    keys: &[Arc<dyn Signer>],
    federation: &Federation,
    superiors: &Superiors,
    fx: &Effects,
) -> Vec<(String, Result<String, String>)> {
    let standing = Standing::ask(settings, keys, superiors, None, fx).await;
    let name = format!("federation {} up to its superiors", settings.id);
    let signs = standing.ordered(keys);
    let signs = signs.first().map_or("", |key| key.public().kid());
    let mut links = Vec::new();
    if standing.problems.is_empty() {
        links.push((name, Ok(format!("registered; statements are signed with {signs}"))));
    } else {
        links.extend(standing.problems.into_iter().map(|problem| (name.clone(), Err(problem))));
    }
    for anchor in federation.anchors() {
        let name = format!("federation {} up to {}", settings.id, anchor.id);
        let found = match federation.traced_to(&settings.id, &anchor.id, fx).await {
            Ok(chain) if chain.metadata("openid_provider").is_none() => {
                Err("its superiors leave no openid_provider of it (section 6.2)".to_owned())
            }
            Ok(chain) => Ok(format!("good until {}", chain.expires().rfc3339())),
            Err(broken) => Err(format!("{broken} ({})", broken.clause())),
        };
        links.push((name, found));
    }
    for broken in federation.know_issuers(fx).await {
        let name = format!("federation {} and who issues marks", settings.id);
        links.push((name, Err(format!("{broken} ({})", broken.clause()))));
    }
    links
}
