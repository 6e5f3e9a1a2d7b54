//! How often it may be tried, and from where.
//!
//! Not a lock on anybody's credential. Every try is counted before anything is compared, in the registry, so
//! that fifty at once, another node or a restart change nothing.

use std::net::IpAddr;
use std::time::Duration;

use super::{Book, Refused, Try, Username};
use crate::registry::RegistryFault;

/// Where somebody signs in from: an address, of IPv6 the /64 that one household has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(String);

impl Place {
    /// Of that address; everybody without one is in the same place.
    #[must_use]
    pub fn of(address: Option<IpAddr>) -> Self {
        Self(match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            None => String::new(),
        })
    }
}

impl Book {
    /// One try of a journey.
    pub(super) async fn take_journey(&self, attempt: Try<'_>) -> Result<(), Refused> {
        let ticket = attempt.ticket.reveal();
        if self.registry.tally("sign-in journey", &[ticket], HOUR).await? > JOURNEY {
            return Err(Refused::Spent);
        }
        Ok(())
    }

    /// One try under that name: from a place where it signed in before, or from all others together. Whether
    /// the place is such a one.
    pub(super) async fn take_try(
        &self,
        username: &Username,
        place: &Place,
    ) -> Result<bool, Refused> {
        let name = username.as_str();
        let known = self.registry.tallied(KNOWN, &[name, &place.0]).await? > 0;
        let from = if known { place.0.as_str() } else { ELSEWHERE };
        if self.registry.tally(NAME, &[name, from], HOUR).await? > NAME_TRIES {
            return Err(Refused::Wait);
        }
        // Whoever signed in there before is let in also while names are tried by the thousand.
        if known {
            return Ok(true);
        }
        if self.registry.tally("sign-in place", &[&place.0], HOUR).await? > PLACE {
            return Err(Refused::Wait);
        }
        if self.registry.tally("sign-in everywhere", &[], MINUTE).await? > EVERYWHERE {
            return Err(Refused::Busy);
        }
        Ok(false)
    }

    /// Whether the right password came with wrong codes too often from elsewhere.
    pub(super) async fn is_exhausted(&self, username: &Username) -> Result<bool, RegistryFault> {
        Ok(self.registry.tallied(SECOND, &[username.as_str()]).await? >= SECOND_TRIES)
    }

    /// Notes a failure. Something is counted whether or not the password was right, so that both take as
    /// long.
    pub(super) async fn failed(
        &self,
        username: &Username,
        known: bool,
        password: bool,
    ) -> Result<Refused, RegistryFault> {
        let counted = if password && !known { SECOND } else { "sign-in first factor" };
        self.registry.tally(counted, &[username.as_str()], DAY).await?;
        Ok(Refused::Wrong)
    }

    /// The name signed in there: its tries are forgotten, and the place is known. What others tried from
    /// elsewhere stays counted, unless it was from there.
    pub(super) async fn succeeded(
        &self,
        username: &Username,
        place: &Place,
    ) -> Result<(), RegistryFault> {
        let name = username.as_str();
        let known = self.registry.tallied(KNOWN, &[name, &place.0]).await? > 0;
        let from = if known { place.0.as_str() } else { ELSEWHERE };
        self.registry.clear_tally(NAME, &[name, from]).await?;
        if !place.0.is_empty() {
            self.registry.tally(KNOWN, &[name, &place.0], KNOWN_FOR).await?;
        }
        Ok(())
    }
}

const NAME: &str = "sign-in name";
const KNOWN: &str = "sign-in known place";
const SECOND: &str = "sign-in second factor";
const ELSEWHERE: &str = "elsewhere";

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
/// How long a place is known after somebody signed in there.
const KNOWN_FOR: Duration = Duration::from_hours(24 * 90);
/// Tries in one journey.
pub(super) const JOURNEY: u64 = 5;
/// Tries in an hour under one name: from each place that is known, and from all others together.
pub(super) const NAME_TRIES: u64 = 10;
/// Right passwords with a wrong code in a day, from all places that are not known.
pub(super) const SECOND_TRIES: u64 = 3;
/// Tries in an hour from one place, under all names that never signed in there.
pub(super) const PLACE: u64 = 30;
/// Tries in a minute under all names from places where they never signed in.
pub(super) const EVERYWHERE: u64 = 30;

#[cfg(test)]
mod tests {
    use super::*;

    /// HD-AU-2: who knows the password has three codes in a million for each try that the day allows; who
    /// does not must guess both in one try, and is not told which was wrong. One guess in a hundred is far
    /// more than anybody has at a password that is on no list.
    #[test]
    fn guessing_for_a_day_opens_an_account_less_than_once_in_a_hundred_thousand() {
        let code = 3.0 / 1_000_000.0;
        let tries = |count: u64| f64::from(u32::try_from(count).unwrap());
        let with_password = tries(SECOND_TRIES) * code;
        let without = tries(NAME_TRIES) * 24.0 * code / 100.0;
        assert!(with_password <= 1e-5 && without <= 1e-5, "{with_password} {without}");
    }

    #[test]
    fn a_place_is_an_address_or_the_network_of_a_household() {
        let of = |text: &str| Place::of(Some(text.parse().unwrap()));
        assert_eq!(of("192.0.2.7"), of("::ffff:192.0.2.7"));
        assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
        assert_eq!(of("2001:db8:1:2::7"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::7"), of("2001:db8:1:3::7"));
    }
}
