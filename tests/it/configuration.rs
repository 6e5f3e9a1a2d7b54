//! Configuration mistakes: every one is reported at once, with file, key and remedy.

use std::fs;
use std::path::PathBuf;

use varco::config::Config;

/// A folder that is removed at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("varco-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("relying-parties")).unwrap();
        Self(path)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The (file, key) pairs of every problem.
pub(crate) fn problems(path: &std::path::Path) -> Vec<(String, String)> {
    let problems = Config::read(path).unwrap_err();
    for problem in problems.iter() {
        assert!(!problem.remedy.is_empty(), "{problem}");
        assert!(!problem.wrong.is_empty(), "{problem}");
    }
    let name = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
    problems.iter().map(|problem| (name(&problem.file), problem.key.clone())).collect()
}

#[test]
fn every_mistake_about_sources_of_roles_is_told_and_no_value_of_theirs_is() {
    let folder = Folder::new("roles");
    folder.write("roles.csv", "fiscal_code,role\nRSSMRA80A01H501X,a\nRSSMRA80A01H501U,\n");
    folder.write("url", "postgres://varco:hunter2@db.example/roles");
    let main = folder.write(
        "varco.toml",
        r#"
[entitlement.list]
kind = "file"
file = "roles.csv"
cache_seconds = 60
[entitlement.base]
kind = "sql"
query = "UPDATE roles SET name = $1"
database_url = "file:url"
timeout_ms = 1
[entitlement.both]
kind = "sql"
query = "SELECT name AS role FROM roles WHERE code = $1"
[entitlement.away]
kind = "http"
url = "http://roles.example/RSSMRA80A01H501U"
secret = "file:url"
secret_header = "Host"
on_failure = "guess"
["entitlement"."A name"]
kind = "ldap"
"#,
    );
    folder.write(
        "relying-parties/a.toml",
        "client_id = \"a\"\nscopes = [\"openid\", \"roles\"]\n[entitlements]\nsource = \"absent\"\nchoose = \"maybe\"\n",
    );
    folder.write("relying-parties/b.toml", "client_id = \"b\"\nscopes = [\"openid\", \"roles\"]\n");
    let told = problems(&main);
    for (file, key) in [
        ("roles.csv", "line 2"),
        ("roles.csv", "line 3"),
        ("varco.toml", "entitlement.list.cache_seconds"),
        ("varco.toml", "entitlement.base.query"),
        ("varco.toml", "entitlement.base.database_url"),
        ("varco.toml", "entitlement.base.timeout_ms"),
        ("varco.toml", "entitlement.both.database_file"),
        ("varco.toml", "entitlement.away.url"),
        ("varco.toml", "entitlement.away.secret_header"),
        ("varco.toml", "entitlement.away.on_failure"),
        ("varco.toml", "entitlement.A name"),
        ("varco.toml", "entitlement.A name.kind"),
        ("a.toml", "entitlements.source"),
        ("a.toml", "entitlements.choose"),
        ("b.toml", "scopes"),
    ] {
        assert!(told.contains(&(file.to_owned(), key.to_owned())), "{file} {key}: {told:?}");
    }
    let all = Config::read(&main).unwrap_err();
    let all: Vec<String> = all.iter().map(ToString::to_string).collect();
    let all = all.join("\n");
    assert!(!all.contains("RSSMRA") && !all.contains("hunter2"), "{all}");
}

