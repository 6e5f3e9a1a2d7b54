//! Mistakes in `[federation]` and `[trust_anchor.<name>]`: all at once, with file, key and remedy.

use crate::configuration::{Folder, problems};

#[test]
fn every_mistake_about_federations_is_told_at_once() {
    let folder = Folder::new("federation");
    folder.write("empty.json", r#"{"keys":[]}"#);
    folder.write("mark.jwt", "no token");
    folder.write("key.pem", "no key");
    let main = folder.write(
        "varco.toml",
        r#"
issuer = "https://broker.example.it"
[trust_anchor.good]
id = "https://anchor.example.it"
[trust_anchor.bad]
id = "http://anchor.example.it/?a"
jwks_file = "empty.json"
dialect = "2023"
surplus = 1
[federation]
trust_anchors = ["good", "nobody"]
authority_hints = ["https://anchor.example.it#top"]
key_files = ["key.pem"]
homepage_uri = "somewhere"
trust_mark_files = ["mark.jwt"]
historical_keys_file = "empty.json"
explicit_registration = "yes"
surplus = 1
[[federation.clients]]
trust_marks = ["https://anchor.example.it/openid_relying_party/public"]
surplus = 1
"#,
    );
    let found = problems(&main);
    for key in [
        "trust_anchor.good.jwks_file",
        "trust_anchor.bad.id",
        "trust_anchor.bad.jwks_file",
        "trust_anchor.bad.dialect",
        "trust_anchor.bad.surplus",
        "federation.trust_anchors",
        "federation.authority_hints",
        "federation.key_files",
        "federation.organization_name",
        "federation.homepage_uri",
        "federation.trust_mark_files",
        "federation.historical_keys_file",
        "federation.explicit_registration",
        "federation.surplus",
        "federation.clients[0].scopes",
        "federation.clients[0].surplus",
    ] {
        let expected = ("varco.toml".to_owned(), key.to_owned());
        assert!(found.contains(&expected), "{expected:?} is not among {found:#?}");
    }
}

#[test]
fn a_member_names_its_anchors_its_superiors_and_what_relying_parties_get() {
    let folder = Folder::new("federation-empty");
    let main = folder.write("varco.toml", "[federation]\n");
    let found = problems(&main);
    for key in ["trust_anchors", "authority_hints", "organization_name", "clients", "key_files"] {
        let expected = ("varco.toml".to_owned(), format!("federation.{key}"));
        assert!(found.contains(&expected), "{expected:?} is not among {found:#?}");
    }
}
