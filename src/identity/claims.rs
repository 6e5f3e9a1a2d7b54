//! Claims: THE table of what a relying party may see, and under which name.
//!
//! Not a way around scopes: a claim asked for by name (OpenID Connect Core 1.0, section 5.5) is
//! released only if a scope that the client is entitled to covers it. The names of the `eid` profile are
//! those of SPID and CIE by OpenID Connect; the `flat` ones survive proxies that split names on dots
//! and slashes; the `saml` ones are those of SPID's SAML attributes; the `header` ones are HTTP headers.
//! `docs/reference/claims.md` is generated from here.

mod header;
mod roles;

use std::ops::Deref;

use serde_json::{Map, Value, json};

use super::values::{Day, Place, Text};
use super::{Identity, Organisation, Profile, Role};
use crate::oidc::{ClaimsProfile, Scope, Scopes};
use crate::terms::Level;

/// One claim.
#[derive(Debug)]
pub struct Claim {
    /// Its name in the `eid` profile.
    pub eid: Option<&'static str>,
    /// Its name in the `flat` profile.
    pub flat: Option<&'static str>,
    /// Its name in the `saml` profile.
    pub saml: Option<&'static str>,
    /// Its name in the `header` profile.
    pub header: Option<&'static str>,
    /// Whether it is told under its `flat` name, in any profile, to whoever asks for it by that name.
    pub on_request: bool,
    /// The scope that covers it.
    pub scope: Scope,
    /// Its value, if the person has one.
    pub value: fn(&Known<'_>) -> Option<Value>,
}

/// What is known of somebody: the person, and the roles in which they act at this relying party.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Who it is.
    pub identity: &'a Identity,
    /// In which roles.
    pub roles: &'a [Role],
}

impl Deref for Known<'_> {
    type Target = Identity;
    fn deref(&self) -> &Identity {
        self.identity
    }
}

