//! What a credential of the help desk proves beside the person.
//!
//! Not a level of SPID or eIDAS: where levels are compared it counts as the lowest one, and where one is named
//! it satisfies none (`docs/reference/credential.md`).

use serde::{Deserialize, Serialize};

use crate::terms::Strength;

/// The proof of a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskProof {
    /// `acr`, in the name space of this deployment.
    pub acr: String,
    /// By what it was proved.
    pub strength: Strength,
    /// The credential, by the opaque name of its record.
    pub credential: String,
    /// The category that the desk found the person to be of, by its name.
    pub category: String,
    /// The services that it opens, by `client_id`.
    pub services: Vec<String>,
}
