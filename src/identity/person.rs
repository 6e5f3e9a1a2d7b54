//! The person: parsed values only.
//!
//! Not the provider's words: [`Identity::from_upstream`] is the one place where they become values.
//! A value that is not essential and has a wrong form is absent, never guessed; operators hear of it
//! by attribute name alone.

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::values::{CompanyCode, Day, Email, Gender, Phone, Place, Text, VatNumber};
use super::{Certainty, DeskProof, EidasIdentifier, FiscalCode, Matched, UpstreamIdentity};
use crate::effects::Timestamp;
use crate::oidc::client::MatchingMode;
use crate::oidc::{Client, ClientId};
use crate::terms::{DeskDemand, Level};

/// Where a proof came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// `spid`, `cie`, …: the `auth_method` claim.
    pub auth_method: String,
    /// The provider's entity ID: the `idp` claim.
    pub provider: String,
}

/// Why a proof is no person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityFault {
    /// There is a `fiscalNumber`, and it is no Italian fiscal code.
    #[error("the fiscalNumber is no fiscal code")]
    FiscalCodeInvalid,
    /// Nothing names the person: no fiscal code and no code of the provider's own.
    #[error("neither fiscalNumber nor spidCode identifies the person")]
    Incomplete,
    /// There is an identifier of eIDAS, and it is not one of another state's for Italy.
    #[error("the eIDAS identifier is not one of another state for Italy")]
    EidasIdentifierInvalid,
}

impl IdentityFault {
    /// All of them, for the catalogue's own test.
    pub const ALL: [Self; 3] =
        [Self::FiscalCodeInvalid, Self::Incomplete, Self::EidasIdentifierInvalid];

    /// The slug of its row in the fault catalogue.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::FiscalCodeInvalid => "fiscal-code-invalid",
            Self::Incomplete => "identity-incomplete",
            Self::EidasIdentifierInvalid => "eidas-identifier-invalid",
        }
    }
}

macro_rules! optional_values {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            $(
                $(#[$field_doc])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )*
        }

        impl $name {
            fn is_empty(&self) -> bool {
                $(self.$field.is_none())&&*
            }
        }
    };
}

optional_values! {
    /// Names, birth, gender.
    Profile {
        /// First names.
        given_name: Text,
        /// Last names.
        family_name: Text,
        /// Day of birth.
        birthdate: Day,
        /// Place of birth.
        birth_place: Place,
        /// Province of birth, two letters.
        birth_province: Text,
        /// `F` or `M`.
        gender: Gender,
    }
}

optional_values! {
    /// How to reach the person.
    Contact {
        /// E-mail; no provider says whether it was verified.
        email: Email,
        /// Mobile telephone.
        phone: Phone,
        /// Certified mail (*domicilio digitale*).
        digital_address: Email,
    }
}

optional_values! {
    /// Where the person lives.
    Address {
        /// One line, when the provider sends no parts.
        formatted: Text,
        /// Street and number.
        street: Text,
        /// Postal code.
        postal_code: Text,
        /// Municipality.
        municipality: Text,
        /// Province.
        province: Text,
        /// Nation.
        nation: Text,
    }
}

optional_values! {
    /// The legal person somebody acts for (SPID for professional use), or that itself came (eIDAS).
    Organisation {
        /// Its identifier, from another state.
        eidas_identifier: EidasIdentifier,
        /// Company name.
        name: Text,
        /// Registered office, one line.
        registered_office: Text,
        /// VAT number with its prefix.
        vat_number: VatNumber,
        /// Fiscal code of the company with its prefix.
        fiscal_code: CompanyCode,
    }
}

