//! What is said about a service provider's metadata: which rule it breaks, and what a change costs.

use std::fs;
use std::path::Path;
use std::process::Command;

use varco::effects::Timestamp;
use varco::saml::metadata::service_provider::compare::{Weight, compare, weight};
use varco::saml::metadata::service_provider::verify::verify;
use varco::saml::metadata::service_provider::{Fact, Stated};
use varco::upstream::settings::SPID_ATTRIBUTES;

use crate::configuration::Folder;
use crate::metadata_published::{CASES, MADE, repository};

fn golden(name: &str) -> String {
    fs::read_to_string(repository("tests/golden/metadata").join(format!("{name}.xml"))).unwrap()
}

#[test]
fn every_document_of_ours_keeps_every_rule() {
    let now = Timestamp::from_unix_seconds(MADE + 1);
    for case in CASES {
        let verdicts = verify(&golden(case.golden), SPID_ATTRIBUTES, now).unwrap();
        assert_eq!(verdicts.len(), 13);
        for verdict in verdicts {
            assert_eq!(verdict.wrong, Vec::<String>::new(), "{}: {}", case.golden, verdict.rule);
        }
    }
}

/// A change of a good document, and the rule that must say so.
const BROKEN: &[(&str, &str, &str, &str)] = &[
    ("spid-public", " entityID=\"https", " entityID=\"ftp", "one entity, with ID and entityID"),
    ("spid-public", "<md:Company>Ente", "<md:Company>Altro", "contacts of the role"),
    ("spid-public", "<md:Company>Ente", "<md:Company>Altro", "signature"),
    ("spid-public", "isDefault=\"true\"", "isDefault=\"false\"", "consumers"),
    ("spid-public", "bindings:HTTP-POST", "bindings:HTTP-Redirect", "consumers"),
    ("spid-public", "Name=\"spidCode\"", "Name=\"shoeSize\"", "attribute sets"),
    ("spid-public", "Name=\"spidCode\"", "Name=\"familyName\"", "attribute sets"),
    (
        "spid-public",
        "OrganizationURL xml:lang=\"en\"",
        "OrganizationURL xml:lang=\"de\"",
        "organization",
    ),
    ("spid-public", "nameid-format:transient", "nameid-format:persistent", "name identifiers"),
    (
        "spid-public",
        "WantAssertionsSigned=\"true\"",
        "WantAssertionsSigned=\"false\"",
        "descriptor and its order",
    ),
    (
        "spid-public",
        "SingleLogoutService Binding=\"urn",
        "SingleLogoutService Binding=\"x",
        "single logout",
    ),
    ("spid-public", "use=\"signing\"", "use=\"sealing\"", "keys"),
    ("spid-public", "contactType=\"other\"", "contactType=\"support\"", "contacts of the role"),
    ("spid-public", "+390600000000", "06 0000", "contacts of the role"),
    ("spid-public", "spid:IPACode", "spid:VATNumber", "contacts of the role"),
    ("spid-private", "contactType=\"billing\"", "contactType=\"other\"", "contacts of the role"),
    ("spid-ag-public-lite", "pub-ag-lite", "elsewhere", "contacts of the role"),
    ("spid-ag-public-lite", "spid:KeyDescriptor", "spid:Key", "contacts of the role"),
    ("spid-ag-private-full", "spid:Private>", "spid:Public>", "contacts of the role"),
    ("spid-op-public-full", "spid:FiscalCode", "spid:TaxCode", "contacts of the role"),
    ("cie-public", "Name=\"dateOfBirth\"", "Name=\"email\"", "attribute sets"),
    ("cie-public", "cie:Municipality", "cie:Town", "contacts of the role"),
    ("cie-private", "cie:NACE2Code", "cie:Trade", "contacts of the role"),
    ("spid-public-eidas", "Minimum Attribute Set", "Smallest Set", "attribute sets"),
    ("spid-public-age-limit", "<spid:MinAge>14", "<spid:MinAge>17", "age limits"),
    ("spid-public-age-limit", "ServiceIndex>1<", "ServiceIndex>7<", "age limits"),
];

#[test]
fn a_document_that_breaks_a_rule_is_told_which() {
    let now = Timestamp::from_unix_seconds(MADE + 1);
    for (name, from, to, rule) in BROKEN {
        let good = golden(name);
        let broken = good.replace(from, to);
        assert_ne!(good, broken, "{from}");
        let verdicts = verify(&broken, SPID_ATTRIBUTES, now).unwrap();
        let verdict = verdicts.iter().find(|verdict| verdict.rule == *rule).unwrap();
        assert!(!verdict.wrong.is_empty(), "{to}: {rule}");
    }
}

#[test]
fn an_expired_certificate_and_another_entity_id_are_told() {
    let text = golden("spid-public");
    let wrong = |text: &str, at: i64, rule: &str| {
        let now = Timestamp::from_unix_seconds(at);
        let verdicts = verify(text, SPID_ATTRIBUTES, now).unwrap();
        verdicts.into_iter().find(|verdict| verdict.rule == rule).unwrap().wrong
    };
    assert_eq!(wrong(&text, MADE + 3651 * 86_400, "keys"), ["a certificate has expired"]);
    assert_eq!(wrong(&text, MADE - 1, "keys"), ["a certificate is not valid yet"]);
    let other = text.replace("/saml/metadata", "/saml/other");
    assert_eq!(
        wrong(&other, MADE + 1, "certificate of the key that signs"),
        ["its subject names another entity ID (uri)"]
    );
    assert!(
        verify(&format!("\n{text}"), SPID_ATTRIBUTES, Timestamp::from_unix_seconds(0)).is_err()
    );
    assert!(verify("<!DOCTYPE x><x/>", SPID_ATTRIBUTES, Timestamp::from_unix_seconds(0)).is_err());
}

