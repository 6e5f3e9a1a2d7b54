//! Rules about the body: its names, and the ages that its consumers are for.
//!
//! Not its contacts: `contact.rs` has them.

use std::collections::BTreeSet;

use super::super::AgeLimit;
use super::super::stated::{language, whole};
use super::{Case, Findings};
use crate::saml::names;
use crate::xml::{attribute, elements, is};

pub(super) fn organization(case: &Case<'_>) -> Vec<String> {
    let mut found = Findings::default();
    for organization in case.children("Organization") {
        let parts = ["OrganizationName", "OrganizationDisplayName", "OrganizationURL"];
        found
            .must(super::in_order(organization, &parts), format!("it is not {}", parts.join(", ")));
        let languages = parts.map(|part| {
            let entries = elements(organization).filter(|e| is(*e, names::METADATA, part));
            entries.map(language).collect::<Vec<_>>()
        });
        let sets = languages.each_ref().map(|list| list.iter().collect::<BTreeSet<_>>());
        found.must(
            sets.iter().all(|set| Some(set) == sets.first()),
            "names, display names and addresses do not stand in the same languages",
        );
        for (list, set) in languages.iter().zip(&sets) {
            found.must(list.len() == set.len(), "a language stands twice");
            found.must(list.iter().any(|tag| tag == "it"), "the Italian entry is missing");
        }
        for entry in elements(organization) {
            let text = whole(entry);
            let name = entry.tag_name().name();
            found.must(!text.is_empty(), format!("an {name} is empty"));
            let web = text.starts_with("https://") || text.starts_with("http://");
            found.must(name != "OrganizationURL" || web, format!("{text:?} is no address"));
        }
    }
    found.0
}

pub(super) fn age_limits(case: &Case<'_>) -> Vec<String> {
    let mut found = Findings::default();
    let consumers: BTreeSet<_> = case
        .described("AssertionConsumerService")
        .filter_map(|consumer| attribute(consumer, "index"))
        .collect();
    let mut limited = BTreeSet::new();
    let extensions = case.children("Extensions").flat_map(elements);
    for limit in extensions.filter(|node| is(*node, names::SPID, "AgeLimit")) {
        let parts: Vec<(&str, String)> =
            elements(limit).map(|part| (part.tag_name().name(), whole(part))).collect();
        let [
            ("AssertionConsumerServiceIndex", index),
            ("MinAge", minimum),
            ("MaxAge", maximum),
            ("AgeParentAuth", parental),
        ] = parts.as_slice()
        else {
            found.0.push("a limit is not index, MinAge, MaxAge, AgeParentAuth".to_owned());
            continue;
        };
        found.must(consumers.contains(index.as_str()), format!("there is no consumer {index}"));
        found.must(limited.insert(index.clone()), format!("consumer {index} has two limits"));
        let number = |text: &String| text.parse::<u16>().ok();
        let built = number(index).zip(number(minimum)).zip(number(maximum).zip(number(parental)));
        match built.map(|((index, minimum), (maximum, parental))| {
            let maximum = (maximum != 999).then_some(maximum);
            AgeLimit::new(index, minimum, maximum, (parental != 0).then_some(parental))
        }) {
            None => found.0.push(format!("consumer {index}: an age is no whole number")),
            Some(Err(fault)) => found.0.push(format!("consumer {index}: {fault}")),
            Some(Ok(_)) => {}
        }
    }
    found.0
}
