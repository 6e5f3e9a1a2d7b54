//! A whole broker whose registry of providers turns bad in every way, and then changes keys.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use varco::app::Which;
use varco::effects::Effects;
use varco::xml::{Document, Limits, canonicalize, sign_enveloped};
use varco_sandbox::federation::Prepared;
use varco_sandbox::{Federation, FederationOptions, LoginOptions, Outcome};

use crate::fixture_xml::{Party, attacker, provider};

/// A server with one document: the registry.
struct Registry {
    port: u16,
    answer: Arc<Mutex<String>>,
}

impl Registry {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = Arc::new(Mutex::new(String::new()));
        let told = Arc::clone(&answer);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut question = [0; 4096];
                let _ = stream.read(&mut question).await;
                let answer = told.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { port, answer }
    }

    fn serve(&self, body: &str) {
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length";
        self.say(format!("{head}: {}\r\n\r\n{body}", body.len()));
    }

    fn say(&self, answer: String) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }
}

/// An aggregate of these entities, made so many minutes ago, valid for ten days.
fn aggregate(entities: &[String], minutes_ago: u64) -> String {
    let now = Effects::real().now();
    let made = now.minus(Duration::from_mins(minutes_ago)).rfc3339();
    let end = now.plus(Duration::from_hours(240)).rfc3339();
    format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_all\" \
         validUntil=\"{end}\"><md:Extensions><mdrpi:PublicationInfo \
         xmlns:mdrpi=\"urn:oasis:names:tc:SAML:metadata:rpi\" creationInstant=\"{made}\" \
         publisher=\"https://registry.example\"/></md:Extensions>{}</md:EntitiesDescriptor>",
        entities.concat()
    )
}

fn signed(document: &str, by: &Party) -> String {
    let parsed = Document::parse(document, &Limits::METADATA).unwrap();
    let mut octets = Vec::new();
    canonicalize(&parsed, parsed.root(), None, &[], &mut octets).unwrap();
    let canonical = String::from_utf8(octets).unwrap();
    let place = canonical.find('>').unwrap() + 1;
    sign_enveloped(&by.signer, &canonical, "_all", place).unwrap()
}

/// What a sample provider publishes, as a part of an aggregate.
fn entity(prepared: &Prepared, number: usize) -> String {
    let path = prepared.folder.path().join(format!("metadata/provider-{number}.xml"));
    let text = std::fs::read_to_string(path).unwrap();
    text.split_once("?>").unwrap().1.to_owned()
}

/// The entity without its last key, which the second sample provider signs with.
fn without_last_key(entity: &str) -> String {
    let from = entity.rfind("<md:KeyDescriptor").unwrap();
    let (head, tail) = entity.split_at(from);
    let (_, tail) = tail.split_once("</md:KeyDescriptor>").unwrap();
    format!("{head}{tail}")
}

/// The entity with somebody else's certificate in the place of its own.
fn with_other_key(entity: &str) -> String {
    let from = entity.find("<md:KeyDescriptor").unwrap();
    let (head, tail) = entity.split_at(from);
    let (key, tail) = tail.split_once("</md:KeyDescriptor>").unwrap();
    let (opening, rest) = key.split_once("X509Certificate>").unwrap();
    let (_, closing) = rest.split_once("</").unwrap();
    let other = STANDARD.encode(&attacker().certificate);
    format!("{head}{opening}X509Certificate>{other}</{closing}</md:KeyDescriptor>{tail}")
}

async fn login(federation: &Federation, provider: usize) -> Result<(), String> {
    let login = LoginOptions { provider, ..LoginOptions::default() };
    match federation.login(&login).await.unwrap() {
        Outcome::Accepted(_) => Ok(()),
        Outcome::Refused(refused) => Err(refused.slug),
    }
}

/// The value of the metric line that begins with `name`.
async fn measured(federation: &Federation, name: &str) -> u64 {
    let text = federation.broker().assembly().measurements().await;
    let line = text.lines().find(|line| line.starts_with(name));
    line.map_or(0, |line| line.rsplit_once(' ').unwrap().1.parse().unwrap())
}

