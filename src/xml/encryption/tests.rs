use super::*;
use crate::xml::Refusal;

const GOOD: &str = concat!(
    r##"<h xmlns:x="http://www.w3.org/2001/04/xmlenc#" xmlns:x11="http://www.w3.org/2009/xmlenc11#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">"##,
    r##"<x:EncryptedData Id="_d" Type="http://www.w3.org/2001/04/xmlenc#Element">"##,
    r##"<x:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes128-gcm"/>"##,
    r##"<ds:KeyInfo><x:EncryptedKey Id="_k" Recipient="us">"##,
    r##"<x:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#rsa-oaep"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><x11:MGF Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha256"/></x:EncryptionMethod>"##,
    r##"<ds:KeyInfo><ds:KeyName>ours</ds:KeyName></ds:KeyInfo>"##,
    r##"<x:CipherData><x:CipherValue>a2V5</x:CipherValue></x:CipherData>"##,
    r##"<x:ReferenceList><x:DataReference URI="#_d"/></x:ReferenceList></x:EncryptedKey></ds:KeyInfo>"##,
    r##"<x:CipherData><x:CipherValue> Y29u dGVu
 dA== </x:CipherValue></x:CipherData>"##,
    r##"</x:EncryptedData></h>"##,
);
const OAEP_2: &str = r#"<x:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#rsa-oaep"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><x11:MGF Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha256"/></x:EncryptionMethod>"#;

/// One change, which must change something.
fn edit(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} does not stand in {text}");
    text.replacen(from, to, 1)
}

fn read(text: &str, cbc: bool) -> Result<Sealed, Undecrypted> {
    let document = Document::parse(text, &Limits::MESSAGE).unwrap();
    Encrypted::read(document.root(), cbc).map(|encrypted| encrypted.0)
}

/// The wrapped key beside the data instead of inside.
fn beside() -> String {
    let (from, to) =
        (GOOD.find("<x:EncryptedKey ").unwrap(), GOOD.find("</x:EncryptedKey>").unwrap());
    let key = GOOD.get(from..to + "</x:EncryptedKey>".len()).unwrap();
    let retrieval =
        r##"<ds:RetrievalMethod URI="#_k" Type="http://www.w3.org/2001/04/xmlenc#EncryptedKey"/>"##;
    edit(&edit(GOOD, key, retrieval), "</h>", &format!("\n{key}</h>"))
}

#[test]
fn the_one_shape_is_read_with_the_key_inside_or_beside() {
    let without_info = {
        let text = beside();
        let (from, to) = (text.find("<ds:KeyInfo>").unwrap(), text.find("</ds:KeyInfo>").unwrap());
        edit(&text, text.get(from..to + "</ds:KeyInfo>".len()).unwrap(), "")
    };
    for text in [
        GOOD.to_owned(),
        beside(),
        without_info,
        edit(GOOD, " Type=\"http://www.w3.org/2001/04/xmlenc#Element\"", ""),
        edit(GOOD, " Id=\"_d\"", " Id=\"_d\" MimeType=\"text/xml\""),
        edit(GOOD, "<ds:KeyInfo><ds:KeyName>ours</ds:KeyName></ds:KeyInfo>", ""),
        edit(GOOD, "<x:ReferenceList><x:DataReference URI=\"#_d\"/></x:ReferenceList>", ""),
    ] {
        let sealed = read(&text, false).unwrap();
        assert_eq!(sealed.transport, KeyTransport::OaepSha256);
        assert_eq!(sealed.cipher, ContentCipher::Aes128Gcm);
        assert_eq!(
            (sealed.wrapped.as_slice(), sealed.content.as_slice()),
            (&b"key"[..], &b"content"[..])
        );
    }
}

