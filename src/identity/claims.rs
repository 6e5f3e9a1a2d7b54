//! Claims: THE table of what a relying party may see, and under which name.
//!
//! Not a way around scopes: a claim asked for by name (OpenID Connect Core 1.0, section 5.5) is
//! released only if a scope that the client is entitled to covers it. The names of the `eid` profile are
//! those of SPID and CIE by OpenID Connect; the `flat` ones survive proxies that split names on dots
//! and slashes.

use serde_json::{Map, Value, json};

use super::values::{Day, Place, Text};
use super::{Identity, Organisation, Profile};
use crate::oidc::{ClaimsProfile, Scope, Scopes};
use crate::terms::Level;

/// One claim.
#[derive(Debug)]
pub struct Claim {
    /// Its name in the `eid` profile.
    pub eid: Option<&'static str>,
    /// Its name in the `flat` profile.
    pub flat: Option<&'static str>,
    /// The scope that covers it.
    pub scope: Scope,
    /// Its value, if the person has one.
    pub value: fn(&Identity) -> Option<Value>,
}

/// Every claim about a person. To add one, add a row.
#[rustfmt::skip]
pub static CLAIMS: &[Claim] = &[
    row(Some("given_name"),                                          Some("given_name"),                Scope::Profile,      |id| text(id.profile.given_name.as_ref()?.as_str())),
    row(Some("family_name"),                                         Some("family_name"),               Scope::Profile,      |id| text(id.profile.family_name.as_ref()?.as_str())),
    row(Some("name"),                                                Some("name"),                      Scope::Profile,      |id| full_name(&id.profile)),
    row(Some("birthdate"),                                           Some("birthdate"),                 Scope::Profile,      |id| text(id.profile.birthdate.as_ref()?.as_str())),
    row(Some("gender"),                                              Some("gender"),                    Scope::Profile,      |id| text(id.profile.gender?.openid())),
    row(Some("place_of_birth"),                                      None,                              Scope::Profile,      |id| place_of_birth(&id.profile)),
    row(None,                                                        Some("birth_place_code"),          Scope::Profile,      |id| text(id.profile.birth_place.as_ref()?.cadastral_code()?)),
    row(None,                                                        Some("birth_place"),               Scope::Profile,      |id| birth_place_name(&id.profile)),
    row(None,                                                        Some("birth_province"),            Scope::Profile,      |id| text(id.profile.birth_province.as_ref()?.as_str())),
    row(Some("email"),                                               Some("email"),                     Scope::Email,        |id| text(id.contact.email.as_ref()?.as_str())),
    row(Some("phone_number"),                                        Some("phone_number"),              Scope::Phone,        |id| text(id.contact.phone.as_ref()?.as_str())),
    row(Some("address"),                                             Some("address"),                   Scope::Address,      address),
    row(Some("https://attributes.eid.gov.it/fiscal_number"),         Some("fiscal_number"),             Scope::FiscalNumber, |id| text(&id.fiscal_code.as_ref()?.tax_number())),
    row(None,                                                        Some("codice_fiscale"),            Scope::FiscalNumber, |id| text(id.fiscal_code.as_ref()?.as_str())),
    row(Some("eidas_person_identifier"),                             Some("eidas_person_identifier"),   Scope::FiscalNumber, |id| text(id.eidas_identifier.as_ref()?.as_str())),
    row(Some("eidas_country"),                                       Some("eidas_country"),             Scope::Profile,      eidas_country),
    row(Some("eidas_legal_person_identifier"),                       Some("eidas_legal_person_identifier"), Scope::Company,  |id| text(id.organisation.eidas_identifier.as_ref()?.as_str())),
    row(Some("https://attributes.eid.gov.it/company_name"),          Some("company_name"),              Scope::Company,      |id| text(id.organisation.name.as_ref()?.as_str())),
    row(Some("https://attributes.eid.gov.it/registered_office"),     None,                              Scope::Company,      |id| registered_office(&id.organisation)),
    row(None,                                                        Some("company_registered_office"), Scope::Company,      |id| text(id.organisation.registered_office.as_ref()?.as_str())),
    row(Some("https://attributes.eid.gov.it/company_fiscal_number"), Some("company_fiscal_number"),     Scope::Company,      |id| text(id.organisation.fiscal_code.as_ref()?.as_str())),
    row(Some("https://attributes.eid.gov.it/vat_number"),            Some("company_vat_number"),        Scope::Company,      |id| text(id.organisation.vat_number.as_ref()?.as_str())),
    row(Some("https://attributes.eid.gov.it/spid_code"),             Some("spid_code"),                 Scope::Document,     |id| text(id.spid_code.as_ref()?.as_str())),
    row(Some("document_details"),                                    Some("document_details"),          Scope::Document,     document),
    row(Some("https://attributes.eid.gov.it/e_delivery_service"),    Some("digital_address"),           Scope::Document,     |id| text(id.contact.digital_address.as_ref()?.as_str())),
    row(Some("https://attributes.eid.gov.it/eid_exp_date"),          Some("eid_exp_date"),              Scope::Document,     |id| text(id.expires.as_ref()?.as_str())),
];

/// Names of the claims about a proof: released always, in both profiles, by [`assurance`].
pub const ASSURANCE: [&str; 7] =
    ["acr", "amr", "auth_time", "spid_level", "eidas_loa", "auth_method", "idp"];

/// What a relying party may be told.
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    /// The scopes that were granted.
    pub granted: &'a Scopes,
    /// The scopes that the client is entitled to.
    pub entitled: &'a Scopes,
    /// Names asked for by the `claims` parameter, for this place (ID token or userinfo).
    pub asked: &'a [String],
    /// How claims are named.
    pub profile: ClaimsProfile,
}

