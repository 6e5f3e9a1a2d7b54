//! The tables `listen` and `mtls`: every mistake with its key, and a broker that listens as written.

use std::fs;
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use varco::app;
use varco::config::Config;
use varco::effects::Effects;
use varco_sandbox::FederationOptions;
use varco_sandbox::federation::Prepared;

use crate::configuration::Folder;
use crate::provider_world::FORM;
use crate::tls_client::{Authority, Held, TlsClient};

/// The mistakes of the two tables, and what is wrong with each.
fn mistakes(main: &Path) -> Vec<(String, String)> {
    let problems = Config::read(main).unwrap_err();
    problems
        .iter()
        .filter(|problem| problem.key.starts_with("listen") || problem.key.starts_with("mtls"))
        .map(|problem| {
            assert!(!problem.remedy.is_empty());
            (problem.key.clone(), problem.wrong.clone())
        })
        .collect()
}

fn write(folder: &Folder, name: &str, held: &Held) {
    folder.write(&format!("{name}.pem"), &held.pem());
    folder.write(&format!("{name}.key"), &held.key.serialize_pem());
}

fn localhost() -> Held {
    Held::self_signed(|params| {
        params.subject_alt_names = vec![rcgen::SanType::DnsName("localhost".try_into().unwrap())];
    })
}

