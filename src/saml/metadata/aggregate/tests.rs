use super::*;
use crate::saml::tests::{By, IDP, OTHER_IDP, SENT, aggregate, made, signer};
use crate::xml::{Signer, sign_enveloped};

const NOW: Timestamp = Timestamp::from_unix_seconds(SENT);
const DAY: Duration = Duration::from_hours(24);

/// The aggregate, with these attributes on its root and this element first in it.
pub(crate) fn rooted(attributes: &str, first: &str) -> String {
    let document = aggregate().replacen(
        "<md:EntitiesDescriptor",
        &format!("<md:EntitiesDescriptor ID=\"_all\" {attributes}"),
        1,
    );
    let place = document.find('>').unwrap() + 1;
    let (root, rest) = document.split_at(place);
    format!("{root}{first}{rest}")
}

/// `document` in its canonical form, signed as a whole; its root has the ID `_all`.
pub(crate) fn sign(document: &str, by: &Signer) -> String {
    let parsed = Document::parse(document, &Limits::METADATA).unwrap();
    let mut octets = Vec::new();
    crate::xml::canonicalize(&parsed, parsed.root(), None, &[], &mut octets).unwrap();
    let canonical = String::from_utf8(octets).unwrap();
    let place = canonical.find('>').unwrap() + 1;
    sign_enveloped(by, &canonical, "_all", place).unwrap()
}

/// Publication information with that moment.
pub(crate) fn published(instant: &str) -> String {
    format!(
        "<md:Extensions><mdrpi:PublicationInfo xmlns:mdrpi=\"urn:oasis:names:tc:SAML:metadata:rpi\" creationInstant=\"{instant}\" publisher=\"https://registry.example\"/></md:Extensions>"
    )
}

fn read_plain(document: &str) -> Result<Contents, String> {
    read(document, &Demands::default(), NOW)
}

fn read_pinned(document: &str) -> Result<Contents, String> {
    let keys = [VerificationKey::from_certificate(&made(4).1).unwrap()];
    read(document, &Demands { pinned: Some(&keys), ..Demands::default() }, NOW)
}

fn ids(contents: &Contents) -> Vec<&str> {
    contents.providers.iter().map(|provider| provider.entity_id.as_str()).collect()
}

#[test]
fn a_signed_document_counts_only_under_the_pinned_certificate() {
    let plain = rooted("", "");
    let signed = sign(&plain, &made(4).0);
    assert_eq!(ids(&read_pinned(&signed).unwrap()), [IDP, OTHER_IDP]);
    for (case, document) in [
        ("unsigned", plain.clone()),
        ("changed", signed.replace("Provider Uno", "Provider Due")),
        ("an address changed", signed.replace("idp.example/sso", "evil.example/sso")),
        ("signed by somebody else", sign(&plain, signer(By::Stranger))),
        ("signed by a provider of its own", sign(&plain, signer(By::Idp))),
        ("an entity added", signed.replace("</md:EntitiesDescriptor>", "<md:EntityDescriptor entityID=\"https://evil.example\"></md:EntityDescriptor></md:EntitiesDescriptor>")),
    ] {
        let told = read_pinned(&document).unwrap_err();
        assert!(told.contains("not signed with the pinned certificate"), "{case}: {told}");
    }
}

#[test]
fn a_certificate_with_the_names_of_the_pinned_one_is_not_the_pinned_one() {
    // Every certificate of these tests has the same subject and issuer; only the keys differ.
    let forged = sign(&rooted("", ""), &made(5).0);
    assert!(read_pinned(&forged).is_err());
    assert_ne!(made(4).1, made(5).1);
}

#[test]
fn a_signature_must_cover_the_whole_document() {
    let signed = sign(&rooted("", ""), &made(4).0);
    // The signed aggregate inside another one, as it is and behind a root with its ID.
    let wrap = |root: &str| {
        format!(
            "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\"{root}>{signed}</md:EntitiesDescriptor>"
        )
    };
    let from = signed.find("<ds:Signature").unwrap();
    let to = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = signed.get(from..to).unwrap();
    let evil = aggregate().replace("idp.example/sso", "evil.example/sso");
    let evil_root =
        evil.replacen("<md:EntitiesDescriptor", "<md:EntitiesDescriptor ID=\"_evil\"", 1);
    let place = evil_root.find('>').unwrap() + 1;
    let (head, tail) = evil_root.split_at(place);
    let moved = format!("{head}{signature}{tail}");
    let holding = moved.replace(
        "</ds:Signature>",
        &format!("<ds:Object>{}</ds:Object></ds:Signature>", signed.replace(signature, "")),
    );
    // One entity signed by the federation, the rest by nobody.
    let entity_from = signed.find("<md:EntityDescriptor").unwrap();
    let entity_to = signed.find("</md:EntityDescriptor>").unwrap() + "</md:EntityDescriptor>".len();
    let entity = signed.get(entity_from..entity_to).unwrap().replacen(
        "<md:EntityDescriptor",
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_all\"",
        1,
    );
    let one = sign(&entity, &made(4).0);
    assert_eq!(read_pinned(&one).unwrap().providers.len(), 1, "good for itself");
    let one_of_two = format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_outer\">{one}</md:EntitiesDescriptor>"
    );
    for (case, document) in [
        ("inside another", wrap("")),
        ("inside another with an ID", wrap(" ID=\"_outer\"")),
        ("the signature moved to an evil root", moved),
        ("the signature holds what it signed", holding),
        ("it covers one entity", one_of_two),
    ] {
        assert!(read_pinned(&document).is_err(), "{case}");
    }
}

