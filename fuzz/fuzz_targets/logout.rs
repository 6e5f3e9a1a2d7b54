//! Any query and any form field as a logout message, and any message that the provider really signs:
//! nobody is logged out but by a genuine one, both bindings agree, and a second reader sees the same.

#![no_main]

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use varco::saml::binding::{post, redirect};
use varco::saml::logout::{Carried, Verified, accept};
use varco::saml::metadata::provider::Reading;
use varco::saml::request::Written;
use varco::xml::{Document, Limits, Signer, attribute, canonicalize};
use varco_fuzz::messages::{IDP, REQUEST, SLO};
use varco_fuzz::second_reader::read;
use varco_fuzz::world::{known, metadata, now, party, providers};

fuzz_target!(|octets: &[u8]| {
    let encoded = STANDARD.encode(octets);
    let text = std::str::from_utf8(octets).unwrap_or_default();
    genuine(judge(Carried::Redirected(text), providers()));
    for parameter in ["SAMLRequest", "SAMLResponse"] {
        for value in [text, &encoded] {
            let fields = [field(parameter, value), field("RelayState", "relay")];
            genuine(judge(Carried::Posted(&fields), providers()));
        }
    }
    signed(text);
});

fn field(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn judge(carried: Carried<'_>, reading: &Reading) -> Option<Verified> {
    accept(carried, SLO, |id| reading.providers.get(id).cloned(), now()).ok()
}

/// What nobody can sign but the provider.
fn genuine(verified: Option<Verified>) {
    match verified {
        None => {}
        Some(Verified::Request(request)) => {
            assert_eq!((request.id(), request.provider()), ("_logout-1", IDP));
            assert_eq!(
                (request.name_id(), request.session_indexes()),
                ("_name", &["_s".to_owned()][..])
            );
        }
        Some(Verified::Response(response)) => {
            assert_eq!(response.outcome_of(REQUEST, IDP), Ok(true));
        }
    }
}

/// The message `text`, written in canonical form and signed for both bindings.
fn signed(text: &str) {
    static PROVIDER: OnceLock<(Signer, Reading)> = OnceLock::new();
    let (signer, reading) = PROVIDER.get_or_init(|| {
        let signer = party(1);
        let reading = known(&metadata(&signer, &party(2)));
        (signer, reading)
    });
    let Ok(document) = Document::parse(text, &Limits::MESSAGE) else { return };
    let root = document.root();
    let parameter = match root.tag_name().name() {
        "LogoutRequest" => "SAMLRequest",
        "LogoutResponse" => "SAMLResponse",
        _ => return,
    };
    let mut octets = Vec::new();
    if canonicalize(&document, root, None, &[], &mut octets).is_err() {
        return;
    }
    let canonical = String::from_utf8(octets).expect("canonical forms are UTF-8");
    let place = Document::parse(&canonical, &Limits::MESSAGE).ok().and_then(|document| {
        document.root().first_element_child().map(|issuer| issuer.range().end)
    });
    let Some(place) = place else { return };
    let message = Written { parameter, text: canonical, place };
    let id = attribute(root, "ID").unwrap_or("_none");
    let address = redirect("https://x.example/", &message, "relay", signer).expect("signed");
    let (_, query) = address.split_once('?').expect("a query");
    let form = post(&message, id, "relay", signer).expect("signed");
    let redirected = judge(Carried::Redirected(query), reading);
    let posted = judge(Carried::Posted(&form), reading);
    let seen = read(text);
    match (redirected, posted) {
        (None, None) => {}
        (Some(Verified::Request(one)), Some(Verified::Request(two))) => {
            let seen = seen.expect("the second reader reads what was accepted");
            for request in [one, two] {
                assert_eq!(request.id(), seen.message);
                assert_eq!([request.provider(), IDP], [seen.issuers[0].as_str(); 2]);
                assert_eq!(vec![request.name_id()], seen.names);
                assert_eq!(request.session_indexes(), seen.sessions);
                assert_eq!(request.relay_state(), "relay");
            }
        }
        (Some(Verified::Response(one)), Some(Verified::Response(two))) => {
            assert_eq!(one.outcome_of(REQUEST, IDP), two.outcome_of(REQUEST, IDP));
            assert_eq!(seen.expect("the second reader reads what was accepted").issuers[0], IDP);
        }
        (one, two) => panic!("the bindings disagree: {one:?} {two:?}"),
    }
}