/// Every claim about a person. To add one, add a row. The columns are the profiles, `""` where one does
/// not have it.
#[rustfmt::skip]
pub static CLAIMS: &[Claim] = &[
    //  eid                                                    flat                             saml                             header                             scope               value
    row("given_name",                                          "given_name",                    "name",                          "X-Given-Name",                    Scope::Profile,     |id| text(id.profile.given_name.as_ref()?.as_str())),
    row("family_name",                                         "family_name",                   "familyName",                    "X-Family-Name",                   Scope::Profile,     |id| text(id.profile.family_name.as_ref()?.as_str())),
    row("name",                                                "name",                          "",                              "",                                Scope::Profile,     |id| full_name(&id.profile)),
    row("birthdate",                                           "birthdate",                     "dateOfBirth",                   "X-Birthdate",                     Scope::Profile,     |id| text(id.profile.birthdate.as_ref()?.as_str())),
    row("gender",                                              "gender",                        "",                              "X-Gender",                        Scope::Profile,     |id| text(id.profile.gender?.openid())),
    row("",                                                    "",                              "gender",                        "",                                Scope::Profile,     |id| text(id.profile.gender?.spid())),
    row("place_of_birth",                                      "",                              "",                              "",                                Scope::Profile,     |id| place_of_birth(&id.profile)),
    row("",                                                    "birth_place_code",              "",                              "",                                Scope::Profile,     |id| text(id.profile.birth_place.as_ref()?.cadastral_code()?)),
    row("",                                                    "birth_place",                   "",                              "",                                Scope::Profile,     |id| birth_place_name(&id.profile)),
    row("",                                                    "",                              "placeOfBirth",                  "X-Birth-Place",                   Scope::Profile,     |id| text(id.profile.birth_place.as_ref()?.as_str())),
    row("",                                                    "birth_province",                "countyOfBirth",                 "X-Birth-Province",                Scope::Profile,     |id| text(id.profile.birth_province.as_ref()?.as_str())),
    row("email",                                               "email",                         "email",                         "X-Email",                         Scope::Email,       |id| text(id.contact.email.as_ref()?.as_str())),
    row("phone_number",                                        "phone_number",                  "mobilePhone",                   "X-Phone-Number",                  Scope::Phone,       |id| text(id.contact.phone.as_ref()?.as_str())),
    row("address",                                             "address",                       "",                              "",                                Scope::Address,     |id| address(id)),
    row("",                                                    "",                              "address",                       "X-Address",                       Scope::Address,     |id| text(id.address.formatted.as_ref()?.as_str())),
    row("",                                                    "",                              "domicileStreetAddress",         "X-Street-Address",                Scope::Address,     |id| text(id.address.street.as_ref()?.as_str())),
    row("",                                                    "",                              "domicilePostalCode",            "X-Postal-Code",                   Scope::Address,     |id| text(id.address.postal_code.as_ref()?.as_str())),
    row("",                                                    "",                              "domicileMunicipality",          "X-Municipality",                  Scope::Address,     |id| text(id.address.municipality.as_ref()?.as_str())),
    row("",                                                    "",                              "domicileProvince",              "X-Province",                      Scope::Address,     |id| text(id.address.province.as_ref()?.as_str())),
    row("",                                                    "",                              "domicileNation",                "X-Nation",                        Scope::Address,     |id| text(id.address.nation.as_ref()?.as_str())),
    row("https://attributes.eid.gov.it/fiscal_number",         "fiscal_number",                 "fiscalNumber",                  "X-Fiscal-Number",                 Scope::FiscalNumber,|id| text(&id.told_fiscal_code()?.tax_number())),
    row("",                                                    "codice_fiscale",                "",                              "X-Codice-Fiscale",                Scope::FiscalNumber,|id| text(id.told_fiscal_code()?.as_str())).on_request(),
    row("fiscal_number_verified",                              "fiscal_number_verified",        "fiscal_number_verified",        "X-Fiscal-Number-Verified",        Scope::FiscalNumber,|id| id.desk.as_ref().map(|_| json!(id.fiscal_code.is_some()))),
    row("fiscal_number_match",                                 "fiscal_number_match",           "fiscal_number_match",           "X-Fiscal-Number-Match",           Scope::FiscalNumber,|id| text(id.fiscal_number_match()?)),
    row("eidas_person_identifier",                             "eidas_person_identifier",       "eidas_person_identifier",       "X-Eidas-Person-Identifier",       Scope::FiscalNumber,|id| text(id.eidas_identifier.as_ref()?.as_str())),
    row("eidas_country",                                       "eidas_country",                 "eidas_country",                 "X-Eidas-Country",                 Scope::Profile,     |id| eidas_country(id)),
    row("eidas_legal_person_identifier",                       "eidas_legal_person_identifier", "eidas_legal_person_identifier", "X-Eidas-Legal-Person-Identifier", Scope::Company,     |id| text(id.organisation.eidas_identifier.as_ref()?.as_str())),
    row("https://attributes.eid.gov.it/company_name",          "company_name",                  "companyName",                   "X-Company-Name",                  Scope::Company,     |id| text(id.organisation.name.as_ref()?.as_str())),
    row("https://attributes.eid.gov.it/registered_office",     "",                              "",                              "",                                Scope::Company,     |id| registered_office(&id.organisation)),
    row("",                                                    "company_registered_office",     "registeredOffice",              "X-Registered-Office",             Scope::Company,     |id| text(id.organisation.registered_office.as_ref()?.as_str())),
    row("https://attributes.eid.gov.it/company_fiscal_number", "company_fiscal_number",         "companyFiscalNumber",           "X-Company-Fiscal-Number",         Scope::Company,     |id| text(id.organisation.fiscal_code.as_ref()?.as_str())),
    row("https://attributes.eid.gov.it/vat_number",            "company_vat_number",            "ivaCode",                       "X-Vat-Number",                    Scope::Company,     |id| text(id.organisation.vat_number.as_ref()?.as_str())),
    row("https://attributes.eid.gov.it/spid_code",             "spid_code",                     "spidCode",                      "X-Spid-Code",                     Scope::Document,    |id| text(id.spid_code.as_ref().filter(|_| id.desk.is_none())?.as_str())),
    row("document_details",                                    "document_details",              "",                              "",                                Scope::Document,    |id| document(id)),
    row("",                                                    "",                              "idCard",                        "X-Id-Card",                       Scope::Document,    |id| id_card(id)),
    row("https://attributes.eid.gov.it/e_delivery_service",    "digital_address",               "digitalAddress",                "X-Digital-Address",               Scope::Document,    |id| text(id.contact.digital_address.as_ref()?.as_str())),
    row("https://attributes.eid.gov.it/eid_exp_date",          "eid_exp_date",                  "expirationDate",                "X-Eid-Exp-Date",                  Scope::Document,    |id| text(id.expires.as_ref()?.as_str())),
    row("roles",                                               "roles",                         "roles",                         "X-Roles",                         Scope::Roles,       |id| roles::names(id.roles)),
    row("organization",                                        "organization",                  "organization",                  "",                                Scope::Roles,       |id| roles::organization(id.roles)),
    row("",                                                    "",                              "",                              "X-Organization-Ipa-Code",         Scope::Roles,       |id| roles::ipa_code(id.roles)),
    row("",                                                    "",                              "",                              "X-Organization-Name",             Scope::Roles,       |id| roles::organization_name(id.roles)),
    row("role_assignments",                                    "role_assignments",              "role_assignments",              "",                                Scope::Roles,       |id| roles::assignments(id.roles)),
];

