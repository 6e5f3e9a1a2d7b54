//! How a login of the scripted browser ended, for tests that know how it must.

use varco_sandbox::Outcome;
use varco_sandbox::login::{Accepted, Refused};

/// The portal took the tokens.
pub(crate) fn accepted(outcome: Outcome) -> Accepted {
    match outcome {
        Outcome::Accepted(accepted) => accepted,
        Outcome::Refused(refused) => panic!("{refused:?}"),
    }
}

/// A page with a code ended it.
pub(crate) fn refused(outcome: Outcome) -> Refused {
    match outcome {
        Outcome::Refused(refused) => refused,
        Outcome::Accepted(accepted) => panic!("{:?} was accepted", accepted.upstream),
    }
}
