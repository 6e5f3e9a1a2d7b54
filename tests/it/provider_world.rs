//! A broker with two relying parties on a loopback port, and a client that speaks plain HTTP/1.1.
//!
//! Not a login: the person is written onto the shelf, as `receive` would after a provider's answer.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpServer, dev::ServerHandle, web};
use arc_swap::ArcSwap;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use varco::crypto::Handle;
use varco::crypto::digest::sha256;
use varco::crypto::jose::SigningAlgorithm;
use varco::crypto::keyring::{KeyRing, Pace, Waits, rotate};
use varco::crypto::sealing::Sealer;
use varco::effects::{Effects, FetchUrl, Timestamp};
use varco::fault::Fault;
use varco::identity::{Identity, UpstreamIdentity};
use varco::login::{
    Broker, Completed, Completion, Cookies, Durable, Issuer, Login, Notices, SessionSettings,
    Settings, Unobserved,
};
use varco::oidc::client::{
    Assistance, AuthenticationMethod, Branding, ClaimsProfile, Client, ClientId, ClientMetadata,
    Clients, Mandate, SubjectType, Texts,
};
use varco::oidc::{Scope, Scopes};
use varco::provider::Provider;
use varco::saml::metadata::register::{Place, RegisterSettings, Source};
use varco::state::{Key, MemoryStore, RedisStore, Shelf, Shelves, Store};
use varco::terms::{Level, Locale};
use varco::upstream::settings::{Binding, Comparisons, Force, ResponseSignature, SamlConfig};
use varco::upstream::{AnyUpstream, Spid, Upstreams};
use varco::web::Web;

use crate::fixture_redis::{RedisServer, TempDir, settings};

pub(crate) const ISSUER: &str = "https://broker.test";
pub(crate) const NOW: i64 = 1_795_000_000;
pub(crate) const SECRET: &str = "the secret of both portals";
pub(crate) const CALLBACK: &str = "https://rp.test/cb";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What the client of that name registers.
pub(crate) fn metadata(id: &str) -> ClientMetadata {
    let algorithm = match id {
        "inps" => "RS256",
        "inail" => "PS256",
        _ => "ES256",
    };
    ClientMetadata {
        redirect_uris: vec![CALLBACK.to_owned()],
        post_logout_redirect_uris: vec![format!("https://{id}.test/bye")],
        id_token_signed_response_alg: Some(algorithm.to_owned()),
        ..ClientMetadata::default()
    }
}

/// A relying party; `inps` takes RS256, `inail` PS256, any other name ES256; all but `inps` take claims
/// in the ID token.
pub(crate) fn client(id: &str) -> Client {
    let here = |path: &str| format!("https://rp.test/{path}");
    let first = id == "inps";
    Client {
        id: ClientId::parse(id).unwrap(),
        protocol: metadata(id).check().unwrap(),
        authentication: AuthenticationMethod::SecretBasic(sha256(SECRET.as_bytes())),
        keys: varco::oidc::ClientKeys::None,
        minimum_level: Level::L1,
        upstreams: vec!["spid"],
        scopes: Scope::ALL.into_iter().collect::<Scopes>(),
        claims_profile: ClaimsProfile::Flat,
        claims_in_id_token: !first,
        subject_type: SubjectType::Pairwise,
        sector: format!("{id}.test"),
        tenant: "default".to_owned(),
        attribute_set: "full".to_owned(),
        attribute_sets: Vec::new(),
        consumer: None,
        purpose: None,
        mandate: Mandate::default(),
        policy: varco::oidc::client::ServicePolicy::default(),
        entitlements: None,
        federated: None,
        branding: Branding {
            name: Texts::new(vec![(Locale::It, format!("Portale {id}"))]).unwrap(),
            accent: "#003366".to_owned(),
            legal_uri: here("legal"),
            privacy_uri: here("privacy"),
            accessibility_uri: here("accessibility"),
            initiate_login_uri: here("login"),
            assistance: Assistance::default(),
            default_locale: Locale::It,
            reasons: std::collections::BTreeMap::new(),
        },
    }
}

