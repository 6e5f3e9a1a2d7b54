//! Names and values that look like the right ones: SA-17 to SA-20, SA-23, SA-39, SA-40, SA-42 to
//! SA-44, SA-48, SA-50. All of it signed by the provider that was asked, unless a test says otherwise.

use super::*;

/// Addresses that some comparison takes for `https://<host>/<path>`.
fn variants(address: &str) -> Vec<String> {
    let (scheme, rest) = address.split_once("://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    vec![
        format!("{address}/"),
        format!("{address}?"),
        format!("{address}?a=b"),
        format!("{address}#"),
        format!("{address}2"),
        address.split_at(address.len() - 1).0.to_owned(),
        address.to_uppercase(),
        format!("http://{rest}"),
        format!("HTTPS://{rest}"),
        format!("//{rest}"),
        format!("/{path}"),
        format!("{scheme}://{}/{path}", host.to_uppercase()),
        format!("{scheme}://{host}:443/{path}"),
        format!("{scheme}://{host}./{path}"),
        format!("{scheme}://{host}.evil.example/{path}"),
        format!("{scheme}://{host}@evil.example/{path}"),
        format!("{scheme}://evil.example/{host}/{path}"),
        format!("{scheme}://{host}//{path}"),
        format!("{scheme}://{host}/x/../{path}"),
        format!("{scheme}://{host}/{}", path.replace('a', "%61")),
        format!("{address}\u{200b}"),
        address.replace('a', "\u{430}"),
    ]
}

/// SA-39: the name of the provider, octet by octet, in both places.
#[test]
fn an_issuer_that_looks_like_the_provider_is_not_it() {
    for other in variants(IDP) {
        let (from, to) = (format!(">{IDP}<"), format!(">{other}<"));
        let assertion = Answer::default().assertion(&from, &to);
        assert_eq!(assertion.verdict(), "response-wrong-issuer", "{other}");
        let response = Answer::default().response(&from, &to);
        assert_eq!(response.verdict(), "response-wrong-issuer", "{other}");
    }
}

/// SA-40: another trusted provider answers, in its own name and with its own key.
#[test]
fn an_answer_of_another_trusted_provider_is_refused() {
    let (from, to) = (format!(">{IDP}<"), format!(">{OTHER_IDP}<"));
    for response in [None, Some(By::OtherIdp)] {
        let answer = Answer::default()
            .assertion(&from, &to)
            .response(&from, &to)
            .signed_by(response, Some(By::OtherIdp));
        assert_eq!(answer.verdict(), "signature-other-provider");
    }
    // Its error ends nobody's journey either.
    let error = Answer::error("ErrorCode nr25").response(&from, &to);
    assert_eq!(error.verdict(), "response-wrong-issuer");
}

/// SA-42.
#[test]
fn a_destination_or_recipient_is_compared_octet_by_octet() {
    for other in variants(ACS) {
        let (from, to) = (format!("=\"{ACS}\""), format!("=\"{other}\""));
        let assertion = Answer::default().assertion(&from, &to);
        assert_eq!(assertion.verdict(), "response-wrong-recipient", "{other}");
        let response = Answer::default().response(&from, &to);
        assert_eq!(response.verdict(), "response-wrong-destination", "{other}");
    }
    for padded in [format!(" {ACS}"), format!("{ACS} ")] {
        let answer = Answer::default().response(&format!("\"{ACS}\""), &format!("\"{padded}\""));
        assert_eq!(answer.verdict(), "response-wrong-destination");
    }
}

/// SA-43: an audience is ours or it is not; ours as a part of another is not.
#[test]
fn an_audience_that_looks_like_us_is_not_us() {
    let from = format!("> {SP} <");
    for other in variants(SP).into_iter().chain([format!("{SP} {SP}"), format!("{SP},{SP}2")]) {
        let answer = Answer::default().assertion(&from, &format!(">{other}<"));
        assert_eq!(answer.verdict(), "response-wrong-audience", "{other}");
    }
}

