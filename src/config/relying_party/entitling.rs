//! The table `[entitlements]`: where the roles of the relying party's people come from.
//!
//! Not the source: the broker's file has `[entitlement.<name>]` for that.

use super::super::Problems;
use super::super::section::Section;
use crate::oidc::client::{Choose, Entitling};
use crate::oidc::{Scope, Scopes};

/// The table, against the sources that there are and the scopes that the client may ask for.
pub(super) fn read(
    root: &Section<'_>,
    sources: &[String],
    scopes: &Scopes,
    problems: &mut Problems,
) -> Option<Box<Entitling>> {
    let section = root.section("entitlements", problems);
    if !section.present() {
        if scopes.contains(Scope::Roles) {
            let remedy = "add [entitlements] with source, or leave the scope out";
            root.wrong(
                problems,
                "scopes",
                "holds \"roles\", but the client has no source of roles",
                remedy,
            );
        }
        return None;
    }
    let remedy = if sources.is_empty() {
        "add [entitlement.<name>] to the broker's file, and write that name".to_owned()
    } else {
        format!("write one of: {}", sources.join(", "))
    };
    let source = section.text("source", &remedy, problems);
    if let Some(name) = source
        && !sources.iter().any(|known| known == name)
    {
        section.wrong(problems, "source", format!("{name:?} is no source of roles"), &remedy);
    }
    let choose = section.word(
        "choose",
        &[("several", Choose::Several), ("always", Choose::Always), ("never", Choose::Never)],
        problems,
    );
    let without_role = section.flag("without_role", true, problems);
    section.finish(problems);
    Some(Box::new(Entitling { source: source?.to_owned(), choose: choose?, without_role }))
}
