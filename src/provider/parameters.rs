//! Request parameters as they were sent: decoded, in order, doubles kept (RFC 6749, section 3.1).
//!
//! Not a map: a map would choose silently between two values of one name.

use std::borrow::Cow;

/// Parameters of a query or of a form-encoded body.
#[derive(Debug)]
pub(super) struct Parameters<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    /// From pairs that were read elsewhere.
    pub(super) fn of(pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Self {
        Self(pairs)
    }

    /// From `application/x-www-form-urlencoded` octets.
    pub(super) fn parse(octets: &'a [u8]) -> Self {
        Self(url::form_urlencoded::parse(octets).collect())
    }

    /// The one value of `name`. A parameter without a value counts as omitted; `None` too when it is
    /// repeated, which [`Self::repeats`] tells apart.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.sent(name);
        match (values.next(), values.next()) {
            (Some(value), None) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// Every value of `name`, for the few that may be repeated; those without a value are omitted.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.values(name).filter(|value| !value.is_empty()).collect()
    }

    /// Whether `name` was sent at all, even without a value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.sent(name).next().is_some()
    }

    /// Whether `name` was sent more than once.
    pub(super) fn repeats(&self, name: &str) -> bool {
        self.sent(name).nth(1).is_some()
    }

    /// Every value of `name`, in order; empty ones count as omitted.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.sent(name).filter(|value| !value.is_empty())
    }

    fn sent(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_ref())
    }
}
