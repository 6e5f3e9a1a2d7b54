//! A login in five verbs, one file each: begin, redirect, receive, complete, redeem.
//!
//! Not HTTP and not a protocol: `web` and `provider` call these verbs, upstreams answer them.
//! `receive` is not `complete`: a SAML answer is a cross-site POST that carries no `SameSite=Lax`
//! cookie, so `receive` verifies and records without knowing whose browser this is, and only the
//! browser that began the login may `complete` it.

mod admission;
mod answer;
mod begin;
mod behalf;
mod broker;
mod complete;
mod decline;
mod disclosure;
mod durable;
mod first_login;
mod grant;
mod issuer;
mod logout;
mod matching;
mod notice;
mod observer;
mod presence;
mod proof;
mod push;
mod receive;
mod record;
mod redeem;
mod redirect;
mod refresh;
mod reuse;
mod role;
mod session;
mod stage;
mod token;
mod unlock;
mod verifier;

pub use answer::Answer;
pub use begin::Begun;
pub use behalf::{Acting, Behalf, BehalfChoice};
pub use broker::{Broker, SessionSettings, Settings};
pub use complete::{Completed, Completion, Cookies};
pub use disclosure::Disclosure;
pub use durable::Durable;
pub use first_login::{FirstLoginWriter, FirstLogins};
pub use grant::{Act, Delegation, Grant, Parent};
pub use issuer::Issuer;
pub use logout::{AtProviders, Heard, Leaving, LoggedOut, Onward};
pub use matching::{Answered, MatchAnswer, MatchAsked, MatchProblem, Matching};
pub use notice::{Notice, Notices};
pub use observer::{Channel, Event, Observer, Unobserved};
pub use presence::{
    Browsing, Entered, OwnPages, Presence, PresenceFault, Proof, Stay, Typed, Wish,
};
pub use push::network;
pub use receive::Received;
pub use record::{Access, AccessRecord, Family, Issued, Shown};
pub use refresh::Refreshable;
pub use reuse::{Reuse, SessionCookie};
pub use role::{Chosen, Entitled, RoleChoice};
pub use stage::{Login, Refusal, Stage};
pub use token::{AccessToken, RefreshToken};
pub use unlock::Unlocked;
pub use verifier::{Question, Verdict, Verifier, VerifierFault};

#[cfg(test)]
pub(crate) mod tests;