#[test]
fn a_certificate_that_is_not_the_keys_and_whatever_else_is_wrong_is_told_at_once() {
    let folder = Folder::new("listen-mistakes");
    write(&folder, "a", &localhost());
    write(&folder, "b", &localhost());
    folder.write("ca.pem", &Authority::new("Authority").pem);
    for (text, expected) in [
        (
            "[listen.tls]\ncertificate_file = 'a.pem'\nkey_file = 'b.key'\n",
            vec![("listen.tls.key_file", "is not the key of the certificate")],
        ),
        (
            "[listen.tls]\ncertificate_file = 'a.key'\nkey_file = 'a.key'\n",
            vec![("listen.tls.certificate_file", "holds no certificate in PEM")],
        ),
        (
            "[listen.tls]\ncertificate_file = 'a.pem'\nkey_file = 'a.pem'\ncolour = 'red'\n",
            vec![
                ("listen.tls.key_file", "holds no private key in PEM"),
                ("listen.tls.colour", "is not a known key"),
            ],
        ),
        (
            "[listen.tls]\ncertificate_file = 'absent'\n",
            vec![
                (
                    "listen.tls.certificate_file",
                    "cannot be read: No such file or directory (os error 2)",
                ),
                ("listen.tls.key_file", "is missing"),
            ],
        ),
        (
            "[listen.mtls]\naddress = 'here'\nclient_certificate = 'perhaps'\n",
            vec![
                ("listen.mtls.address", "is not an address and a port"),
                ("listen.mtls.client_certificate", "is not a known word"),
                ("listen.mtls.certificate_file", "is missing"),
                ("listen.mtls.key_file", "is missing"),
                ("mtls", "is missing, so nobody is told of the listener listen.mtls"),
            ],
        ),
        (
            "[listen]\ntrusted_proxies = ['127.0.0.1', 'proxy.test', '10.0.0.1/8']\n",
            vec![
                ("listen.trusted_proxies", "number 2 is neither an address nor a network"),
                ("listen.trusted_proxies", "number 3 is neither an address nor a network"),
            ],
        ),
        (
            "[mtls]\nurl = 'https://mtls.test/'\ncertificate_authorities = ['ca.pem', 'a.key']\n",
            vec![
                ("mtls.url", "is of no use: no certificate of a client can arrive"),
                ("mtls.url", "has a query or a trailing slash"),
                ("mtls.certificate_authorities", "a.key holds no certificate in PEM"),
            ],
        ),
        (
            "[listen]\ntrusted_proxies = ['::1']\n[mtls]\ncertificate_authorities = ['absent.pem']\n",
            vec![(
                "mtls.certificate_authorities",
                "absent.pem cannot be read: No such file or directory (os error 2)",
            )],
        ),
        (
            "[listen.tls]\ncertificate_file = 'a.pem'\nkey_file = 'a.key'\n[listen.mtls]\n\
             [mtls]\nurl = 'https://mtls.test'\ncertificate_authorities = ['ca.pem']\n",
            vec![],
        ),
    ] {
        let found = mistakes(&folder.write("varco.toml", text));
        let found: Vec<(&str, &str)> =
            found.iter().map(|(key, wrong)| (key.as_str(), wrong.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn relying_parties_that_show_certificates_need_somewhere_to_show_them() {
    let folder = Folder::new("listen-needed");
    folder.write("ca.pem", &Authority::new("Authority").pem);
    let party = |id: &str, more: &str| {
        let text = format!(
            "client_id = '{id}'\nredirect_uris = ['https://{id}.test/cb']\nscopes = ['openid']\n\
             initiate_login_uri = 'https://{id}.test/'\n{more}\n[name]\nit = 'Portale'\n[branding]\n\
             accent = '#003366'\nlegal_uri = 'https://{id}.test/l'\n\
             privacy_uri = 'https://{id}.test/p'\naccessibility_uri = 'https://{id}.test/a'\n\
             [assistance]\nemail = 'aiuto@{id}.test'\n"
        );
        folder.write(&format!("relying-parties/{id}.toml"), &text);
    };
    party(
        "inps",
        "token_endpoint_auth_method = 'tls_client_auth'\ntls_client_auth_san_dns = 'inps.test'",
    );
    folder.write("secret", &"s".repeat(32));
    party(
        "lavoro",
        "client_secret = 'file:../secret'\ntls_client_certificate_bound_access_tokens = true",
    );
    let found = |text: &str| -> Vec<String> {
        let problems = Config::read(&folder.write("varco.toml", text)).unwrap_err();
        let told = problems.iter().filter(|it| it.key == "token_endpoint_auth_method");
        told.map(|it| format!("{}: {}", it.file.file_stem().unwrap().display(), it.wrong)).collect()
    };
    let wrong = "the client shows a certificate, and the broker asks nobody for one";
    assert_eq!(found("[upstream.spid]\n"), [format!("inps: {wrong}"), format!("lavoro: {wrong}")]);
    let proxied = "[listen]\ntrusted_proxies = ['::1']\n[upstream.spid]\n[mtls]\n";
    let wrong = "inps: is tls_client_auth, and no authority of such certificates is known";
    assert_eq!(found(proxied), [wrong]);
    assert!(found(&format!("{proxied}certificate_authorities = ['ca.pem']\n")).is_empty());

    party(
        "inps",
        "token_endpoint_auth_method = 'tls_client_auth'\ntls_client_auth_subject_dn = 'inps'",
    );
    let problems = Config::read(&folder.write("varco.toml", proxied)).unwrap_err();
    let told = problems.iter().find(|problem| problem.key == "tls_client_auth_subject_dn").unwrap();
    assert_eq!(told.wrong, "is not a distinguished name as RFC 4514 writes it");
}

/// A sandbox whose broker speaks TLS on both listeners; its configuration is at the path.
async fn prepared() -> (Prepared, PathBuf) {
    let prepared = Prepared::start(&FederationOptions::default()).await.unwrap();
    let path = prepared.folder.configuration();
    let mut table: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
    let more: toml::Table = "[listen]\npublic = '127.0.0.1:0'\noperations = '127.0.0.1:0'\n\
         [listen.tls]\ncertificate_file = 'tls.pem'\nkey_file = 'tls.key'\n\
         [listen.mtls]\naddress = '127.0.0.1:0'\n[listen.cns]\naddress = '127.0.0.1:0'\n[mtls]\nurl = 'https://mtls.test'\n"
        .parse()
        .unwrap();
    table.extend(more);
    fs::write(&path, toml::to_string(&table).unwrap()).unwrap();
    (prepared, path)
}

fn install(path: &Path, held: &Held) -> CertificateDer<'static> {
    fs::write(path.with_file_name("tls.pem"), held.pem()).unwrap();
    fs::write(path.with_file_name("tls.key"), held.key.serialize_pem()).unwrap();
    held.chain[0].clone()
}

#[actix_web::test]
async fn a_broker_speaks_tls_where_it_says_and_reads_its_certificates_again() {
    let (prepared, path) = prepared().await;
    let first = install(&path, &localhost());
    let running =
        Box::pin(app::start(Config::read(&path).unwrap(), Effects::real())).await.unwrap();
    let (public, mutual) = (running.public, running.mutual.unwrap());
    let client = TlsClient::new(&first, None);
    let discovery = "GET /.well-known/openid-configuration HTTP/1.1";
    let reply = client.send(public, discovery, "").await.unwrap();
    let document = reply.json();
    assert_eq!(document["mtls_endpoint_aliases"]["token_endpoint"], "https://mtls.test/token");
    assert_eq!(
        document["mtls_endpoint_aliases"]["userinfo_endpoint"],
        "https://mtls.test/userinfo"
    );
    assert!(document["mtls_endpoint_aliases"].get("authorization_endpoint").is_none());

    // What a client calls is there; what a browser is sent to is not.
    let token = format!("POST /token HTTP/1.1\r\n{FORM}");
    assert_eq!(client.send(mutual, &token, "").await.unwrap().status, 401);
    for path in ["/authorize", "/login", "/end_session", "/jwks", "/metrics", "/"] {
        let reply = client.send(mutual, &format!("GET {path} HTTP/1.1"), "").await.unwrap();
        assert_eq!(reply.status, 404, "{path}");
    }

    let methods = "token_endpoint_auth_methods_supported";
    assert!(!document[methods].as_array().unwrap().contains(&"tls_client_auth".into()));

    let second = install(&path, &localhost());
    fs::write(path.with_file_name("ca.pem"), Authority::new("Authority").pem).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace("[mtls]\n", "[mtls]\ncertificate_authorities = ['ca.pem']\n");
    fs::write(&path, text).unwrap();
    running.reload(&path).await;
    let client = TlsClient::new(&second, None);
    let document = client.send(public, discovery, "").await.unwrap().json();
    assert!(document[methods].as_array().unwrap().contains(&"tls_client_auth".into()));
    for address in [public, mutual] {
        assert_eq!(TlsClient::new(&second, None).shown(address).await.unwrap(), second.to_vec());
    }
    // A pair that does not belong together changes nothing.
    fs::write(path.with_file_name("tls.key"), localhost().key.serialize_pem()).unwrap();
    running.reload(&path).await;
    assert_eq!(TlsClient::new(&second, None).shown(public).await.unwrap(), second.to_vec());
    running.stop().await;
    prepared.stop().await;
}