/// SA-44.
#[test]
fn an_in_response_to_that_looks_like_ours_is_not_ours() {
    for other in ["_Request-1", "_request-1 ", " _request-1", "_request-1_request-1", "request-1"] {
        let (from, to) = (format!("=\"{REQUEST}\""), format!("=\"{other}\""));
        let assertion = Answer::default().assertion(&from, &to);
        assert_eq!(assertion.verdict(), "response-in-response-to", "{other}");
        let response = Answer::default().response(&from, &to);
        assert_eq!(response.verdict(), "response-in-response-to", "{other}");
    }
}

/// SA-48: a level is one of three names, alone.
#[test]
fn a_level_that_is_no_level_is_refused() {
    let from = ">https://www.spid.gov.it/SpidL2<";
    let level = |number: &str| format!("https://www.spid.gov.it/Spid{number}");
    for other in [
        level("L2") + &level("L3"),
        format!("{} {}", level("L2"), level("L3")),
        level("L22"),
        level("L4"),
        level("L0"),
        level("L2/"),
        level("l2"),
        level("L3").replace("https", "http"),
        "SpidL3".to_owned(),
        "https://evil.example/SpidL3".to_owned(),
        // SA-72: the node of another state's people is asked with SPID's names and answers with them.
        "http://eidas.europa.eu/LoA/NotNotified/high".to_owned(),
        "http://eidas.europa.eu/NotNotified/LoA/substantial".to_owned(),
        "http://eidas.europa.eu/LoA/high".to_owned(),
    ] {
        let answer = Answer::default().assertion(from, &format!(">{other}<"));
        assert_eq!(answer.verdict(), "response-level-unknown", "{other}");
    }
    let two = "<saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL3</saml:AuthnContextClassRef><saml:AuthnContextClassRef>";
    let answer = Answer::default().assertion("<saml:AuthnContextClassRef>", two);
    assert_eq!(answer.verdict(), "response-authn-statement", "two in one statement");
}

/// SA-50: the person is read from the attribute called exactly so, given once, with a value.
#[test]
fn a_fiscal_number_under_another_name_twice_or_nil_is_none() {
    let required = ["fiscalNumber".to_owned()];
    let expected = Expected { required: &required, ..expected() };
    let verdict = |from: &str, to: &str| {
        let answer = Answer::default().assertion(from, to);
        match answer.judge_by(&expected, ResponseSignature::IfPresent) {
            Ok(_) => "accepted",
            Err(rejected) => rejected.cause.slug(),
        }
    };
    let (name, missing) = ("Name=\"fiscalNumber\"", "response-attributes-missing");
    for other in
        ["FiscalNumber", "fiscalnumber", "FISCALNUMBER", " fiscalNumber", "urn:fiscalNumber"]
    {
        assert_eq!(verdict(name, &format!("Name=\"{other}\"")), missing, "{other}");
    }
    let friendly = "FriendlyName=\"fiscalNumber\" Name=\"number\"";
    assert_eq!(verdict(name, friendly), missing, "FriendlyName");
    let value = "<saml:AttributeValue> TINIT-GDNNWA12H81Y874F </saml:AttributeValue>";
    let nil = "<saml:AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"></saml:AttributeValue>";
    assert_eq!(verdict(value, nil), missing, "nil");
    for second in ["TINIT-GDNNWA12H81Y874F", "TINIT-RSSMRA85T10A562S", ""] {
        let two = format!("{value}<saml:AttributeValue>{second}</saml:AttributeValue>");
        assert_eq!(verdict(value, &two), "response-attributes-doubled", "{second}");
        let again = format!(
            "{value}</saml:Attribute><saml:Attribute Name=\"fiscalNumber\"><saml:AttributeValue>{second}</saml:AttributeValue>"
        );
        assert_eq!(verdict(value, &again), "response-attributes-doubled", "{second}");
    }
}

