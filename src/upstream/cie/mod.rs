//! CIE, the electronic identity card, by SAML 2.0: what is particular to it (CIE technical manual).
//!
//! Not the exchange: `web_sso` has it. No single logout: the CIE server has none by SAML.

use super::web_sso::{Rules, WebSso};
use crate::saml::Comparison;

/// The CIE upstream by SAML.
pub type CieSaml = WebSso<CieRules>;

/// CIE's rules.
#[derive(Debug)]
pub enum CieRules {}

impl Rules for CieRules {
    const NAME: &'static str = "cie-saml";
    const AUTH_METHOD: &'static str = "cie";
    /// The minimum data set, and nothing beyond it.
    const ATTRIBUTES: &'static [&'static str] =
        &["name", "familyName", "dateOfBirth", "fiscalNumber"];
    const COMPARISONS: &'static [Comparison] = &[Comparison::Exact, Comparison::Minimum];
    /// The server sends none.
    const ISSUER_FORMAT_OPTIONAL: bool = true;
    const FORCE_ALWAYS: bool = true;
    const PURPOSES: bool = false;
}
