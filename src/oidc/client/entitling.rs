//! Where the roles of a relying party's people come from, and how one of them is chosen.
//!
//! Not the roles and not the source: `entitlement/` asks it, and `config` checks that there is one of
//! that name.

/// Whether the person is asked in which role they act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choose {
    /// Where there are several: the default.
    Several,
    /// Where there is any.
    Always,
    /// Never: the relying party is told all of them.
    Never,
}

/// The table `[entitlements]` of a relying party's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entitling {
    /// The name of the source.
    pub source: String,
    /// Whether the person is asked.
    pub choose: Choose,
    /// Whether a person may go on without any role.
    pub without_role: bool,
}
