//! The words of a case: where it is, what is checked, why it is stopped, what was done.
//!
//! Not their texts for people: pages have those.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$each])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its word, in the registry, in forms and texts.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The one of that word.
            #[must_use]
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

words! {
    /// Where a case is.
    State {
        /// Being written.
        Draft "draft",
        /// Asked for.
        Requested "requested",
        /// The operator has identified the person.
        Identified "identified",
        /// A second person has approved.
        Verified "verified",
        /// The code is on its way.
        Issued "issued",
        /// In use.
        Active "active",
        /// Not to be used for now.
        Suspended "suspended",
        /// Refused.
        Rejected "rejected",
        /// The code was not used in time, or typed wrong five times.
        Lapsed "lapsed",
        /// Its last day has passed.
        Expired "expired",
        /// Ended for good.
        Revoked "revoked",
    }
}

words! {
    /// What a verifier checks.
    Item {
        /// The face is the one in the document.
        Likeness "likeness",
        /// The document's security features are there.
        SecurityFeatures "security_features",
        /// The signature is the document's.
        Signature "signature",
        /// The data are the document's.
        DataMatch "data_match",
    }
}

words! {
    /// Why a credential is suspended or revoked.
    Cause {
        /// The holder wants it.
        Holder "holder",
        /// The holder says that an act was not theirs.
        NotMe "not_me",
        /// Its document has expired.
        DocumentExpired "document_expired",
        /// It was misused.
        Abuse "abuse",
        /// Too many wrong tries.
        Tries "tries",
        /// A relying party reports something.
        Report "report",
        /// The holder has died.
        Death "death",
        /// It ought not to have been issued.
        Mistake "mistake",
        /// Another credential takes its place.
        Replaced "replaced",
        /// Any other reason, in words.
        Other "other",
    }
}

words! {
    /// An act on a case.
    Act {
        /// It was opened.
        Open "open",
        /// Fields were changed.
        Edit "edit",
        /// It was asked for.
        Request "request",
        /// The person was identified.
        Identify "identify",
        /// The verifier filled in the checklist.
        Check "check",
        /// A duplicate was justified.
        Justify "justify",
        /// A second person approved.
        Approve "approve",
        /// It was returned to the operator.
        Return "return",
        /// It was rejected.
        Reject "reject",
        /// The code was made.
        Issue "issue",
        /// A wrong code was typed.
        Wrong "wrong_code",
        /// The holder began to use it.
        Activate "activate",
        /// The code was not used in time.
        Lapse "lapse",
        /// It was suspended.
        Suspend "suspend",
        /// A supervisor proposed to resume it.
        Propose "propose_resume",
        /// The person was identified again.
        Reidentify "reidentify",
        /// It was resumed.
        Resume "resume",
        /// It was revoked.
        Revoke "revoke",
        /// Its last day passed.
        Expire "expire",
        /// The address was confirmed.
        Confirm "confirm_email",
        /// The holder was reminded of its end.
        Remind "remind",
        /// Everything that rested on it was ended.
        Ended "ended",
    }
}
