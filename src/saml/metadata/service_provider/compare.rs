//! What a change of our metadata costs: comparing what would be published with what was registered.
//!
//! Not the reading of either: [`Stated`] does that. AgID, and the CIE federation, approve what a
//! document states, and providers hear of it later: what they do not know yet does not work.

use std::fmt;

use super::stated::{Fact, Stated};

/// What a comparison comes to, the dearest difference first in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Both state the same: signing anew, or another order of elements, costs nothing.
    Harmless,
    /// It has to be approved again.
    Reapproval,
    /// It has to be approved again, and until providers have read it logins fail.
    Breaks,
}

/// One thing that the two documents state differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub fact: Fact,
    /// What the registered document says.
    pub was: Option<String>,
    /// What would be published.
    pub is: Option<String>,
    /// What it costs.
    pub weight: Weight,
    /// What follows, and what to do instead.
    pub consequence: &'static str,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.was, &self.is) {
            (Some(was), Some(is)) if was == is => write!(f, "{}: {is}", self.fact)?,
            (Some(was), Some(is)) => write!(f, "{}: was {was}; would be {is}", self.fact)?,
            (Some(was), None) => write!(f, "{}: gone; was {was}", self.fact)?,
            (None, is) => write!(f, "{}: new; {}", self.fact, is.as_deref().unwrap_or_default())?,
        }
        let word = match self.weight {
            Weight::Harmless => "harmless",
            Weight::Reapproval => "needs approval",
            Weight::Breaks => "BREAKS LOGINS",
        };
        write!(f, "\n  {word}: {}", self.consequence)
    }
}

/// Every difference, in the order of [`Fact`].
#[must_use]
pub fn compare(registered: &Stated, current: &Stated) -> Vec<Difference> {
    let mut facts: Vec<&Fact> = registered.facts().chain(current.facts()).collect();
    facts.sort_unstable();
    facts.dedup();
    let mut found = Vec::new();
    for fact in facts {
        let (was, is) = (registered.get(fact), current.get(fact));
        if was != is {
            let (weight, consequence) = judge(fact, was, is, current);
            let owned = |value: Option<&str>| value.map(str::to_owned);
            let (was, is) = (owned(was), owned(is));
            found.push(Difference { fact: fact.clone(), was, is, weight, consequence });
        }
    }
    found
}

/// The dearest of them.
#[must_use]
pub fn weight(differences: &[Difference]) -> Weight {
    differences.iter().map(|difference| difference.weight).max().unwrap_or(Weight::Harmless)
}

fn judge(
    fact: &Fact,
    was: Option<&str>,
    is: Option<&str>,
    current: &Stated,
) -> (Weight, &'static str) {
    match (fact, was.is_some(), is.is_some()) {
        (Fact::EntityId, ..) => (
            Weight::Breaks,
            "to providers this is another service: they refuse its requests, and answers under way name \
             the old one. Register it as a tenant of its own and move relying parties later",
        ),
        (Fact::SigningKey(print), false, _) if current.signer() == Some(print) => (
            Weight::Breaks,
            "requests would be signed with a key that providers do not have. Publish it first as \
             next_certificate_file, and sign with it when they have read that",
        ),
        (Fact::SigningKey(_), false, _) => (
            Weight::Reapproval,
            "published before it is used: once providers have read it, sign with it",
        ),
        (Fact::SigningKey(_), true, _) => (
            Weight::Reapproval,
            "nothing may be signed with it any more once providers have read the new document",
        ),
        (Fact::EncryptionKey(_), true, false) => (
            Weight::Reapproval,
            "providers encrypt for it until they have read the new document: keep its key as \
             decryption_key_file until then",
        ),
        (Fact::Consumer(_), true, false) => (
            Weight::Breaks,
            "answers under way arrive where nobody listens, and relying parties that name it fail. Keep \
             the index for ever",
        ),
        (Fact::Consumer(_), true, true) => (
            Weight::Breaks,
            "providers answer to the old address until they have read the new document. Add another index \
             instead",
        ),
        (Fact::AttributeSet(_), true, false) => {
            (Weight::Breaks, "relying parties that ask for it fail. Keep the index for ever")
        }
        (Fact::AttributeSet(_), true, true) => (
            Weight::Breaks,
            "until they have read the new document providers give the attributes of the old one. Add \
             another index instead",
        ),
        (Fact::Consumer(_) | Fact::AttributeSet(_), false, _) => (
            Weight::Reapproval,
            "no relying party may name it before providers have read the new document",
        ),
        (Fact::AgeLimit(_), ..) => {
            (Weight::Reapproval, "providers apply the registered limit until they have read it")
        }
        (Fact::Logout(_), true, _) => (
            Weight::Reapproval,
            "providers send logouts to the old address until they have read it",
        ),
        _ => (Weight::Reapproval, "people and providers see the registered text until then"),
    }
}
