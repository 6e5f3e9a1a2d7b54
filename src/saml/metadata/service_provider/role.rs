//! The part that a body plays, with exactly the contacts which the rules of that part demand.
//!
//! Not configuration: `config` reads into this, and what is against the rules cannot be built.
//! Avviso 29 v3 (public and private bodies); Avviso 19 v4 (aggregators and operators); technical
//! manual of CIE, federation. CIE knows neither aggregators nor operators.

use super::contacts::{
    Aggregator, Billing, CiePartner, CiePrivateBody, CiePublicBody, Extent, Operator, Other,
    PrivateBody, PublicBody,
};
use crate::xml::Writer;

/// Whether the law counts a body among the public ones: it decides the profile of the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sector {
    /// Public.
    Public,
    /// Private.
    Private,
}

/// The part a body plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// A public body for itself.
    Public(PublicBody),
    /// A private body for itself.
    Private {
        /// The body.
        body: PrivateBody,
        /// Who pays.
        billing: Billing,
    },
    /// Somebody for a public body.
    PublicAggregator {
        /// Who speaks for it.
        aggregator: Aggregator,
        /// The body.
        aggregated: PublicBody,
    },
    /// Somebody for a private body.
    PrivateAggregator {
        /// Who speaks for it.
        aggregator: Aggregator,
        /// The body.
        aggregated: PrivateBody,
        /// Who pays.
        billing: Billing,
    },
    /// Somebody who runs a public service. SPID has one profile for it, whether the operator is a public
    /// body or a company; the certificates differ.
    Operator {
        /// What the operator is itself.
        sector: Sector,
        /// The operator.
        operator: Operator,
    },
    /// A public body towards CIE.
    CiePublic {
        /// The body.
        body: CiePublicBody,
        /// Who runs the service for it.
        partner: Option<CiePartner>,
    },
    /// A private body towards CIE.
    CiePrivate {
        /// The body.
        body: CiePrivateBody,
        /// Who runs the service for it.
        partner: Option<CiePartner>,
    },
}

impl Role {
    /// Whether the services are public: those of a public body, or run for one.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        match self {
            Self::Public(_)
            | Self::PublicAggregator { .. }
            | Self::Operator { .. }
            | Self::CiePublic { .. } => true,
            Self::Private { .. } | Self::PrivateAggregator { .. } | Self::CiePrivate { .. } => {
                false
            }
        }
    }

    /// The code that the entity ID of an aggregator or operator contains (Avviso 19 v4).
    #[must_use]
    pub const fn activity(&self) -> Option<&'static str> {
        match self {
            Self::PublicAggregator { aggregator, .. } => {
                Some(one_of(aggregator.extent, "pub-ag-full", "pub-ag-lite"))
            }
            Self::PrivateAggregator { aggregator, .. } => {
                Some(one_of(aggregator.extent, "pri-ag-full", "pri-ag-lite"))
            }
            Self::Operator { operator, .. } => {
                Some(one_of(operator.extent, "pub-op-full", "pub-op-lite"))
            }
            Self::Public(_)
            | Self::Private { .. }
            | Self::CiePublic { .. }
            | Self::CiePrivate { .. } => None,
        }
    }

    /// The contacts; `organization` is the Italian name of the body, `certificate` the one of the key
    /// that signs, in base64.
    pub(super) fn write(&self, out: &mut Writer, organization: &str, certificate: &str) {
        match self {
            Self::Public(body) => public(body, None, organization).write(out),
            Self::Private { body, billing } => {
                private(body, None, organization).write(out);
                billing.write(out);
            }
            Self::PublicAggregator { aggregator, aggregated } => {
                let full = "spid:PublicServicesFullAggregator";
                let light = "spid:PublicServicesLightAggregator";
                speaker(aggregator, (full, light), certificate).write(out);
                public(aggregated, AGGREGATED, organization).write(out);
            }
            Self::PrivateAggregator { aggregator, aggregated, billing } => {
                let full = "spid:PrivateServicesFullAggregator";
                let light = "spid:PrivateServicesLightAggregator";
                speaker(aggregator, (full, light), certificate).write(out);
                private(aggregated, AGGREGATED, organization).write(out);
                billing.write(out);
            }
            Self::Operator { operator, .. } => {
                let full = "spid:PublicServicesFullOperator";
                let light = "spid:PublicServicesLightOperator";
                let contact = Other {
                    entity_type: AGGREGATOR,
                    ipa_code: Some(&operator.ipa_code),
                    vat_number: Some(&operator.vat_number),
                    fiscal_code: Some(&operator.fiscal_code),
                    qualifier: one_of(operator.extent, full, light),
                    validation: one_of(operator.extent, None, Some(certificate)),
                    company: organization,
                    office: &operator.office,
                };
                contact.write(out);
            }
            Self::CiePublic { body, partner } => {
                body.write(out, organization);
                technical(partner.as_ref(), out);
            }
            Self::CiePrivate { body, partner } => {
                body.write(out, "administrative", organization);
                technical(partner.as_ref(), out);
            }
        }
    }
}

const AGGREGATOR: Option<&str> = Some("spid:aggregator");
const AGGREGATED: Option<&str> = Some("spid:aggregated");

const fn one_of<T: Copy>(extent: Extent, full: T, light: T) -> T {
    match extent {
        Extent::Full => full,
        Extent::Light => light,
    }
}

fn technical(partner: Option<&CiePartner>, out: &mut Writer) {
    if let Some(partner) = partner {
        partner.body.write(out, "technical", &partner.company);
    }
}

const fn public<'a>(
    body: &'a PublicBody,
    entity_type: Option<&'static str>,
    company: &'a str,
) -> Other<'a> {
    Other {
        entity_type,
        ipa_code: Some(&body.ipa_code),
        vat_number: body.vat_number.as_ref(),
        fiscal_code: body.fiscal_code.as_ref(),
        qualifier: "spid:Public",
        validation: None,
        company,
        office: &body.office,
    }
}

const fn private<'a>(
    body: &'a PrivateBody,
    entity_type: Option<&'static str>,
    company: &'a str,
) -> Other<'a> {
    Other {
        entity_type,
        ipa_code: None,
        vat_number: body.numbers.vat(),
        fiscal_code: body.numbers.fiscal(),
        qualifier: "spid:Private",
        validation: None,
        company,
        office: &body.office,
    }
}

fn speaker<'a>(
    aggregator: &'a Aggregator,
    (full, light): (&'static str, &'static str),
    certificate: &'a str,
) -> Other<'a> {
    Other {
        entity_type: AGGREGATOR,
        ipa_code: aggregator.ipa_code.as_ref(),
        vat_number: aggregator.numbers.vat(),
        fiscal_code: aggregator.numbers.fiscal(),
        qualifier: one_of(aggregator.extent, full, light),
        validation: one_of(aggregator.extent, None, Some(certificate)),
        company: &aggregator.company,
        office: &aggregator.office,
    }
}
