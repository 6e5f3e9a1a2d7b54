//! The table `telephone_pin`: whether people may have a PIN for contact centres.
//!
//! Not who may: the act `telephone-pin` of the calendar says that. Not who checks it: a relying party's file
//! says `contact_centre_of`.

use super::Problems;
use super::section::Section;

/// Reads it: whether the table is there. It has no keys.
pub(super) fn read(root: &Section<'_>, problems: &mut Problems) -> bool {
    let section = root.section("telephone_pin", problems);
    section.finish(problems);
    section.present()
}