/// SA-23: under a good signature, an element of another namespace is not there.
#[test]
fn an_element_under_a_rebound_prefix_is_another_element() {
    let evil = "xmlns:saml=\"urn:evil\"";
    for (element, slug) in [
        ("<saml:Subject>", "response-structure"),
        ("<saml:NameID ", "response-name-id"),
        ("<saml:SubjectConfirmation ", "response-confirmation"),
        ("<saml:SubjectConfirmationData ", "response-confirmation"),
        ("<saml:Conditions ", "response-structure"),
        ("<saml:AudienceRestriction>", "response-conditions"),
        ("<saml:Audience>", "response-wrong-audience"),
        ("<saml:AuthnStatement ", "response-structure"),
        ("<saml:AuthnContext>", "response-authn-statement"),
        ("<saml:AuthnContextClassRef>", "response-authn-statement"),
        ("<saml:AttributeStatement>", "response-structure"),
        ("<saml:Attribute Name=\"spidCode\">", "response-structure"),
        ("<saml:AttributeValue>AGID-001", "response-attributes"),
    ] {
        let end = element.find([' ', '>']).unwrap();
        let (name, rest) = element.split_at(end);
        let rebound = format!("{name} {evil}{rest}");
        assert_eq!(Answer::default().assertion(element, &rebound).verdict(), slug, "{element}");
    }
    let evil = "xmlns:samlp=\"urn:evil\"";
    for (from, to, slug) in [
        ("<samlp:Status>", format!("<samlp:Status {evil}>"), "response-structure"),
        ("<samlp:StatusCode ", format!("<samlp:StatusCode {evil} "), "response-status"),
    ] {
        assert_eq!(Answer::default().response(from, &to).verdict(), slug, "{from}");
    }
}

/// SA-23: names are a namespace and a local name; which prefix is written, or none, says nothing.
#[test]
fn a_default_namespace_is_the_namespace() {
    let written = |namespace: &str| {
        let text = ASSERTION.replace("xmlns:saml=", "xmlns=").replace("saml:", "");
        let text = text.replace("urn:oasis:names:tc:SAML:2.0:assertion", namespace);
        let place = text.find("</Issuer>").unwrap() + "</Issuer>".len();
        let signed = sign_enveloped(signer(By::Idp), &text, "_assertion-1", place).unwrap();
        Answer::default().response("{assertion}", &signed).signed_by(None, None)
    };
    let proof = written("urn:oasis:names:tc:SAML:2.0:assertion").judge().unwrap();
    assert_eq!(proof, Answer::default().judge().unwrap());
    for other in ["urn:oasis:names:tc:SAML:1.0:assertion", "urn:evil"] {
        assert_eq!(written(other).verdict(), "response-structure", "{other}");
    }
}

/// SA-17 to SA-19: what would cut a value in two never stands in a message, signed or not; what is
/// written otherwise is the same person.
#[test]
fn a_value_is_whole_or_the_message_is_refused() {
    let whole = "TINIT-GDNNWA12H81Y874F";
    for (cut, slug) in [
        ("TINIT-GDNNWA<!---->12H81Y874F", "xml-comment"),
        ("<!--x-->TINIT-GDNNWA12H81Y874F", "xml-comment"),
        ("TINIT-GDNNWA12H81Y874F<?x y?>.evil", "xml-processing-instruction"),
        ("TINIT-<?p not-an-?>GDNNWA12H81Y874F", "xml-processing-instruction"),
        ("<![CDATA[TINIT-GDNNWA12H81Y874F]]>", "xml-not-well-formed"),
        ("<![CDATA[TINIT-]]>GDNNWA12H81Y874F", "xml-not-well-formed"),
        ("TINIT-GDNNWA<b></b>12H81Y874F", "assertion-signature-invalid"),
    ] {
        // Comments and CDATA do not stand in the canonical form: the signature still fits.
        let answer = Answer::default().signed_by(None, Some(By::Idp)).wire(whole, cut);
        assert_eq!(answer.verdict(), slug, "{cut}");
    }
    for place in [
        "> _name <",
        ">https://www.spid.gov.it/SpidL2<",
        "> https://broker.example/saml/metadata <",
    ] {
        let (head, tail) = place.split_at(6);
        let cut = format!("{head}<!---->{tail}");
        let answer = Answer::default().signed_by(None, Some(By::Idp)).wire(place, &cut);
        assert_eq!(answer.verdict(), "xml-comment", "{place}");
    }
    let references: Vec<String> = whole.chars().map(|c| format!("&#{};", u32::from(c))).collect();
    let references = references.concat();
    let answer = Answer::default().signed_by(None, Some(By::Idp)).wire(whole, &references);
    assert_eq!(answer.judge().unwrap(), Answer::default().judge().unwrap());
}
