//! The letter that is printed when a credential is issued: what stands on it.
//!
//! Not its looks: a page renders it. It holds one part of the code and nothing of the other; nobody gets it
//! a second time.

use zeroize::Zeroizing;

use crate::credential::activation::Code;
use crate::credential::{Case, Field};
use crate::effects::Timestamp;
use crate::terms::{Day, Locale};

/// What stands on a letter.
#[derive(Clone)]
pub struct Letter {
    /// The applicant's language; the letter is in Italian too.
    pub locale: Locale,
    /// The number of the request: with it, and with both parts of the code, the credential is activated.
    pub number: String,
    /// To whom.
    pub name: String,
    /// Which office issued it.
    pub office: String,
    /// The first part of the code.
    pub part: Zeroizing<String>,
    /// Until when the code counts.
    pub until: Timestamp,
    /// The last day of the credential.
    pub last_day: Option<Day>,
    /// The services it opens, by client identifier.
    pub services: Vec<String>,
    /// Where it is activated.
    pub activate: String,
    /// Where the holder sees, suspends and revokes it.
    pub account: String,
}

impl Letter {
    pub(super) fn of(case: &Case, code: &Code, issuer: &str) -> Self {
        let name = [Field::GivenNames, Field::Surname].map(|field| case.typed().get(field));
        Self {
            locale: case.locale(),
            number: case.number().to_owned(),
            name: name.join(" "),
            office: case.office().to_owned(),
            part: code.on_the_letter(),
            until: case.code_until().unwrap_or(Timestamp::from_unix_seconds(0)),
            last_day: case.granted().map(|granted| granted.to),
            services: case.granted().map(|granted| granted.services.clone()).unwrap_or_default(),
            activate: format!("{issuer}/credential/activate"),
            account: format!("{issuer}/account"),
        }
    }
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(…)")
    }
}
