//! The Italian eIDAS node, which speaks to services as a SPID provider: what is particular to it.
//!
//! Not the exchange: `web_sso` has it. Nobody who comes through the node has a fiscal code: it is not
//! asked, and if it came it would be dropped (CIR (EU) 2015/1501; SPID rules on the node).

use std::collections::BTreeMap;

use super::web_sso::{Rules, WebSso};
use crate::saml::Comparison;
use crate::saml::metadata::service_provider::{AttributeSet, Localised};

/// The eIDAS upstream.
pub type Eidas = WebSso<EidasRules>;

/// The node's rules.
#[derive(Debug)]
pub enum EidasRules {}

impl Rules for EidasRules {
    const NAME: &'static str = "eidas";
    const AUTH_METHOD: &'static str = "eidas";
    /// What the sets 99 and 100 hold, and the minimum set of a legal person under its own names.
    const ATTRIBUTES: &'static [&'static str] = &[
        IDENTIFIER,
        "name",
        "familyName",
        "dateOfBirth",
        "placeOfBirth",
        "address",
        "gender",
        LEGAL_IDENTIFIER,
        LEGAL_NAME,
    ];
    /// Both sets are of natural persons; whoever acts for a legal person brings it besides.
    const UNASKED: &'static [&'static str] = &[LEGAL_IDENTIFIER, LEGAL_NAME];
    const COMPARISONS: &'static [Comparison] = &Comparison::ALL;
    const ISSUER_FORMAT_OPTIONAL: bool = false;
    const FORCE_ALWAYS: bool = false;
    const PURPOSES: bool = false;

    fn translate(attributes: BTreeMap<String, String>) -> BTreeMap<String, String> {
        let name = |name: String| match name.as_str() {
            IDENTIFIER => "PersonIdentifier".to_owned(),
            LEGAL_IDENTIFIER => "LegalPersonIdentifier".to_owned(),
            LEGAL_NAME => "companyName".to_owned(),
            _ => name,
        };
        attributes.into_iter().map(|(known, value)| (name(known), value)).collect()
    }
}

/// The two sets whose index and title the node prescribes: 99, the minimum, and 100. A fiscal code is in
/// neither: the node refuses whoever asks for one (error 203021).
#[must_use]
pub fn attribute_sets() -> [AttributeSet; 2] {
    let set = |name: &str, index, title: &str, attributes: &[&str]| AttributeSet {
        name: name.to_owned(),
        index,
        titles: vec![Localised { language: "it".to_owned(), text: title.to_owned() }],
        attributes: attributes.iter().map(|name| (*name).to_owned()).collect(),
        required: MINIMUM.map(str::to_owned).to_vec(),
    };
    let full = [&MINIMUM[..], &["placeOfBirth", "address", "gender"]].concat();
    [
        set("eidas-minimum", 99, "eIDAS Natural Person Minimum Attribute Set", &MINIMUM),
        set("eidas-full", 100, "eIDAS Natural Person Full Attribute Set", &full),
    ]
}

const MINIMUM: [&str; 4] = [IDENTIFIER, "name", "familyName", "dateOfBirth"];
/// The node puts `PersonIdentifier` into it.
const IDENTIFIER: &str = "spidCode";
const LEGAL_IDENTIFIER: &str =
    "http://eidas.europa.eu/attributes/legalperson/LegalPersonIdentifier";
const LEGAL_NAME: &str = "http://eidas.europa.eu/attributes/legalperson/LegalName";