/// The person, in parsed values only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// What the assertion proved.
    pub level: Level,
    /// Who proved it.
    pub origin: Origin,
    /// When the person authenticated.
    pub authenticated_at: Timestamp,
    /// The fiscal code, as the provider sent it: absent rather than guessed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal_code: Option<FiscalCode>,
    /// The proof of a credential of the help desk, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<Box<DeskProof>>,
    /// The provider's own code for the person; another provider has another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spid_code: Option<Text>,
    /// The identifier from another state: whoever has one has no fiscal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eidas_identifier: Option<EidasIdentifier>,
    /// The fiscal code that somebody from another state was matched with. It makes nobody another subject,
    /// so it never stands in `fiscal_code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<Matched>,
    /// When the digital identity (not the person's document) expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Day>,
    /// Names, birth, gender.
    #[serde(default, skip_serializing_if = "Profile::is_empty")]
    pub profile: Profile,
    /// How to reach the person.
    #[serde(default, skip_serializing_if = "Contact::is_empty")]
    pub contact: Contact,
    /// Where the person lives.
    #[serde(default, skip_serializing_if = "Address::is_empty")]
    pub address: Address,
    /// The legal person somebody acts for.
    #[serde(default, skip_serializing_if = "Organisation::is_empty")]
    pub organisation: Organisation,
    /// The identity document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Box<Document>>,
}

impl Identity {
    /// Parses what an upstream proved. Every value is trimmed once.
    ///
    /// # Errors
    /// When the fiscal code is malformed, or nothing identifies the person.
    pub fn from_upstream(proof: &UpstreamIdentity) -> Result<Self, IdentityFault> {
        let mut dropped = Vec::new();
        let identity = Self::parse(proof, &mut dropped)?;
        if !dropped.is_empty() {
            let attributes = dropped.join(" ");
            tracing::warn!(
                upstream = proof.upstream,
                provider = proof.provider,
                attributes,
                "attributes dropped: their values have another form than the rules say"
            );
        }
        Ok(identity)
    }

    /// Whether both are one person, as far as their identifiers say.
    #[must_use]
    pub fn is_same_person(&self, other: &Self) -> bool {
        let codes = (&self.spid_code, &self.origin.provider);
        match (&self.fiscal_code, &self.eidas_identifier) {
            (Some(code), _) => other.fiscal_code.as_ref() == Some(code),
            (None, Some(identifier)) => other.eidas_identifier.as_ref() == Some(identifier),
            (None, None) => {
                other.fiscal_code.is_none()
                    && other.eidas_identifier.is_none()
                    && self.organisation.eidas_identifier == other.organisation.eidas_identifier
                    && codes == (&other.spid_code, &other.origin.provider)
            }
        }
    }

    /// Whether this is somebody from another state, whose fiscal code no provider says: the only person
    /// who is ever matched with one.
    #[must_use]
    pub const fn can_be_matched(&self) -> bool {
        self.fiscal_code.is_none() && self.eidas_identifier.is_some()
    }

    /// The person as a client is told of them: with the matched fiscal code only where that client takes
    /// it, so that nothing that is kept for it holds more.
    #[must_use]
    pub fn told_to(mut self, client: &Client) -> Self {
        let policy = client.mandate.matching;
        self.matched = self.matched.filter(|_| policy.mode != MatchingMode::Off);
        if let Some(matched) = &mut self.matched
            && !matched.certainty.suffices(policy)
        {
            matched.fiscal_code = None;
        }
        self
    }

    /// The fiscal code that a client is told: the provider's, or else the matched one.
    #[must_use]
    pub fn told_fiscal_code(&self) -> Option<&FiscalCode> {
        let matched = self.matched.as_ref().and_then(|matched| matched.fiscal_code.as_ref());
        self.fiscal_code.as_ref().or(matched)
    }

    /// What `acr` says: the level, or the class of a credential of the help desk.
    #[must_use]
    pub fn acr(&self) -> &str {
        self.desk.as_ref().map_or_else(|| self.level.uri(), |desk| &desk.acr)
    }

    /// Whether it opens that service: a credential of the help desk opens those that it was issued for.
    #[must_use]
    pub fn opens(&self, client: &ClientId) -> bool {
        let names = |one: &String| one == client.as_str();
        self.desk.as_ref().is_none_or(|desk| desk.services.iter().any(names))
    }

    /// Whether it satisfies what a request demands of credentials of the help desk; of anything else it
    /// demands nothing there.
    #[must_use]
    pub fn meets(&self, demand: DeskDemand) -> bool {
        self.desk.as_ref().is_none_or(|desk| demand.is_met_by(desk.strength))
    }