const FAILED: &str =
    r#"varco_metadata_refreshes_total{federation="spid",outcome="failed",source="0"}"#;
const ALERTS: &str = r#"varco_metadata_alerts{federation="spid"}"#;
const PROVIDERS: &str = r#"varco_upstream_providers{federation="spid"}"#;

/// A broker that trusts this registry, under the certificate of [`provider`], and nobody else.
fn trust(prepared: &Prepared, registry: &Registry) {
    let folder = prepared.folder.path();
    let pem = STANDARD.encode(&provider().certificate);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----\n");
    std::fs::write(folder.join("metadata/registry.pem"), pem).unwrap();
    let path = prepared.folder.configuration();
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, tail) = text.split_once("[upstream.spid.trust]\n").unwrap();
    let (_, tail) = tail.split_once('\n').unwrap();
    let trust = format!(
        "[upstream.spid.trust]\nmetadata_urls = [\"http://127.0.0.1:{}/entities\"]\n\
         certificate_file = \"metadata/registry.pem\"\ncache_folder = \"cache\"\n",
        registry.port
    );
    std::fs::write(path, format!("{head}{trust}{tail}")).unwrap();
}

#[tokio::test]
async fn logins_go_on_whatever_the_registry_says_and_a_change_of_keys_counts_after_one_refresh() {
    let prepared = Prepared::start(&FederationOptions::default()).await.unwrap();
    let (alfa, beta) = (entity(&prepared, 1), entity(&prepared, 2));
    let registry = Registry::start().await;
    let entities = [alfa.clone(), without_last_key(&beta)];
    registry.serve(&signed(&aggregate(&entities, 30), provider()));
    trust(&prepared, &registry);
    let federation = Federation::of(prepared).await.unwrap();
    let refresh = || federation.broker().assembly().refresh(Which::All);
    assert_eq!(measured(&federation, PROVIDERS).await, 2);
    assert_eq!(login(&federation, 0).await, Ok(()));
    let early = login(&federation, 1).await;
    assert_eq!(early.unwrap_err(), "response-signature-invalid", "its key is not published yet");

    let good = aggregate(&entities, 20);
    let sound = signed(&good, provider());
    let gone = good.replace("validUntil=\"20", "validUntil=\"19");
    let bad = [
        ("unsigned", good.clone()),
        ("signed by somebody else", signed(&good, attacker())),
        ("expired", signed(&gone, provider())),
        ("rolled back", signed(&aggregate(&entities, 40), provider())),
        ("poisoned", sound.replacen("Location=\"http", "Location=\"https", 1)),
        ("truncated", sound.split_at(sound.len() / 2).0.to_owned()),
    ];
    let count = u64::try_from(bad.len()).unwrap();
    for (done, (case, document)) in (1..).zip(bad) {
        registry.serve(&document);
        refresh().await;
        assert_eq!(measured(&federation, FAILED).await, done, "{case}");
        assert_eq!(measured(&federation, ALERTS).await, 1, "{case}");
        assert_eq!(measured(&federation, PROVIDERS).await, 2, "{case}");
        assert_eq!(login(&federation, 0).await, Ok(()), "{case}");
    }
    registry.say("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n".to_owned());
    refresh().await;
    assert_eq!(measured(&federation, FAILED).await, count + 1);
    assert_eq!(login(&federation, 0).await, Ok(()));

    registry.serve(&signed(&aggregate(&[with_other_key(&alfa), beta], 10), provider()));
    refresh().await;
    assert_eq!(measured(&federation, ALERTS).await, 0, "all is well again");
    assert_eq!(measured(&federation, FAILED).await, count + 1);
    let removed = login(&federation, 0).await;
    assert_eq!(removed.unwrap_err(), "response-signature-invalid", "its key was removed");
    assert_eq!(login(&federation, 1).await, Ok(()), "its key is published now");
    federation.stop().await;
}
