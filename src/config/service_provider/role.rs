//! `role`: which part a body plays, and the tables of contacts that go with it.
//!
//! Not the rules of metadata: the types of `saml` have them. Here every table that the role does not
//! have is a mistake, because somebody wrote it for another role.

use super::super::Problems;
use super::Body;
use super::contact::Table;
use crate::saml::metadata::service_provider::contacts::Extent;
use crate::saml::metadata::service_provider::{Role, Sector};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Public,
    Private,
    PublicAggregator(Extent),
    PrivateAggregator(Extent),
    Operator(Sector, Extent),
}

/// What SPID, and the eIDAS node with it, knows.
const SPID: &[(&str, Part)] = &[
    ("public", Part::Public),
    ("private", Part::Private),
    ("public-aggregator-full", Part::PublicAggregator(Extent::Full)),
    ("public-aggregator-light", Part::PublicAggregator(Extent::Light)),
    ("private-aggregator-full", Part::PrivateAggregator(Extent::Full)),
    ("private-aggregator-light", Part::PrivateAggregator(Extent::Light)),
    ("public-operator-full", Part::Operator(Sector::Public, Extent::Full)),
    ("public-operator-light", Part::Operator(Sector::Public, Extent::Light)),
    ("private-operator-full", Part::Operator(Sector::Private, Extent::Full)),
    ("private-operator-light", Part::Operator(Sector::Private, Extent::Light)),
];

/// CIE has neither aggregators nor operators.
const CIE: &[(&str, Part)] = &[("public", Part::Public), ("private", Part::Private)];

/// Reads the role and its contacts; `None` when something is missing or wrong.
pub(super) fn read(body: Body<'_, '_>, cie: bool, problems: &mut Problems) -> Option<Role> {
    let Body { section, upstream, .. } = body;
    let part = section.word("role", if cie { CIE } else { SPID }, problems)?;
    let aggregated = matches!(part, Part::PublicAggregator(_) | Part::PrivateAggregator(_));
    let billed = !cie && matches!(part, Part::Private | Part::PrivateAggregator(_));
    // In the section of an upstream with tenants it is theirs.
    let spoken = aggregated || section.has("tenant");
    for (table, wanted) in [("aggregator", spoken), ("billing", billed), ("technical_contact", cie)]
    {
        if !wanted && section.section(table, problems).present() {
            section.wrong(
                problems,
                table,
                "is a table that this role does not have",
                "remove it, or write the role that it belongs to",
            );
        }
    }
    let contact = section.section("contact", problems);
    if cie {
        let technical = section.section("technical_contact", problems);
        let partner = technical
            .present()
            .then(|| Table::new(&technical, problems).cie_partner().ok_or(()))
            .transpose();
        let contact = Table::new(&contact, problems);
        return if part == Part::Public {
            let body = contact.cie_public();
            Some(Role::CiePublic { body: body?, partner: partner.ok()? })
        } else {
            let body = contact.cie_private();
            Some(Role::CiePrivate { body: body?, partner: partner.ok()? })
        };
    }
    let aggregator = |extent, problems: &mut Problems| {
        // One aggregator speaks for all of its bodies.
        let own = section.section("aggregator", problems);
        let shared = upstream.section("aggregator", problems);
        Table::new(if own.present() { &own } else { &shared }, problems).aggregator(extent)
    };
    let billing = |problems: &mut Problems| {
        let table = section.section("billing", problems);
        Table::new(&table, problems).billing()
    };
    match part {
        Part::Public => Table::new(&contact, problems).public().map(Role::Public),
        Part::Private => {
            let body = Table::new(&contact, problems).private();
            let billing = billing(problems);
            Some(Role::Private { body: body?, billing: billing? })
        }
        Part::PublicAggregator(extent) => {
            let aggregator = aggregator(extent, problems);
            let aggregated = Table::new(&contact, problems).public();
            Some(Role::PublicAggregator { aggregator: aggregator?, aggregated: aggregated? })
        }
        Part::PrivateAggregator(extent) => {
            let aggregator = aggregator(extent, problems);
            let aggregated = Table::new(&contact, problems).private();
            let billing = billing(problems);
            Some(Role::PrivateAggregator {
                aggregator: aggregator?,
                aggregated: aggregated?,
                billing: billing?,
            })
        }
        Part::Operator(sector, extent) => {
            let operator = Table::new(&contact, problems).operator(extent);
            Some(Role::Operator { sector, operator: operator? })
        }
    }
}
