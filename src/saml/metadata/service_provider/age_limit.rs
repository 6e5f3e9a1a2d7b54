//! Which ages a consumer of ours is for (`spid:AgeLimit`, AgID Determination 51/2022).
//!
//! Not a check of ours: the provider applies it, and what comes is a Response like any other.

/// The ages of the people whose answers come to one consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeLimit {
    consumer: u16,
    minimum: u16,
    maximum: Option<u16>,
    parental_authorisation_until: Option<u16>,
}

/// Why there is no such limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgeLimitFault {
    /// The youngest would be older than the oldest.
    #[error("the minimum is above the maximum")]
    Empty,
    /// A parent authorises people who are at least of the minimum age, and not of full age.
    #[error("parental authorisation ends above the minimum age and below 18")]
    Parental,
}

impl AgeLimit {
    /// Ages in whole years. `maximum`: `None` for everybody above; `parental_authorisation_until`: below
    /// that age a parent must have agreed.
    ///
    /// # Errors
    /// [`AgeLimitFault`] when nobody could pass, or the authorisation is out of bounds.
    pub const fn new(
        consumer: u16,
        minimum: u16,
        maximum: Option<u16>,
        parental_authorisation_until: Option<u16>,
    ) -> Result<Self, AgeLimitFault> {
        if let Some(maximum) = maximum
            && (maximum < minimum || maximum >= NO_MAXIMUM)
        {
            return Err(AgeLimitFault::Empty);
        }
        if let Some(until) = parental_authorisation_until
            && (until <= minimum || until >= 18)
        {
            return Err(AgeLimitFault::Parental);
        }
        Ok(Self { consumer, minimum, maximum, parental_authorisation_until })
    }

    /// Index of the consumer.
    #[must_use]
    pub const fn consumer(&self) -> u16 {
        self.consumer
    }

    /// `AssertionConsumerServiceIndex`, `MinAge`, `MaxAge`, `AgeParentAuth`, as they are written.
    pub(super) fn numbers(&self) -> [(&'static str, u16); 4] {
        [
            ("spid:AssertionConsumerServiceIndex", self.consumer),
            ("spid:MinAge", self.minimum),
            ("spid:MaxAge", self.maximum.unwrap_or(NO_MAXIMUM)),
            ("spid:AgeParentAuth", self.parental_authorisation_until.unwrap_or(0)),
        ]
    }
}

/// What the rules write for "no maximum".
const NO_MAXIMUM: u16 = 999;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_nobody_or_no_parent_can_pass_is_refused() {
        assert!(AgeLimit::new(1, 14, None, Some(16)).is_ok());
        assert!(AgeLimit::new(1, 14, Some(14), None).is_ok());
        assert_eq!(AgeLimit::new(1, 14, Some(13), None), Err(AgeLimitFault::Empty));
        assert_eq!(AgeLimit::new(1, 14, Some(999), None), Err(AgeLimitFault::Empty));
        assert_eq!(AgeLimit::new(1, 14, None, Some(14)), Err(AgeLimitFault::Parental));
        assert_eq!(AgeLimit::new(1, 14, None, Some(18)), Err(AgeLimitFault::Parental));
    }
}
