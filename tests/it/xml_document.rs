//! What a document may hold at all: SA-16 to SA-27, SA-52 to SA-56.

use varco::xml::{Document, Limits, Refusal, utf8};

use crate::fixture_xml::{
    EVIL, GENUINE, assertion_signed, both_signed, everything_readable, identity, provider,
};

#[track_caller]
fn refused(text: &str, by: Refusal) {
    assert_eq!(Document::parse(text, &Limits::MESSAGE).map(|_| ()), Err(by), "{text:.80}");
}

/// SA-16, SA-17, SA-18, SA-19: after every start tag and in the middle of every value.
#[test]
fn a_comment_cdata_or_instruction_anywhere_in_a_message_is_refused() {
    let good = assertion_signed();
    let places: Vec<usize> = good
        .match_indices('>')
        .map(|(at, _)| at + 1)
        .chain([good.find(GENUINE).unwrap() + 8, good.find("_abc").unwrap() + 2, 0])
        .collect();
    assert!(places.len() > 80);
    for (inserted, by) in [
        ("<!---->", Refusal::Comment),
        ("<!-- x -->", Refusal::Comment),
        ("<?p not-an-?>", Refusal::ProcessingInstruction),
        ("<?xml-stylesheet href=\"http://example.it\"?>", Refusal::ProcessingInstruction),
        ("<![CDATA[x]]>", Refusal::Cdata),
        ("<![CDATA[]]>", Refusal::Cdata),
    ] {
        for at in &places {
            let (head, tail) = good.split_at(*at);
            let text = format!("{head}{inserted}{tail}");
            let answer = Document::parse(&text, &Limits::MESSAGE).map(|_| ());
            // `]]>` is refused on its own account.
            let also = by == Refusal::Cdata && answer == Err(Refusal::NotWellFormed);
            assert!(answer == Err(by) || also, "{inserted} at {at}: {answer:?}");
        }
    }
}

/// SA-19: a character reference is the same person.
#[test]
fn a_value_in_character_references_is_read_whole() {
    let referenced: String =
        GENUINE.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect::<Vec<_>>().concat();
    let text = assertion_signed().replace(GENUINE, &referenced);
    assert_eq!(identity(&text, &provider().keys()).as_deref(), Ok(GENUINE));
}

/// SA-20: signed by nobody, but refused before that where values are read.
#[test]
fn a_changed_value_is_refused_and_never_readable() {
    for changed in [
        EVIL.to_owned(),
        format!("{GENUINE}<b></b>"),
        format!("{GENUINE} "),
        format!("<saml:b>{EVIL}</saml:b>{GENUINE}"),
    ] {
        let text = assertion_signed().replace(GENUINE, &changed);
        assert_eq!(identity(&text, &provider().keys()), Err(Refusal::SignatureDigest));
        assert!(everything_readable(&text, &provider().keys()).is_empty());
    }
}

