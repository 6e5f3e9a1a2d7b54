use super::*;
use crate::saml::metadata::aggregate::{Contents, Demands, read as read_document};
use crate::saml::tests::{By, IDP, OTHER_IDP, SENT, aggregate, certificate, key as descriptor};

const NOW: Timestamp = Timestamp::from_unix_seconds(SENT);

fn contents_of(document: &str) -> Contents {
    read_document(document, &Demands::default(), NOW).unwrap()
}

/// The aggregate with one change, which must change something.
fn changed(from: &str, to: &str) -> Contents {
    let document = aggregate();
    assert!(document.contains(from), "{from}");
    contents_of(&document.replacen(from, to, 1))
}

fn find<'c>(contents: &'c Contents, id: &str) -> Option<&'c Provider> {
    contents.providers.iter().find(|provider| provider.entity_id == id)
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
}

#[test]
fn an_address_that_a_browser_must_not_be_sent_to_refuses_its_provider() {
    let good = "https://idp.example/sso/redirect";
    let long = format!("https://idp.example/{}", "a".repeat(8192));
    for bad in [
        "javascript:alert(1)",
        "http://idp.example/sso",
        "https://user@idp.example/",
        "https://idp.example/&#13;&#10;Set-Cookie: a=b",
        "",
        &long,
    ] {
        let contents = changed(good, bad);
        assert!(find(&contents, IDP).is_none(), "{bad:.40}");
        assert!(find(&contents, OTHER_IDP).is_some(), "{bad:.40}");
        assert_eq!(contents.alerts.len(), 1);
        let alert = &contents.alerts[0];
        assert!(alert.starts_with(IDP) && alert.contains("SingleSignOnService"), "{alert}");
        assert!(alert.len() < 300, "{alert}");
    }
    let without = changed(&format!("Location=\"{good}\""), "");
    assert!(find(&without, IDP).is_none());
}

#[test]
fn an_address_beyond_the_listed_hosts_refuses_its_provider() {
    let hosts = ["IDP.example".to_owned()];
    let demands = Demands { location_hosts: &hosts, ..Demands::default() };
    let contents = read_document(&aggregate(), &demands, NOW).unwrap();
    assert!(find(&contents, IDP).is_some());
    assert!(find(&contents, OTHER_IDP).is_none());
    assert!(contents.alerts[0].contains("location_hosts"), "{:?}", contents.alerts);
    let elsewhere = aggregate().replace("https://idp.example/sso/post", "https://evil.example/");
    let told = read_document(&elsewhere, &demands, NOW).unwrap_err();
    assert!(told.contains("no provider"), "{told}");
}

#[test]
fn single_logout_is_read_for_each_binding_and_soap_is_ignored() {
    let service = |binding: &str, rest: &str| {
        format!(
            "<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:{binding}\" {rest}/>"
        )
    };
    let logout = service("SOAP", "Location=\"http://idp.example/soap\"")
        + &service("HTTP-Redirect", "Location=\"https://idp.example/slo\"")
        + &service(
            "HTTP-POST",
            "Location=\"https://idp.example/slo/post\" ResponseLocation=\"https://idp.example/slo/done\"",
        );
    let close = "</md:IDPSSODescriptor>";
    let contents = changed(close, &format!("{logout}{close}"));
    assert_eq!(contents.alerts, Vec::<String>::new());
    let provider = find(&contents, IDP).unwrap();
    let redirect = provider.logout_redirect.as_ref().unwrap();
    assert_eq!(redirect.location, "https://idp.example/slo");
    assert_eq!(redirect.for_responses(), "https://idp.example/slo");
    let post = provider.logout_post.as_ref().unwrap();
    assert_eq!(post.location, "https://idp.example/slo/post");
    assert_eq!(post.for_responses(), "https://idp.example/slo/done");
    // A bad address of logout takes the logout away and not the login.
    for bad in [
        "Location=\"http://idp.example/slo\"",
        "",
        "Location=\"https://idp.example/slo\" ResponseLocation=\"javascript:1\"",
    ] {
        let contents = changed(close, &format!("{}{close}", service("HTTP-Redirect", bad)));
        assert!(find(&contents, IDP).unwrap().logout_redirect.is_none(), "{bad}");
        assert_eq!(contents.alerts.len(), 1, "{bad}");
    }
}

