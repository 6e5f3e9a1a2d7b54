//! The broker under test: the real binary in a process of its own, its files in a temporary folder.
//!
//! Not an assembly in this process, and no hook in the product: everything a module needs is
//! configuration. The broker stands behind a proxy as in production: its issuer is `https`, and
//! [`World::ask`] is the proxy.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::future::Future;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;
use varco::crypto::Handle;
use varco::effects::Effects;
use varco_sandbox::client::http_client;
use varco_sandbox::federation::{keys, provider_address, quiet_port};
use varco_sandbox::folder::{Contents, Folder, Ports};
use varco_sandbox::saml::service_provider::ServiceProvider;
use varco_sandbox::saml::{PROVIDERS, Provider};

use crate::fapi::clients;
use crate::keys::Certificate;
use crate::relying_party::{RelyingParty, WITHOUT_EIDAS, rest_of_file};

/// The issuer, as relying parties and browsers know it.
pub(crate) const ISSUER: &str = "https://varco.test";

/// One broker, and everything around it.
pub(crate) struct World {
    /// Where the broker listens behind its proxy.
    address: String,
    http: reqwest::Client,
    /// Clients that show a certificate, by the address of the certificate.
    showing: Mutex<HashMap<String, reqwest::Client>>,
    /// The SPID provider; it answers without a server.
    pub(crate) provider: Provider,
    /// The broker, as the provider knows it.
    pub(crate) service: ServiceProvider,
    pub(crate) fx: Effects,
    /// With it clients register themselves.
    pub(crate) initial_token: String,
    /// Removed by the watcher, not with this value: a value in a `static` is never dropped.
    folder: Folder,
    /// The shell that ends the broker when this process ends, however it does.
    _watcher: Child,
}

/// Waits for a module: all of them share one runtime, and so connections.
pub(crate) fn run<F: Future>(module: F) -> F::Output {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
    RUNTIME.block_on(module)
}

impl World {
    /// The broker that all modules share.
    pub(crate) async fn shared() -> &'static Self {
        static WORLD: OnceCell<World> = OnceCell::const_new();
        WORLD.get_or_init(|| Self::start("")).await
    }

    /// A broker whose codes and pushed requests live for five seconds, the least that configuration
    /// allows: for the modules that wait until one has expired.
    pub(crate) async fn hasty() -> &'static Self {
        static WORLD: OnceCell<World> = OnceCell::const_new();
        WORLD
            .get_or_init(|| Self::start("[lifetimes]\ncode_seconds = 5\npushed_seconds = 5\n"))
            .await
    }

    /// A broker for one module alone. It ends with this process, as the others do.
    pub(crate) async fn own() -> &'static Self {
        Box::leak(Box::new(Self::start("").await))
    }

    async fn start(settings: &str) -> Self {
        for _ in 0..4 {
            if let Some(world) = Self::try_start(settings).await {
                return world;
            }
        }
        panic!("the broker does not start");
    }

    /// `None` when the broker ends before it answers: somebody else was given one of its ports.
    async fn try_start(settings: &str) -> Option<Self> {
        let fx = Effects::real();
        let http = http_client().unwrap();
        let sockets = [(); 3].map(|()| quiet_port().unwrap());
        let [broker, operations, mutual] =
            sockets.each_ref().map(|socket| socket.local_addr().unwrap().port());
        let ports = Ports {
            broker,
            operations,
            portals: [0; 3],
            providers: [1; PROVIDERS],
            card: 0,
            office: 0,
            federation: 0,
        };
        let folder = Folder::open(None, &fx).unwrap();
        let provider = fill(&folder, ports, &mutual_tls(mutual, settings), &fx).await;
        let initial_token = tell(&folder, &["clients", "token", "create", "--uses", "10000"]);
        let mut watcher = watch(&folder, sockets);
        let address = format!("http://127.0.0.1:{broker}");
        let metadata = loop {
            if watcher.try_wait().unwrap().is_some() {
                return None;
            }
            if let Ok(answer) = http.get(format!("{address}/saml/metadata")).send().await
                && answer.status().is_success()
            {
                break answer.text().await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let service = ServiceProvider::read(&metadata).unwrap();
        let showing = Mutex::default();
        Some(Self {
            address,
            http,
            showing,
            provider,
            service,
            fx,
            initial_token,
            folder,
            _watcher: watcher,
        })
    }

    /// A request to the broker, through its proxy; to anybody else directly.
    pub(crate) fn ask(&self, method: Method, url: &str) -> RequestBuilder {
        self.ask_as(None, method, url)
    }

    /// The same; where it is directly, with a certificate.
    pub(crate) fn ask_as(
        &self,
        shown: Option<&Certificate>,
        method: Method,
        url: &str,
    ) -> RequestBuilder {
        match url.strip_prefix(ISSUER) {
            Some(path) => self
                .http
                .request(method, format!("{}{path}", self.address))
                .header("Host", "varco.test"),
            None => self.direct(shown).request(method, url),
        }
    }

    fn direct(&self, shown: Option<&Certificate>) -> reqwest::Client {
        let name = shown.map(|certificate| certificate.chain.clone()).unwrap_or_default();
        let mut showing = self.showing.lock().unwrap();
        let client = showing.entry(name).or_insert_with(|| {
            let trusted = reqwest::Certificate::from_pem(SERVER.chain.as_bytes()).unwrap();
            // A kept connection may be closed by the broker while a module waits.
            let builder = reqwest::Client::builder()
                .pool_max_idle_per_host(0)
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .tls_certs_only([trusted]);
            let builder = match shown {
                Some(Certificate { chain, key, .. }) => {
                    let pem = format!("{key}{chain}");
                    builder.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap())
                }
                None => builder,
            };
            builder.build().unwrap()
        });
        client.clone()
    }

    /// Makes a new key for tokens, and has the broker read the ring again.
    pub(crate) fn rotate_keys(&self) {
        tell(&self.folder, &["keys", "rotate", "--now"]);
        let process = std::fs::read_to_string(self.folder.path().join("process")).unwrap();
        let told = Command::new("kill").args(["-HUP", process.trim()]).status();
        assert!(told.unwrap().success());
    }

    /// Something that nobody has said before.
    pub(crate) fn fresh(&self) -> String {
        Handle::fresh(&self.fx).reveal().to_owned()
    }
}

