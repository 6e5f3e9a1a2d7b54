//! Words that every protocol shares: the assurance level, the language, the purpose.
//!
//! Not logic: SAML, OpenID Connect and pages all name a level, so it stands below all of them
//! (`docs/decisions/0002`).

mod level;
mod locale;
mod purpose;

pub use level::Level;
pub use locale::Locale;
pub use purpose::Purpose;
