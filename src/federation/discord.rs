//! Whether what a superior says of an entity of ours goes with the keys that we have (OpenID Federation 1.0,
//! section 7.2; CIE id rules, keys): providers and relying parties believe the superior, and not us.
//!
//! Not how the superior is asked, and not which key is in use: whoever runs the entity knows both.

#[cfg(test)]
mod tests;

/// Keys of one kind: ours, and those that every superior pins.
#[derive(Clone, Copy, Debug)]
pub struct Pinned<'a> {
    /// What they are for: one word in the sentence.
    pub what: &'static str,
    /// Names of ours; the first one is in use.
    pub ours: &'a [String],
    /// Names that every superior pins; `None`: nobody was asked, or none is pinned.
    pub theirs: Option<&'a [String]>,
}

/// What is wrong, one sentence each, for operators. `entity` is how they call ours; `marks` is how many
/// trust marks the superiors give, if they were asked.
#[must_use]
pub fn discord(entity: &str, keys: &[Pinned<'_>], marks: Option<usize>) -> Vec<String> {
    let mut found = Vec::new();
    for Pinned { what, ours, theirs } in keys {
        let Some(theirs) = theirs else { continue };
        if !ours.iter().any(|kid| theirs.contains(kid)) {
            found.push(format!(
                "{entity}: the superior pins none of our {what} keys, so others refuse us: register the \
                 key {} at its portal (CIE id rules, keys)",
                ours.first().map_or("that is missing", String::as_str)
            ));
        }
    }
    if marks == Some(0) {
        found.push(format!(
            "{entity}: no superior gives us a trust mark, so others may refuse us (CIE id rules, trust \
             marks)"
        ));
    }
    found
}
