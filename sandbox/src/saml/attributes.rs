//! Which attributes a provider may be asked, and how each identity system writes them.
//!
//! Not the values: `people.rs` has them. Technical rules of SPID; technical manual of CIE, section on
//! attributes; sets 99 and 100 of the Italian eIDAS node.

use super::kind::Kind;
use super::misbehaviour::Misbehaviour as M;
use super::request::wrong;
use crate::error::SandboxError;
use crate::markup::Element;
use crate::people::Person;

/// What CIE sends, always all of it.
const OF_CIE: [&str; 4] = ["name", "familyName", "dateOfBirth", "fiscalNumber"];

/// The two sets of the node: minimum and full, of a natural person.
const SET_99: [&str; 4] = ["spidCode", "name", "familyName", "dateOfBirth"];
const SET_100: [&str; 7] =
    ["spidCode", "name", "familyName", "dateOfBirth", "placeOfBirth", "address", "gender"];

/// What is to be sent for the set of that index, whose names the service's metadata has.
///
/// # Errors
/// When there is no such set, or it asks what this kind of provider does not have.
pub(super) fn asked(
    kind: Kind,
    index: &str,
    set: Option<&[String]>,
) -> Result<Vec<String>, SandboxError> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let set = set.ok_or_else(|| wrong("no such AttributeConsumingService (anomaly 18)"))?;
    match kind {
        Kind::Spid => Ok(set.to_vec()),
        Kind::Cie if set.iter().all(|name| OF_CIE.contains(&name.as_str())) => Ok(owned(&OF_CIE)),
        Kind::Cie => Err(wrong("CIE has no other attributes than its four (anomaly 18)")),
        Kind::Eidas => {
            let fixed: &[&str] = match index {
                "99" => &SET_99,
                "100" => &SET_100,
                _ => &[],
            };
            let mut known = fixed.to_vec();
            let mut asked: Vec<&str> = set.iter().map(String::as_str).collect();
            known.sort_unstable();
            asked.sort_unstable();
            if known == asked {
                Ok(owned(fixed))
            } else {
                Err(wrong("203021: incomplete attribute set; there are 99 and 100"))
            }
        }
    }
}

/// The statement about a person: the names that were asked and, at the node, what else it says of a
/// legal person that somebody acts for.
pub(super) fn statement(
    kind: Kind,
    asked: &[String],
    person: &Person,
    misbehave: Option<M>,
) -> Element {
    let person = mutated(person, misbehave);
    let mut statement = Element::new("saml:AttributeStatement");
    let legal = person.names().filter(|name| kind == Kind::Eidas && name.starts_with(LEGAL_PERSON));
    let invented = (misbehave == Some(M::EidasInventedFiscalNumber)).then_some("fiscalNumber");
    let names = asked.iter().map(String::as_str).chain(legal).chain(invented);
    for name in names {
        if misbehave == Some(M::EidasLegalPersonAlone) && !name.starts_with(LEGAL_PERSON) {
            continue;
        }
        if let Some(value) = person.attribute(name) {
            statement = statement.child(attribute(kind, name, value));
        }
    }
    statement
}

fn attribute(kind: Kind, name: &str, value: &str) -> Element {
    let typed = match name {
        "dateOfBirth" | "expirationDate" if kind != Kind::Cie => "xs:date",
        _ => "xs:string",
    };
    let format = if name.contains(':') { "uri" } else { "basic" };
    let mut attribute = Element::new("saml:Attribute")
        .with("Name", name)
        .with("NameFormat", format!("urn:oasis:names:tc:SAML:2.0:attrname-format:{format}"));
    if let Some(friendly) = friendly_name(kind, name) {
        attribute.set("FriendlyName", friendly);
    }
    attribute.child(Element::new("saml:AttributeValue").with("xsi:type", typed).text(value))
}

fn friendly_name(kind: Kind, name: &str) -> Option<&str> {
    match (kind, name) {
        (Kind::Spid, _) => None,
        (Kind::Cie, "name") => Some("Nome"),
        (Kind::Cie, "familyName") => Some("Cognome"),
        (Kind::Cie, "dateOfBirth") => Some("Data di nascita"),
        (Kind::Cie, "fiscalNumber") => Some("Codice fiscale"),
        (Kind::Eidas, "spidCode") => Some("PersonIdentifier"),
        (Kind::Eidas, "familyName") => Some("FamilyName"),
        (Kind::Eidas, "name") => Some("FirstName"),
        (Kind::Eidas, "dateOfBirth") => Some("DateOfBirth"),
        (Kind::Eidas, "placeOfBirth") => Some("PlaceOfBirth"),
        (Kind::Eidas, "address") => Some("CurrentAddress"),
        (Kind::Eidas, "gender") => Some("Gender"),
        _ => name.strip_prefix(LEGAL_PERSON),
    }
}

/// The person as the misbehaving provider describes it.
fn mutated(person: &Person, misbehave: Option<M>) -> Person {
    let mut person = person.clone();
    let identifier = person.attribute("spidCode").unwrap_or_default().to_owned();
    match misbehave {
        Some(M::NoFiscalNumber) => person.set("fiscalNumber", None),
        Some(M::BadFiscalNumber) => {
            // Every letter is one check character for fifteen others: another letter is wrong.
            let right = person.attribute("fiscalNumber").unwrap_or_default().to_owned();
            let other = if right.ends_with('X') { 'Y' } else { 'X' };
            let head = right.split_at_checked(21).map_or("", |(head, _)| head);
            person.set("fiscalNumber", Some(&format!("{head}{other}")));
        }
        Some(M::EidasInventedFiscalNumber) => {
            let ada = Person::named("ada");
            person.set("fiscalNumber", ada.as_ref().and_then(|ada| ada.attribute("fiscalNumber")));
        }
        Some(M::EidasPersonIdentifierSwapped) => {
            let mut parts = identifier.splitn(3, '/');
            if let (Some(from), Some(to), Some(rest)) = (parts.next(), parts.next(), parts.next()) {
                person.set("spidCode", Some(&format!("{to}/{from}/{rest}")));
            }
        }
        Some(M::EidasPersonIdentifierWithoutCountry) => {
            person.set("spidCode", identifier.rsplit('/').next());
        }
        Some(M::EidasLegalPersonAlone) => {
            let identifier = format!("{LEGAL_PERSON}LegalPersonIdentifier");
            if person.attribute(&identifier).is_none() {
                person = Person::all_abroad()
                    .into_iter()
                    .find(|other| other.attribute(&identifier).is_some())
                    .unwrap_or(person);
            }
        }
        _ => {}
    }
    person
}

/// What every name of an attribute of a legal person begins with.
pub(crate) const LEGAL_PERSON: &str = "http://eidas.europa.eu/attributes/legalperson/";
