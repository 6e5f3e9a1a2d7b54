//! Words that every protocol shares: the assurance level and the language.
//!
//! Not logic: SAML, OpenID Connect and pages all name a level, so it stands below all of them
//! (`docs/decisions/0002`).

mod level;
mod locale;

pub use level::Level;
pub use locale::Locale;
