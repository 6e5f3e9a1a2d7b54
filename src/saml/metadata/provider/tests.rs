use super::*;
use crate::saml::tests::{By, IDP, OTHER_IDP, SENT, aggregate, certificate, key};

const NOW: Timestamp = Timestamp::from_unix_seconds(SENT);

fn read_one(document: &str) -> Reading {
    let mut reading = Reading::default();
    read(document, None, NOW, &mut reading).unwrap();
    reading
}

fn ids(reading: &Reading) -> Vec<&str> {
    reading.providers.iter().map(|provider| provider.entity_id.as_str()).collect()
}

#[test]
fn an_aggregate_gives_every_provider_with_keys_names_and_addresses() {
    let reading = read_one(&aggregate());
    assert_eq!(ids(&reading), [IDP, OTHER_IDP]);
    let provider = reading.providers.get(IDP).unwrap();
    assert_eq!(provider.name, "Provider Uno");
    assert_eq!(provider.keys.len(), 2, "one of them without `use`");
    assert_eq!(provider.redirect.as_deref(), Some("https://idp.example/sso/redirect"));
    assert_eq!(provider.post.as_deref(), Some("https://idp.example/sso/post"));
    assert!(reading.providers.get("https://nobody.example").is_none());
}

#[test]
fn a_single_entity_is_read_with_comments_and_line_breaks() {
    let document = aggregate();
    let from = document.find("<md:EntityDescriptor").unwrap();
    let to = document.find("</md:EntityDescriptor>").unwrap();
    let entity = document.get(from..to).unwrap().replacen(
        "<md:EntityDescriptor",
        "<?xml version=\"1.0\"?>\n<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"",
        1,
    );
    let broken: String = entity
        .replace("MII", "\n  MII")
        .replace("<md:Organization>", "<!-- who --><md:Organization>");
    let reading = read_one(&format!("{broken}</md:EntityDescriptor>"));
    assert_eq!(ids(&reading), [IDP]);
    assert_eq!(reading.providers.get(IDP).unwrap().keys.len(), 2);
}

#[test]
fn a_fault_in_one_entity_removes_that_entity_only_and_is_told() {
    let keys = key(By::Idp, " use=\"signing\"") + &key(By::IdpNext, "");
    let one = "<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"https://idp.example/sso/redirect\"/>";
    let two = "<md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"https://idp.example/sso/post\"/>";
    let both = format!("{one}{two}");
    for (case, from, to) in [
        ("no entityID", format!(" entityID=\"{IDP}\""), String::new()),
        (
            "blank around the entityID",
            format!("entityID=\"{IDP}\""),
            format!("entityID=\"{IDP} \""),
        ),
        ("no key", keys.clone(), String::new()),
        ("only keys for encryption", keys.clone(), key(By::Idp, " use=\"encryption\"")),
        ("no endpoint", both, String::new()),
        (
            "expired",
            format!("entityID=\"{IDP}\""),
            format!("entityID=\"{IDP}\" validUntil=\"2026-11-22T10:00:00Z\""),
        ),
        (
            "validUntil without time",
            format!("entityID=\"{IDP}\""),
            format!("entityID=\"{IDP}\" validUntil=\"2027-11-22\""),
        ),
        ("a service provider", "md:IDPSSODescriptor".to_owned(), "md:SPSSODescriptor".to_owned()),
    ] {
        let document = aggregate();
        let (head, tail) = document.split_once(OTHER_IDP).unwrap();
        assert!(head.contains(&from), "{case}");
        let reading = read_one(&format!("{}{OTHER_IDP}{tail}", head.replace(&from, &to)));
        assert_eq!(ids(&reading), [OTHER_IDP], "{case}");
        assert_eq!(reading.alerts.len(), 1, "{case}: {:?}", reading.alerts);
    }
}

#[test]
fn the_first_of_two_entities_with_one_id_counts() {
    let document = aggregate().replace(OTHER_IDP, IDP);
    let reading = read_one(&document);
    assert_eq!(ids(&reading), [IDP]);
    assert_eq!(reading.providers.get(IDP).unwrap().name, "Provider Uno");
    assert_eq!(reading.alerts.len(), 1);
    assert!(reading.providers.by_certificate(b"nobody's").is_none());
}

#[test]
fn an_entity_id_served_twice_with_other_keys_counts_once() {
    let document = aggregate().replace(OTHER_IDP, IDP);
    let alerts = read_one(&document).alerts;
    assert_eq!(alerts.len(), 1);
    assert!(alerts[0].starts_with(IDP) && alerts[0].contains("with other keys"), "{alerts:?}");
    // Two documents are no way round it.
    let second = aggregate().replace(&certificate(By::Idp), &certificate(By::Stranger));
    let mut reading = read_one(&aggregate());
    read(&second, None, NOW, &mut reading).unwrap();
    let keys = &reading.providers.get(IDP).unwrap().keys;
    let first = read_one(&aggregate());
    let fingerprints = |keys: &[VerificationKey]| {
        keys.iter().map(VerificationKey::fingerprint).collect::<Vec<_>>()
    };
    assert_eq!(fingerprints(keys), fingerprints(&first.providers.get(IDP).unwrap().keys));
    assert!(reading.alerts.iter().any(|alert| alert.contains("with other keys")));
}

#[test]
fn two_providers_may_not_share_a_key() {
    let document = aggregate().replace(&certificate(By::OtherIdp), &certificate(By::IdpNext));
    let reading = read_one(&document);
    assert_eq!(ids(&reading), [IDP]);
    assert_eq!(reading.alerts.len(), 1);
    assert!(reading.alerts[0].starts_with(OTHER_IDP), "{:?}", reading.alerts);
    assert!(reading.alerts[0].contains(IDP), "{:?}", reading.alerts);
}
