//! Logout messages as a provider would send them, and one change at a time: SA-57, SA-64, SA-65, SA-66.

use std::io::Write as _;

use super::*;
use crate::saml::binding::{self, deflate, percent_encode};
use crate::saml::request::Written;
use crate::saml::tests::{By, IDP, OTHER_IDP, REQUEST, SENT, reading, signer};
use crate::xml::{RSA_SHA256, sign_enveloped, sign_octets};

const SLO: &str = "https://broker.example/saml/slo";
const NAME: &str = "_the-name-of-a-person";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(SENT + seconds)
}

fn request() -> Written {
    LogoutRequest {
        id: "_logout-1",
        issued_at: at(0),
        destination: SLO,
        issuer: IDP,
        name_id: NAME,
        name_qualifier: IDP,
        session_index: "_session-1",
    }
    .write()
}

fn response() -> Written {
    LogoutResponse {
        id: "_answer-1",
        issued_at: at(0),
        destination: SLO,
        issuer: IDP,
        in_response_to: REQUEST,
    }
    .write()
}

fn changed(message: &Written, from: &str, to: &str) -> Written {
    assert!(message.text.contains(from), "{from} is not in {}", message.text);
    let text = message.text.replacen(from, to, 1);
    let place = text.find("</saml:Issuer>").map_or(0, |place| place + "</saml:Issuer>".len());
    Written { text, place, ..message.clone() }
}

fn judge(carried: Carried<'_>, now: i64) -> Result<Verified, Rejected> {
    let reading = reading();
    accept(carried, SLO, |id| reading.providers.get(id).cloned(), at(now))
}

fn verdict(carried: Carried<'_>, now: i64) -> &'static str {
    judge(carried, now).map_or_else(|rejected| rejected.cause.slug(), |_| "accepted")
}

fn query(message: &Written, by: By) -> String {
    let address = binding::redirect("https://x.example/", message, "relay", signer(by)).unwrap();
    address.split_once('?').unwrap().1.to_owned()
}

fn form(message: &Written, by: By) -> Vec<(String, String)> {
    let id = if message.text.contains("_logout-1") { "_logout-1" } else { "_answer-1" };
    binding::post(message, id, "relay", signer(by)).unwrap()
}

/// The verdict on one message by both bindings, which must agree.
fn both(message: &Written, by: By, now: i64) -> &'static str {
    let redirected = verdict(Carried::Redirected(&query(message, by)), now);
    let posted = verdict(Carried::Posted(&form(message, by)), now);
    assert_eq!(redirected, posted, "{}", message.text);
    redirected
}

fn verified_request(carried: Carried<'_>) -> VerifiedRequest {
    match judge(carried, 1).unwrap() {
        Verified::Request(request) => request,
        Verified::Response(_) => panic!("a request was sent"),
    }
}

fn verified_response(carried: Carried<'_>) -> VerifiedResponse {
    match judge(carried, 1).unwrap() {
        Verified::Response(response) => response,
        Verified::Request(_) => panic!("a response was sent"),
    }
}