/// SPID before its metadata was read: nobody is sent there, and it objects to nobody.
fn spid(fx: &Effects) -> Upstreams {
    let config = SamlConfig {
        binding: Binding::default(),
        comparisons: Comparisons::default(),
        response_signature: ResponseSignature::default(),
        force: Force::default(),
        tenants: Vec::new(),
        countries: None,
        cbc: false,
        trust: trust(&[]),
    };
    Upstreams::new(vec![AnyUpstream::Spid(Box::new(Spid::open(config, fx).unwrap()))])
}

/// Where SPID's metadata is, and which providers are taken out of it.
pub(crate) fn trust(disabled: &[&str]) -> RegisterSettings {
    let place = Place::Url(FetchUrl::parse("https://registry.test/metadata", &[], false).unwrap());
    RegisterSettings {
        sources: vec![Source { place, pinned: None }],
        disabled: disabled.iter().map(|id| (*id).to_owned()).collect(),
        ..RegisterSettings::default()
    }
}

/// One node.
pub(crate) struct Node {
    pub(crate) broker: Arc<Broker>,
    pub(crate) provider: Arc<Provider>,
    address: SocketAddr,
    server: ServerHandle,
    pub(crate) keys: TempDir,
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

impl Node {
    /// A node whose shelves are in memory.
    pub(crate) fn in_memory(fx: &Effects) -> Self {
        Self::on(Store::Memory(MemoryStore::new(fx.clone(), 10_000)), fx)
    }

    /// Two nodes that share a Redis, and that: it ends when it is dropped.
    pub(crate) async fn two_on_redis(fx: &Effects) -> (RedisServer, Vec<Self>) {
        let redis = RedisServer::start(&[]);
        let mut nodes = Vec::new();
        for _ in 0..2 {
            let store = RedisStore::connect(&settings(redis.url())).await.unwrap();
            nodes.push(Self::on(Store::Redis(Box::new(store)), fx));
        }
        (redis, nodes)
    }