/// SA-21, SA-53: whatever stands in it.
#[test]
fn a_document_type_is_refused_in_every_form() {
    let message = assertion_signed();
    for doctype in [
        "<!DOCTYPE x>",
        "<!DOCTYPE x []>",
        "<!DOCTYPE x SYSTEM \"http://example.it/x.dtd\">",
        "<!DOCTYPE x PUBLIC \"-//x\" \"file:///etc/passwd\">",
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE x [<!ENTITY % e SYSTEM \"http://example.it/\"> %e;]>",
        "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>",
        "<!DOCTYPE x [<!ATTLIST saml:Assertion ID ID \"_a1\">]>",
        "<!doctype x>",
        "<!ENTITY a \"b\">",
        "<!>",
    ] {
        refused(&format!("{doctype}{message}"), Refusal::Doctype);
        refused(&format!("<?xml version=\"1.0\"?>{doctype}{message}"), Refusal::Doctype);
        refused(&format!("{message}{doctype}"), Refusal::Doctype);
    }
    refused(&message.replace(GENUINE, "&e;"), Refusal::NotWellFormed);
}

/// SA-22, SA-23, SA-24: names on which parsers disagree.
#[test]
fn namespaces_that_are_relative_controlled_or_reserved_are_refused() {
    for (declaration, by) in [
        ("xmlns:x=\"relative\"", Refusal::Namespace),
        ("xmlns:x=\"./relative:x\"", Refusal::Namespace),
        ("xmlns:x=\"\"", Refusal::Namespace),
        ("xmlns:x=\"urn:a&#x80;b\"", Refusal::Namespace),
        ("xmlns:x=\"urn:a&amp;b\"", Refusal::Namespace),
        ("xmlns:x=\"urn:a&lt;b\"", Refusal::Namespace),
        ("xmlns:x=\"urn:a&quot;b\"", Refusal::Namespace),
        ("xmlns:x=\"urn:a&#10;b\"", Refusal::Namespace),
        ("xmlns=\"relative\"", Refusal::Namespace),
        ("xmlns:x=\"http://esémpio.it/\"", Refusal::Namespace),
        ("xmlns:x=\"http://example.it:/\"", Refusal::Namespace),
        ("xmlns:x=\"http://user@example.it/\"", Refusal::Namespace),
        ("xmlns:x=\"urn:a#b#c\"", Refusal::Namespace),
        ("xmlns:x=\"urn:a%2\"", Refusal::Namespace),
        ("xmlns:x=\"urn:{a}\"", Refusal::Namespace),
        (":xmlns=\"urn:a\"", Refusal::NotWellFormed),
        ("a=\"1\" :b=\"2\"", Refusal::NotWellFormed),
        ("a=\"&#x0000000041;\"", Refusal::NotWellFormed),
        ("xmlns:xml=\"urn:evil\"", Refusal::NotWellFormed),
        ("xmlns:xmlns=\"urn:evil\"", Refusal::NotWellFormed),
        ("xmlns:x=\"urn:a\" x:xmlns=\"urn:evil\"", Refusal::NotWellFormed),
        ("xmlns:x=\"urn:a\" x:xmlns =\"urn:evil\"", Refusal::NotWellFormed),
        ("xmlns:x=\"http://www.w3.org/XML/1998/namespace\"", Refusal::NotWellFormed),
        ("xmlns:x=\"http://www.w3.org/2000/xmlns/\"", Refusal::NotWellFormed),
        ("xmlns:x=\"urn:a\" xmlns:x=\"urn:b\"", Refusal::NotWellFormed),
        ("xmlns=\"urn:a\" xmlns=\"urn:b\"", Refusal::NotWellFormed),
        ("xmlns=\"urn:a\" xmlns=\"urn:a\"", Refusal::NotWellFormed),
        ("a=\"1\" a=\"2\"", Refusal::NotWellFormed),
        ("xmlns:x=\"urn:a\" xmlns:y=\"urn:a\" x:a=\"1\" y:a=\"2\"", Refusal::NotWellFormed),
        ("y:a=\"1\"", Refusal::NotWellFormed),
    ] {
        refused(&format!("<r {declaration}></r>"), by);
        refused(&format!("<r><s {declaration}/></r>"), by);
    }
    refused("<r></:r>", Refusal::NotWellFormed);
    refused("<:r></r>", Refusal::NotWellFormed);
}

/// SA-23: a look-alike in another namespace is not what it looks like.
#[test]
fn a_rebound_prefix_or_a_foreign_namespace_is_refused() {
    let good = assertion_signed();
    for (from, to) in [
        ("<saml:AttributeStatement>", "<saml:AttributeStatement xmlns:saml=\"urn:evil\">"),
        ("<saml:Subject>", "<saml:Subject xmlns=\"urn:evil\" xmlns:saml=\"urn:evil\">"),
        ("urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:1.0:assertion"),
        ("urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:1.1:protocol"),
    ] {
        let text = good.replace(from, to);
        assert_ne!(text, good);
        assert!(identity(&text, &provider().keys()).is_err());
    }
}

/// SA-26, SA-27: one element, one identifier, one spelling.
#[test]
fn identifiers_are_unique_and_only_an_unprefixed_id_is_one() {
    let good = both_signed();
    for (change, by) in [
        ("ID=\"_a1\" Id=\"_a1\"", Refusal::IdForm),
        ("ID=\"_a1\" id=\"_x\"", Refusal::IdForm),
        ("ID=\"_a1\" iD=\"_x\"", Refusal::IdForm),
        ("ID=\"_a1\" xml:id=\"_x\"", Refusal::IdForm),
        ("ID=\"_a1\" xmlns:x=\"urn:x\" x:ID=\"_x\"", Refusal::IdForm),
        ("ID=\"_a1\" saml:ID=\"_x\"", Refusal::IdForm),
        ("ID=\"_a1\" AssertionID=\"_x\"", Refusal::IdForm),
        ("ID=\"_a1\" assertionId=\"_a1\"", Refusal::IdForm),
        ("ID=\"_resp\"", Refusal::DuplicateId),
        ("ID=\"\"", Refusal::IdForm),
        ("ID=\"1a\"", Refusal::IdForm),
        ("ID=\"a b\"", Refusal::IdForm),
        ("ID=\"a:b\"", Refusal::IdForm),
        ("ID=\"_a1') or ('1'='1\"", Refusal::IdForm),
        ("ID=\"_a1&quot;\"", Refusal::IdForm),
    ] {
        refused(&good.replace("ID=\"_a1\"", change), by);
    }
}

/// The texts of the numbers below `count`, one after another.
fn many(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().concat()
}

/// SA-52, SA-55: refused by counting, before a tree is built.
#[test]
fn documents_beyond_the_limits_are_refused() {
    let big = "x".repeat(200_000);
    let shallow: String = (0..31).map(|_| "<a>").chain((0..31).map(|_| "</a>")).collect();
    assert!(Document::parse(&format!("<r>{shallow}</r>"), &Limits::MESSAGE).is_ok());
    for text in [
        format!("<r a=\"{big}\"/>"),
        format!("<r>{shallow}<a>{shallow}</a></r>"),
        format!("{}{}", "<a>".repeat(20_000), "</a>".repeat(20_000)),
        "<a>".repeat(40),
        // A `>` inside a value neither closes the tag nor hides depth.
        "<a b='>'>".repeat(40),
        format!("<r {}/>", many(65, |n| format!("a{n}='' "))),
        format!("<r {}/>", many(10_000, |n| format!("a{n}='' "))),
        format!("<r {}/>", many(33, |n| format!("xmlns:a{n}='u:{n}' "))),
        format!("<r>{}</r>", "<a/>".repeat(5_000)),
        format!("<r>{}</r>", "<a/>x".repeat(4_096)),
        format!("<r>{}</r>", many(17, |n| format!("<a ID='_{n}'/>"))),
        format!("<r>{}</r>", many(600, |n| format!("<a xmlns='u:{n}'/>"))),
        // Declared on several tags, in scope together.
        format!(
            "<a {}><b {}/></a>",
            many(20, |n| format!("xmlns:a{n}='u:{n}' ")),
            many(20, |n| format!("xmlns:b{n}='u:{n}' "))
        ),
    ] {
        refused(&text, Refusal::Limit);
    }
}

/// SA-56.
#[test]
fn other_encodings_and_versions_are_refused() {
    let good = assertion_signed();
    for head in [
        "\u{FEFF}",
        "<?xml version=\"1.1\"?>",
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
        "<?xml version=\"1.0\" encoding=\"UTF-7\"?>",
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\" x=\"y\"?>",
        "<?xml\t\n?>",
        "<?xml encoding=\"UTF-8\"?>",
        "<?xml encoding=\"UTF-8\" version=\"1.0\"?>",
        "<?xml version=\"1.0\" version=\"1.0\"?>",
        "<?xml version=\"1.0\" standalone=\"yes\" encoding=\"UTF-8\"?>",
        "<?xml Version=\"1.0\"?>",
        "<?xml version=\"1.0\" standalone=\"maybe\"?>",
    ] {
        refused(&format!("{head}{good}"), Refusal::Encoding);
    }
    for text in ["<a>\r</a>", "<a>x\r\r\n</a>", "<a>&#65;\r</a>", "<a b='\r'/>", "<a/>\r"] {
        refused(text, Refusal::Encoding);
    }
    for head in [
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n",
        "<?xml version='1.0'?>",
    ] {
        assert_eq!(identity(&format!("{head}{good}"), &provider().keys()).as_deref(), Ok(GENUINE));
    }
    for octets in [&b"<a>\xC0\xBC</a>"[..], b"<\xFF>", b"<a>\xED\xA0\x80</a>", b"\xFF\xFE<\0a\0"] {
        assert_eq!(utf8(octets), Err(Refusal::Encoding));
    }
}

/// SA-56: nothing after the end, nothing but one root.
#[test]
fn trailing_octets_and_second_roots_are_refused() {
    let good = assertion_signed();
    for tail in ["x", "<a/>", "\0", "&amp;", "<?xml version=\"1.0\"?>"] {
        assert!(Document::parse(&format!("{good}{tail}"), &Limits::MESSAGE).is_err(), "{tail}");
    }
    for text in [
        "",
        " ",
        "x",
        "<",
        "<a",
        "<a>",
        "</a>",
        "<a></b>",
        "<a b=c/>",
        "<a b='<'/>",
        "<a>]]></a>",
        "<a>&</a>",
        "<a>&x;</a>",
        "<a>\u{0}</a>",
        "<a>&#0;</a>",
        "<a>&#x1;</a>",
        "<a>\u{1}</a>",
        "<a>\u{FFFE}</a>",
        "<a:b/>",
        "<:a/>",
        "<a:/>",
        "<1/>",
        "<a b='1'c='2'/>",
        "< a/>",
        "<a>&#xD800;</a>",
        "<a>&#x110000;</a>",
        "<a b='&#xDFFF;'/>",
        "<a>&#99999999999;</a>",
        "<a>&#;</a>",
        "<a>&#x;</a>",
        "<a>&#65</a>",
        "<a>&#X41;</a>",
        "<a>&#+65;</a>",
        "<a>&#x+41;</a>",
        "<a></a ",
        "<a b:c:d='x'/>",
        "<a :b='x'/>",
        "<a:b:c xmlns:a='u:a'/>",
        "<a xmlns:='u:a'/>",
        "<xmlns:a/>",
        "<a b='\u{1}'/>",
    ] {
        assert!(Document::parse(text, &Limits::MESSAGE).is_err(), "{text:?} was accepted");
    }
}

/// The metadata profile is another set of limits, not a looser message.
#[test]
fn metadata_may_hold_comments_and_nothing_else_more() {
    let parse = |text: &str| Document::parse(text, &Limits::METADATA).map(|_| ());
    assert_eq!(parse("<!-- x > ' --><r a='b'><!-- <y> --><c/></r><!-- -->"), Ok(()));
    assert_eq!(parse("<!DOCTYPE r><r/>"), Err(Refusal::Doctype));
    assert!(parse("<r><![CDATA[x]]></r>").is_err());
    assert_eq!(parse("<?p?><r/>"), Err(Refusal::ProcessingInstruction));
    assert_eq!(parse("<r ID='a'><s ID='a'/></r>"), Err(Refusal::DuplicateId));
}

#[test]
fn every_refusal_has_its_own_slug_and_says_its_rule() {
    let mut slugs: Vec<_> = Refusal::ALL.iter().map(|refusal| refusal.slug()).collect();
    slugs.sort_unstable();
    slugs.dedup();
    assert_eq!(slugs.len(), Refusal::ALL.len());
    for refusal in Refusal::ALL {
        assert!(
            refusal
                .slug()
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        );
        assert_eq!(refusal.to_string(), refusal.detail());
    }
}

/// SA-76: finding a namespace among those examined before is no search, so an aggregate that
/// declares as many as it may, the last of them again and again, is read like any other.
#[test]
fn metadata_with_tens_of_thousands_of_namespaces_are_read() {
    let distinct = many(60_000, |n| format!("<a xmlns='u:{n}'/>"));
    let again = "<a xmlns='u:59999'/>".repeat(39_000);
    assert!(Document::parse(&format!("<r>{distinct}{again}</r>"), &Limits::METADATA).is_ok());
    let more = many(70_000, |n| format!("<a xmlns='u:{n}'/>"));
    assert!(Document::parse(&format!("<r>{more}</r>"), &Limits::METADATA).is_err());
}