impl Release<'_> {
    /// The claims about the person that may be told, and that the person has.
    #[must_use]
    pub fn claims(&self, identity: &Identity) -> Map<String, Value> {
        self.rows(identity).map(|(name, _, value)| (name.to_owned(), value)).collect()
    }

    /// The same with the row that each comes from, in the order of the table.
    pub fn rows(
        &self,
        identity: &Identity,
    ) -> impl Iterator<Item = (&'static str, &'static Claim, Value)> {
        let named = CLAIMS.iter().filter_map(|claim| Some((claim.name(self.profile)?, claim)));
        named
            .filter(|(name, claim)| self.covers(name, claim.scope))
            .filter_map(|(name, claim)| Some((name, claim, (claim.value)(identity)?)))
    }

    fn covers(&self, name: &str, scope: Scope) -> bool {
        self.entitled.contains(scope)
            && (self.granted.contains(scope) || self.asked.iter().any(|asked| asked == name))
    }
}

impl Claim {
    /// The name by which pages call it, whatever the profile.
    #[must_use]
    pub fn label(&self) -> &'static str {
        let name = self.flat.or(self.eid).unwrap_or_default();
        name.rsplit('/').next().unwrap_or(name)
    }

    /// Its name in that profile.
    #[must_use]
    pub const fn name(&self, profile: ClaimsProfile) -> Option<&'static str> {
        match profile {
            ClaimsProfile::Eid => self.eid,
            ClaimsProfile::Flat => self.flat,
        }
    }
}

/// The claims about the proof: how sure it is, how, by whom, when. Always released.
///
/// `acr` is what the assertion proved. `amr` (RFC 8176) says only what a level implies: from level 2
/// on, more than one factor.
#[must_use]
pub fn assurance(identity: &Identity) -> Map<String, Value> {
    let level = identity.level;
    let amr = if level == Level::L1 { "pwd" } else { "mfa" };
    let values = [
        json!(level.uri()),
        json!([amr]),
        json!(identity.authenticated_at.unix_seconds()),
        json!(level.number()),
        json!(level.eidas_loa()),
        json!(identity.origin.auth_method),
        json!(identity.origin.provider),
    ];
    ASSURANCE.into_iter().map(str::to_owned).zip(values).collect()
}

/// `claims_supported` for discovery: `sub`, the proof, then the table in both profiles.
#[must_use]
pub fn claims_supported() -> Vec<&'static str> {
    let mut all = vec!["sub"];
    all.extend(ASSURANCE);
    for name in CLAIMS.iter().flat_map(|claim| [claim.eid, claim.flat]).flatten() {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

const fn row(
    eid: Option<&'static str>,
    flat: Option<&'static str>,
    scope: Scope,
    value: fn(&Identity) -> Option<Value>,
) -> Claim {
    Claim { eid, flat, scope, value }
}

#[expect(clippy::unnecessary_wraps, reason = "the last word of a row, after its question marks")]
fn text(value: &str) -> Option<Value> {
    Some(Value::from(value))
}

/// An object of the members that are there; `None` when none is.
fn object<'a>(members: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Option<Value> {
    let object: Map<String, Value> = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?))))
        .collect();
    (!object.is_empty()).then_some(Value::Object(object))
}

/// The state that a person, or else a legal person, came from.
fn eidas_country(identity: &Identity) -> Option<Value> {
    let organisation = identity.organisation.eidas_identifier.as_ref();
    text(identity.eidas_identifier.as_ref().or(organisation)?.country().code())
}

fn full_name(profile: &Profile) -> Option<Value> {
    let (given, family) = (profile.given_name.as_ref()?, profile.family_name.as_ref()?);
    text(&format!("{} {}", given.as_str(), family.as_str()))
}

/// `locality` is the cadastral code where the provider sends one, `region` the province.
fn place_of_birth(profile: &Profile) -> Option<Value> {
    object([
        ("locality", profile.birth_place.as_ref().map(Place::as_str)),
        ("region", profile.birth_province.as_ref().map(Text::as_str)),
    ])
}

fn birth_place_name(profile: &Profile) -> Option<Value> {
    let place = profile.birth_place.as_ref()?;
    if place.cadastral_code().is_some() { None } else { text(place.as_str()) }
}

/// OpenID Connect Core 1.0, section 5.1.1.
fn address(identity: &Identity) -> Option<Value> {
    let address = &identity.address;
    object(
        [
            ("formatted", &address.formatted),
            ("street_address", &address.street),
            ("postal_code", &address.postal_code),
            ("locality", &address.municipality),
            ("region", &address.province),
            ("country", &address.nation),
        ]
        .map(|(name, value)| (name, value.as_ref().map(Text::as_str))),
    )
}

fn registered_office(organisation: &Organisation) -> Option<Value> {
    object([("formatted", Some(organisation.registered_office.as_ref()?.as_str()))])
}

fn document(identity: &Identity) -> Option<Value> {
    let document = identity.document.as_deref()?;
    let mut details = object([
        ("type", Some(document.kind.as_str())),
        ("document_number", Some(document.number.as_str())),
        ("date_of_issuance", document.issued.as_ref().map(Day::as_str)),
        ("date_of_expiry", document.expires.as_ref().map(Day::as_str)),
    ])?;
    if let (Some(members), Some(issuer)) = (details.as_object_mut(), &document.issuer) {
        members.insert("issuer".to_owned(), json!({ "name": issuer.as_str() }));
    }
    Some(details)
}

#[cfg(test)]
mod tests;
