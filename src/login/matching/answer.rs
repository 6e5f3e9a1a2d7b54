//! What a person answers to the question for a fiscal code, and what it comes to.
//!
//! Not the judgement: the verbs of `matching` have it.

use serde::{Deserialize, Serialize};

/// What a login remembers of the question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchAsked {
    /// Answers so far that had the form of a fiscal code.
    pub tries: u8,
    /// Whether the person goes on without.
    pub declined: bool,
}

impl MatchAsked {
    /// Whether nothing was answered yet.
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        *self == Self::default()
    }
}

/// What the person answers.
#[derive(Clone, Copy)]
pub enum MatchAnswer<'a> {
    /// A fiscal code, as it was typed.
    Code(&'a str),
    /// None: to go on without, where the client allows that.
    Without,
}

/// What an answer comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// The login goes on.
    GoOn,
    /// The person may answer again.
    Again(MatchProblem),
}

/// Why an answer is none. What a code contradicts is never said: whoever guesses learns nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchProblem {
    /// It is no fiscal code of a person: a slip of the hand.
    Malformed,
    /// It is not this person's, as far as their data or the authority say.
    Disagrees,
    /// The authority cannot say whose it is.
    Ambiguous,
    /// The authority does not answer.
    Unavailable,
}

impl MatchProblem {
    /// All of them, for the texts' own test.
    pub const ALL: [Self; 4] =
        [Self::Malformed, Self::Disagrees, Self::Ambiguous, Self::Unavailable];

    /// Key of the text that says it.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Malformed => "match-problem-malformed",
            Self::Disagrees => "match-problem-disagrees",
            Self::Ambiguous => "match-problem-ambiguous",
            Self::Unavailable => "match-problem-unavailable",
        }
    }

    /// The name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Disagrees => "disagrees",
            Self::Ambiguous => "ambiguous",
            Self::Unavailable => "unavailable",
        }
    }
}