/// (case, what stands in the good shape, what stands there instead)
#[rustfmt::skip]
const OTHER_SHAPES: &[(&str, &str, &str)] = &[
    ("an attribute on the holder", "<h ", "<h a=\"b\" "),
    ("text in the holder", "</h>", "text</h>"),
    ("a foreign child", "</h>", "<h/></h>"),
    ("two EncryptedKeys", "</x:EncryptedKey>", "</x:EncryptedKey><x:EncryptedKey/>"),
    ("an EncryptedKey inside and one beside", "</h>", "<x:EncryptedKey/></h>"),
    ("an EncryptedKey of another namespace", "</h>", "<EncryptedKey/></h>"),
    ("two EncryptedData", "</h>", "<x:EncryptedData/></h>"),
    ("EncryptedData inside", "<ds:KeyName>ours</ds:KeyName>", "<x:EncryptedData/>"),
    ("the content of an element", "xmlenc#Element", "xmlenc#Content"),
    ("an encoding", " Id=\"_d\"", " Id=\"_d\" Encoding=\"x\""),
    ("an attribute with a namespace", " Id=\"_d\"", " Id=\"_d\" ds:MimeType=\"x\""),
    ("no method", "<x:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#aes128-gcm\"/>", ""),
    ("a method without a name", " Algorithm=\"http://www.w3.org/2009/xmlenc11#aes128-gcm\"", ""),
    ("a method with content", "aes128-gcm\"/>", "aes128-gcm\"><x:KeySize>128</x:KeySize></x:EncryptionMethod>"),
    ("a CipherReference", "<x:CipherValue>a2V5</x:CipherValue>", "<x:CipherReference URI=\"http://127.0.0.1/\"/>"),
    ("value and reference", "<x:CipherValue>a2V5", "<x:CipherReference URI=\"#_d\"/><x:CipherValue>a2V5"),
    ("two values", "<x:CipherValue>a2V5", "<x:CipherValue/><x:CipherValue>a2V5"),
    ("no base64", "a2V5", "a2V5%"),
    ("base64 without its end", "dA==", "dA"),
    ("an element in the value", "a2V5", "a2<h/>V5"),
    ("properties", "</x:EncryptedData>", "<x:EncryptionProperties/></x:EncryptedData>"),
    ("another order", "<ds:KeyInfo><x:Enc", "<x:CipherData><x:CipherValue/></x:CipherData><ds:KeyInfo><x:Enc"),
    ("KeyInfo twice", "<ds:KeyInfo><x:Enc", "<ds:KeyInfo/><ds:KeyInfo><x:Enc"),
    ("a name of the key", "</x:ReferenceList>", "</x:ReferenceList><x:CarriedKeyName>k</x:CarriedKeyName>"),
    ("a key that is for something else", "URI=\"#_d\"", "URI=\"#_k\""),
    ("a key that is for something outside", "URI=\"#_d\"", "URI=\"http://127.0.0.1/#_d\""),
    ("a key of a key", "<x:DataReference URI=\"#_d\"/>", "<x:KeyReference URI=\"#_d\"/>"),
    ("a key that is to be fetched", "<ds:KeyName>ours</ds:KeyName>", "<ds:RetrievalMethod URI=\"http://127.0.0.1/\"/>"),
    ("an agreement", "<ds:KeyName>ours</ds:KeyName>", "<x:AgreementMethod/>"),
    ("a digest twice", "<ds:DigestMethod ", "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestMethod "),
];

/// The same for a key that stands beside.
#[rustfmt::skip]
const OTHER_SHAPES_BESIDE: &[(&str, &str, &str)] = &[
    ("retrieval of something else", "URI=\"#_k\"", "URI=\"#_d\""),
    ("retrieval from outside", "URI=\"#_k\"", "URI=\"http://127.0.0.1/\""),
    ("retrieval with a transform", "#EncryptedKey\"/>", "#EncryptedKey\"><ds:Transforms/></ds:RetrievalMethod>"),
    ("retrieval of another type", "#EncryptedKey\"/>", "#EncryptedData\"/>"),
    ("a name beside the retrieval", "<ds:RetrievalMethod ", "<ds:KeyName>k</ds:KeyName><ds:RetrievalMethod "),
    ("two keys beside", "</h>", "<x:EncryptedKey/></h>"),
];

#[test]
fn any_other_shape_is_refused() {
    let refused = |case: &str, text: &str| {
        assert_eq!(read(text, true).unwrap_err(), Undecrypted::Shape, "{case}: {text}");
    };
    refused("nothing", "<h/>");
    refused("no EncryptedKey", &GOOD.replace("x:EncryptedKey", "x:Other"));
    for (case, from, to) in OTHER_SHAPES {
        refused(case, &edit(GOOD, from, to));
    }
    for (case, from, to) in OTHER_SHAPES_BESIDE {
        refused(case, &edit(&beside(), from, to));
    }
}