#[test]
fn every_mistake_about_a_federation_is_told_at_once() {
    let folder = Folder::new("federation");
    folder.write("anchor.json", r#"{"keys": []}"#);
    folder.write("one.pem", "no key");
    let main = folder.write(
        "varco.toml",
        r#"
issuer = "https://login.example.it"
[trust_anchor.cie]
id = "http://anchor.example.it"
jwks_file = "anchor.json"
dialect = "it-2024"
[upstream.cie]
trust_anchor = "other"
providers = ["not an entity"]
client_assertion_audience = "nobody"
id_token_signed_response_alg = "HS256"
userinfo_signed_response_alg = "none"
id_token_encrypted_response_alg = "RSA1_5"
id_token_encrypted_response_enc = "A256GCM"
refresh_minutes = 1
[upstream.cie.organization]
name = "Ente"
[upstream.cie.keys]
federation_key_file = "one.pem"
[[upstream.cie.attribute_set]]
name = "a"
attributes = ["spidCode"]
[upstream.cie.tenant.comune]
path = "comune/"
[upstream.spid-oidc]
trust_anchor = "cie"
id_token_encrypted_response_alg = "RSA-OAEP"
"#,
    );
    let told = problems(&main);
    for key in [
        "trust_anchor.cie.id",
        "trust_anchor.cie.jwks_file",
        "trust_anchor.cie.dialect",
        "upstream.cie.trust_anchor",
        "upstream.cie.providers",
        "upstream.cie.client_assertion_audience",
        "upstream.cie.id_token_signed_response_alg",
        "upstream.cie.userinfo_signed_response_alg",
        "upstream.cie.id_token_encrypted_response_alg",
        "upstream.cie.id_token_encrypted_response_enc",
        "upstream.spid-oidc.id_token_encrypted_response_alg",
        "upstream.cie.refresh_minutes",
        "upstream.cie.organization.homepage_uri",
        "upstream.cie.organization.contacts",
        "upstream.cie.keys.federation_key_file",
        "upstream.cie.keys.encryption_key_file",
        "upstream.cie.attribute_set[0].attributes",
        "upstream.cie.tenant.comune.path",
        "upstream.cie.tenant.comune.organization.name",
        "upstream.cie.tenant.comune.keys.signing_key_file",
    ] {
        assert!(told.contains(&("varco.toml".to_owned(), key.to_owned())), "{key}: {told:?}");
    }
}

#[test]
fn every_mistake_of_every_file_is_reported_at_once() {
    let folder = Folder::new("mistakes");
    let main = folder.write(
        "varco.toml",
        r#"
issuer = "http://login.example.it/"
environment = "staging"
colour = "red"
[listen]
public = "everywhere"
workers = 0
[secrets]
sealing = "hunter2hunter2hunter2hunter2hunter2"
pairwise = "file:absent"
[state]
kind = "redis"
url = "file:redis-url"
[upstream.spid]
binding = "pigeon"
[upstream.spid.organization.en]
name = "Body"
[upstream.spid.trust]
metadata_files = ["absent.xml"]
"#,
    );
    folder.write("redis-url", "http://not-redis:6379");
    folder.write(
        "relying-parties/a.toml",
        r##"
client_id = "a b"
redirect_uris = ["http://evil.example/cb#x"]
scopes = ["profile", "everything"]
client_secret = "in the file"
upstreams = ["myspace"]
[branding]
accent = "#ffff00"
"##,
    );
    folder.write("relying-parties/b.toml", "client_id = ");
    folder.write(
        "relying-parties/c.toml",
        r#"
client_id = "c"
redirect_uris = ["https://c.example/cb"]
scopes = ["openid", "offline_access"]
serves = ["not a uri"]
[attribute_sets]
myspace = "full"
[[token_exchange]]
client = "a b"
"#,
    );

    let found = problems(&main);
    for expected in [
        ("varco.toml", "issuer"),
        ("varco.toml", "environment"),
        ("varco.toml", "colour"),
        ("varco.toml", "listen.public"),
        ("varco.toml", "listen.workers"),
        ("varco.toml", "secrets.sealing"),
        ("varco.toml", "secrets.pairwise"),
        ("varco.toml", "state.url"),
        ("varco.toml", "upstream.spid.binding"),
        ("varco.toml", "upstream.spid.attribute_set"),
        ("varco.toml", "upstream.spid.organization.en.url"),
        ("varco.toml", "upstream.spid.organization.it"),
        ("varco.toml", "upstream.spid.contact.email"),
        ("varco.toml", "upstream.spid.keys.key_file"),
        ("varco.toml", "upstream.spid.trust.metadata_files"),
        ("a.toml", "client_id"),
        ("a.toml", "redirect_uris"),
        ("a.toml", "scopes"),
        ("a.toml", "client_secret"),
        ("a.toml", "upstreams"),
        ("a.toml", "name.it"),
        ("a.toml", "branding.accent"),
        ("a.toml", "branding.legal_uri"),
        ("a.toml", "initiate_login_uri"),
        ("a.toml", "assistance.email"),
        ("b.toml", "line 1"),
        ("c.toml", "scopes"),
        ("c.toml", "serves"),
        ("c.toml", "attribute_sets.myspace"),
        ("c.toml", "token_exchange"),
        ("c.toml", "token_exchange[0].client"),
        ("c.toml", "token_exchange[0].resources"),
    ] {
        let expected = (expected.0.to_owned(), expected.1.to_owned());
        assert!(found.contains(&expected), "{expected:?} is not among {found:#?}");
    }
}

#[test]
fn a_secret_written_in_the_file_is_never_repeated_in_the_report() {
    let folder = Folder::new("secret");
    let main =
        folder.write("varco.toml", "[secrets]\nsealing = \"hunter2-hunter2-hunter2-hunter2\"\n");
    let report = Config::read(&main).unwrap_err().to_string();
    assert!(report.contains("secrets.sealing"), "{report}");
    assert!(!report.contains("hunter2"), "{report}");
}

#[test]
fn a_missing_file_is_one_problem_and_not_a_panic() {
    let folder = Folder::new("missing");
    assert_eq!(problems(&folder.0.join("absent.toml")).len(), 1);
}

#[test]
fn a_body_whose_tables_contradict_its_role_is_told_each_of_them() {
    let folder = Folder::new("roles");
    let main = folder.write(
        "varco.toml",
        r#"
issuer = "https://login.example.it"
[upstream.spid]
role = "private"
[upstream.spid.contact]
ipa_code = "c_h501"
telephone = "06 1234"
[upstream.spid.billing]
company = "A"
vat_number = "IT12345678900"
cap = "1"
[upstream.spid.organization.it]
name = "Body"
url = "https://body.example.it"
[[upstream.spid.age_limit]]
minimum = 14
parental_authorisation_until = 12
[upstream.spid.keys]
next_key_file = "next.pem"
decryption_key_file = "decryption.pem"
[upstream.spid.tenant.a]
role = "public-aggregator-light"
entity_id = "https://login.example.it/saml/a"
[upstream.spid.tenant.a.billing]
company = "A"
[upstream.spid.tenant.b]
role = "public-butler"
[upstream.cie-saml]
role = "public"
[upstream.cie-saml.contact]
ipa_code = "c_h501"
municipality = "Roma"
email = "cie@body.example.it"
[upstream.cie-saml.technical_contact]
company = "Partner"
[[upstream.cie-saml.attribute_set]]
name = "default"
uuid = "not-one"
attributes = ["name"]
"#,
    );
    let found = problems(&main);
    for key in [
        "spid.contact.ipa_code",
        "spid.contact.vat_number",
        "spid.contact.email",
        "spid.contact.telephone",
        "spid.billing.vat_number",
        "spid.billing.cap",
        "spid.billing.street",
        "spid.age_limit[0].minimum",
        "spid.keys.next_key_file",
        "spid.keys.decryption_key_file",
        "spid.tenant.a.billing",
        "spid.aggregator.company",
        "spid.tenant.a.contact.ipa_code",
        "spid.tenant.b.role",
        "cie-saml.contact.municipality",
        "cie-saml.technical_contact.nace",
        "cie-saml.attribute_set[0].uuid",
    ] {
        let expected = ("varco.toml".to_owned(), format!("upstream.{key}"));
        assert!(found.contains(&expected), "{expected:?} is not among {found:#?}");
    }
}

#[test]
fn the_entity_id_of_an_aggregator_shows_the_code_of_its_activity() {
    let folder = Folder::new("activity");
    let main = folder.write(
        "varco.toml",
        r#"
issuer = "https://login.example.it"
[upstream.spid.aggregator]
company = "Aggregator"
vat_number = "IT12345678903"
email = "spid@aggregator.example"
[upstream.spid.tenant.a]
role = "public-aggregator-light"
entity_id = "https://login.example.it/saml/a"
[upstream.spid.tenant.a.contact]
ipa_code = "c_h501"
email = "spid@body.example.it"
[upstream.spid.tenant.b]
role = "public-aggregator-light"
[upstream.spid.tenant.b.contact]
ipa_code = "c_h501"
email = "spid@body.example.it"
"#,
    );
    let found = problems(&main);
    let told =
        |key: &str| found.contains(&("varco.toml".to_owned(), format!("upstream.spid.{key}")));
    assert!(told("tenant.a.entity_id"), "{found:#?}");
    assert!(!told("tenant.b.entity_id") && !told("tenant.b.metadata_path"), "{found:#?}");
    assert!(!told("aggregator"), "one aggregator is for every tenant: {found:#?}");
}

#[test]
fn every_mistake_about_a_clients_keys_is_reported_with_its_key() {
    let folder = Folder::new("client-keys");
    let main = folder.write("varco.toml", "issuer = \"https://login.example.it\"\n");
    let client = |name: &str, lines: &str| {
        let text = format!(
            "client_id = \"{name}\"\nredirect_uris = [\"https://rp.example.it/cb\"]\n\
             token_endpoint_auth_method = \"private_key_jwt\"\n{lines}\n"
        );
        folder.write(&format!("relying-parties/{name}.toml"), &text);
    };
    folder.write("relying-parties/secret.json", r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#);
    folder.write("relying-parties/page.json", "<html>");
    client("none", "");
    client("absent", "jwks_file = \"absent.json\"");
    client("secret", "jwks_file = \"secret.json\"");
    client("page", "jwks_file = \"page.json\"");
    client("plain", "jwks_uri = \"http://rp.example.it/jwks\"");
    client("inside", "jwks_uri = \"https://10.0.0.1/jwks\"");
    client("port", "jwks_uri = \"https://rp.example.it:6379/jwks\"");
    client("both", "jwks_uri = \"https://rp.example.it/jwks\"\njwks_file = \"page.json\"");
    client("encrypted", "jwks_file = \"page.json\"\nid_token_encrypted_response_alg = \"ECDH-ES\"");
    client(
        "weak",
        "profile = \"fapi2\"\ntoken_endpoint_auth_signing_alg = \"RS256\"\nlegacy_assertion_audience = true",
    );
    client("signing", "require_signed_request_object = true");
    let found = problems(&main);
    for (name, key) in [
        ("signing", "require_signed_request_object"),
        ("none", "jwks_file"),
        ("absent", "jwks_file"),
        ("secret", "jwks_file"),
        ("page", "jwks_file"),
        ("plain", "jwks_uri"),
        ("inside", "jwks_uri"),
        ("port", "jwks_uri"),
        ("both", "jwks_uri"),
        ("encrypted", "id_token_encrypted_response_alg"),
        ("weak", "token_endpoint_auth_signing_alg"),
        ("weak", "legacy_assertion_audience"),
    ] {
        let expected = (format!("{name}.toml"), key.to_owned());
        assert!(found.contains(&expected), "{expected:?} is not among {found:#?}");
    }
}

/// What nobody could answer well is not asked, and a verifier that cannot be asked is a mistake at the start.
/// R1, for clients that register themselves: what they all get is held to the same rules as a file.
#[test]
fn r1_a_registration_table_without_the_means_of_other_states_needs_a_recorded_reason() {
    let folder = Folder::new("registration");
    let spid = |role: &str| format!("[upstream.spid.organization.it]\nname = \"E\"\n{role}");
    let found = |body: &str, lines: &str| {
        let text = format!(
            "{}\n[upstream.eidas]\n[registration]\nscopes = [\"openid\"]\n{lines}\n",
            spid(body)
        );
        problems(&folder.write("varco.toml", &text))
    };
    let linted = |lines: &str| {
        let found = found("", lines);
        found.into_iter().any(|(_, key)| key == "registration.upstreams" || key.contains("policy"))
    };
    let waiver = "[[registration.policy]]\n[registration.policy.eidas_off]\nreason = \"r\"\n\
                  decided_by = \"d\"\n";
    let only_spid = "minimum_level = 2\nupstreams = [\"spid\"]";
    assert!(linted(only_spid));
    assert!(linted(&format!("{only_spid}\n{waiver}")), "a waiver has its day");
    assert!(!linted(&format!("{only_spid}\n{waiver}decided_on = 2026-11-22\n")));
    assert!(!linted("minimum_level = 2"), "every upstream, eIDAS among them");
    assert!(!linted("minimum_level = 1\nupstreams = [\"spid\"]"));
    let desk = "upstreams = [\"spid\"]\n[[registration.policy]]\ninstruments = [\"helpdesk\"]";
    assert!(linted(desk), "for dedicated services alone");
    let path = folder.write(
        "relying-parties/usual.toml",
        "client_id = \"usual\"\nupstreams = [\"spid\"]\nredirect_uris = [\"https://a.example/\"]\n\
         default_acr_values = [\"https://www.spid.gov.it/SpidL2\"]\n",
    );
    let usual = found("", "");
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    assert!(usual.contains(&(name, "upstreams".to_owned())), "its requests ask 2: {usual:#?}");
}

#[test]
fn matching_is_refused_where_it_could_only_fail() {
    let folder = Folder::new("matching");
    let client = |name: &str, lines: &str| {
        let text = format!("client_id = \"{name}\"\nscopes = [\"openid\"]\n{lines}\n");
        folder.write(&format!("relying-parties/{name}.toml"), &text);
    };
    client("asks", "[matching]\nmode = \"require\"");
    client("trusts", "[matching]\nmode = \"offer\"\naccept_self_declared = true");
    client("word", "[matching]\nmode = \"perhaps\"\nsure = 1");
    client("first", "first_login = true");
    let file = |name: &str| format!("{name}.toml");
    let main = |tables: &str| {
        let path = folder.write("varco.toml", tables);
        problems(&path)
    };
    let holds = |found: &[(String, String)], name: &str, key: &str| {
        found.contains(&(file(name), key.to_owned()))
    };
    let found = main("");
    for (name, key) in [
        ("asks", "matching.mode"),
        ("trusts", "matching.mode"),
        ("word", "matching.mode"),
        ("word", "matching.sure"),
        ("first", "first_login"),
    ] {
        assert!(holds(&found, name, key), "{name} {key}: {found:#?}");
    }
    let found = main("[matching]\n[first_login]\nrecord = true\n");
    assert!(holds(&found, "asks", "matching.mode"), "nobody verifies: {found:#?}");
    for (name, key) in [("trusts", "matching.mode"), ("first", "first_login")] {
        assert!(!holds(&found, name, key), "{name}: {found:#?}");
    }
    folder.write("people.toml", "[[person]]\nfiscal_code = \"RSSMRA80A01H501U\"\n");
    for (verifier, key) in [
        ("", "kind"),
        ("kind = \"http\"\nname = \"A\"", "url"),
        ("kind = \"http\"\nname = \"A\"\nurl = \"http://anpr.example/\"", "url"),
        ("kind = \"http\"\nname = \"A\"\nurl = \"https://10.0.0.1/\"", "url"),
        ("kind = \"http\"\nurl = \"https://anpr.example/\"", "name"),
        ("kind = \"http\"\nname = \"A\"\ntoken = \"secret itself\"", "token"),
        ("kind = \"http\"\nname = \"A\"\ntimeout_ms = 60000", "timeout_ms"),
        ("kind = \"file\"\nname = \"A\"", "file"),
        ("kind = \"file\"\nname = \"A\"\nfile = \"absent.toml\"", "file"),
        ("kind = \"file\"\nname = \"A\"\nfile = \"people.toml\"", "file"),
    ] {
        let found = main(&format!("[matching.verifier]\n{verifier}\n"));
        let key = format!("matching.verifier.{key}");
        assert!(holds(&found, "varco", &key), "{verifier}: {key} is not among {found:#?}");
    }
}
