//! A whole federation in a box: sample SPID providers, portals, a scripted browser and a bench.
//!
//! Not part of the product: `varco` contains none of it. Start with [`saml::Provider`].

pub mod bench;
pub mod broker;
pub mod browser;
pub mod canonical;
pub mod card;
pub mod client;
pub mod desk;
pub mod error;
pub mod federation;
pub mod folder;
pub mod login;
pub mod logout;
pub mod markup;
pub mod openid;
pub mod people;
pub mod portal;
pub mod saml;

pub use federation::{Federation, FederationOptions};
pub use login::{LoginOptions, Outcome, run_login};
pub use saml::misbehaviour::Misbehaviour;
