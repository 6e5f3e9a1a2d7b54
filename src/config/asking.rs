//! How a relying party's people are asked for at SAML providers: body, attribute set, consumer, purpose.
//!
//! Not what the upstreams publish: `service_provider.rs` reads that; here the names must fit it.

use super::Problems;
use super::relying_party::Body;
use super::section::Section;
use crate::terms::Purpose;

/// What the file says.
pub(super) struct Asking {
    pub(super) tenant: String,
    pub(super) attribute_set: String,
    pub(super) attribute_sets: Vec<(&'static str, String)>,
    pub(super) consumer: Option<u16>,
    pub(super) purpose: Option<Purpose>,
}

/// Reads it from the root of the file.
pub(super) fn asking(
    root: &Section<'_>,
    offered: &[&'static str],
    bodies: &[Body],
    problems: &mut Problems,
) -> Asking {
    let tenant = root.optional_text("tenant", problems).unwrap_or("default").to_owned();
    let bodies: Vec<&Body> =
        bodies.iter().filter(|body| offered.contains(&body.upstream)).collect();
    let mine: Vec<&Body> = bodies.iter().copied().filter(|body| body.tenant == tenant).collect();
    if !bodies.is_empty() && mine.is_empty() {
        let known: Vec<&str> = bodies.iter().map(|body| body.tenant.as_str()).collect();
        root.wrong(
            problems,
            "tenant",
            "is no body of the upstreams that this relying party offers",
            &format!("write one of: {}", known.join(", ")),
        );
    }
    let sets = |only: Option<&str>| -> Vec<&str> {
        mine.iter()
            .filter(|body| only.is_none_or(|only| only == body.upstream))
            .flat_map(|body| &body.attribute_sets)
            .map(String::as_str)
            .collect()
    };
    let must_be =
        |problems: &mut Problems, section: &Section<'_>, key: &str, set: &str, known: &[&str]| {
            if !known.is_empty() && !known.contains(&set) {
                section.wrong(
                    problems,
                    key,
                    "is not an attribute set of an upstream",
                    &format!("write one of: {}", known.join(", ")),
                );
            }
        };
    let written = root.optional_text("attribute_set", problems);
    if let Some(set) = written {
        must_be(problems, root, "attribute_set", set, &sets(None));
    }
    let attribute_set = written.unwrap_or("default").to_owned();
    let table = root.section("attribute_sets", problems);
    let mut attribute_sets = Vec::new();
    for upstream in table.keys() {
        if let Some(set) = table.optional_text(upstream, problems) {
            must_be(problems, &table, upstream, set, &sets(Some(upstream)));
            match offered.iter().find(|known| **known == upstream) {
                Some(known) => attribute_sets.push((*known, set.to_owned())),
                None => table.wrong(
                    problems,
                    upstream,
                    "is no upstream that this relying party offers",
                    &format!("write some of: {}", offered.join(", ")),
                ),
            }
        }
    }
    let consumer = root.has("consumer_index").then(|| {
        let index = root.number("consumer_index", 0, 0..=65_535, problems);
        u16::try_from(index).unwrap_or_default()
    });
    // Upstreams by OpenID Connect have none.
    let consuming = || mine.iter().filter(|body| !body.consumers.is_empty());
    if let Some(index) = consumer
        && (consuming().next().is_none()
            || !consuming().all(|body| body.consumers.contains(&index)))
    {
        root.wrong(
            problems,
            "consumer_index",
            "is no consumer of the tenant",
            "add [[consumer]] with that index to the upstream, or leave it out",
        );
    }
    let purpose = root.optional_text("purpose", problems).and_then(|code| {
        let purpose = Purpose::from_code(code);
        if purpose.is_none() {
            root.wrong(problems, "purpose", "is no purpose", "write one of: P, LP, PG, PF, PX");
        }
        purpose
    });
    Asking { tenant, attribute_set, attribute_sets, consumer, purpose }
}
