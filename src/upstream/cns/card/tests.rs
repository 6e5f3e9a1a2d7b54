use super::*;
use crate::crypto::der::{BIT_STRING, INTEGER, OBJECT, OCTET_STRING, SEQUENCE, tagged, write};

const UTF8: u8 = 12;
const PRINTABLE: u8 = 19;
const BMP: u8 = 30;
const TELETEX: u8 = 20;
const SET: u8 = 0x31;
const CN: &[u8] = &[0x55, 4, 3];
const SN: &[u8] = &[0x55, 4, 5];
const CODE: &str = "SMPDAA80E54H501P";

/// One attribute of a name.
type Part<'a> = (&'a [u8], u8, &'a [u8]);

/// A certificate that nobody signed, with that subject and those extensions.
fn certificate(subject: &[&[Part<'_>]], extensions: &[Vec<u8>]) -> Vec<u8> {
    let rdns: Vec<Vec<u8>> = subject
        .iter()
        .map(|parts| {
            let parts: Vec<Vec<u8>> = parts
                .iter()
                .map(|(kind, tag, value)| {
                    write(SEQUENCE, &[&write(OBJECT, &[kind]), &write(*tag, &[value])])
                })
                .collect();
            write(SET, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
        })
        .collect();
    let subject = write(SEQUENCE, &rdns.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let algorithm = write(SEQUENCE, &[&write(OBJECT, &[&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2]])]);
    let time = write(23, &[b"260101000000Z"]);
    let key_kind = write(
        SEQUENCE,
        &[
            &write(OBJECT, &[&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]]),
            &write(OBJECT, &[&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7]]),
        ],
    );
    let mut point = vec![0, 4];
    point.extend([1; 64]);
    let key = write(SEQUENCE, &[&key_kind, &write(BIT_STRING, &[&point])]);
    let list = write(SEQUENCE, &extensions.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let extensions = if extensions.is_empty() { Vec::new() } else { write(tagged(3), &[&list]) };
    let signed = write(
        SEQUENCE,
        &[
            &write(tagged(0), &[&write(INTEGER, &[&[2]])]),
            &write(INTEGER, &[&[1]]),
            &algorithm,
            &write(SEQUENCE, &[]),
            &write(SEQUENCE, &[&time, &time]),
            &subject,
            &key,
            &extensions,
        ],
    );
    write(SEQUENCE, &[&signed, &algorithm, &write(BIT_STRING, &[&[0, 1, 2]])])
}

fn extension(kind: &[u8], value: &[u8]) -> Vec<u8> {
    write(SEQUENCE, &[&write(OBJECT, &[kind]), &write(OCTET_STRING, &[value])])
}

fn usage(bits: u8) -> Vec<u8> {
    extension(&[0x55, 0x1D, 15], &write(BIT_STRING, &[&[0, bits]]))
}

fn purposes(last: &[u8]) -> Vec<u8> {
    let oids: Vec<Vec<u8>> =
        last.iter().map(|one| write(OBJECT, &[&[0x2B, 6, 1, 5, 5, 7, 3, *one]])).collect();
    let value = write(SEQUENCE, &oids.iter().map(Vec::as_slice).collect::<Vec<_>>());
    extension(&[0x55, 0x1D, 37], &value)
}

fn holder_of(subject: &[&[Part<'_>]]) -> Result<Holder, Unnamed> {
    Card::read(&certificate(subject, &[])).unwrap().holder
}

fn named(name: &str) -> Result<String, Unnamed> {
    let holder = holder_of(&[&[(CN, UTF8, name.as_bytes())]]);
    holder.map(|holder| holder.fiscal_code.as_str().to_owned())
}

#[test]
fn the_fiscal_code_stands_before_the_first_slash() {
    for name in [
        format!("{CODE}/7420051812345678.jTHNGAx+abc/def="),
        format!("{CODE}/7420051812345678"),
        format!("{CODE}/"),
    ] {
        assert_eq!(named(&name).unwrap(), CODE, "{name}");
    }
    let printable = holder_of(&[&[(CN, PRINTABLE, format!("{CODE}/74.x").as_bytes())]]);
    assert_eq!(printable.unwrap().fiscal_code.as_str(), CODE);
}

#[test]
fn a_common_name_of_any_other_form_names_nobody() {
    let cases = [
        (CODE.to_owned(), "no slash"),
        (format!("x{CODE}/74.x"), "something before"),
        (format!("{CODE}X/74.x"), "17 characters"),
        (format!("{} /74.x", &CODE.get(..15).unwrap()), "15 characters"),
        (format!("{}/74.x", CODE.to_lowercase()), "lower case"),
        (format!(" {CODE}/74.x"), "a blank before"),
        (format!("{CODE} /74.x"), "a blank behind"),
        (format!("{CODE}\\/74.x"), "an escaped slash"),
        (format!("{CODE}+/74.x"), "a plus"),
        (format!("/{CODE}"), "the other way round"),
        ("SMPDAA80E54H501A/74.x".to_owned(), "wrong check character"),
        ("12345678903/74.x".to_owned(), "eleven digits are nobody's card"),
        (format!("TINIT-{CODE}/74.x"), "a prefix"),
        (format!("{}\u{405}/74.x", &CODE.get(..15).unwrap()), "a letter of another alphabet"),
        (String::new(), "empty"),
    ];
    for (name, why) in cases {
        assert_eq!(named(&name).unwrap_err(), Unnamed::FiscalCode, "{why}");
    }
    assert_eq!(named(&format!("{CODE}\0/74.x")).unwrap_err(), Unnamed::Encoding, "NUL");
    assert_eq!(named(&format!("{CODE}/74\0.x")).unwrap_err(), Unnamed::Encoding, "NUL behind");
}

#[test]
fn a_subject_has_one_common_name_that_stands_alone() {
    let name = format!("{CODE}/74.x");
    let one: Part<'_> = (CN, UTF8, name.as_bytes());
    let other: Part<'_> = (CN, UTF8, b"CMPBRN75A01F20RF/74.x");
    let country: Part<'_> = (&[0x55, 4, 6], PRINTABLE, b"IT");
    assert!(holder_of(&[&[country], &[one]]).is_ok());
    for subject in [
        &[&[country][..]][..],
        &[],
        &[&[one], &[other]],
        &[&[one], &[one]],
        &[&[one, other]],
        &[&[one, country]],
    ] {
        assert_eq!(holder_of(subject).unwrap_err(), Unnamed::CommonName);
    }
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(holder_of(&[&[(CN, BMP, &wide)]]).unwrap_err(), Unnamed::Encoding);
    assert_eq!(holder_of(&[&[(CN, BMP, name.as_bytes())]]).unwrap_err(), Unnamed::Encoding);
    assert_eq!(holder_of(&[&[(CN, TELETEX, name.as_bytes())]]).unwrap_err(), Unnamed::Encoding);
    assert_eq!(holder_of(&[&[(CN, UTF8, b"\xff\xfe")]]).unwrap_err(), Unnamed::Encoding);
}

#[test]
fn a_name_in_the_alternative_names_is_nobodys() {
    let names = write(SEQUENCE, &[&write(0x81, &[format!("{CODE}/74.x").as_bytes()])]);
    let card = Card::read(&certificate(&[], &[extension(&[0x55, 0x1D, 17], &names)])).unwrap();
    assert_eq!(card.holder.unwrap_err(), Unnamed::CommonName);
}

#[test]
fn a_serial_number_of_another_person_is_refused() {
    let name = format!("{CODE}/74.x");
    let with = |number: &str| {
        holder_of(&[&[(SN, PRINTABLE, number.as_bytes())], &[(CN, UTF8, name.as_bytes())]])
    };
    assert!(with(&format!("TINIT-{CODE}")).is_ok());
    assert!(with("7420051812345678").is_ok(), "a number of the card");
    for number in ["TINIT-CMPBRN75A01F20RF", "TINIT-", "TINIT-smpdaa80e54h501p"] {
        assert_eq!(with(number).unwrap_err(), Unnamed::SerialNumber, "{number}");
    }
    let two = holder_of(&[
        &[(SN, PRINTABLE, format!("TINIT-{CODE}").as_bytes())],
        &[(SN, PRINTABLE, b"TINIT-CMPBRN75A01F20RF")],
        &[(CN, UTF8, name.as_bytes())],
    ]);
    assert_eq!(two.unwrap_err(), Unnamed::SerialNumber);
}

#[test]
fn a_certificate_is_for_what_its_extensions_say() {
    let purpose = |extensions: &[Vec<u8>]| {
        Card::read(&certificate(&[&[(CN, UTF8, b"x")]], extensions)).unwrap().purpose
    };
    let (digital, repudiation, both, encipher) = (0x80, 0x40, 0xC0, 0x20);
    assert_eq!(purpose(&[usage(digital), purposes(&[2])]), Purpose::Authentication);
    assert_eq!(purpose(&[usage(both), purposes(&[2, 4])]), Purpose::Authentication);
    assert_eq!(purpose(&[purposes(&[2])]), Purpose::Authentication);
    assert_eq!(purpose(&[usage(repudiation), purposes(&[2])]), Purpose::Signature);
    assert_eq!(purpose(&[usage(repudiation)]), Purpose::Signature);
    assert_eq!(purpose(&[usage(encipher), purposes(&[2])]), Purpose::Other);
    assert_eq!(purpose(&[usage(digital)]), Purpose::Other, "clientAuth is missing");
    assert_eq!(purpose(&[usage(digital), purposes(&[1])]), Purpose::Other);
    let authority = extension(&[0x55, 0x1D, 19], &write(SEQUENCE, &[&write(1, &[&[0xFF]])]));
    assert_eq!(purpose(&[usage(digital), purposes(&[2]), authority]), Purpose::Other);
    assert_eq!(purpose(&[]), Purpose::Other);
}

#[test]
fn whatever_stands_twice_or_breaks_off_is_unreadable() {
    let subject: &[&[Part<'_>]] = &[&[(CN, UTF8, b"x")]];
    let double = certificate(subject, &[usage(0x80), usage(0x80), purposes(&[2])]);
    assert!(Card::read(&double).is_none());
    let whole = certificate(subject, &[usage(0x80), purposes(&[2])]);
    for end in 0..whole.len() {
        assert!(Card::read(whole.get(..end).unwrap()).is_none());
    }
    let mut longer = whole;
    longer.push(0);
    assert!(Card::read(&longer).is_none());
}

#[test]
fn nothing_of_a_person_stands_in_what_is_told_of_a_fault() {
    let name = "CMPBRN75A01F20RX/74.x";
    let told = named(name).unwrap_err().to_string();
    assert!(!told.contains("CMP"), "{told}");
    let debug =
        format!("{:?}", Card::read(&certificate(&[&[(CN, UTF8, b"SMPDAA80E54H501P/1")]], &[])));
    assert!(!debug.contains("SMPDAA"), "{debug}");
}