    /// The fiscal code that somebody else than the person vouches for: the provider's, or a verified match.
    /// Roles and records rest on it, never on the person's own word.
    #[must_use]
    pub fn vouched_fiscal_code(&self) -> Option<&FiscalCode> {
        let matched = self.matched.as_ref();
        let verified = matched.filter(|matched| matched.certainty == Certainty::Verified);
        let verified = verified.and_then(|matched| matched.fiscal_code.as_ref());
        self.fiscal_code.as_ref().or(verified)
    }

    /// `none`, or how sure the match is; `None` for whoever is never matched.
    #[must_use]
    pub fn fiscal_number_match(&self) -> Option<&'static str> {
        let matched = self.matched.as_ref();
        self.can_be_matched().then(|| matched.map_or("none", |matched| matched.certainty.name()))
    }

    /// The person, and the names of the attributes whose values were dropped.
    fn parse(
        proof: &UpstreamIdentity,
        dropped: &mut Vec<&'static str>,
    ) -> Result<Self, IdentityFault> {
        let mut values = Values { proof, dropped };
        let fiscal_code = values
            .raw("fiscalNumber")
            .map(FiscalCode::from_tax_number)
            .transpose()
            .map_err(|_| IdentityFault::FiscalCodeInvalid)?;
        let spid_code = values.get("spidCode", Text::parse);
        let eidas_identifier = values.eidas("PersonIdentifier")?;
        let organisation_identifier = values.eidas("LegalPersonIdentifier")?;
        let from_abroad = eidas_identifier.is_some() || organisation_identifier.is_some();
        if fiscal_code.is_none() && spid_code.is_none() && !from_abroad {
            return Err(IdentityFault::Incomplete);
        }
        Ok(Self {
            level: proof.level,
            origin: Origin {
                auth_method: proof.upstream.clone(),
                provider: proof.provider.clone(),
            },
            authenticated_at: proof.authenticated_at,
            fiscal_code,
            desk: proof.desk.clone(),
            spid_code,
            eidas_identifier,
            matched: None,
            expires: values.get("expirationDate", Day::parse),
            profile: Profile {
                given_name: values.get("name", Text::parse),
                family_name: values.get("familyName", Text::parse),
                birthdate: values.get("dateOfBirth", Day::parse),
                birth_place: values.get("placeOfBirth", Place::parse),
                birth_province: values.get("countyOfBirth", Text::parse),
                gender: values.get("gender", Gender::parse),
            },
            contact: Contact {
                email: values.get("email", Email::parse),
                phone: values.get("mobilePhone", Phone::parse),
                digital_address: values.get("digitalAddress", Email::parse),
            },
            address: Address {
                formatted: values.get("address", Text::parse),
                street: values.get("domicileStreetAddress", Text::parse),
                postal_code: values.get("domicilePostalCode", Text::parse),
                municipality: values.get("domicileMunicipality", Text::parse),
                province: values.get("domicileProvince", Text::parse),
                nation: values.get("domicileNation", Text::parse),
            },
            organisation: Organisation {
                eidas_identifier: organisation_identifier,
                name: values.get("companyName", Text::parse),
                registered_office: values.get("registeredOffice", Text::parse),
                vat_number: values.get("ivaCode", VatNumber::parse),
                fiscal_code: values.get("companyFiscalNumber", CompanyCode::parse),
            },
            document: values.get("idCard", Document::parse).map(Box::new),
        })
    }
}

/// Raw values on their way to parsed ones.
struct Values<'a> {
    proof: &'a UpstreamIdentity,
    dropped: &'a mut Vec<&'static str>,
}

impl<'a> Values<'a> {
    /// The trimmed value; an empty one is absent.
    fn raw(&self, name: &str) -> Option<&'a str> {
        let value = self.proof.attributes.get(name)?.trim_ascii();
        (!value.is_empty()).then_some(value)
    }

    /// An identifier of eIDAS: absent, or right.
    fn eidas(&self, name: &str) -> Result<Option<EidasIdentifier>, IdentityFault> {
        let parsed = self.raw(name).map(EidasIdentifier::parse);
        parsed.map(|found| found.ok_or(IdentityFault::EidasIdentifierInvalid)).transpose()
    }

    /// The parsed value; one that does not parse is absent, and its name is noted.
    fn get<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let parsed = parse(self.raw(name)?);
        if parsed.is_none() {
            self.dropped.push(name);
        }
        parsed
    }
}

#[cfg(test)]
mod tests;