    /// A node on any store; nodes on one store share their sealing secret.
    pub(crate) fn on(store: Store, fx: &Effects) -> Self {
        let shelves = Shelves::new(store, Sealer::new(&[7; 32]).unwrap(), fx.clone());
        let keys = TempDir::new();
        let ring = KeyRing::create(&keys.0.join("oidc"), fx, true).unwrap();
        let broker = Arc::new(Broker {
            fx: fx.clone(),
            calendar: ArcSwap::default(),
            issuer: Issuer::new(ring, &[9; 32]),
            shelves,
            clients: ArcSwap::from_pointee(Clients::new(
                ["inps", "lavoro", "inail"].map(client).into(),
            )),
            upstreams: Arc::new(spid(fx)),
            settings: Settings {
                issuer: ISSUER.to_owned(),
                login_lives: Duration::from_mins(20),
                code_lives: Duration::from_mins(1),
                pushed_lives: Duration::from_mins(1),
                token_lives: Duration::from_mins(10),
                session: SessionSettings::default(),
                refresh_lives: Duration::from_hours(24),
            },
            entitlements: ArcSwap::default(),
            notices: Notices::default(),
            durable: Durable::default(),
            observer: Arc::new(Unobserved),
        });
        let provider = Arc::new(Provider::new(broker.clone()));
        let pages = Arc::new(Web::new(broker.clone()));
        let served = provider.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::from(pages.clone()))
                .configure(|routes| served.configure(routes))
        })
        .workers(4)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { broker, provider, address, server: handle, keys }
    }

    /// The next keys sign from now on.
    pub(crate) fn rotate(&self, fx: &Effects) {
        let folder = self.keys.0.join("oidc");
        rotate(&folder, fx, &SigningAlgorithm::ALL, Pace::Now, &Waits::SAFE).unwrap();
        self.provider.replace_ring(KeyRing::open(&folder).unwrap());
    }

    /// Sends one request; `head` is the request line and headers without the last blank line.
    pub(crate) async fn send(&self, head: &str, body: &str) -> Reply {
        let length = body.len();
        self.raw(&format!("{head}\r\nHost: broker.test\r\nContent-Length: {length}"), body).await
    }

    /// The same, with the headers as they are but for `Connection`.
    pub(crate) async fn raw(&self, head: &str, body: &str) -> Reply {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let text = format!("{head}\r\nConnection: close\r\n\r\n{body}");
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        Reply::parse(&String::from_utf8(answer).unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(&format!("GET {path} HTTP/1.1"), "").await
    }

    /// `/authorize` with the fields of a good request, some of them changed.
    pub(crate) async fn authorize(&self, client: &str, changes: &[(&str, &str)]) -> Reply {
        self.get(&format!("/authorize?{}", asked(client, changes))).await
    }

    /// A code of `client` for Mario Rossi, level 2.
    pub(crate) async fn code(&self, client: &str, changes: &[(&str, &str)]) -> String {
        self.code_and_sid(client, changes).await.0
    }

    /// The same, with the name of the grant.
    pub(crate) async fn code_and_sid(
        &self,
        client: &str,
        changes: &[(&str, &str)],
    ) -> (String, Handle) {
        let reply = self.authorize(client, changes).await;
        self.code_of(&reply).await
    }

    /// The code of the login that a request began, and the name of the grant.
    pub(crate) async fn code_of(&self, reply: &Reply) -> (String, Handle) {
        let (tx, browser) = self.identified(reply).await;
        let completed = self.complete(&tx, &browser).await.unwrap();
        let back = url::Url::parse(completed.answer.place().as_str()).unwrap();
        let values: BTreeMap<_, _> = back.query_pairs().into_owned().collect();
        assert_eq!(values["iss"], ISSUER);
        assert_eq!(values["state"], "a state");
        (values["code"].clone(), completed.sid.unwrap())
    }

    /// What a login comes to that nobody has to be told about first.
    pub(crate) async fn complete(&self, tx: &Handle, browser: &Handle) -> Result<Completed, Fault> {
        match self.broker.complete(tx, browser, &Cookies::default(), None).await? {
            Completion::Ended(completed) => Ok(completed),
            other => panic!("{other:?}"),
        }
    }

    /// The login that a request began, once its person is known: its name, and the browser's.
    pub(crate) async fn identified(&self, reply: &Reply) -> (Handle, Handle) {
        let (tx, browser) = Self::begun(reply);
        self.identify(&tx).await;
        (tx, browser)
    }

    /// The login that a request began: its name, and the browser's.
    pub(crate) fn begun(reply: &Reply) -> (Handle, Handle) {
        let location = reply.header("location").unwrap_or_else(|| panic!("{reply:?}"));
        let tx = Handle::parse(location.strip_prefix("/login?tx=").unwrap()).unwrap();
        let cookie = reply.header("set-cookie").unwrap();
        let cookie = cookie.split(';').next().unwrap().split_once('=').unwrap().1;
        (tx, Handle::parse(cookie).unwrap())
    }

    /// Writes the person onto the shelf.
    pub(crate) async fn identify(&self, tx: &Handle) {
        let attributes = [
            ("spidCode", "TEST0000000001"),
            ("name", "Mario"),
            ("familyName", "Rossi"),
            ("fiscalNumber", "TINIT-RSSMRA80A01H501U"),
            ("email", "mario.rossi@example.test"),
        ];
        let proof = UpstreamIdentity {
            upstream: "spid".to_owned(),
            provider: "https://idp.test".to_owned(),
            attributes: attributes.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
            level: Level::L2,
            authenticated_at: Timestamp::from_unix_seconds(NOW - 5),
            assertion_id: "_1".to_owned(),
            expires_at: Timestamp::from_unix_seconds(NOW + 60),
            session: None,
            desk: None,
        };
        let identity = Identity::from_upstream(&proof).unwrap();
        let shelves = &self.broker.shelves;
        let held = shelves.get::<Login>(Shelf::Login, Key::of(tx)).await.unwrap().unwrap();
        let login = Login::clone(&held).identified(identity);
        let lives = Duration::from_mins(1);
        assert!(shelves.swap(Shelf::Login, Key::of(tx), &held, &login, lives).await.unwrap());
    }

    /// `/token`, authenticated as `client`, with some fields changed.
    pub(crate) async fn redeem(&self, client: &str, code: &str, changes: &[(&str, &str)]) -> Reply {
        let mut fields = redemption(code);
        fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        fields.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
        self.token(&basic(client, SECRET), &form(&fields)).await
    }

    /// `/token` with any body.
    pub(crate) async fn token(&self, authorization: &str, body: &str) -> Reply {
        let head = format!("POST /token HTTP/1.1\r\n{FORM}\r\nAuthorization: {authorization}");
        self.send(&head, body).await
    }

    /// `/userinfo` by GET.
    pub(crate) async fn userinfo(&self, token: &str) -> Reply {
        self.send(&format!("GET /userinfo HTTP/1.1\r\nAuthorization: Bearer {token}"), "").await
    }
}