#[test]
fn a_document_past_its_time_is_refused_whole_and_says_since_when() {
    for moment in ["2026-11-22T10:00:00Z", "2026-11-22T09:59:59Z", "2001-01-01T00:00:00Z"] {
        let told = read_plain(&rooted(&format!("validUntil=\"{moment}\""), "")).unwrap_err();
        assert_eq!(told, format!("validUntil has passed ({moment})"));
    }
    for moment in ["", "tomorrow", "2026-12-22"] {
        let told = read_plain(&rooted(&format!("validUntil=\"{moment}\""), "")).unwrap_err();
        assert_eq!(told, "validUntil is no xs:dateTime");
    }
}

#[test]
fn a_validity_of_twenty_years_is_taken_for_one() {
    let contents = read_plain(&rooted("validUntil=\"2046-11-22T10:00:00Z\"", "")).unwrap();
    let year = NOW.plus(365 * DAY);
    assert_eq!(contents.edition.valid_until, Some(year));
    for provider in &contents.providers {
        assert_eq!(provider.valid_until, Some(year));
        assert!(provider.is_valid(NOW) && !provider.is_valid(year));
    }
    // The earlier end counts, wherever it stands.
    let soon = "2026-11-23T10:00:00Z";
    let inner = aggregate().replacen(" entityID", &format!(" validUntil=\"{soon}\" entityID"), 1);
    let contents = read_plain(&inner).unwrap();
    assert_eq!(contents.providers[0].valid_until, Some(NOW.plus(DAY)));
    assert_eq!(contents.providers[1].valid_until, None);
}

#[test]
fn metadata_without_an_end_is_refused_where_configuration_demands_one() {
    let demands = Demands { valid_until_required: true, ..Demands::default() };
    let told = read(&aggregate(), &demands, NOW).unwrap_err();
    assert!(told.contains("validUntil is missing"), "{told}");
    let bounded = rooted("validUntil=\"2026-12-22T10:00:00Z\"", "");
    assert_eq!(read(&bounded, &demands, NOW).unwrap().providers.len(), 2);
    assert_eq!(read_plain(&aggregate()).unwrap().providers.len(), 2);
}

#[test]
fn the_edition_is_told_by_its_instant_or_by_its_end() {
    let edition = |document: &str| read_plain(document).unwrap().edition;
    let first = edition(&rooted("", &published("2026-11-20T00:00:00Z")));
    let second = edition(&rooted("", &published("2026-11-21T00:00:00Z")));
    assert!(first.is_before(&second) && !second.is_before(&first) && !first.is_before(&first));
    let soon = edition(&rooted("validUntil=\"2026-12-01T00:00:00Z\"", ""));
    let late = edition(&rooted("validUntil=\"2026-12-02T00:00:00Z\"", ""));
    assert!(soon.is_before(&late) && !late.is_before(&soon));
    assert!(!edition(&aggregate()).is_before(&late), "nothing to compare");
    let told = read_plain(&rooted("", &published("2026-11-22T10:05:00Z"))).unwrap_err();
    assert!(told.contains("still to come"), "{told}");
    assert!(read_plain(&rooted("", &published("yesterday"))).is_err());
}

#[test]
fn what_is_no_metadata_is_refused_whole_and_says_where() {
    for document in ["", "no xml", "<a></a>", "<!DOCTYPE a []><a></a>"] {
        assert!(read_plain(document).is_err(), "{document}");
    }
    let broken = aggregate().replacen("<md:Organization>", "\n\n<md:Organisation>", 1);
    let told = read_plain(&broken).unwrap_err();
    assert!(told.contains("not well-formed") && told.contains("line 3"), "{told}");
    let none = aggregate().replace("md:IDPSSODescriptor", "md:SPSSODescriptor");
    let told = read_plain(&none).unwrap_err();
    assert!(told.contains(IDP) && told.contains("no IDPSSODescriptor"), "{told}");
}

#[test]
fn a_document_beyond_any_federation_is_refused_before_it_costs_memory() {
    let entities = |count: usize| {
        format!(
            "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{}</md:EntitiesDescriptor>",
            "<md:EntityDescriptor entityID=\"a\"/>".repeat(count)
        )
    };
    let told = read_plain(&entities(100_000)).unwrap_err();
    assert!(told.contains("more than 20000 entities"), "{told}");
    let told = read_plain(&"<a>".repeat(2_000_000)).unwrap_err();
    assert!(told.contains("longer, deeper"), "{told}");
    let told = read_plain(&" ".repeat(Limits::METADATA.octets + 1)).unwrap_err();
    assert!(told.contains("longer, deeper"), "{told}");
    let bomb = format!("<!DOCTYPE a [<!ENTITY a \"{}\">]><a>&a;</a>", "a".repeat(1000));
    assert!(read_plain(&bomb).unwrap_err().contains("document type"));
}
