//! Words that every protocol shares: level, language, purpose, country, day, category of person.
//!
//! Not logic: SAML, OpenID Connect and pages all name a level, so it stands below all of them
//! (`docs/decisions/0002`).

mod address;
mod category;
mod country;
mod day;
mod level;
mod locale;
mod proxies;
mod purpose;
mod strength;
mod structured_field;

pub use address::{ThisMachine, base_address, redirect_address, web_address};
pub use category::Category;
pub use country::Country;
pub use day::{Day, in_rome};
pub use level::Level;
pub use locale::Locale;
pub use proxies::TrustedProxies;
pub use purpose::Purpose;
pub use strength::{DeskDemand, Strength};
pub use structured_field::byte_sequence;