/// Fifty parallel tries, spread over the nodes: what each came to.
pub(crate) async fn fifty<T, F>(nodes: &[Arc<Node>], one: impl Fn(Arc<Node>) -> F) -> Vec<T>
where
    T: 'static,
    F: Future<Output = T> + 'static,
{
    let tries: Vec<_> =
        (0..50).map(|at| actix_web::rt::spawn(one(nodes[at % nodes.len()].clone()))).collect();
    let mut came = Vec::new();
    for one in tries {
        came.push(one.await.unwrap());
    }
    came
}

/// Exactly one of fifty succeeds in every round; `round` says how many did. There are a few rounds, or
/// `TEST_ROUNDS` of them.
pub(crate) async fn one_of_fifty(
    what: &str,
    few: usize,
    mut round: impl AsyncFnMut(usize) -> usize,
) {
    let rounds = std::env::var("TEST_ROUNDS").map_or(few, |rounds| rounds.parse().unwrap());
    let begun = std::time::Instant::now();
    let (mut successes, mut doubles) = (0, 0);
    for at in 0..rounds {
        let succeeded = round(at).await;
        successes += succeeded;
        doubles += succeeded.saturating_sub(1);
    }
    let lasted = begun.elapsed().as_secs_f64();
    println!("{what}: {rounds} x 50, {successes} successes, {doubles} doubles, {lasted:.1} s");
    assert_eq!((successes, doubles), (rounds, 0), "{what}");
}

/// The fields that redeem a code.
pub(crate) fn redemption(code: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

/// The header of a form-encoded body.
pub(crate) const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

pub(crate) fn basic(client: &str, secret: &str) -> String {
    let form =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", form(client), form(secret))))
}

pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The fields of a good authorization request, some of them changed.
pub(crate) fn asked(client: &str, changes: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("client_id", client),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile fiscal_number"),
        ("state", "a state"),
        ("nonce", "a nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    fields.extend(changes);
    form(&fields)
}

/// The claims of an ID token, verified with what `/jwks` publishes.
pub(crate) async fn verified(node: &Node, token: &str) -> Value {
    let keys: jsonwebtoken::jwk::JwkSet =
        serde_json::from_value(node.get("/jwks").await.json()).unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    let key = keys.find(&header.kid.unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(header.alg);
    // The scripted clock stands still: times are compared by the tests themselves.
    validation.validate_exp = false;
    validation.validate_aud = false;
    // Neither userinfo nor an introspection expires.
    validation.required_spec_claims.clear();
    let key = jsonwebtoken::DecodingKey::from_jwk(key).unwrap();
    jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims
}

/// The left half of a token's SHA-256.
pub(crate) fn at_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&sha256(token.as_bytes())[..16])
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Self { status, headers, body: body.to_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a header.
    pub(crate) fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.headers.iter().filter(move |(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|fault| panic!("{fault}: {self:?}"))
    }

    /// The OAuth error of a body.
    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap().to_owned()
    }
}
