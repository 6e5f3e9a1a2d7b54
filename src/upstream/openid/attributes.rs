//! The table of attributes: a name that `identity` reads, the claim that carries it, how it is written there
//! (CIE id and SPID OIDC rules, attributes).
//!
//! Not cleaning: `identity` does that with the values. What has another form than its own is absent here,
//! but for the fiscal number, which is right or ends the login.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::rejection::{Rejected, Rejection};

/// One attribute.
#[derive(Debug)]
pub struct Row {
    /// The name that `identity` reads: SPID's.
    pub name: &'static str,
    /// The claim.
    pub claim: &'static str,
    /// The member of the claim, where the claim is an object.
    pub member: Option<&'static str>,
    /// Whether CIE tells it.
    pub cie: bool,
    /// Whether SPID tells it.
    pub spid: bool,
    read: fn(&Value) -> Option<String>,
}

#[rustfmt::skip]
static TABLE: &[Row] = &[
    row("name",                  "given_name",              None,                   true,  true,  text),
    row("familyName",            "family_name",             None,                   true,  true,  text),
    row("dateOfBirth",           "birthdate",               None,                   true,  true,  text),
    row(FISCAL_NUMBER,           FISCAL_NUMBER_CLAIM,       None,                   true,  true,  text),
    row("placeOfBirth",          "place_of_birth",          Some("locality"),       true,  true,  text),
    row("countyOfBirth",         "place_of_birth",          Some("region"),         true,  true,  text),
    row("gender",                "gender",                  None,                   true,  true,  gender),
    row("email",                 "email",                   None,                   true,  true,  text),
    row("mobilePhone",           "phone_number",            None,                   true,  true,  text),
    row("digitalAddress",        "https://attributes.eid.gov.it/e_delivery_service", None, true, true, text),
    row("idCard",                "document_details",        None,                   true,  true,  document),
    row("address",               "address",                 Some("formatted"),      true,  true,  text),
    row("domicileStreetAddress", "address",                 Some("street_address"), true,  true,  text),
    row("domicilePostalCode",    "address",                 Some("postal_code"),    true,  true,  text),
    row("domicileMunicipality",  "address",                 Some("locality"),       true,  true,  text),
    row("domicileProvince",      "address",                 Some("region"),         true,  true,  text),
    row("domicileNation",        "address",                 Some("country_code"),   true,  true,  text),
    row("spidCode",              "https://attributes.eid.gov.it/spid_code", None,   false, true,  text),
    row("companyName",           "https://attributes.eid.gov.it/company_name", None, false, true, text),
    row("registeredOffice",      "https://attributes.eid.gov.it/registered_office", Some("formatted"), false, true, text),
    row("companyFiscalNumber",   "https://attributes.eid.gov.it/company_fiscal_number", None, false, true, text),
    row("ivaCode",               "https://attributes.eid.gov.it/vat_number", None,  false, true,  text),
    row("expirationDate",        "https://attributes.eid.gov.it/eid_exp_date", None, false, true, text),
];

/// The attribute that names the person.
pub(super) const FISCAL_NUMBER: &str = "fiscalNumber";
const FISCAL_NUMBER_CLAIM: &str = "https://attributes.eid.gov.it/fiscal_number";
/// What is asked when configuration names no set: the minimum data set.
pub const MINIMUM: [&str; 4] = ["name", "familyName", "dateOfBirth", FISCAL_NUMBER];

const fn row(
    name: &'static str,
    claim: &'static str,
    member: Option<&'static str>,
    cie: bool,
    spid: bool,
    read: fn(&Value) -> Option<String>,
) -> Row {
    Row { name, claim, member, cie, spid, read }
}

/// The rows, in the order of the table.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    TABLE.iter()
}

/// The member `userinfo` of the claims request for these attributes (OpenID Connect Core 1.0, section
/// 5.5): what names the person is essential, the names are too.
#[must_use]
pub(super) fn asked(attributes: &[String]) -> Value {
    let mut claims = Map::new();
    for row in rows().filter(|row| attributes.iter().any(|name| name == row.name)) {
        let essential = MINIMUM.contains(&row.name) && row.name != "dateOfBirth";
        let wish = if essential { json!({"essential": true}) } else { Value::Null };
        claims.entry(row.claim).or_insert(wish);
    }
    Value::Object(claims)
}

/// The attributes that were asked and told, in the names that `identity` reads. The ID token may tell them
/// too; what it says of the fiscal number must be the same.
///
/// # Errors
/// When the fiscal number is missing, has another form, or is said in two ways.
pub(super) fn told(
    userinfo: &Map<String, Value>,
    id_token: Option<&Map<String, Value>>,
    attributes: &[String],
) -> Result<BTreeMap<String, String>, Rejected> {
    let number = fiscal_number(userinfo)?;
    if let Some(other) = id_token.and_then(|claims| claims.get(FISCAL_NUMBER_CLAIM))
        && other.as_str() != Some(number)
    {
        return Err(Rejection::FiscalNumber
            .because("the ID token and the userinfo name two persons (CIE id rules)"));
    }
    let mut told = BTreeMap::new();
    for row in rows().filter(|row| attributes.iter().any(|name| name == row.name)) {
        let value = userinfo.get(row.claim);
        let value = value.or_else(|| id_token.and_then(|claims| claims.get(row.claim)));
        let value = match row.member {
            None => value,
            Some(member) => value.and_then(|object| object.get(member)),
        };
        let value = value.and_then(row.read).filter(|text| !text.trim().is_empty());
        told.extend(value.map(|value| (row.name.to_owned(), value)));
    }
    // Asked or not: nobody is known without it.
    told.insert(FISCAL_NUMBER.to_owned(), number.to_owned());
    Ok(told)
}

/// One text that begins with the mark of Italy; whether the code itself is one, `identity` judges.
fn fiscal_number(claims: &Map<String, Value>) -> Result<&str, Rejected> {
    let value = claims.get(FISCAL_NUMBER_CLAIM);
    let value = value.ok_or_else(|| {
        Rejection::FiscalNumber.because("the userinfo lacks the fiscal number (CIE id rules)")
    })?;
    value.as_str().filter(|text| text.starts_with("TINIT-")).ok_or_else(|| {
        Rejection::FiscalNumber.because("the fiscal number is not one text that begins with TINIT-")
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// `male`, `female`: the letters that SPID writes.
fn gender(value: &Value) -> Option<String> {
    match value.as_str()? {
        "male" => Some("M".to_owned()),
        "female" => Some("F".to_owned()),
        _ => None,
    }
}

/// The members in the order of SPID's line: type, number, issuer, two dates.
fn document(value: &Value) -> Option<String> {
    let member = |name: &str| value.get(name).and_then(Value::as_str);
    let issuer = match value.get("issuer") {
        Some(Value::Object(issuer)) => issuer.get("name").and_then(Value::as_str),
        other => other.and_then(Value::as_str),
    };
    let parts = [
        Some(member("type")?),
        Some(member("document_number")?),
        issuer,
        member("date_of_issuance"),
        member("date_of_expiry"),
    ];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests;
