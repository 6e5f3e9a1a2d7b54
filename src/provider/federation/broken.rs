//! Why a relying party of a federation is not taken, as a fault.
//!
//! Not the judgement: `federation` says which link is wrong, and with what.

use crate::fault::Fault;
use crate::federation::{Broken, Flaw, Kind};

/// The fault of a chain that does not hold; the link, the clause and the reason are the operator's.
pub(super) fn fault(broken: Broken) -> Fault {
    let slug = match (&broken.flaw, broken.kind()) {
        (Flaw::NoAnchor, _) => "federated-client-anchor",
        (Flaw::Mark { .. } | Flaw::Withdrawn(_), _) => "federated-client-mark",
        (Flaw::EntityType(_) | Flaw::Policy(_), _) => "federated-client-metadata",
        (_, Kind::Outage) => "federated-client-unreachable",
        (_, Kind::Limit) => "federated-client-throttled",
        _ => "federated-client-chain",
    };
    let clause = broken.clause();
    Fault::of_slug(slug).with_detail(clause).caused_by(broken)
}
