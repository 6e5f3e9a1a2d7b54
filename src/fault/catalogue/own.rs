//! Our own pages: how one enters them, and what ends being there.
//!
//! Not what somebody may do there: the pages themselves say that.

use super::Row;
use super::Severity::{Alert, Info, Warning};

/// 17, from 1750: our own pages.
#[rustfmt::skip]
pub(super) static ROWS: &[Row] = &[
    Row::new("VARCO-1750", "presence-refused",       403, None, Info,    "own-entry",
        "Somebody did not finish signing in at a page of ours, or may not enter it by that login: the fault before this one says why, if there is one."),
    Row::new("VARCO-1751", "presence-unasked",       400, None, Warning, "own-entry",
        "A browser came back to a page of ours with a login that it did not ask for: an old page, a second click, or somebody who wants to sign another person in as themselves."),
    Row::new("VARCO-1752", "presence-other-person",  403, None, Warning, "own-entry",
        "Somebody had to prove once more who they are, and somebody else did. Nothing of what was typed was done."),
    Row::new("VARCO-1753", "presence-elsewhere",     403, None, Alert,   "own-elsewhere",
        "The cookie of one of our pages was shown by another browser or from another network: copied, or the network of the person changed. The presence has ended."),
    Row::new("VARCO-1754", "presence-network",       403, None, Warning, "own-network",
        "Somebody wanted to enter the console from a network that console.networks does not list."),
    Row::new("VARCO-1755", "form-foreign",           403, None, Alert,   "own-form",
        "A form of our own pages was sent by another site, or by a page of an earlier presence. Nothing was done."),
    Row::new("VARCO-1756", "desk-unavailable",       503, None, Alert,   "own-desk",
        "The registry does not answer, or a record or a row of the trail does not open: look at the registry, and verify the trail. Nothing was done."),
];