/// Names of the claims about a proof: released always, in every profile, by [`assurance`].
pub const ASSURANCE: [&str; 7] =
    ["acr", "amr", "auth_time", "spid_level", "eidas_loa", "auth_method", "idp"];

/// `auth_method` of a card.
const CARD: &str = "cns";

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
    /// The roles in which the person acts there.
    pub roles: &'a [Role],
}

impl Release<'_> {
    /// The claims about the person that may be told, and that the person has.
    #[must_use]
    pub fn claims(&self, identity: &Identity) -> Map<String, Value> {
        let line = |value| match self.profile {
            ClaimsProfile::Header => header::line(&value).map(Value::from),
            _ => Some(value),
        };
        let told = self.rows(identity);
        told.filter_map(|(name, _, value)| Some((name.to_owned(), line(value)?))).collect()
    }

    /// The same with the row that each comes from, in the order of the table, and with values as people
    /// read them.
    pub fn rows(
        self,
        identity: &Identity,
    ) -> impl Iterator<Item = (&'static str, &'static Claim, Value)> {
        CLAIMS.iter().filter_map(move |claim| {
            let name = self.name_of(claim)?;
            let known = Known { identity, roles: self.roles };
            Some((name, claim, (claim.value)(&known)?))
        })
    }

    /// Under which name that claim may be told; `None`: it may not.
    fn name_of(&self, claim: &Claim) -> Option<&'static str> {
        let is_asked = |name: &&str| self.asked.iter().any(|asked| asked == name);
        if !self.entitled.contains(claim.scope) {
            return None;
        }
        let own = claim.name(self.profile);
        own.filter(|name| self.granted.contains(claim.scope) || is_asked(name))
            .or_else(|| claim.flat.filter(|_| claim.on_request).filter(is_asked))
    }
}

impl Claim {
    /// The name by which pages call it, whatever the profile.
    #[must_use]
    pub fn label(&self) -> &'static str {
        let name = self.flat.or(self.eid).or(self.saml).or(self.header).unwrap_or_default();
        name.rsplit('/').next().unwrap_or(name)
    }

    /// Its name in that profile.
    #[must_use]
    pub const fn name(&self, profile: ClaimsProfile) -> Option<&'static str> {
        match profile {
            ClaimsProfile::Eid => self.eid,
            ClaimsProfile::Flat => self.flat,
            ClaimsProfile::Saml => self.saml,
            ClaimsProfile::Header => self.header,
        }
    }

    const fn on_request(self) -> Self {
        Self { on_request: true, ..self }
    }
}

/// Whether anything is told under `name` in `profile`, to somebody who may be told and asks for it.
#[must_use]
pub fn is_told_as(name: &str, profile: ClaimsProfile) -> bool {
    let told = |claim: &Claim| {
        claim.name(profile) == Some(name) || (claim.on_request && claim.flat == Some(name))
    };
    CLAIMS.iter().any(told)
}