#[test]
fn digest_and_mask_are_one_hash_function_or_refused() {
    let sha = |digest: &str| format!("<ds:DigestMethod Algorithm=\"{digest}\"/>");
    let mgf =
        |mask: &str| format!("<x11:MGF Algorithm=\"http://www.w3.org/2009/xmlenc11#{mask}\"/>");
    let (one, two) = (sha(SHA1), sha(SHA256));
    let (mask_one, mask_two) = (mgf("mgf1sha1"), mgf("mgf1sha256"));
    let (first, second) = (Ok(KeyTransport::OaepSha1), Ok(KeyTransport::OaepSha256));
    let none = Err(Undecrypted::Algorithm);
    for (uri, inside, expected) in [
        (OAEP_MGF1P, String::new(), first),
        (OAEP_MGF1P, one.clone(), first),
        (OAEP_MGF1P, one.clone() + &mask_one, first),
        (OAEP_MGF1P, two.clone(), none),
        (OAEP_MGF1P, two.clone() + &mask_two, none),
        (OAEP, String::new(), first),
        (OAEP, one.clone(), first),
        (OAEP, mask_one.clone(), first),
        (OAEP, mask_one.clone() + &one, first),
        (OAEP, two.clone() + &mask_two, second),
        (OAEP, mask_two.clone() + &two, second),
        (OAEP, two.clone(), none),
        (OAEP, mask_two.clone(), none),
        (OAEP, one.clone() + &mask_two, none),
        (OAEP, two.clone() + &mask_one, none),
        (OAEP, sha("http://www.w3.org/2001/04/xmlenc#sha512") + &mgf("mgf1sha512"), none),
        (OAEP, "<x:OAEPparams>bGFiZWw=</x:OAEPparams>".to_owned() + &two + &mask_two, none),
        ("http://www.w3.org/2001/04/xmlenc#rsa-1_5", String::new(), none),
        ("http://www.w3.org/2001/04/xmlenc#kw-aes128", String::new(), none),
        ("http://www.w3.org/2001/04/xmlenc#dh", String::new(), none),
        ("", String::new(), none),
    ] {
        let method =
            format!("<x:EncryptionMethod Algorithm=\"{uri}\">{inside}</x:EncryptionMethod>");
        let found = read(&edit(GOOD, OAEP_2, &method), false).map(|sealed| sealed.transport);
        assert_eq!(found, expected, "{method}");
    }
}

#[test]
fn cbc_needs_its_setting_and_other_ciphers_are_refused() {
    for (name, plain, with_cbc) in [
        ("http://www.w3.org/2009/xmlenc11#aes128-gcm", true, true),
        ("http://www.w3.org/2009/xmlenc11#aes256-gcm", true, true),
        ("http://www.w3.org/2001/04/xmlenc#aes128-cbc", false, true),
        ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", false, true),
        ("http://www.w3.org/2001/04/xmlenc#aes192-cbc", false, false),
        ("http://www.w3.org/2009/xmlenc11#aes192-gcm", false, false),
        ("http://www.w3.org/2001/04/xmlenc#tripledes-cbc", false, false),
        ("", false, false),
    ] {
        let text = edit(GOOD, "http://www.w3.org/2009/xmlenc11#aes128-gcm", name);
        for (cbc, accepted) in [(false, plain), (true, with_cbc)] {
            let found = read(&text, cbc).map(|sealed| sealed.cipher.is_authenticated());
            match found {
                Ok(authenticated) => {
                    assert_eq!((accepted, authenticated), (true, name.ends_with("gcm")));
                }
                Err(refusal) => assert_eq!((accepted, refusal), (false, Undecrypted::Algorithm)),
            }
        }
    }
}

#[test]
fn identifiers_of_encryption_are_unique_and_stand_only_there() {
    let refusal = |text: &str| Document::parse(text, &Limits::MESSAGE).unwrap_err();
    assert_eq!(refusal(&edit(GOOD, "Id=\"_k\"", "Id=\"_d\"")), Refusal::DuplicateId);
    assert_eq!(refusal(&edit(GOOD, "<h ", "<h ID=\"_d\" ")), Refusal::DuplicateId);
    for (from, to) in [
        ("Id=\"_k\"", "ID=\"_k\""),
        ("Id=\"_k\"", "id=\"_k\""),
        ("Id=\"_k\"", "Id=\"1\""),
        ("Id=\"_k\"", "x:Id=\"_k\""),
        ("<h ", "<h Id=\"_h\" "),
        ("<ds:KeyInfo>", "<ds:KeyInfo Id=\"_i\">"),
    ] {
        assert_eq!(refusal(&edit(GOOD, from, to)), Refusal::IdForm, "{to}");
    }
}

/// What metadata promise is what is read, and nothing else.
#[test]
fn metadata_name_exactly_what_is_accepted() {
    for cbc in [false, true] {
        let mut writer = Writer::new();
        writer.start("md:KeyDescriptor", &[("md", METADATA)], &[]);
        Decryption { keys: Vec::new(), cbc }.write_methods(&mut writer);
        let text = writer.finish();
        let document = Document::parse(&text, &Limits::METADATA).unwrap();
        let mut named = 0;
        for method in elements(document.root()) {
            assert!(is(method, METADATA, "EncryptionMethod"));
            let uri = attribute(method, "Algorithm").unwrap();
            if elements(method).next().is_some() {
                assert!(transport(method).is_ok(), "{uri}");
            } else {
                assert!(cipher(method, cbc).is_ok(), "{uri}");
            }
            named += 1;
        }
        assert_eq!(named, if cbc { 6 } else { 4 });
        assert!(!text.contains("rsa-1_5"));
    }
}
