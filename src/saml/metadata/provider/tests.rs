use super::*;
use crate::saml::tests::{By, IDP, OTHER_IDP, SENT, aggregate, key, made, signer};
use crate::xml::sign_enveloped;

const NOW: Timestamp = Timestamp::from_unix_seconds(SENT);

fn read_one(document: &str) -> Reading {
    let mut reading = Reading::default();
    read(document, None, NOW, &mut reading).unwrap();
    reading
}

/// The aggregate with one change, which must change something.
fn changed(from: &str, to: &str) -> Reading {
    let document = aggregate();
    assert!(document.contains(from), "{from}");
    read_one(&document.replacen(from, to, 1))
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
fn a_key_that_cannot_verify_is_left_out_alone() {
    let reading = changed(&crate::saml::tests::certificate(By::IdpNext), "AAAA");
    assert_eq!(reading.providers.get(IDP).unwrap().keys.len(), 1);
    assert_eq!(reading.alerts.len(), 1);
    let reading = changed(&crate::saml::tests::certificate(By::IdpNext), "%%");
    assert_eq!(reading.providers.get(IDP).unwrap().keys.len(), 1);
    assert_eq!(reading.alerts.len(), 1);
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
fn locations_are_https_or_this_machine() {
    for (location, safe) in [
        ("https://idp.example/sso", true),
        ("https://idp.example:8443/sso?a=b", true),
        ("http://localhost:8088/sso", true),
        ("http://127.0.0.1:8088/sso", true),
        ("http://[::1]/sso", true),
        ("http://idp.example/sso", false),
        ("http://localhost.example/sso", false),
        ("http://127.0.0.1.example/sso", false),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
        ("//idp.example/sso", false),
        ("/sso", false),
        ("", false),
        ("https://user:word@idp.example/", false),
        ("https://idp.example/#f", false),
        ("https://idp.example/ a", false),
        ("https://idp.example/\r\nX: y", false),
        (" https://idp.example/", false),
    ] {
        assert_eq!(is_safe_location(location), safe, "{location}");
    }
    let reading = changed("https://idp.example/sso/redirect", "http://idp.example/sso/redirect");
    let provider = reading.providers.get(IDP).unwrap();
    assert_eq!((provider.redirect.as_deref(), provider.post.is_some()), (None, true));
}

#[test]
fn a_signed_document_counts_only_under_the_pinned_certificate() {
    let (pinned, der) = made(4);
    let keys = [VerificationKey::from_certificate(der).unwrap()];
    let plain = aggregate().replace("/>", "></md:SingleSignOnService>").replacen(
        " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">",
        " ID=\"_all\">",
        1,
    );
    let plain = plain
        .replace("<ds:KeyInfo>", "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">");
    // Attributes in canonical order.
    let plain = reorder(&plain);
    let place = plain.find('>').unwrap() + 1;
    let signed = sign_enveloped(pinned, &plain, "_all", place).unwrap();
    let read = |document: &str| {
        let mut reading = Reading::default();
        read(document, Some(&keys), NOW, &mut reading).map(|()| reading.providers.len())
    };
    assert_eq!(read(&signed), Ok(2));
    assert!(read(&plain).is_err(), "unsigned");
    assert!(read(&signed.replace("Provider Uno", "Provider Due")).is_err(), "changed");
    let foreign = sign_enveloped(signer(By::Stranger), &plain, "_all", place).unwrap();
    assert!(read(&foreign).is_err(), "signed by somebody else");
}

fn reorder(document: &str) -> String {
    let parsed = Document::parse(document, &Limits::METADATA).unwrap();
    let mut octets = Vec::new();
    crate::xml::canonicalize(&parsed, parsed.root(), None, &[], &mut octets).unwrap();
    String::from_utf8(octets).unwrap()
}

#[test]
fn what_is_no_metadata_is_refused_whole() {
    for document in ["", "no xml", "<a></a>", "<!DOCTYPE a []><a></a>"] {
        let mut reading = Reading::default();
        assert!(read(document, None, NOW, &mut reading).is_err(), "{document}");
        assert!(reading.providers.is_empty());
    }
}

#[test]
fn names_are_italian_first() {
    let entity = |names: &str| {
        let reading = changed(
            "<md:OrganizationDisplayName xml:lang=\"it\">Provider Uno</md:OrganizationDisplayName>",
            names,
        );
        reading.providers.get(IDP).unwrap().name.clone()
    };
    let named = |local: &str, language: &str, name: &str| {
        format!("<md:{local} xml:lang=\"{language}\">{name}</md:{local}>")
    };
    let display = "OrganizationDisplayName";
    assert_eq!(entity(&(named(display, "en", "E") + &named(display, "it", " I\n t "))), "I t");
    assert_eq!(entity(&(named(display, "de", "D") + &named(display, "en", "E"))), "E");
    assert_eq!(entity(&(named("OrganizationName", "it", "N") + &named(display, "de", "D"))), "D");
    assert_eq!(entity(&named("OrganizationName", "it", "N")), "N");
    assert_eq!(entity(""), IDP);
}