/// The claims about the proof: how sure it is, how, by whom, when. Always released.
///
/// `acr` is what the assertion proved. `amr` (RFC 8176) says only what is known. A provider does not
/// tell how it asked, so there it is what a level implies: from level 2 on, more than one factor. A card
/// is known: the policy under which it was issued wants its key on the chip, and a PIN that unlocks it.
/// Two profiles say some of it under names of their own too. A credential of the help desk has an `acr` of its
/// own and no level.
#[must_use]
pub fn assurance(identity: &Identity, profile: ClaimsProfile) -> Map<String, Value> {
    let (level, origin) = (identity.level, &identity.origin);
    let amr: &[&str] = match level {
        _ if origin.auth_method == CARD => &["mfa", "sc", "pin"],
        Level::L1 => &["pwd"],
        Level::L2 | Level::L3 => &["mfa"],
    };
    let values = [
        json!(level.uri()),
        json!(amr),
        json!(identity.authenticated_at.unix_seconds()),
        json!(level.number()),
        json!(level.eidas_loa()),
        json!(origin.auth_method),
        json!(origin.provider),
    ];
    let mut claims: Map<String, Value> =
        ASSURANCE.into_iter().map(str::to_owned).zip(values).collect();
    let own: Vec<Value> = match profile {
        ClaimsProfile::Eid | ClaimsProfile::Flat => Vec::new(),
        ClaimsProfile::Saml => vec![json!(level.number())],
        ClaimsProfile::Header => vec![
            json!(level.number().to_string()),
            json!(header::encoded(&origin.auth_method)),
            json!(header::encoded(&origin.provider)),
        ],
    };
    claims.extend(own_assurance(profile).iter().copied().map(str::to_owned).zip(own));
    if let Some(desk) = &identity.desk {
        claims.retain(|name, _| !OF_LEVELS.contains(&name.as_str()));
        claims.insert("acr".to_owned(), json!(desk.acr));
        claims.insert("amr".to_owned(), json!(desk.strength.amr()));
    }
    claims
}

/// What says a level of SPID or eIDAS: never told of a credential of the help desk, which proves none.
const OF_LEVELS: [&str; 4] = ["spid_level", "eidas_loa", "spidLevel", "X-Assurance-Level"];

/// What [`assurance`] adds in one profile, in its order.
#[must_use]
pub const fn own_assurance(profile: ClaimsProfile) -> &'static [&'static str] {
    match profile {
        ClaimsProfile::Eid | ClaimsProfile::Flat => &[],
        ClaimsProfile::Saml => &["spidLevel"],
        ClaimsProfile::Header => &["X-Assurance-Level", "X-Auth-Method", "X-Identity-Provider"],
    }
}

/// `claims_supported` for discovery: `sub`, the proof, then the table in every profile.
#[must_use]
pub fn claims_supported() -> Vec<&'static str> {
    let profiles = ClaimsProfile::ALL.map(|(_, profile)| profile);
    let rows = CLAIMS.iter().flat_map(|claim| profiles.map(|profile| claim.name(profile)));
    let own = profiles.into_iter().flat_map(|profile| own_assurance(profile).iter().copied());
    let mut all = vec!["sub"];
    all.extend(ASSURANCE);
    for name in rows.flatten().chain(own) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

const fn row(
    eid: &'static str,
    flat: &'static str,
    saml: &'static str,
    header: &'static str,
    scope: Scope,
    value: fn(&Known<'_>) -> Option<Value>,
) -> Claim {
    Claim {
        eid: present(eid),
        flat: present(flat),
        saml: present(saml),
        header: present(header),
        on_request: false,
        scope,
        value,
    }
}

const fn present(name: &'static str) -> Option<&'static str> {
    if name.is_empty() { None } else { Some(name) }
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

/// SPID's one line: type, number, issuer and two dates.
fn id_card(identity: &Identity) -> Option<Value> {
    let document = identity.document.as_deref()?;
    let rest = [
        document.issuer.as_ref().map(Text::as_str),
        document.issued.as_ref().map(Day::as_str),
        document.expires.as_ref().map(Day::as_str),
    ];
    let first = [document.kind.as_str(), document.number.as_str()];
    let words: Vec<&str> = first.into_iter().chain(rest.into_iter().flatten()).collect();
    text(&words.join(" "))
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
