//! A SAML upstream: `[upstream.spid]`, `[upstream.cie-saml]`, `[upstream.eidas]`.
//!
//! Not a provider list: nothing about a provider stands here but which metadata files to trust.

use super::Problems;
use super::section::{File, Section};
use super::service_provider::{self, Defaults, owned};
use crate::crypto::certificate::Pem;
use crate::saml::Comparison;
use crate::upstream::settings::{
    Binding, Comparisons, Force, ResponseSignature, SamlConfig, Tenant, Trust,
};

/// Reads the section; `None` when something it needs is missing or wrong.
pub(super) fn read(
    file: &File,
    section: &Section<'_>,
    defaults: &Defaults,
    issuer: &str,
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
    let trust = trust(file, section, problems);
    section.finish(problems);
    Some(SamlConfig {
        binding: binding?,
        comparisons,
        response_signature: response_signature?,
        force: force?,
        tenants: (tenants.len() == wanted).then_some(tenants)?,
        trust: trust?,
    })
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

fn trust(file: &File, section: &Section<'_>, problems: &mut Problems) -> Option<Trust> {
    let table = section.section("trust", problems);
    let names = table.texts("metadata_files", problems);
    if names.is_empty() {
        table.wrong(
            problems,
            "metadata_files",
            "is missing or empty",
            "list the metadata files of the providers, such as \"metadata/spid/providers.xml\"",
        );
    }
    let (mut metadata, mut files) = (Vec::new(), Vec::new());
    for name in names {
        let path = file.beside(name);
        match std::fs::read_to_string(&path) {
            Ok(text) => metadata.push(text),
            Err(cause) => table.wrong(
                problems,
                "metadata_files",
                format!("{name} cannot be read: {cause}"),
                "name an existing, readable file",
            ),
        }
        files.push(path);
    }
    let certificate = table.optional_text("certificate_file", problems).map(|name| {
        let der = std::fs::read_to_string(file.beside(name))
            .ok()
            .and_then(|text| Pem::Certificate.read(&text).ok())
            .map(|der| der.to_vec());
        if der.is_none() {
            table.wrong(
                problems,
                "certificate_file",
                format!("{name} is not a certificate in PEM"),
                "name the certificate that signs the metadata",
            );
        }
        der
    });
    let disabled = owned(&table.texts("disabled_providers", problems));
    table.finish(problems);
    match certificate {
        Some(None) => None,
        Some(der) => Some(Trust { metadata, files, certificate: der, disabled }),
        None => Some(Trust { metadata, files, certificate: None, disabled }),
    }
}
