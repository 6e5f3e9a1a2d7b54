//! The level that satisfies a request: `acr_values`, an `acr` claim, and the client's floor.
//!
//! Not what is achieved: the assertion proves that, and a login that falls short is refused.

use super::{Asked, Draft};
use crate::fault::Fault;
use crate::terms::{DeskDemand, Level};

/// What the claims parameter says about `acr` in the ID token.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// The values, in order of preference.
    pub(super) values: Vec<String>,
    /// Whether they must be met.
    pub(super) essential: bool,
}

/// The strictest of the three: the first preference that Varco knows, the lowest essential value (a
/// level above it satisfies it), and the floor of the client.
pub(super) fn check(asked: &Asked<'_>, draft: &mut Draft) -> Result<(), Fault> {
    let wanted = std::mem::take(&mut draft.acr);
    let named = || wanted.values.iter().filter_map(|uri| Level::from_uri(uri));
    let values = asked.parameters.get("acr_values");
    let preferred = match values {
        Some(values) => values.split(' ').find_map(Level::from_uri),
        None if wanted.values.is_empty() => asked.client.protocol.requests.default_level,
        None => named().next(),
    };
    draft.desk = demand(asked, &wanted, preferred.is_some());
    let mut level = preferred.unwrap_or(Level::L1).max(asked.client.minimum_level);
    if wanted.essential && !wanted.values.is_empty() {
        let class = matches!(draft.desk, DeskDemand::AtLeast(_));
        let lowest = match named().min() {
            Some(lowest) => lowest,
            // Of our own classes alone: by no level is it satisfied, so none is too low for it.
            None if class => Level::L1,
            None => return Err(Fault::of_slug("acr-unmet")),
        };
        // A preference read from the same list must not raise what that list accepts.
        level = match values {
            Some(_) => level.max(lowest),
            None => lowest.max(asked.client.minimum_level),
        };
        draft.claims.essential_acr = wanted.values;
    }
    draft.level = level;
    Ok(())
}

/// What is demanded of a credential of the help desk: the weakest of its classes that is named, or, where
/// only levels are, what it never satisfies.
fn demand(asked: &Asked<'_>, wanted: &Wanted, level: bool) -> DeskDemand {
    let values = asked.parameters.get("acr_values").unwrap_or_default();
    let named = values.split(' ').chain(wanted.values.iter().map(String::as_str));
    let named = named.filter_map(|value| asked.classes.iter().find(|(uri, _)| uri == value));
    match named.map(|(_, strength)| *strength).min() {
        Some(least) => DeskDemand::AtLeast(least),
        None if level => DeskDemand::Level,
        None => DeskDemand::Nothing,
    }
}