#[test]
fn what_we_send_is_what_the_rules_of_spid_ask() {
    insta::assert_snapshot!(request().text, @r#"<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="https://broker.example/saml/slo" ID="_logout-1" IssueInstant="2026-11-22T10:00:00Z" NotOnOrAfter="2026-11-22T10:05:00Z" Reason="urn:oasis:names:tc:SAML:2.0:logout:user" Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity" NameQualifier="https://idp.example/metadata">https://idp.example/metadata</saml:Issuer><saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient" NameQualifier="https://idp.example/metadata">_the-name-of-a-person</saml:NameID><samlp:SessionIndex>_session-1</samlp:SessionIndex></samlp:LogoutRequest>"#);
    insta::assert_snapshot!(response().text, @r#"<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="https://broker.example/saml/slo" ID="_answer-1" InResponseTo="_request-1" IssueInstant="2026-11-22T10:00:00Z" Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity" NameQualifier="https://idp.example/metadata">https://idp.example/metadata</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status></samlp:LogoutResponse>"#);
}

#[test]
fn a_genuine_request_is_read_by_both_bindings() {
    for by in [By::Idp, By::IdpNext] {
        let (query, form) = (query(&request(), by), form(&request(), by));
        for (carried, posted) in
            [(Carried::Redirected(&query), false), (Carried::Posted(&form), true)]
        {
            let read = verified_request(carried);
            assert_eq!((read.id(), read.provider(), read.name_id()), ("_logout-1", IDP, NAME));
            assert_eq!(read.session_indexes(), ["_session-1"]);
            assert_eq!((read.relay_state(), read.was_posted()), ("relay", posted));
            assert_eq!(read.expires_at(), at(6 * 60));
            assert!(!format!("{read:?}").contains(NAME), "no name in a log");
        }
    }
    let all = changed(&request(), "<samlp:SessionIndex>_session-1</samlp:SessionIndex>", "");
    assert!(verified_request(Carried::Posted(&form(&all, By::Idp))).session_indexes().is_empty());
}

#[test]
fn a_response_answers_one_request_of_one_provider() {
    let (query, form) = (query(&response(), By::Idp), form(&response(), By::Idp));
    for carried in [Carried::Redirected(&query), Carried::Posted(&form)] {
        let read = verified_response(carried);
        assert_eq!(read.outcome_of(REQUEST, IDP), Ok(true));
        let other = Rejection::InResponseTo;
        assert_eq!(read.outcome_of("_request-2", IDP).unwrap_err().cause, other);
        assert_eq!(read.outcome_of(REQUEST, OTHER_IDP).unwrap_err().cause, other);
    }
    let partial = changed(
        &response(),
        "status:Success\"></samlp:StatusCode>",
        "status:Requester\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:PartialLogout\"></samlp:StatusCode></samlp:StatusCode>",
    );
    let read = verified_response(Carried::Posted(&self::form(&partial, By::Idp)));
    assert_eq!(read.outcome_of(REQUEST, IDP), Ok(false));
}

/// SA-66, and the rules of `checks.rs`, each broken alone.
#[test]
#[rustfmt::skip]
fn a_request_that_breaks_one_rule_logs_nobody_out() {
    let name = "<saml:NameID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\" NameQualifier=\"https://idp.example/metadata\">_the-name-of-a-person</saml:NameID>";
    let twice = format!("{name}{name}");
    let cases: &[(&str, &str, &str)] = &[
        ("Version=\"2.0\"", "Version=\"1.1\"", "logout-malformed"),
        (" Version=\"2.0\"", "", "logout-malformed"),
        ("IssueInstant=\"2026-11-22T10:00:00Z\"", "IssueInstant=\"today\"", "logout-malformed"),
        ("IssueInstant=\"2026-11-22T10:00:00Z\"", "IssueInstant=\"2026-11-22T09:50:00Z\"", "logout-expired"),
        ("IssueInstant=\"2026-11-22T10:00:00Z\"", "IssueInstant=\"2026-11-22T10:02:00Z\"", "logout-expired"),
        ("NotOnOrAfter=\"2026-11-22T10:05:00Z\"", "NotOnOrAfter=\"2026-11-22T09:58:00Z\"", "logout-expired"),
        ("NotOnOrAfter=\"2026-11-22T10:05:00Z\"", "NotOnOrAfter=\"\"", "logout-malformed"),
        (" NotOnOrAfter=\"2026-11-22T10:05:00Z\"", "", "accepted"),
        (" Destination=\"https://broker.example/saml/slo\"", "", "logout-wrong-destination"),
        ("Destination=\"https://broker.example/saml/slo\"", "Destination=\"https://broker.example/saml/slo2\"", "logout-wrong-destination"),
        (">https://idp.example/metadata</saml:Issuer>", ">https://nobody.example</saml:Issuer>", "logout-wrong-issuer"),
        (">https://idp.example/metadata</saml:Issuer>", ">https://other.example/metadata</saml:Issuer>", "logout-signature-invalid"),
        ("nameid-format:entity", "nameid-format:transient", "logout-wrong-issuer"),
        (name, "", "logout-name-id"),
        (name, &twice, "logout-name-id"),
        (">_the-name-of-a-person<", "> <", "logout-name-id"),
        ("nameid-format:transient", "nameid-format:persistent", "logout-name-id"),
        (name, "<saml:EncryptedID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"></saml:EncryptedID>", "logout-name-id"),
        (name, "<saml:BaseID xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"></saml:BaseID>", "logout-name-id"),
        (">_session-1<", "><", "logout-malformed"),
        ("<samlp:SessionIndex>", "<samlp:Other></samlp:Other><samlp:SessionIndex>", "logout-malformed"),
    ];
    for (from, to, slug) in cases {
        assert_eq!(both(&changed(&request(), from, to), By::Idp, 1), *slug, "{from} → {to}");
    }
}

#[test]
fn a_response_that_breaks_one_rule_is_refused() {
    for (from, to, slug) in [
        ("Version=\"2.0\"", "Version=\"1.1\"", "logout-malformed"),
        (" InResponseTo=\"_request-1\"", "", "logout-in-response-to"),
        (
            "IssueInstant=\"2026-11-22T10:00:00Z\"",
            "IssueInstant=\"2026-11-22T09:50:00Z\"",
            "logout-expired",
        ),
        ("slo\" ID", "elsewhere\" ID", "logout-wrong-destination"),
        (" Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"", "", "logout-malformed"),
        (
            "</samlp:Status>",
            "</samlp:Status><samlp:SessionIndex>_s</samlp:SessionIndex>",
            "logout-malformed",
        ),
    ] {
        assert_eq!(both(&changed(&response(), from, to), By::Idp, 1), slug, "{from} → {to}");
    }
}

/// SA-66: the age alone, the key alone, no signature at all.
#[test]
fn neither_an_old_request_nor_a_foreign_key_nor_no_signature_logs_anybody_out() {
    assert_eq!(both(&request(), By::Idp, -59), "accepted");
    assert_eq!(both(&request(), By::Idp, -61), "logout-expired");
    assert_eq!(both(&request(), By::Idp, 359), "accepted");
    assert_eq!(both(&request(), By::Idp, 360), "logout-expired");
    assert_eq!(both(&request(), By::OtherIdp, 1), "logout-signature-invalid");
    assert_eq!(both(&request(), By::Stranger, 1), "logout-signature-invalid");
    assert_eq!(both(&response(), By::OtherIdp, 1), "logout-signature-invalid");
    let plain = STANDARD.encode(&request().text);
    let unsigned = [("SAMLRequest".to_owned(), plain)];
    assert_eq!(verdict(Carried::Posted(&unsigned), 1), "logout-unsigned");
    let packed = percent_encode(&STANDARD.encode(deflate(request().text.as_bytes())));
    for query in [
        format!("SAMLRequest={packed}"),
        format!("SAMLRequest={packed}&SigAlg={}", percent_encode(RSA_SHA256)),
    ] {
        assert_eq!(verdict(Carried::Redirected(&query), 1), "logout-unsigned");
    }
    let disabled = accept(Carried::Posted(&form(&request(), By::Idp)), SLO, |_| None, at(1));
    assert_eq!(disabled.unwrap_err().cause, Rejection::Issuer);
}

/// SA-57: the parameter says what must be inside, and nothing else is read.
#[test]
fn a_message_of_another_kind_is_refused_by_its_type() {
    let swapped = |message: Written, parameter| Written { parameter, ..message };
    for message in [
        swapped(request(), names::SAML_RESPONSE),
        swapped(response(), names::SAML_REQUEST),
        changed(&request(), "SAML:2.0:protocol", "SAML:1.0:protocol"),
        Written { text: request().text.replace("LogoutRequest", "AuthnRequest"), ..request() },
        Written { text: response().text.replace("LogoutResponse", "Response"), ..response() },
        swapped(request(), "SAMLart"),
    ] {
        assert_eq!(both(&message, By::Idp, 1), "logout-malformed");
    }
}

/// SA-64: what was signed is what was received, octet for octet.
#[test]
fn a_query_that_was_rewritten_on_the_way_is_refused() {
    let genuine = query(&request(), By::Idp);
    assert_eq!(verdict(Carried::Redirected(&genuine), 1), "accepted");
    let fields: Vec<&str> = genuine.split('&').collect();
    let [message, relay, algorithm, signature] = fields.as_slice() else { panic!("four fields") };
    let lower =
        |field: &str| field.replace("%2F", "%2f").replace("%2B", "%2b").replace("%3A", "%3a");
    assert_ne!(lower(algorithm), *algorithm);
    let rsa_sha1 = percent_encode("http://www.w3.org/2000/09/xmldsig#rsa-sha1");
    let cases = [
        // Order.
        [*relay, *message, *algorithm, *signature].join("&"),
        [*message, *algorithm, *relay, *signature].join("&"),
        [*signature, *message, *relay, *algorithm].join("&"),
        // Doubled.
        [*message, *message, *relay, *algorithm, *signature].join("&"),
        [*message, *relay, *relay, *algorithm, *signature].join("&"),
        [*message, *relay, *algorithm, *algorithm, *signature].join("&"),
        [*message, *relay, *algorithm, *signature, *signature].join("&"),
        // More than there may be.
        [*message, "SAMLEncoding=x", *relay, *algorithm, *signature].join("&"),
        [*message, *relay, *algorithm, *signature, "x=1"].join("&"),
        // Encoded again.
        [*message, *relay, &lower(algorithm), *signature].join("&"),
        [*message, "RelayState=%72elay", *algorithm, *signature].join("&"),
        [&message.replace("%2B", "+"), *relay, *algorithm, "Signature="].join("&"),
        // Another algorithm than the one that signed.
        [*message, *relay, &format!("SigAlg={rsa_sha1}"), *signature].join("&"),
        [*message, *relay, "SigAlg=none", *signature].join("&"),
        [*message, *relay, "SigAlg=", *signature].join("&"),
        // Without a part.
        [*message, *algorithm, *signature].join("&"),
        [*message, *relay, *signature].join("&"),
        [*message, *relay, *algorithm, "Signature="].join("&"),
        String::new(),
    ];
    for query in &cases {
        assert_ne!(verdict(Carried::Redirected(query), 1), "accepted", "{query}");
    }
}

/// SA-64: SHA-1 is refused even when the signature is right; lower-case hex that was signed is not.
#[test]
fn what_the_provider_signed_counts_not_how_we_would_have_written_it() {
    let packed = percent_encode(&STANDARD.encode(deflate(request().text.as_bytes())));
    let signed = |algorithm: &str| {
        let octets = format!("SAMLRequest={packed}&SigAlg={algorithm}");
        let signature = sign_octets(signer(By::Idp).key(), octets.as_bytes()).unwrap();
        format!("{octets}&Signature={}", percent_encode(&STANDARD.encode(signature)))
    };
    let lower = percent_encode(RSA_SHA256).replace("%2F", "%2f").replace("%3A", "%3a");
    assert_eq!(verdict(Carried::Redirected(&signed(&lower)), 1), "accepted");
    let sha1 = percent_encode("http://www.w3.org/2000/09/xmldsig#rsa-sha1");
    assert_eq!(verdict(Carried::Redirected(&signed(&sha1)), 1), "logout-signature-invalid");
}

/// An XML signature has no place in a redirected message, and only one in a posted one.
#[test]
fn a_signature_stands_where_the_binding_says_and_nowhere_else() {
    let enveloped =
        sign_enveloped(signer(By::Idp), &request().text, "_logout-1", request().place).unwrap();
    let inside = Written { text: enveloped.clone(), ..request() };
    assert_eq!(
        verdict(Carried::Redirected(&query(&inside, By::Idp)), 1),
        "logout-signature-invalid"
    );
    let end = "</samlp:LogoutRequest>";
    let wrapped = request()
        .text
        .replace("_logout-1", "_forged")
        .replace(end, &format!("<samlp:Extensions>{enveloped}</samlp:Extensions>{end}"));
    let form = [("SAMLRequest".to_owned(), STANDARD.encode(wrapped))];
    assert_eq!(verdict(Carried::Posted(&form), 1), "logout-signature-invalid");
    let altered = enveloped.replace(NAME, "_somebody-else");
    let form = [("SAMLRequest".to_owned(), STANDARD.encode(altered))];
    assert_eq!(verdict(Carried::Posted(&form), 1), "logout-signature-invalid");
}

/// SA-65: nothing is inflated beyond the size of a message, whatever the octets say.
#[test]
fn a_deflate_bomb_is_refused_before_it_opens() {
    let carried = |octets: &[u8]| {
        let packed = percent_encode(&STANDARD.encode(octets));
        let signed = format!("SAMLRequest={packed}&SigAlg={}", percent_encode(RSA_SHA256));
        let signature = sign_octets(signer(By::Idp).key(), signed.as_bytes()).unwrap();
        format!("{signed}&Signature={}", percent_encode(&STANDARD.encode(signature)))
    };
    let message = request().text;
    assert_eq!(verdict(Carried::Redirected(&carried(&deflate(message.as_bytes()))), 1), "accepted");
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    zlib.write_all(message.as_bytes()).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(message.as_bytes()).unwrap();
    let deflated = deflate(message.as_bytes());
    for octets in [
        deflate(&vec![b' '; 64 * 1024 * 1024]),
        zlib.finish().unwrap(),
        gzip.finish().unwrap(),
        deflate(&deflated),
        [deflated.as_slice(), b"trailing"].concat(),
        deflated.split_at(deflated.len() / 2).0.to_vec(),
    ] {
        assert_eq!(verdict(Carried::Redirected(&carried(&octets)), 1), "logout-malformed");
    }
}

#[test]
fn a_form_holds_one_message_and_one_relay_state() {
    let genuine = form(&request(), By::Idp);
    let doubled = |extra: (&str, &str)| {
        let mut fields = genuine.clone();
        fields.push((extra.0.to_owned(), extra.1.to_owned()));
        fields
    };
    let long = "x".repeat(81);
    for fields in [
        doubled(("SAMLRequest", "x")),
        doubled(("SAMLResponse", "x")),
        doubled(("RelayState", "x")),
        vec![genuine[0].clone(), ("RelayState".to_owned(), long)],
        vec![("SAMLRequest".to_owned(), "*".to_owned())],
        vec![("SAMLRequest".to_owned(), "A".repeat(MOST_ENCODED + 4))],
        vec![],
    ] {
        assert_eq!(verdict(Carried::Posted(&fields), 1), "logout-malformed");
    }
    let mut broken = genuine.clone();
    broken[0].1.insert_str(64, "\r\n");
    assert_eq!(verdict(Carried::Posted(&broken), 1), "accepted", "line breaks may stand in base64");
}
