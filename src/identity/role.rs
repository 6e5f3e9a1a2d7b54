//! The roles that somebody has at a service, as its entitlement source tells them, and in which of them
//! somebody acts there.
//!
//! Not part of a person and never of a proof: no provider and no credential says anything here
//! ([`super::Identity`] has no role). Where roles come from is `entitlement/`.

use serde::{Deserialize, Serialize};

use super::values::{Day, IpaCode, Text};
use crate::terms::{self, Category};

/// One role, for one body, on some days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// What it is called: `Stazione appaltante`.
    pub name: Text,
    /// For whom, where it is for somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<Agency>,
    /// Who delegated it, where it is a delegate's: a body or a kind, never a person's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delegated_by: Option<Text>,
    /// The first day on which it counts, in Rome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Day>,
    /// The last day on which it counts, in Rome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Day>,
}

/// The body that a role is for: at least one of the two is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    /// Its code in the index of public administrations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipa_code: Option<IpaCode>,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
}

impl Role {
    /// Whether it counts on that day, the first and the last one included.
    #[must_use]
    pub fn counts_on(&self, today: terms::Day) -> bool {
        let day = |day: &Option<Day>| day.as_ref().and_then(|day| terms::Day::parse(day.as_str()));
        day(&self.valid_from).is_none_or(|first| first <= today)
            && day(&self.valid_until).is_none_or(|last| today <= last)
    }

    /// Whether both are the same role for the same body by the same delegation, whatever their days.
    fn is_same(&self, other: &Self) -> bool {
        let what =
            |role: &Self| (role.name.clone(), role.agency.clone(), role.delegated_by.clone());
        what(self) == what(other)
    }
}

/// What a source tells of one fiscal code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entitlements {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roles: Vec<Role>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    categories: Vec<String>,
}

impl Entitlements {
    /// Of a source's roles and categories, in its order; what stands twice counts once.
    #[must_use]
    pub fn of(
        all: impl IntoIterator<Item = Role>,
        named: impl IntoIterator<Item = Category>,
    ) -> Self {
        let (mut roles, mut categories): (Vec<Role>, Vec<String>) = (Vec::new(), Vec::new());
        for role in all {
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        for category in named {
            if !categories.iter().any(|known| known == category.as_str()) {
                categories.push(category.as_str().to_owned());
            }
        }
        Self { roles, categories }
    }

    /// Whether there is nothing at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.categories.is_empty()
    }

    /// What of it counts on that day.
    #[must_use]
    pub fn on(mut self, today: terms::Day) -> Self {
        self.roles.retain(|role| role.counts_on(today));
        self
    }

    /// The roles.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The categories of person that the source knows of, for whoever judges who may enter.
    #[must_use]
    pub fn categories(&self) -> Vec<Category> {
        self.categories.iter().filter_map(|name| Category::parse(name)).collect()
    }

    /// To act in all of them, without a choice.
    #[must_use]
    pub fn all(&self) -> Capacity {
        Capacity { roles: self.roles.clone(), chosen: false }
    }

    /// To act in the role at that place of the list; `None` when there is none.
    #[must_use]
    pub fn one(&self, at: usize) -> Option<Capacity> {
        Some(Capacity { roles: vec![self.roles.get(at)?.clone()], chosen: true })
    }
}

/// In which roles a person acts at one relying party: in all of them, in the one that was chosen, or in
/// none. Only a source's [`Entitlements`] give a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roles: Vec<Role>,
    /// Whether the person chose; then no other role takes the place of one that was withdrawn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    chosen: bool,
}

impl Capacity {
    /// To act in no role, by choice.
    #[must_use]
    pub const fn without() -> Self {
        Self { roles: Vec::new(), chosen: true }
    }

    /// Whether nobody ever asked for roles.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.roles.is_empty() && !self.chosen
    }

    /// The roles.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The same under what the source says now: a role that was withdrawn is gone.
    #[must_use]
    pub fn renewed(&self, now: &Entitlements) -> Self {
        if !self.chosen {
            return now.all();
        }
        let still = |role: &Role| now.roles.iter().find(|other| other.is_same(role)).cloned();
        Self { roles: self.roles.iter().filter_map(still).collect(), chosen: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(name: &str, from: Option<&str>, until: Option<&str>) -> Role {
        let day = |text: &str| Day::parse(text).unwrap();
        Role {
            name: Text::parse(name).unwrap(),
            agency: None,
            delegated_by: None,
            valid_from: from.map(day),
            valid_until: until.map(day),
        }
    }

    fn on(day: &str) -> terms::Day {
        terms::Day::parse(day).unwrap()
    }

    #[test]
    fn a_role_counts_from_its_first_day_to_its_last_one() {
        let role = role("a", Some("2021-10-01"), Some("2021-12-31"));
        let counts = |day| role.counts_on(on(day));
        assert_eq!(
            ["2021-09-30", "2021-10-01", "2021-12-31", "2022-01-01"].map(counts),
            [false, true, true, false]
        );
        let ever = Entitlements::of([self::role("b", None, None)], []);
        assert_eq!(ever.clone().on(on("1900-01-01")), ever);
    }

    #[test]
    fn a_chosen_role_that_is_withdrawn_is_replaced_by_no_other() {
        let both = Entitlements::of([role("a", None, None), role("b", None, None)], []);
        let (all, one) = (both.all(), both.one(0).unwrap());
        assert_eq!(both.one(2), None, "nobody chooses what the source did not give");
        let left = Entitlements::of([role("b", None, Some("2030-01-01"))], []);
        assert_eq!(all.renewed(&left).roles(), left.roles());
        assert_eq!(one.renewed(&left), Capacity::without());
        assert_eq!(both.one(1).unwrap().renewed(&left).roles(), left.roles(), "with its new days");
        assert_eq!(Capacity::without().renewed(&both).roles(), []);
        assert!(Capacity::default().is_plain() && !Capacity::without().is_plain());
    }

    #[test]
    fn what_stands_twice_counts_once() {
        let minor = || Category::parse("minor").unwrap();
        let two =
            Entitlements::of([role("a", None, None), role("a", None, None)], [minor(), minor()]);
        assert_eq!((two.roles().len(), two.categories()), (1, vec![minor()]));
    }
}
