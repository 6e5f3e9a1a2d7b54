//! SPID by SAML 2.0: what is particular to it.
//!
//! Not the exchange: `web_sso` has it. AgID's technical rules, Avvisi 15, 18 v2 and 25.

use super::web_sso::{Rules, WebSso};
use crate::saml::Comparison;

/// The SPID upstream.
pub type Spid = WebSso<SpidRules>;

/// SPID's rules.
#[derive(Debug)]
pub enum SpidRules {}

impl Rules for SpidRules {
    const NAME: &'static str = "spid";
    const AUTH_METHOD: &'static str = "spid";
    /// The table of attributes (Avvisi 15 and 25).
    const ATTRIBUTES: &'static [&'static str] = &[
        "spidCode",
        "name",
        "familyName",
        "placeOfBirth",
        "countyOfBirth",
        "dateOfBirth",
        "gender",
        "companyName",
        "registeredOffice",
        "fiscalNumber",
        "ivaCode",
        "companyFiscalNumber",
        "idCard",
        "mobilePhone",
        "email",
        "address",
        "domicileStreetAddress",
        "domicilePostalCode",
        "domicileMunicipality",
        "domicileProvince",
        "domicileNation",
        "expirationDate",
        "digitalAddress",
    ];
    const COMPARISONS: &'static [Comparison] = &Comparison::ALL;
    const ISSUER_FORMAT_OPTIONAL: bool = false;
    const FORCE_ALWAYS: bool = false;
    const PURPOSES: bool = true;
    const SESSIONS: bool = true;
}