#[test]
fn purposes_and_the_age_limit_are_read_where_a_provider_publishes_them() {
    let extensions = "<md:Extensions xmlns:spid=\"https://spid.gov.it/saml-extensions\"><spid:SupportedPurposes><spid:Purpose> P </spid:Purpose><spid:Purpose>LP</spid:Purpose><spid:Purpose></spid:Purpose></spid:SupportedPurposes><spid:SupportedAgeLimit/></md:Extensions>";
    let opening = format!("<md:EntityDescriptor entityID=\"{IDP}\">");
    let contents = changed(&opening, &format!("{opening}{extensions}"));
    let provider = find(&contents, IDP).unwrap();
    assert_eq!(provider.purposes, ["P", "LP"]);
    assert!(provider.age_limit);
    let other = find(&contents, OTHER_IDP).unwrap();
    assert!(other.purposes.is_empty() && !other.age_limit);
}

#[test]
fn a_key_without_a_use_signs_and_one_for_encryption_does_not() {
    let both = descriptor(By::Idp, " use=\"signing\"") + &descriptor(By::IdpNext, "");
    for (case, keys, expected) in [
        ("one without use", descriptor(By::Idp, ""), Some(1)),
        (
            "one for encryption beside",
            descriptor(By::Idp, "") + &descriptor(By::Stranger, " use=\"encryption\""),
            Some(1),
        ),
        ("only for encryption", descriptor(By::Idp, " use=\"encryption\""), None),
        ("none at all", String::new(), None),
        ("the same one twice", descriptor(By::Idp, "") + &descriptor(By::Idp, ""), Some(1)),
        ("nine", (0..9).map(|_| descriptor(By::Idp, "")).collect(), Some(1)),
    ] {
        let contents = changed(&both, &keys);
        assert_eq!(find(&contents, IDP).map(|provider| provider.keys.len()), expected, "{case}");
        assert_eq!(contents.alerts.len(), usize::from(expected.is_none()), "{case}");
    }
}

#[test]
fn a_key_that_cannot_verify_is_left_out_alone() {
    let contents = changed(&certificate(By::IdpNext), "AAAA");
    assert_eq!(find(&contents, IDP).unwrap().keys.len(), 1);
    assert_eq!(contents.alerts.len(), 1);
    let contents = changed(&certificate(By::IdpNext), "%%");
    assert_eq!(find(&contents, IDP).unwrap().keys.len(), 1);
    assert_eq!(contents.alerts.len(), 1);
}

#[test]
fn a_key_of_another_size_is_left_out_and_a_provider_with_no_other_is_refused() {
    // 1024 bits, signed with SHA-256; then the same with 1 and 3 as exponents of a good key.
    let mut der = STANDARD.decode(certificate(By::Idp)).unwrap();
    let exponent = der.windows(5).position(|octets| octets == [2, 3, 1, 0, 1]).unwrap();
    for weak in [1, 3] {
        der[exponent + 2..exponent + 5].copy_from_slice(&[0, 0, weak]);
        let contents = changed(&certificate(By::Idp), &STANDARD.encode(&der));
        assert_eq!(find(&contents, IDP).unwrap().keys.len(), 1, "the other key stays");
        assert!(contents.alerts[0].contains("exponent"), "{:?}", contents.alerts);
        let alone = aggregate().replace(&descriptor(By::IdpNext, ""), "");
        let alone = alone.replace(&certificate(By::Idp), &STANDARD.encode(&der));
        assert!(find(&contents_of(&alone), IDP).is_none());
    }
}

#[test]
fn the_dates_and_the_signature_of_a_certificate_in_metadata_are_not_looked_at() {
    // The last octets are the certificate's own signature.
    let mut der = STANDARD.decode(certificate(By::Idp)).unwrap();
    let end = der.len();
    der[end - 8..].fill(0);
    let contents = changed(&certificate(By::Idp), &STANDARD.encode(&der));
    assert_eq!(find(&contents, IDP).unwrap().keys.len(), 2);
    // A year is written in two digits: 26 becomes 16 and 27 becomes 17.
    let mut der = STANDARD.decode(certificate(By::Idp)).unwrap();
    for at in 0..der.len() - 4 {
        if der[at] == 0x17 && der[at + 1] == 13 && der[at + 2] == b'2' {
            der[at + 2] = b'1';
        }
    }
    let contents = changed(&certificate(By::Idp), &STANDARD.encode(&der));
    assert_eq!(find(&contents, IDP).unwrap().keys.len(), 2, "{:?}", contents.alerts);
}

#[test]
fn names_are_italian_first() {
    let entity = |names: &str| {
        let contents = changed(
            "<md:OrganizationDisplayName xml:lang=\"it\">Provider Uno</md:OrganizationDisplayName>",
            names,
        );
        find(&contents, IDP).unwrap().name.clone()
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