fn cost(was: &str, is: &str) -> (Weight, Vec<Fact>) {
    let [was, is] = [was, is].map(|text| Stated::read(text).unwrap());
    let found = compare(&was, &is);
    (weight(&found), found.into_iter().map(|difference| difference.fact).collect())
}

#[test]
fn a_document_that_is_only_signed_anew_costs_nothing() {
    let text = golden("spid-public");
    let again = text.replace("<ds:SignatureValue>", "<ds:SignatureValue>AAAA");
    assert_ne!(text, again);
    assert_eq!(cost(&text, &again), (Weight::Harmless, vec![]));
}

/// From the document of a public body: what is replaced, and what it costs.
const CHANGES: &[(&str, &str, Weight)] = &[
    ("+390600000000", "+390600000001", Weight::Reapproval),
    ("https://www.ente.example/it", "https://www.ente.example/", Weight::Reapproval),
    (">Servizi<", ">Servizi in linea<", Weight::Reapproval),
    ("/saml/slo", "/saml/logout", Weight::Reapproval),
    ("entityID=\"https://accesso", "entityID=\"https://altro", Weight::Breaks),
    ("/saml/acs", "/saml/consumer", Weight::Breaks),
    ("md:AssertionConsumerService", "md:Gone", Weight::Breaks),
    ("Name=\"spidCode\"", "Name=\"email\"", Weight::Breaks),
    (
        "AttributeConsumingService index=\"0\"",
        "AttributeConsumingService index=\"1\"",
        Weight::Breaks,
    ),
];

#[test]
fn a_change_costs_an_approval_or_breaks_logins() {
    let was = golden("spid-public");
    for (from, to, expected) in CHANGES {
        let is = was.replace(from, to);
        let (found, facts) = cost(&was, &is);
        assert_eq!(found, *expected, "{to}");
        assert!(!facts.is_empty());
    }
    assert_eq!(cost(&was, &golden("spid-public-eidas")).0, Weight::Reapproval);
    assert_eq!(cost(&was, &golden("spid-public-age-limit")).0, Weight::Reapproval);
}

#[test]
fn a_key_that_was_published_before_it_signs_breaks_nothing() {
    let (one, both) = (golden("spid-public"), golden("spid-public-rollover"));
    let certificates = |text: &str| -> Vec<String> {
        text.split("X509Certificate>")
            .skip(1)
            .step_by(2)
            .map(|part| part.replace("</ds:", ""))
            .collect()
    };
    let published = certificates(&both);
    let [signer, first, next, ..] = published.as_slice() else { panic!("three certificates") };
    assert_eq!(signer, first);
    assert_eq!(cost(&one, &both).0, Weight::Reapproval, "the next key is announced");
    // The next key signs; the first one is still there.
    let switched = both.replace(first, "FIRST").replace(next, first).replace("FIRST", next);
    assert_eq!(cost(&both, &switched), (Weight::Harmless, vec![]));
    // The first key is gone.
    let alone = one.replace(first, next);
    assert_eq!(cost(&both, &alone).0, Weight::Reapproval);
    // Nobody was told.
    let (found, facts) = cost(&one, &alone);
    assert_eq!(found, Weight::Breaks);
    assert!(facts.iter().all(|fact| matches!(fact, Fact::SigningKey(_))));
}

/// Runs the product.
fn varco(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_varco"))
        .args(arguments)
        .args(["--config", "varco.toml"])
        .current_dir(folder)
        .output()
        .unwrap();
    let text = [done.stdout, done.stderr].concat();
    (done.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[test]
fn a_registered_document_is_compared_with_what_would_be_published() {
    let folder = Folder::new("metadata-diff");
    let (path, _) = CASES[0].read(&folder);
    let here = path.parent().unwrap().to_owned();
    assert_eq!(varco(&here, &["metadata", "diff"]).0, 1, "nothing is registered");

    let (status, told) = varco(&here, &["metadata", "build", "--out", "registered"]);
    assert_eq!((status, told.as_str()), (0, "registered/spid-default.xml: written\n"));
    let (_, told) = varco(&here, &["metadata", "build", "--out", "registered"]);
    assert_eq!(told, "registered/spid-default.xml: unchanged\n");
    let (_, printed) = varco(&here, &["metadata", "build"]);
    assert_eq!(printed, fs::read_to_string(here.join("registered/spid-default.xml")).unwrap());
    assert_eq!(varco(&here, &["metadata", "verify", "registered/spid-default.xml"]).0, 0);
    assert_eq!(varco(&here, &["metadata", "verify", "--all"]).0, 0);
    assert_eq!(varco(&here, &["metadata", "verify", "providers.xml"]).0, 1);

    let compared = || varco(&here, &["metadata", "diff", "--against", "registered"]);
    let (status, told) = compared();
    assert_eq!(status, 0);
    assert!(told.contains("octet for octet"), "{told}");

    let text = fs::read_to_string(&path).unwrap();
    let registered = "role = \"public\"\nregistered_file = \"registered/spid-default.xml\"";
    let text = text.replace("role = \"public\"", registered);
    fs::write(&path, text.replace("+390600000000", "+390600000001")).unwrap();
    let (status, told) = compared();
    assert_eq!(status, 3);
    assert!(told.contains("AgID has to approve it again"), "{told}");
    assert!(!told.contains("BREAK"), "{told}");

    fs::write(&path, text.replace("role =", "acs_path = \"/elsewhere\"\nrole =")).unwrap();
    let (status, told) = varco(&here, &["metadata", "diff"]);
    assert_eq!(status, 4);
    assert!(told.contains("consumer 0: was https://accesso.ente.example/saml/acs"), "{told}");
    assert!(told.contains("BREAKS LOGINS"), "{told}");
}
