//! The rules, each broken alone. Numbers are those of AgID's list of cases.

use super::*;
use crate::saml::Rejection;

/// (case, what stands in the assertion, what stands there instead, slug)
#[rustfmt::skip]
const ASSERTION_CASES: &[(&str, &str, &str, &str)] = &[
    ("33 ID empty", "ID=\"_assertion-1\"", "ID=\"\"", "xml-id-form"),
    ("35 Version 1.0", "Version=\"2.0\"", "Version=\"1.0\"", "assertion-version"),
    ("35 Version missing", " Version=\"2.0\"", "", "assertion-version"),
    ("36 IssueInstant empty", "IssueInstant=\"2026-11-22T10:00:20Z\"", "IssueInstant=\"\"", "assertion-issue-instant"),
    ("37 IssueInstant missing", " IssueInstant=\"2026-11-22T10:00:20Z\"", "", "assertion-issue-instant"),
    ("38 IssueInstant form", "IssueInstant=\"2026-11-22T10:00:20Z\"", "IssueInstant=\"2018-09-06 16:00\"", "assertion-issue-instant"),
    ("39 IssueInstant 2000", "IssueInstant=\"2026-11-22T10:00:20Z\"", "IssueInstant=\"2000-01-01T10:00:00Z\"", "response-before-request"),
    ("14 A IssueInstant 2018 alone", "IssueInstant=\"2026-11-22T10:00:20Z\"", "IssueInstant=\"2018-01-01T00:00:00Z\"", "response-before-request"),
    ("40, 15 A IssueInstant 2099 alone", "IssueInstant=\"2026-11-22T10:00:20Z\"", "IssueInstant=\"2099-01-01T00:00:00Z\"", "response-issued-in-future"),
    ("14 NotBefore 2018 alone is no fault", "NotBefore=\"2026-11-22T10:00:21Z\"", "NotBefore=\"2018-01-01T00:00:00Z\"", "accepted"),
    ("67 Issuer empty", ">https://idp.example/metadata</saml:Issuer>", "></saml:Issuer>", "response-wrong-issuer"),
    ("69 Issuer other", ">https://idp.example/metadata<", ">https://other.example/metadata<", "response-wrong-issuer"),
    ("69 Issuer prefix", ">https://idp.example/metadata<", ">https://idp.example/metadata2<", "response-wrong-issuer"),
    ("Issuer padded", ">https://idp.example/metadata<", ">\n https://idp.example/metadata\t<", "accepted"),
    ("70 Issuer Format empty", "Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\"", "Format=\"\"", "response-issuer-format"),
    ("71 Issuer Format missing", " Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\"", "", "response-issuer-format"),
    ("72 Issuer Format other", "nameid-format:entity", "nameid-format:transient2", "response-issuer-format"),
    ("43 NameID empty alone", "> _name <", "><", "response-name-id"),
    ("43 NameID blank", "> _name <", ">  <", "response-name-id"),
    ("45 NameID Format empty", "Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\"", "Format=\"\"", "response-name-id"),
    ("46 NameID Format missing", " Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\"", "", "response-name-id"),
    ("47 NameID Format other", "nameid-format:transient", "nameid-format:persistent", "response-name-id"),
    ("48, 43 NameQualifier empty alone", "NameQualifier=\"https://idp.example/\"", "NameQualifier=\"\"", "response-name-id"),
    ("49 NameQualifier missing", " NameQualifier=\"https://idp.example/\"", "", "response-name-id"),
    ("50 NameQualifier other", "NameQualifier=\"https://idp.example/\"", "NameQualifier=\"something\"", "accepted"),
    ("53 Method empty", "Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"", "Method=\"\"", "response-confirmation"),
    ("54 Method missing", " Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"", "", "response-confirmation"),
    ("55 Method other", "cm:bearer", "cm:sender-vouches", "response-confirmation"),
    ("57 Recipient empty", "Recipient=\"https://broker.example/saml/acs\"", "Recipient=\"\"", "response-wrong-recipient"),
    ("58 Recipient missing", " Recipient=\"https://broker.example/saml/acs\"", "", "response-wrong-recipient"),
    ("59, 21 Recipient other alone", "Recipient=\"https://broker.example/saml/acs\"", "Recipient=\"https://broker.example/saml/acs2\"", "response-wrong-recipient"),
    ("60, 16 SCD InResponseTo empty alone", "InResponseTo=\"_request-1\"", "InResponseTo=\"\"", "response-in-response-to"),
    ("61, 17 SCD InResponseTo missing alone", " InResponseTo=\"_request-1\"", "", "response-in-response-to"),
    ("62, 18 SCD InResponseTo other alone", "InResponseTo=\"_request-1\"", "InResponseTo=\"_request-2\"", "response-in-response-to"),
    ("63 SCD NotOnOrAfter empty", "NotOnOrAfter=\"2026-11-22T10:05:00Z\"", "NotOnOrAfter=\"\"", "response-confirmation"),
    ("64 SCD NotOnOrAfter missing", " NotOnOrAfter=\"2026-11-22T10:05:00Z\"", "", "response-confirmation"),
    ("65 SCD NotOnOrAfter form", "NotOnOrAfter=\"2026-11-22T10:05:00Z\"", "NotOnOrAfter=\"2018.09.18\"", "response-confirmation"),
    ("66 SCD NotOnOrAfter 2000", "NotOnOrAfter=\"2026-11-22T10:05:00Z\"", "NotOnOrAfter=\"2000-01-01T00:00:00Z\"", "response-expired"),
    ("SCD NotBefore 2099", "InResponseTo=\"_request-1\"", "InResponseTo=\"_request-1\" NotBefore=\"2099-01-01T00:00:00Z\"", "response-not-yet-valid"),
    ("75 NotBefore empty", "NotBefore=\"2026-11-22T10:00:21Z\"", "NotBefore=\"\"", "response-conditions"),
    ("76 NotBefore missing", " NotBefore=\"2026-11-22T10:00:21Z\"", "", "response-conditions"),
    ("77 NotBefore form", "NotBefore=\"2026-11-22T10:00:21Z\"", "NotBefore=\"2018/09/10\"", "response-conditions"),
    ("78, 15 NotBefore 2099 alone", "NotBefore=\"2026-11-22T10:00:21Z\"", "NotBefore=\"2099-01-01T00:00:00Z\"", "response-not-yet-valid"),
    ("79 Conditions NotOnOrAfter empty alone", "NotOnOrAfter=\"2026-11-22T10:05:01Z\"", "NotOnOrAfter=\"\"", "response-conditions"),
    ("80 Conditions NotOnOrAfter missing alone", " NotOnOrAfter=\"2026-11-22T10:05:01Z\"", "", "response-conditions"),
    ("81 Conditions NotOnOrAfter form alone", "NotOnOrAfter=\"2026-11-22T10:05:01Z\"", "NotOnOrAfter=\"10-09-2018\"", "response-conditions"),
    ("82 Conditions NotOnOrAfter 2000 alone", "NotOnOrAfter=\"2026-11-22T10:05:01Z\"", "NotOnOrAfter=\"2000-01-01T00:00:00Z\"", "response-expired"),
    ("condition that is none of SAML's", "<saml:AudienceRestriction>", "<saml:Condition></saml:Condition><saml:AudienceRestriction>", "response-conditions"),
    ("85 Audience empty", "> https://broker.example/saml/metadata <", "><", "response-wrong-audience"),
    ("86, 83 Audience missing", "<saml:Audience> https://broker.example/saml/metadata </saml:Audience>", "", "response-wrong-audience"),
    ("87 Audience other", "> https://broker.example/saml/metadata <", ">https://portal.example<", "response-wrong-audience"),
    ("one Audience of two is ours", "<saml:Audience>", "<saml:Audience>https://portal.example</saml:Audience><saml:Audience>", "accepted"),
    ("one AudienceRestriction of two is not ours", "<saml:AudienceRestriction>", "<saml:AudienceRestriction><saml:Audience>https://portal.example</saml:Audience></saml:AudienceRestriction><saml:AudienceRestriction>", "response-wrong-audience"),
    ("88, 91 AuthnContext missing", "<saml:AuthnContext><saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL2</saml:AuthnContextClassRef></saml:AuthnContext>", "", "response-authn-statement"),
    ("90, 93 class missing", "<saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL2</saml:AuthnContextClassRef>", "", "response-authn-statement"),
    ("92 class empty", ">https://www.spid.gov.it/SpidL2<", "><", "response-authn-statement"),
    ("94 level 1", "SpidL2", "SpidL1", "response-level-too-low"),
    ("95 level 2 padded", ">https://www.spid.gov.it/SpidL2<", ">\n https://www.spid.gov.it/SpidL2 <", "accepted"),
    ("96 level 3", "SpidL2", "SpidL3", "accepted"),
    ("97 obsolete class", "https://www.spid.gov.it/SpidL2", "urn:oasis:names:tc:SAML:2.0:ac:classes:SpidL2", "response-level-unknown"),
    ("AuthnInstant missing", "AuthnInstant=\"2026-11-22T10:00:19Z\" ", "", "response-authn-statement"),
    ("AuthnInstant form", "2026-11-22T10:00:19Z", "2026-11-22", "response-authn-statement"),
    ("AuthnInstant 2099", "2026-11-22T10:00:19Z", "2099-11-22T10:00:19Z", "response-issued-in-future"),
    ("AuthnInstant of yesterday", "2026-11-22T10:00:19Z", "2026-11-21T10:00:19Z", "response-authn-stale"),
    ("99 Attribute without value", "<saml:AttributeValue>AGID-001</saml:AttributeValue>", "", "response-attributes"),
    ("Attribute without Name", " Name=\"spidCode\"", "", "response-attributes"),
    ("Attribute with two values", "<saml:AttributeValue>AGID-001<", "<saml:AttributeValue>AGID-000</saml:AttributeValue><saml:AttributeValue>AGID-001<", "response-attributes-doubled"),
    ("Attribute twice", "Name=\"spidCode\"", "Name=\"fiscalNumber\"", "response-attributes-doubled"),
    ("Attribute in a second statement", "<saml:Attribute Name=\"digitalAddress\">", "</saml:AttributeStatement><saml:AttributeStatement><saml:Attribute Name=\"spidCode\">", "response-attributes-doubled"),
    ("value with an element inside", ">AGID-001<", "><saml:b>AGID</saml:b>-001<", "response-structure"),
    ("109 no NameFormat", " NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:basic\"", "", "accepted"),
    ("1-NS no SessionIndex", " SessionIndex=\"_s\"", "", "accepted"),
    ("110 fractions", "10:00:20Z", "10:00:20.123456Z", "accepted"),
    ("offset", "2026-11-22T10:00:20Z", "2026-11-22T12:00:20+02:00", "accepted"),
    ("Advice", "<saml:AuthnStatement ", "<saml:Advice></saml:Advice><saml:AuthnStatement ", "response-structure"),
    ("two Subjects", "<saml:Subject><saml:NameID", "<saml:Subject></saml:Subject><saml:Subject><saml:NameID", "response-structure"),
];

/// (case, what stands in the response, what stands there instead, slug)
#[rustfmt::skip]
const RESPONSE_CASES: &[(&str, &str, &str, &str)] = &[
    ("8 ID empty", "ID=\"_response-1\"", "ID=\"\"", "xml-id-form"),
    ("10 Version 1.0", "Version=\"2.0\"", "Version=\"1.0\"", "response-version"),
    ("10 Version missing", " Version=\"2.0\"", "", "response-version"),
    ("11 IssueInstant empty", "IssueInstant=\"2026-11-22T10:00:22Z\"", "IssueInstant=\"\"", "response-issue-instant"),
    ("12 IssueInstant missing", " IssueInstant=\"2026-11-22T10:00:22Z\"", "", "response-issue-instant"),
    ("13 IssueInstant form", "IssueInstant=\"2026-11-22T10:00:22Z\"", "IssueInstant=\"2018-09-04\"", "response-issue-instant"),
    ("14 IssueInstant 2018 alone", "IssueInstant=\"2026-11-22T10:00:22Z\"", "IssueInstant=\"2018-01-01T00:00:00Z\"", "response-before-request"),
    ("15 IssueInstant 2099 alone", "IssueInstant=\"2026-11-22T10:00:22Z\"", "IssueInstant=\"2099-01-01T00:00:00Z\"", "response-issued-in-future"),
    ("16 InResponseTo empty alone", "InResponseTo=\"_request-1\"", "InResponseTo=\"\"", "response-in-response-to"),
    ("17 InResponseTo missing alone", " InResponseTo=\"_request-1\"", "", "response-in-response-to"),
    ("18 InResponseTo other alone", "InResponseTo=\"_request-1\"", "InResponseTo=\"_request-2\"", "response-in-response-to"),
    ("19 Destination empty", "Destination=\"https://broker.example/saml/acs\"", "Destination=\"\"", "response-wrong-destination"),
    ("20 Destination missing", " Destination=\"https://broker.example/saml/acs\"", "", "response-wrong-destination"),
    ("21 Destination other alone", "Destination=\"https://broker.example/saml/acs\"", "Destination=\"https://broker.example/saml/acs2\"", "response-wrong-destination"),
    ("22, 25 Status empty", "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode>", "", "response-status"),
    ("23 Status missing", "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode></samlp:Status>", "", "response-status"),
    ("24 StatusCode empty", "Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"", "Value=\"\"", "response-status"),
    ("StatusCode without Value", " Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"", "", "response-status"),
    ("26 StatusCode unknown", "status:Success", "status:Successful", "response-status"),
    ("two Status", "<samlp:Status>", "<samlp:Status></samlp:Status><samlp:Status>", "response-structure"),
    ("27 Issuer empty", ">https://idp.example/metadata</saml:Issuer>", "></saml:Issuer>", "response-wrong-issuer"),
    ("29 Issuer other", ">https://idp.example/metadata<", ">https://other.example/metadata<", "response-wrong-issuer"),
    ("30 Issuer Format wrong", "nameid-format:entity", "nameid-format:transient", "response-issuer-format"),
    ("30 Issuer Format empty", "Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\"", "Format=\"\"", "response-issuer-format"),
    ("31 Issuer Format absent", " Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\"", "", "accepted"),
    ("32 no Assertion", "{assertion}", "", "assertion-missing"),
    ("110 fractions", "10:00:22Z", "10:00:22.123Z", "accepted"),
    ("Extensions, empty", "<samlp:Status>", "<samlp:Extensions></samlp:Extensions><samlp:Status>", "accepted"),
    ("Extensions, filled", "<samlp:Status>", "<samlp:Extensions><samlp:x></samlp:x></samlp:Extensions><samlp:Status>", "response-structure"),
    ("foreign child", "<samlp:Status>", "<samlp:Other></samlp:Other><samlp:Status>", "response-structure"),
    ("text between the children", "<samlp:Status>", "text<samlp:Status>", "response-structure"),
    ("another root", "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ", "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol2\" ", "response-malformed"),
];

/// (case, where the part starts, where it ends, slug when it is cut out of the assertion)
const WHOLE_PARTS: &[(&str, &str, &str, &str)] = &[
    ("42 Subject", "<saml:Subject>", "</saml:Subject>", "response-subject"),
    ("44 NameID", "<saml:NameID ", "</saml:NameID>", "response-name-id"),
    (
        "52 SubjectConfirmation",
        "<saml:SubjectConfirmation ",
        "</saml:SubjectConfirmation>",
        "response-confirmation",
    ),
    (
        "51, 56 its data",
        "<saml:SubjectConfirmationData ",
        "</saml:SubjectConfirmationData>",
        "response-confirmation",
    ),
    ("74 Conditions", "<saml:Conditions ", "</saml:Conditions>", "response-conditions"),
    (
        "73, 84 AudienceRestriction",
        "<saml:AudienceRestriction>",
        "</saml:AudienceRestriction>",
        "response-conditions",
    ),
    (
        "89 AuthnStatement",
        "<saml:AuthnStatement ",
        "</saml:AuthnStatement>",
        "response-authn-statement",
    ),
    ("98 Attributes", "<saml:Attribute ", "</saml:Attribute>", "response-attributes"),
    (
        "AttributeStatement",
        "<saml:AttributeStatement>",
        "</saml:AttributeStatement>",
        "response-attributes",
    ),
];

#[test]
fn a_genuine_answer_is_accepted_and_says_what_it_proves() {
    let proof = Answer::default().judge().unwrap();
    assert_eq!(proof.assertion_id, "_assertion-1");
    assert_eq!(proof.level, Level::L2);
    assert_eq!(proof.authenticated_at, Timestamp::from_unix_seconds(SENT + 19));
    assert_eq!(proof.expires_at, Timestamp::from_unix_seconds(SENT + 301));
    let attributes: Vec<_> =
        proof.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // Trimmed; the empty digitalAddress is absent.
    let expected = [("fiscalNumber", "TINIT-GDNNWA12H81Y874F"), ("spidCode", "AGID-001")];
    assert_eq!(attributes, expected);
}

#[test]
fn every_rule_about_the_assertion_is_checked_alone() {
    for (case, from, to, slug) in ASSERTION_CASES {
        assert_eq!(Answer::default().assertion(from, to).verdict(), *slug, "{case}");
    }
}

#[test]
fn every_rule_about_the_response_is_checked_alone() {
    for (case, from, to, slug) in RESPONSE_CASES {
        assert_eq!(Answer::default().response(from, to).verdict(), *slug, "{case}");
        if from.contains("root") || from.contains("<samlp:Response") {
            continue;
        }
        // The same without a signature of the Response: the rules do not hang on it.
        let unsigned = Answer::default().response(from, to).signed_by(None, Some(By::Idp));
        assert_eq!(unsigned.verdict(), *slug, "{case}, Response unsigned");
    }
}

#[test]
fn whole_parts_that_are_missing_are_refused() {
    let whole = Answer::default().signed_by(None, None).xml();
    let cut = |start: &str, end: &str| {
        let from = whole.find(start).unwrap();
        let to = whole.rfind(end).unwrap() + end.len();
        whole.get(from..to).unwrap().to_owned()
    };
    for (case, start, end, slug) in WHOLE_PARTS {
        let part = cut(start, end);
        assert_eq!(Answer::default().assertion(&part, "").verdict(), *slug, "{case}");
    }
    let subject = cut("<saml:Subject>", "</saml:Subject>");
    let empty = "<saml:Subject></saml:Subject>";
    assert_eq!(Answer::default().assertion(&subject, empty).verdict(), "response-name-id", "41");
    let confirmation = cut("<saml:SubjectConfirmation ", "</saml:SubjectConfirmation>");
    let twice = confirmation.repeat(2);
    assert_eq!(
        Answer::default().assertion(&confirmation, &twice).verdict(),
        "response-confirmation",
        "two confirmations"
    );
}

#[test]
fn ids_and_issuers_that_are_missing_are_refused() {
    let id = Answer::default().assertion(" ID=\"_assertion-1\"", "");
    assert_eq!(id.verdict(), "signature-reference", "34");
    let id = Answer::default().response(" ID=\"_response-1\"", "");
    assert_eq!(id.verdict(), "signature-reference", "9");
    let id = id.signed_by(None, Some(By::Idp));
    assert_eq!(id.verdict(), "response-id", "9, Response unsigned");
    // A signature needs an ID to refer to; the row stands for whoever reads assertions otherwise.
    let nothing = crate::saml::answer::Claimed::default();
    let rejected = crate::saml::checks::assertion(&nothing, &expected()).unwrap_err();
    assert_eq!(rejected.cause, Rejection::AssertionId);
    let issuer = "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">https://idp.example/metadata</saml:Issuer>";
    assert_eq!(Answer::default().assertion(issuer, "").verdict(), "response-wrong-issuer", "68");
    let issuer = issuer.replace(
        "Issuer Format",
        "Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" Format",
    );
    assert_eq!(Answer::default().response(&issuer, "").verdict(), "response-wrong-issuer", "28");
}

#[test]
fn every_cause_is_met_by_some_case() {
    let mut met: Vec<&str> =
        ASSERTION_CASES.iter().chain(RESPONSE_CASES).map(|case| case.3).collect();
    // In the other tests of this folder and, what is encrypted, in `tests/it/saml_encryption.rs`.
    met.extend([
        "response-too-large",
        "assertion-encrypted",
        "response-encryption-algorithm",
        "response-not-decryptable",
        "response-unsigned",
        "assertion-unsigned",
        "signature-missing",
        "response-signature-invalid",
        "assertion-signature-invalid",
        "signature-other-provider",
        "signature-sha1",
        "response-id",
        "assertion-id",
        "response-subject",
        "response-attributes-missing",
    ]);
    for cause in Rejection::ALL {
        assert!(met.contains(&cause.slug()), "{}", cause.slug());
    }
}

/// Numbers of AgID's cases that are not in the tables above, and the test that has each.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("1", "matrix", "a_genuine_answer_is_accepted_and_says_what_it_proves"),
    ("2", "signatures", "the_assertion_is_signed_always_and_every_signature_verifies"),
    ("3", "signatures", "the_assertion_is_signed_always_and_every_signature_verifies"),
    ("4", "signatures", "the_assertion_is_signed_always_and_every_signature_verifies"),
    ("9", "matrix", "ids_and_issuers_that_are_missing_are_refused"),
    ("28", "matrix", "ids_and_issuers_that_are_missing_are_refused"),
    ("34", "matrix", "ids_and_issuers_that_are_missing_are_refused"),
    ("41", "matrix", "whole_parts_that_are_missing_are_refused"),
    ("68", "matrix", "ids_and_issuers_that_are_missing_are_refused"),
    ("100", "signatures", "the_assertion_is_signed_always_and_every_signature_verifies"),
    ("103", "look_alikes", "a_fiscal_number_under_another_name_twice_or_nil_is_none"),
    ("104", "spans", "a_failure_is_its_number_signed_or_not"),
    ("105", "spans", "a_failure_is_its_number_signed_or_not"),
    ("106", "spans", "a_failure_is_its_number_signed_or_not"),
    ("107", "spans", "a_failure_is_its_number_signed_or_not"),
    ("108", "spans", "a_failure_is_its_number_signed_or_not"),
    ("111", "spans", "a_failure_is_its_number_signed_or_not"),
    ("112", "parked", "signed_metadata_inside_a_response_signs_nothing_else"),
    ("113", "parked", "signed_metadata_inside_a_response_signs_nothing_else"),
];

/// SA-82: the 108 answers of the tool that AgID uses for acceptance, by their numbers.
#[test]
fn the_acceptance_cases_are_all_among_ours() {
    let tables = ASSERTION_CASES.iter().chain(RESPONSE_CASES).chain(WHOLE_PARTS);
    let mut ours: Vec<&str> =
        tables.flat_map(|case| case.0.split([' ', ','])).filter(|word| !word.is_empty()).collect();
    for (number, file, test) in ELSEWHERE {
        let text = match *file {
            "matrix" => include_str!("matrix.rs"),
            "signatures" => include_str!("signatures.rs"),
            "look_alikes" => include_str!("look_alikes.rs"),
            "spans" => include_str!("spans.rs"),
            _ => include_str!("parked.rs"),
        };
        assert!(text.contains(&format!("\nfn {test}()")), "{test}");
        ours.push(number);
    }
    let wanted = (1..=4).chain(8..=49).chain(51..=100).chain(103..=113).map(|n| n.to_string());
    let wanted: Vec<String> = wanted.chain(["1-NS".to_owned()]).collect();
    assert_eq!(wanted.len(), 108);
    for number in &wanted {
        assert!(ours.contains(&number.as_str()), "case {number}");
    }
}

#[test]
fn times_have_sixty_seconds_of_leeway_and_no_more() {
    let verdict = |answer: Answer, now: i64| {
        let expected = Expected { now: Timestamp::from_unix_seconds(now), ..expected() };
        match answer.judge_by(&expected, ResponseSignature::IfPresent) {
            Ok(_) => "accepted",
            Err(rejected) => rejected.cause.slug(),
        }
    };
    // NotOnOrAfter of the confirmation is 10:05:00, of the conditions 10:05:01.
    assert_eq!(verdict(Answer::default(), SENT + 300 + 59), "accepted");
    assert_eq!(verdict(Answer::default(), SENT + 300 + 60), "response-expired");
    let longer = || Answer::default().assertion("10:05:00Z", "10:09:00Z");
    assert_eq!(verdict(longer(), SENT + 301 + 59), "accepted");
    assert_eq!(verdict(longer(), SENT + 301 + 60), "response-expired");
    // Everything is issued at 10:00:22 at the latest, NotBefore is 10:00:21.
    assert_eq!(verdict(Answer::default(), SENT + 22 - 60), "accepted");
    assert_eq!(verdict(Answer::default(), SENT + 22 - 61), "response-issued-in-future");
    let later =
        |instant| Answer::default().assertion("NotBefore=\"2026-11-22T10:00:21Z\"", instant);
    assert_eq!(verdict(later("NotBefore=\"2026-11-22T10:01:30Z\""), SENT + 30), "accepted");
    assert_eq!(
        verdict(later("NotBefore=\"2026-11-22T10:01:31Z\""), SENT + 30),
        "response-not-yet-valid"
    );
}

#[test]
fn an_answer_may_bear_the_instant_of_its_request_and_a_slow_clock() {
    let expected =
        Expected { request_instant: Timestamp::from_unix_millis(SENT * 1000 + 531), ..expected() };
    for (instant, slug) in [
        ("2026-11-22T10:00:00Z", "accepted"),
        ("2026-11-22T09:59:00Z", "accepted"),
        ("2026-11-22T09:58:59Z", "response-before-request"),
    ] {
        let response = Answer::default().response("2026-11-22T10:00:22Z", instant);
        let assertion = Answer::default().assertion("2026-11-22T10:00:20Z", instant);
        for answer in [response, assertion] {
            let found = answer.judge_by(&expected, ResponseSignature::IfPresent);
            let found = found.map_or_else(|rejected| rejected.cause.slug(), |_| "accepted");
            assert_eq!(found, slug, "{instant}");
        }
    }
}

#[test]
fn an_old_authentication_is_enough_when_no_fresh_one_was_demanded() {
    let answer = Answer::default().assertion("2026-11-22T10:00:19Z", "2026-11-21T10:00:19Z");
    assert_eq!(answer.verdict(), "response-authn-stale");
    let relaxed = Expected { force: false, ..expected() };
    assert!(answer.judge_by(&relaxed, ResponseSignature::IfPresent).is_ok());
}

#[test]
fn required_attributes_must_have_a_value() {
    let judge = |names: &[&str]| {
        let required: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let expected = Expected { required: &required, ..expected() };
        Answer::default().judge_by(&expected, ResponseSignature::IfPresent)
    };
    assert!(judge(&["spidCode", "fiscalNumber"]).is_ok());
    for missing in ["email", "digitalAddress"] {
        let rejected = judge(&["spidCode", missing]).unwrap_err();
        assert_eq!(rejected.cause, Rejection::AttributesMissing, "{missing}");
        assert!(!rejected.detail.contains("TINIT"));
    }
}

#[test]
fn cie_may_leave_the_format_of_the_issuer_out_but_not_write_another() {
    let expected = Expected { issuer_format_optional: true, ..expected() };
    let absent = Answer::default()
        .assertion(" Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\"", "");
    assert!(absent.judge_by(&expected, ResponseSignature::IfPresent).is_ok());
    let other = Answer::default().assertion("nameid-format:entity", "nameid-format:other");
    assert!(other.judge_by(&expected, ResponseSignature::IfPresent).is_err());
}

#[test]
fn the_level_proven_is_the_one_reported_and_the_lowest_counts() {
    let two = Answer::default().assertion(
        "<saml:AttributeStatement>",
        "<saml:AuthnStatement AuthnInstant=\"2026-11-22T10:00:18Z\"><saml:AuthnContext><saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL3</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>",
    );
    let proof = two.judge().unwrap();
    assert_eq!(proof.level, Level::L2);
    assert_eq!(proof.authenticated_at, Timestamp::from_unix_seconds(SENT + 18));
    assert_eq!(Answer::default().assertion("SpidL2", "SpidL3").judge().unwrap().level, Level::L3);
}

#[test]
fn an_error_is_a_refusal_with_its_number_signed_or_not() {
    for (number, slug) in [
        ("nr08", "spid-nr08"),
        ("nr19", "spid-nr19"),
        ("nr25", "spid-nr25"),
        ("nr26", "spid-nr-unknown"),
    ] {
        let error = Answer::error(&format!("ErrorCode {number}"));
        assert_eq!(error.verdict(), slug);
        assert_eq!(error.signed_by(Some(By::Idp), None).verdict(), slug);
    }
    assert_eq!(Answer::error("").verdict(), "spid-nr-unknown");
    // The default consumer gets the errors about consumers (code 16).
    let elsewhere = Answer::error("ErrorCode nr16").response(
        "Destination=\"https://broker.example/saml/acs\"",
        "Destination=\"https://broker.example/saml/acs0\"",
    );
    assert_eq!(elsewhere.verdict(), "spid-nr16");
}

#[test]
fn an_error_ends_nothing_unless_it_answers_our_request() {
    let error = Answer::error("ErrorCode nr25");
    let cases = [
        ("InResponseTo=\"_request-1\"", "InResponseTo=\"_request-2\"", "response-in-response-to"),
        (" InResponseTo=\"_request-1\"", "", "response-in-response-to"),
        (
            ">https://idp.example/metadata<",
            ">https://other.example/metadata<",
            "response-wrong-issuer",
        ),
    ];
    for (from, to, slug) in cases {
        assert_eq!(error.clone().response(from, to).verdict(), slug);
    }
    let forged = error.signed_by(Some(By::Stranger), None);
    assert_eq!(forged.verdict(), "response-signature-invalid");
}

#[test]
fn an_error_with_an_assertion_proves_nobody() {
    let error = Answer::default().response("status:Success", "status:Responder");
    assert_eq!(error.verdict(), "spid-nr-unknown");
}

#[test]
fn an_answer_at_another_consumer_than_the_one_named_is_refused() {
    let expected = Expected { arrived_at: "https://broker.example/saml/acs2", ..expected() };
    let rejected = Answer::default().judge_by(&expected, ResponseSignature::IfPresent).unwrap_err();
    assert_eq!(rejected.cause, Rejection::Destination);
}
