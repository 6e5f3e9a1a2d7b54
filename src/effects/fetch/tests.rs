//! Addresses that are right to ask, and what a request shows of itself.

use super::*;

fn parse(text: &str, development: bool) -> Result<FetchUrl, OutboundFault> {
    FetchUrl::parse(text, &["inside.example".to_owned(), "10.0.0.7".to_owned()], development)
}

#[test]
fn an_address_is_https_and_carries_no_secret() {
    assert!(parse("https://registry.example/entities-idp?&output=json", false).is_ok());
    for text in [
        "",
        "registry.example",
        "http://registry.example/",
        "http://localhost/",
        "http://inside.example/",
        "ftp://registry.example/",
        "file:///etc/passwd",
        "gopher://registry.example/",
        "dict://registry.example/",
        "unix:/run/socket",
        "https://user@registry.example/",
        "https://user:word@registry.example/",
        "https://registry.example/#part",
        "https://registry.example:22/",
        "https://registry.example:6379/",
    ] {
        assert!(matches!(parse(text, false), Err(OutboundFault::Address(_))), "{text}");
    }
    let shown = parse("https://registry.example/a?token=secret", false).unwrap().to_string();
    assert_eq!(shown, "https://registry.example/a");
}

#[test]
fn a_private_address_is_refused_unless_its_host_is_allowed() {
    for text in [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.8/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0.0.0.0/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://100.64.0.1/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://①②⑦.0.0.1/",
        "https://127。0。0。1/",
        "https://%31%32%37.0.0.1/",
    ] {
        assert_eq!(parse(text, false), Err(OutboundFault::Private), "{text}");
    }
    assert!(parse("https://10.0.0.7/", false).unwrap().may_be_private());
    assert!(parse("https://INSIDE.example/", false).unwrap().may_be_private());
    assert!(!parse("https://registry.example/", false).unwrap().may_be_private());
}

#[test]
fn what_is_signed_may_come_by_http_and_from_no_other_place() {
    let parse = |text| FetchUrl::of_signed(text, &[], false);
    assert!(parse("http://authority.example/list.crl").is_ok());
    assert!(parse("https://authority.example/list.crl").is_ok());
    for text in ["ldap://authority.example/", "http://user@authority.example/"] {
        assert!(matches!(parse(text), Err(OutboundFault::Address(_))), "{text}");
    }
    for text in ["http://127.0.0.1/", "http://localhost:6379/", "http://169.254.169.254/"] {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn this_machine_is_asked_by_http_only_while_developing() {
    for text in ["http://localhost:8080/", "http://127.0.0.1/", "http://[::1]:1/"] {
        assert!(parse(text, true).unwrap().may_be_private(), "{text}");
        assert!(parse(text, false).is_err(), "{text}");
    }
    assert!(parse("http://registry.example/", true).is_err());
    assert!(parse("http://10.0.0.7/", true).is_err(), "allowed, and not this machine");
}

#[test]
fn parameters_are_added_to_those_that_an_address_has() {
    let url = parse("https://anchor.example/fetch?a=1", false).unwrap();
    let url = url.with_query(&[("sub", "https://leaf.example/?b=c&d"), ("type", "è")]);
    assert_eq!(
        url.url().as_str(),
        "https://anchor.example/fetch?a=1&sub=https%3A%2F%2Fleaf.example%2F%3Fb%3Dc%26d&type=%C3%A8"
    );
    let url = parse("https://inside.example/", false).unwrap();
    let none = url.clone().with_query(&[]);
    assert_eq!(none, url, "nothing to add");
    assert!(url.with_query(&[("a", "b")]).may_be_private(), "who may be asked stays as judged");
}

#[test]
fn a_request_shows_neither_its_headers_nor_its_body_nor_its_query() {
    let url = parse("https://registry.example/token?code=secret", false).unwrap();
    let limits = FetchLimits { octets: 1, time: Duration::from_secs(1) };
    let request = FetchRequest::form(url, &[("client_assertion", "secret")], "a/b", limits)
        .with_header("authorization", "Bearer secret".to_owned().into());
    let shown = format!("{request:?}");
    assert!(shown.contains("https://registry.example/token"), "{shown}");
    assert!(!shown.contains("secret") && !shown.contains("client_assertion"), "{shown}");
}

#[test]
fn a_form_is_written_as_browsers_write_it() {
    let url = parse("https://registry.example/token", false).unwrap();
    let limits = FetchLimits { octets: 1, time: Duration::from_secs(1) };
    let pairs = [("grant_type", "authorization_code"), ("code", "a b&c=d+è")];
    let body = FetchRequest::form(url, &pairs, "a/b", limits).body.unwrap();
    assert_eq!(body.media_type, "application/x-www-form-urlencoded");
    assert_eq!(body.octets.as_slice(), b"grant_type=authorization_code&code=a+b%26c%3Dd%2B%C3%A8");
}

#[test]
fn an_answer_has_a_media_type_whatever_its_case_and_its_parameters() {
    let of = |media_type: Option<&str>| Fetched {
        status: 200,
        media_type: media_type.map(str::to_owned),
        etag: None,
        last_modified: None,
        body: Vec::new(),
    };
    for media_type in ["application/json", "Application/JSON", "application/json ; charset=utf-8"] {
        assert!(of(Some(media_type)).is_of("application/json"), "{media_type}");
    }
    for media_type in [None, Some(""), Some("text/html"), Some("application/json-seq"), Some(";")] {
        assert!(!of(media_type).is_of("application/json"), "{media_type:?}");
    }
}
