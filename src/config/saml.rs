//! A SAML upstream: `[upstream.spid]`, `[upstream.cie-saml]`, `[upstream.eidas]`.
//!
//! Not a provider list, and not whom to trust: `trust.rs` reads that.

use super::Problems;
use super::section::{File, Section};
use super::service_provider::{self, Defaults};
use super::trust;
use crate::saml::Comparison;
use crate::terms::Country;
use crate::upstream::settings::{
    Binding, Comparisons, Countries, Force, ResponseSignature, SamlConfig, Tenant, eidas_sets,
};

/// Whose bodies an upstream without any of its own uses.
pub(super) enum Lent<'a> {
    /// Nobody's: it must have its own.
    Nothing,
    /// Those of SPID, whose section is wrong and was reported.
    Broken,
    /// Those of SPID.
    Bodies(&'a mut SamlConfig),
}

/// Reads the section; `None` when something it needs is missing or wrong. In development metadata may
/// come from this machine.
pub(super) fn read(
    file: &File<'_>,
    section: &Section<'_>,
    defaults: &Defaults,
    (issuer, development): (&str, bool),
    lent: Lent<'_>,
    problems: &mut Problems,
) -> Option<SamlConfig> {
    let binding = section.word(
        "binding",
        &[("redirect", Binding::Redirect), ("post", Binding::Post)],
        problems,
    );
    let response_signature = section.word(
        "response_signature",
        &[("if-present", ResponseSignature::IfPresent), ("required", ResponseSignature::Required)],
        problems,
    );
    let force = section.word(
        "force_authn",
        &[("as-asked", Force::AsAsked), ("always", Force::Always)],
        problems,
    );
    let comparisons = comparisons(section, problems);
    let own = section.has("organization") || section.has("tenant");
    let tenants = match lent {
        Lent::Bodies(spid) if !own => Some(shared(spid)),
        Lent::Broken if !own => None,
        _ => bodies(file, section, defaults, issuer, problems),
    };
    let countries = countries(section, problems);
    let encryption = section.section("encryption", problems);
    let cbc = encryption.flag("cbc", false, problems);
    encryption.finish(problems);
    let trust = trust::read(file, section, development, problems);
    section.finish(problems);
    Some(SamlConfig {
        binding: binding?,
        comparisons,
        response_signature: response_signature?,
        force: force?,
        tenants: tenants?,
        countries,
        cbc,
        trust: trust?,
    })
}

/// The bodies of the section; `None` when one of them is wrong.
fn bodies(
    file: &File<'_>,
    section: &Section<'_>,
    defaults: &Defaults,
    issuer: &str,
    problems: &mut Problems,
) -> Option<Vec<Tenant>> {
    let named = service_provider::named(section, problems);
    let bodies = service_provider::bodies(section, &named);
    let wanted = bodies.len();
    let tenants: Vec<Tenant> = bodies
        .into_iter()
        .filter_map(|body| service_provider::read(file, body, defaults, issuer, problems))
        .collect();
    for (_, body) in &named {
        body.finish(problems);
    }
    (tenants.len() == wanted).then_some(tenants)
}

/// The node knows services by their SPID metadata: the bodies of SPID ask there too, with the sets that
/// the node prescribes, which SPID's metadata then publishes.
fn shared(spid: &mut SamlConfig) -> Vec<Tenant> {
    let sets = eidas_sets();
    let share = |tenant: &mut Tenant| {
        let published = &mut tenant.service.attribute_sets;
        let known: Vec<u16> = published.iter().map(|set| set.index).collect();
        published.extend(sets.iter().filter(|set| !known.contains(&set.index)).cloned());
        let mut lent = tenant.clone();
        lent.service.attribute_sets = sets.to_vec();
        Tenant { published: false, ..lent }
    };
    spid.tenants.iter_mut().map(share).collect()
}

/// `countries` and `country_parameter`: both or neither.
fn countries(section: &Section<'_>, problems: &mut Problems) -> Option<Countries> {
    let names = section.texts("countries", problems);
    let parameter = section.optional_text("country_parameter", problems);
    let mut codes = Vec::new();
    for name in &names {
        match Country::parse(name) {
            Some(country) if !codes.contains(&country) => codes.push(country),
            Some(_) => section.wrong(
                problems,
                "countries",
                format!("{name:?} stands twice"),
                "write it once",
            ),
            None => section.wrong(
                problems,
                "countries",
                format!("{name:?} is no state of eIDAS"),
                &format!("write some of: {}", Country::ALL.join(", ")),
            ),
        }
    }
    match parameter {
        Some(parameter) if !codes.is_empty() => {
            Some(Countries { parameter: parameter.to_owned(), codes })
        }
        None if names.is_empty() => None,
        _ => {
            section.wrong(
                problems,
                "country_parameter",
                "stands without countries, or countries without it",
                "write both when the node takes the choice of a state over, else neither",
            );
            None
        }
    }
}

fn comparisons(section: &Section<'_>, problems: &mut Problems) -> Comparisons {
    let table = section.section("comparison", problems);
    let words = [
        ("minimum", Comparison::Minimum),
        ("exact", Comparison::Exact),
        ("better", Comparison::Better),
        ("maximum", Comparison::Maximum),
    ];
    let mut one = |key| table.word(key, &words, problems).unwrap_or_default();
    let comparisons = Comparisons { l1: one("l1"), l2: one("l2"), l3: one("l3") };
    table.finish(problems);
    comparisons
}
