//! What a relying party wants of people from other states, who come without a fiscal code.
//!
//! Not the match: `identity::matching` compares, `login` asks and `registry` keeps it (Reg. (EU) 2025/846).

/// When somebody is asked for their Italian fiscal code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MatchingMode {
    /// Never: the default.
    #[default]
    Off,
    /// After a login, and whoever has none goes on without.
    Offer,
    /// After a login, and nobody goes on without.
    Require,
}

/// What the client takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MatchingPolicy {
    /// When somebody is asked.
    pub mode: MatchingMode,
    /// Whether it takes a code that nobody but the person vouches for.
    pub accept_self_declared: bool,
}
