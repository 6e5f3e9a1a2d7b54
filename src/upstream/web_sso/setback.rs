//! A rejection, or what is wrong on our side, as a setback.
//!
//! Not the texts about it: the catalogue of faults has those, by slug.

use super::super::contract::{Kind, Setback};
use crate::saml::{Rejected, Rejection};

pub(super) fn setback_of(rejected: Rejected) -> Setback {
    let kind = match rejected.cause {
        Rejection::Refused(_) => Kind::Refused,
        _ => Kind::Rejected,
    };
    Setback { kind, slug: rejected.cause.slug(), detail: rejected.detail }
}

pub(super) fn malformed(clause: &str) -> Setback {
    let (kind, slug) = (Kind::Rejected, Rejection::Malformed.slug());
    Setback { kind, slug, detail: clause.to_owned() }
}

pub(super) fn internal(detail: &str) -> Setback {
    unavailable("internal", detail)
}

pub(super) fn unavailable(slug: &'static str, detail: &str) -> Setback {
    Setback { kind: Kind::Unavailable, slug, detail: detail.to_owned() }
}