/// The certificate of the listener that asks clients for theirs.
static SERVER: LazyLock<Certificate> = LazyLock::new(|| Certificate::self_signed("localhost"));

/// The rest of the main file. The listener for certificates is a table inside `listen`, which is there.
fn mutual_tls(port: u16, settings: &str) -> String {
    format!(
        "[listen.mtls]\n\
         address = \"127.0.0.1:{port}\"\n\
         certificate_file = \"keys/tls.pem\"\n\
         key_file = \"keys/tls-key.pem\"\n\
         [mtls]\n\
         url = \"https://localhost:{port}\"\n\
         certificate_authorities = [\"keys/clients.pem\"]\n\
         [session]\n\
         check_session_iframe = true\n\
         [registration]\n\
         legacy_without_pkce = true\n\
         {}\n\
         {settings}",
        format!("{}{WITHOUT_EIDAS}", rest_of_file())
            .replace("[policy.", "[registration.policy.")
            .replace("[[policy]]", "[[registration.policy]]")
            .replace("[branding]", "[registration.branding]")
    )
}

/// Writes every file, and gives the provider that the broker then trusts.
async fn fill(folder: &Folder, ports: Ports, settings: &str, fx: &Effects) -> Provider {
    let keys = keys().await.unwrap();
    let providers: Vec<Provider> = (0..PROVIDERS)
        .map(|at| {
            let base = format!("{}/{at}", provider_address(1));
            Provider::new(at, base, Arc::clone(&keys.providers), fx.clone())
        })
        .collect();
    let contents = Contents {
        ports,
        state: "memory",
        workers: 2,
        log: "off",
        binding: "redirect",
        purpose: None,
        countries: false,
        own_pages: false,
        desk: false,
        matching: false,
        calendar: false,
        service_key: Arc::clone(&keys.service),
        decryption_key: Arc::clone(&keys.decryption),
        providers: &providers,
        portals: &[],
        office: None,
        registry: None,
    };
    folder.fill(&contents, fx).unwrap();
    let path = folder.configuration();
    let mut text = std::fs::read_to_string(&path).unwrap().replace(&ports.issuer(), ISSUER);
    writeln!(text, "\n{settings}").unwrap();
    std::fs::write(path, text).unwrap();
    let keys = folder.path().join("keys");
    std::fs::write(keys.join("tls.pem"), &SERVER.chain).unwrap();
    std::fs::write(keys.join("tls-key.pem"), &SERVER.key).unwrap();
    std::fs::write(keys.join("clients.pem"), &clients::AUTHORITY.chain).unwrap();
    let relying_parties = folder.path().join("relying-parties");
    RelyingParty::write_all(&relying_parties);
    clients::write(&relying_parties);
    providers.into_iter().next().unwrap()
}

/// What a subcommand of the binary says.
fn tell(folder: &Folder, arguments: &[&str]) -> String {
    let told = Command::new(env!("CARGO_BIN_EXE_varco"))
        .args(arguments)
        .arg("--config")
        .arg(folder.configuration())
        .output()
        .unwrap();
    assert!(told.status.success(), "{told:?}");
    String::from_utf8(told.stdout).unwrap().trim().to_owned()
}

/// Starts the binary below a shell that outlives this process for a moment: when the pipe between the
/// two closes, it ends the broker and removes the folder.
fn watch(folder: &Folder, ports: [TcpListener; 3]) -> Child {
    // They stay taken until the broker is about to take them.
    drop(ports);
    let script = r#"exec 3<&0
        "$1" serve --config "$2/varco.toml" & broker=$!
        echo $broker >"$2/process"
        (read -r _ <&3; kill $broker) & watcher=$!
        wait $broker; kill $watcher 2>/dev/null; rm -rf -- "$2""#;
    Command::new("sh")
        .args(["-c", script, "watch", env!("CARGO_BIN_EXE_varco")])
        .arg(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}
