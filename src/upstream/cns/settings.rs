//! What configuration says about cards.
//!
//! Not read here: `config` does that.

use std::sync::Arc;

use crate::crypto::issuers::Issuers;
use crate::effects::{FetchUrl, Timestamp};
use crate::terms::Level;
use crate::upstream::contract::ListSettings;

/// Everything.
#[derive(Clone, Debug)]
pub struct CnsConfig {
    /// By which address browsers reach the listener that asks for the card, without a trailing slash.
    pub url: String,
    /// Who issues cards.
    pub issuers: Arc<Issuers>,
    /// Policies of which a card must have one, in dotted notation.
    pub policies: Vec<String>,
    /// The level that a card proves.
    pub level: Level,
    /// Lists of revoked cards.
    pub lists: ListSettings,
    /// Whether responders are asked, and which.
    pub responder: Option<ResponderSettings>,
    /// Until then a card whose revocation cannot be known is taken, at level 2 at most.
    pub unchecked_until: Option<Timestamp>,
    /// Until then an RSA key of 1024 bits or more is taken.
    pub short_keys_until: Option<Timestamp>,
}

/// Responders (OCSP).
#[derive(Clone, Debug)]
pub struct ResponderSettings {
    /// Whether only their word counts; otherwise lists count when no responder answers.
    pub required: bool,
    /// The one responder for all cards; `None`: the one that the card names, if its host is among
    /// `hosts`.
    pub url: Option<FetchUrl>,
    /// Hosts of responders that a card may name.
    pub hosts: Vec<String>,
    /// Whether an answer must carry our nonce.
    pub nonce_required: bool,
    /// Whether a responder may be on this machine.
    pub development: bool,
}
