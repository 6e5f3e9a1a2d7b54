//! What a case is made of: what was seen, checked, granted, done.
//!
//! Not the moves that write it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::words::{Act, Cause, Item};
use crate::credential::By;
use crate::credential::reading::Channel;
use crate::effects::Timestamp;
use crate::terms::Day;

/// One line of a case's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What.
    pub act: Act,
    /// Who.
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// Why, in words; empty where nobody has to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What the operator saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Who identified.
    pub by: By,
    /// When.
    pub at: Timestamp,
    /// How they met.
    pub channel: Channel,
    /// Why not in person, where it was not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Where the office filed what it keeps.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub protocol: String,
    /// The last four characters of the document's number.
    pub document_ends: String,
}

/// What a verifier has checked, each by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    pub(in crate::credential) by: By,
    /// The content that was checked.
    pub(in crate::credential) content: String,
    pub(in crate::credential) ticks: BTreeMap<Item, Timestamp>,
}

/// What was granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// The category it was granted to.
    pub category: String,
    /// The services it opens.
    pub services: Vec<String>,
    /// The row of the calendar that ends it before the document and the year do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
}

/// A suspension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// Which supervisor wants it to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::credential) proposed: Option<By>,
    /// When the person was identified again, and by whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::credential) reidentified: Option<(By, Timestamp)>,
}

/// Digests of the links of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::credential) struct Links {
    /// "This was not me".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::credential) not_me: Option<String>,
    /// "This is my address".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::credential) confirm: Option<String>,
}
