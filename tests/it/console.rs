//! The console over HTTP: every address with every role, two people, forms of other sites, stolen cookies
//! (HD-RO-1, HD-RO-4, HD-LG-2).
//!
//! Not the judgement of an act: the tests of the desk have that.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpServer, dev::ServerHandle};
use arc_swap::ArcSwap;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use varco::credential::activation::ActivationKey;
use varco::credential::{Field, Item, Role};
use varco::crypto::Handle;
use varco::crypto::keyring::KeyRing;
use varco::crypto::sealing::Sealer;
use varco::effects::Effects;
use varco::helpdesk::{Assignment, Desk, appoint};
use varco::identity::FiscalCode;
use varco::login::{
    Broker, Durable, Issuer, Login, Notices, OwnPages, SessionSettings, Settings, Stay, Unobserved,
};
use varco::oidc::client::{AuthenticationMethod, Client, ClientId, ClientMetadata, Clients};
use varco::provider::Provider;
use varco::registry::{Actor, Registry, RegistryPlace, TrailListing};
use varco::state::{Key, MemoryStore, Shelf, Shelves, Store};
use varco::terms::{Day, Level};
use varco::upstream::{AnyUpstream, Spid, Upstreams};
use varco::web::Web;
use varco::web::console::ROUTES;
use varco::web::own::OwnSettings;
use zeroize::Zeroizing;

use crate::fixture_redis::TempDir;
use crate::helpdesk::{ADA, BEA, Bureau, CLEO, DORA, ELIO, FINA};
use crate::provider_world::{ISSUER, NOW, Reply, client, form, metadata};

/// Nobody's role; a role that ended yesterday; an administrator.
const MARIO: &str = "RSSMRA87A01H501B";
const IVO: &str = "RSSMRA88A01H501C";
const LIA: &str = "RSSMRA89A01H501D";

/// A broker with a console, and a desk with a registry.
struct World {
    bureau: Bureau,
    broker: Arc<Broker>,
    registry: Arc<Registry>,
    address: SocketAddr,
    server: ServerHandle,
    _folder: TempDir,
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// Somebody's browser.
#[derive(Clone)]
struct Somebody {
    jar: BTreeMap<String, String>,
    agent: &'static str,
}

fn console() -> Client {
    let metadata = ClientMetadata {
        redirect_uris: vec![format!("{ISSUER}/console/return")],
        ..metadata("varco-console")
    };
    Client {
        protocol: metadata.check().unwrap(),
        authentication: AuthenticationMethod::None,
        minimum_level: Level::L1,
        ..client("varco-console")
    }
}

impl World {
    async fn new() -> Self {
        let (fx, clock) = Effects::scripted(NOW, 7);
        let folder = TempDir::new();
        let place = RegistryPlace::File(folder.0.join("registry.sqlite"));
        let sealer = Sealer::new(&[5; 32]).unwrap();
        let registry = Arc::new(Registry::open(&place, sealer, fx.clone()).await.unwrap());
        let bureau = Bureau::of(registry.clone(), fx.clone(), clock).await;
        let today = Day::of(fx.now());
        for (code, role, from, until) in [
            (IVO, Role::Operator, today.previous().previous(), Some(today.previous())),
            (LIA, Role::Administrator, today, None),
        ] {
            let code = FiscalCode::parse(code).unwrap();
            let one = Assignment { role, from, until };
            appoint(&registry, &code, ("N", "roma"), one, Actor::system()).await.unwrap();
        }
        let store = Store::Memory(MemoryStore::new(fx.clone(), 10_000));
        let ring = KeyRing::create(&folder.0.join("oidc"), &fx, true).unwrap();
        let spid = Spid::open(saml(), &fx).unwrap();
        let broker = Arc::new(Broker {
            fx: fx.clone(),
            calendar: ArcSwap::default(),
            issuer: Issuer::new(ring, &[9; 32]),
            shelves: Shelves::new(store, Sealer::new(&[7; 32]).unwrap(), fx.clone()),
            clients: ArcSwap::from_pointee(Clients::new(vec![console()])),
            upstreams: Arc::new(Upstreams::new(vec![AnyUpstream::Spid(Box::new(spid))])),
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
        let pages = Arc::new(Web::new(broker.clone()));
        pages.open_own(OwnSettings {
            console: Some(Stay {
                pages: OwnPages::Console,
                client: ClientId::parse("varco-console").unwrap(),
                idle: Duration::from_mins(15),
                lives: Duration::from_hours(8),
            }),
            ..OwnSettings::default()
        });
        pages.open_desk(Arc::new(desk(&bureau, &registry, &fx)));
        let provider = Arc::new(Provider::new(broker.clone()));
        let (served, shown) = (provider.clone(), pages.clone());
        let server = HttpServer::new(move || {
            App::new()
                .configure(|routes| served.configure(routes))
                .configure(|routes| shown.configure(routes))
        })
        .workers(2)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { bureau, broker, registry, address, server: handle, _folder: folder }
    }

    async fn raw(&self, head: &str, body: &str) -> Reply {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let text = format!(
            "{head}\r\nHost: broker.test\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let reply = Reply::parse(&String::from_utf8(answer).unwrap());
        assert!(!reply.body.contains(">console-"), "a text is missing: {reply:?}");
        reply
    }

    async fn get(&self, who: &mut Somebody, path: &str) -> Reply {
        let head = format!("GET {path} HTTP/1.1\r\n{}", who.head());
        let reply = self.raw(&head, "").await;
        who.keep(&reply);
        reply
    }

    /// A form of a page of ours, with the token of this presence.
    async fn post(&self, who: &mut Somebody, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = token(&self.get(who, "/console").await);
        let mut all = vec![("form", token.as_str())];
        all.extend(fields);
        self.send(who, path, &all, &format!("Origin: {ISSUER}")).await
    }

    async fn send(
        &self,
        who: &mut Somebody,
        path: &str,
        fields: &[(&str, &str)],
        origin: &str,
    ) -> Reply {
        let head = format!(
            "POST {path} HTTP/1.1\r\n{}\r\n{origin}\r\nContent-Type: application/x-www-form-urlencoded",
            who.head()
        );
        let reply = self.raw(&head, &form(fields)).await;
        who.keep(&reply);
        reply
    }

    /// Signs somebody in at the console, by SPID at that level.
    async fn enter(&self, code: &str, level: Level) -> Somebody {
        let mut who = Somebody { jar: BTreeMap::new(), agent: "Firefox" };
        let asked = self.get(&mut who, "/console").await;
        self.go_through(&mut who, &asked, code, level).await;
        who
    }

    /// From the redirection to `/authorize` to the page that is shown then.
    async fn go_through(
        &self,
        who: &mut Somebody,
        asked: &Reply,
        code: &str,
        level: Level,
    ) -> Reply {
        let place = asked.header("location").unwrap_or_else(|| panic!("{asked:?}")).to_owned();
        let login = self.get(who, &place).await;
        let login = login.header("location").unwrap_or_else(|| panic!("{login:?}")).to_owned();
        let tx = Handle::parse(login.strip_prefix("/login?tx=").unwrap()).unwrap();
        let shelves = &self.broker.shelves;
        let held = shelves.get::<Login>(Shelf::Login, Key::of(&tx)).await.unwrap().unwrap();
        let mut identity = self.bureau.identity(code);
        identity.level = level;
        let next = Login::clone(&held).identified(identity);
        let lives = Duration::from_mins(1);
        assert!(shelves.swap(Shelf::Login, Key::of(&tx), &held, &next, lives).await.unwrap());
        let back = self.get(who, &format!("/login/continue?tx={}", tx.reveal())).await;
        let back = back.header("location").unwrap_or_else(|| panic!("{back:?}")).to_owned();
        let entered = self.get(who, back.strip_prefix(ISSUER).unwrap()).await;
        match entered.header("location").map(str::to_owned) {
            Some(page) => self.get(who, &page).await,
            None => entered,
        }
    }

    async fn rows(&self) -> Vec<varco::registry::TrailRow> {
        let listing = TrailListing { limit: 1000, ..TrailListing::default() };
        self.registry.trail(&listing).await.unwrap()
    }
}

impl Somebody {
    fn head(&self) -> String {
        let pairs: Vec<String> =
            self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("User-Agent: {}\r\nAccept-Language: en\r\nCookie: {}", self.agent, pairs.join("; "))
    }

    fn keep(&mut self, reply: &Reply) {
        for cookie in reply.headers("set-cookie") {
            let pair = cookie.split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The token of the page's forms.
fn token(page: &Reply) -> String {
    let rest = page.body.split("name=\"form\" value=\"").nth(1);
    rest.unwrap_or_else(|| panic!("{page:?}")).split('"').next().unwrap().to_owned()
}

fn desk(bureau: &Bureau, registry: &Arc<Registry>, fx: &Effects) -> Desk {
    let mut settings = bureau.desk.settings().clone();
    settings.views_an_hour = 1000;
    let key = ActivationKey::new(Zeroizing::new([3; 32]));
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("metadata/countries.toml");
    let states = varco::config::read_countries(&path).unwrap();
    Desk::new(registry.clone(), fx.clone(), key, settings, states, bureau.around.clone())
}

fn saml() -> varco::upstream::settings::SamlConfig {
    use varco::upstream::settings::{Binding, Comparisons, Force, ResponseSignature, SamlConfig};
    SamlConfig {
        binding: Binding::default(),
        comparisons: Comparisons::default(),
        response_signature: ResponseSignature::default(),
        force: Force::default(),
        tenants: Vec::new(),
        countries: None,
        cbc: false,
        trust: crate::provider_world::trust(&[]),
    }
}

const NOT_MINE: &str = "This is for another role.";

/// HD-RO-1: the table that the router is made of, with everybody there is.
#[actix_web::test]
async fn hd_ro_1_every_address_of_the_console_is_for_its_roles_and_for_nobody_else() {
    let world = World::new().await;
    let id = world.bureau.requested("X1000001").await;
    let people: [(&str, &[Role]); 8] = [
        (ADA, &[Role::Operator]),
        (BEA, &[Role::Verifier]),
        (CLEO, &[Role::Supervisor, Role::Verifier]),
        (FINA, &[Role::Auditor]),
        (LIA, &[Role::Administrator]),
        (IVO, &[]),
        (MARIO, &[]),
        (ELIO, &[Role::Operator, Role::Supervisor]),
    ];
    let (mut cells, mut refused) = (0, 0);
    for (code, roles) in people {
        let mut who = world.enter(code, Level::L2).await;
        for route in ROUTES {
            let path = route.path.replace("{id}", &id).replace("{step}", "document");
            let before = world.rows().await.len();
            let reply = if route.posted {
                world.post(&mut who, &path, &[]).await
            } else {
                world.get(&mut who, &path).await
            };
            let what = format!("{code} {path} {}: {reply:?}", route.posted);
            cells += 1;
            assert!(reply.status < 500, "{what}");
            assert!(!reply.body.contains("RSSMRA80A01H501U"), "{what}");
            let may = route.roles.iter().any(|role| roles.contains(role));
            if !may {
                refused += 1;
                assert_eq!(reply.status, 403, "{what}");
                // Whoever has no role at all is nobody: there is nothing to tell of them.
                let noted = world.rows().await.len() > before;
                assert_eq!(noted, !roles.is_empty(), "{what}");
            } else if code == ELIO && route.path.contains("{id}") {
                // A case of another office.
                assert!(matches!(reply.status, 403 | 422), "{what}");
                assert!(!reply.body.contains("X1000001"), "{what}");
            } else {
                assert!(!reply.body.contains(NOT_MINE), "{what}");
            }
        }
    }
    assert_eq!(cells, people.len() * ROUTES.len());
    assert!(refused > cells / 3, "{refused} of {cells}");
    // Who is not signed in is sent to sign in, and nothing is done.
    let before = world.rows().await.len();
    for route in ROUTES {
        let mut nobody = Somebody { jar: BTreeMap::new(), agent: "Firefox" };
        let path = route.path.replace("{id}", &id);
        let reply = if route.posted {
            world.send(&mut nobody, &path, &[], &format!("Origin: {ISSUER}")).await
        } else {
            world.get(&mut nobody, &path).await
        };
        assert_eq!(reply.status, 303, "{path}: {reply:?}");
        assert!(reply.header("location").unwrap().starts_with("/authorize?"), "{path}");
    }
    assert_eq!(world.rows().await.len(), before);
}

/// HD-RO-4: only who signed in with SPID or CIE at level 2 enters; a cookie is worth nothing elsewhere.
#[actix_web::test]
async fn hd_ro_4_a_cookie_of_the_console_is_worth_nothing_in_another_browser_nor_a_weak_login() {
    let world = World::new().await;
    let ada = world.enter(ADA, Level::L2).await;
    let mut thief = Somebody { agent: "curl", ..ada.clone() };
    let stolen = world.get(&mut thief, "/console").await;
    assert_eq!(stolen.status, 403, "{stolen:?}");
    assert!(stolen.body.contains("VARCO-1753"), "{stolen:?}");
    let mut ada = ada;
    let over = world.get(&mut ada, "/console").await;
    assert_eq!(over.status, 403, "the presence ended with the theft");
    let mut weak = Somebody { jar: BTreeMap::new(), agent: "Firefox" };
    let asked = world.get(&mut weak, "/console").await;
    let refused = world.go_through(&mut weak, &asked, ADA, Level::L1).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    assert!(refused.body.contains("VARCO-1750"), "{refused:?}");
    assert!(!weak.jar.contains_key("__Host-varco_console"));
}

#[actix_web::test]
async fn a_form_of_another_site_or_without_the_token_does_nothing_at_the_console() {
    let world = World::new().await;
    let mut ada = world.enter(ADA, Level::L2).await;
    let token = token(&world.get(&mut ada, "/console").await);
    let before = world.rows().await.len();
    for (token, origin) in [
        (token.as_str(), "Origin: https://evil.test"),
        (token.as_str(), "Origin: null"),
        (token.as_str(), "X-Nothing: 1"),
        (token.as_str(), "Sec-Fetch-Site: cross-site"),
        ("", "Origin: https://broker.test"),
        ("AAAA", "Origin: https://broker.test"),
    ] {
        let reply = world.send(&mut ada, "/console/open", &[("form", token)], origin).await;
        assert_eq!(reply.status, 403, "{origin}: {reply:?}");
        assert!(reply.body.contains("VARCO-1755"), "{origin}");
    }
    assert_eq!(world.rows().await.len(), before, "no case was opened");
    let own = [("form", token.as_str())];
    let good = world.send(&mut ada, "/console/open", &own, "Sec-Fetch-Site: same-origin").await;
    assert_eq!(good.status, 303);
}

#[actix_web::test]
async fn two_people_take_a_request_to_its_letter_and_one_person_never_does() {
    let world = World::new().await;
    let id = world.bureau.requested("X1000002").await;
    let mut ada = world.enter(ADA, Level::L2).await;
    let review = format!("/console/case/{id}/review");
    let page = world.get(&mut ada, &review).await;
    assert_eq!(page.status, 200, "{page:?}");
    let unseen = world.post(&mut ada, &review, &[("do", "identify")]).await;
    assert_eq!(unseen.status, 422, "{unseen:?}");
    assert!(unseen.body.contains("href=\"#present\""), "{unseen:?}");
    let sent = world.post(&mut ada, &review, &[("do", "identify"), ("present", "1")]).await;
    assert_eq!(sent.status, 303, "{sent:?}");
    let verify = format!("/console/case/{id}/verify");
    assert_eq!(world.get(&mut ada, &verify).await.status, 403, "Ada does not verify");
    let mut bea = world.enter(BEA, Level::L2).await;
    let hidden = world.get(&mut bea, &verify).await;
    assert_eq!(hidden.status, 200, "{hidden:?}");
    assert!(!hidden.body.contains("X1000002"), "what was typed is hidden: {hidden:?}");
    let some = world.post(&mut bea, &verify, &[("do", "check"), ("likeness", "1")]).await;
    assert_eq!(some.status, 422, "{some:?}");
    assert!(!some.body.contains("X1000002"), "{some:?}");
    let mut ticks = vec![("do", "check")];
    ticks.extend(Item::ALL.iter().map(|item| (item.word(), "1")));
    assert_eq!(world.post(&mut bea, &verify, &ticks).await.status, 303);
    let shown = world.get(&mut bea, &verify).await;
    assert!(shown.body.contains("X1000002"), "{shown:?}");
    let seen = shown.body.split("name=\"seen\" value=\"").nth(1).unwrap();
    let seen = seen.split('"').next().unwrap().to_owned();
    // More than five minutes after signing in somebody proves it once more, and nothing is lost.
    world.bureau.clock.advance(Duration::from_mins(6));
    let decision = [("do", "approve"), ("seen", seen.as_str()), ("note", "seen <at> the counter")];
    let again = world.post(&mut bea, &verify, &decision).await;
    assert_eq!(again.status, 303, "{again:?}");
    assert!(again.header("location").unwrap().contains("prompt=login"), "{again:?}");
    let back = world.go_through(&mut bea, &again, BEA, Level::L2).await;
    assert!(back.body.contains("seen &#60;at&#62; the counter"), "{back:?}");
    assert!(back.body.contains("nothing has been done yet"), "{back:?}");
    let other = "A".repeat(43);
    let stale = [("do", "approve"), ("seen", other.as_str()), ("note", "x")];
    assert_eq!(world.post(&mut bea, &verify, &stale).await.status, 409);
    let approved = world.post(&mut bea, &verify, &decision).await;
    assert_eq!(approved.status, 303, "{approved:?}");
    let twice = world.post(&mut bea, &verify, &decision).await;
    assert_eq!(twice.status, 409, "a second click decides nothing: {twice:?}");
    let issue = format!("/console/case/{id}/act/issue");
    let letter = world.post(&mut bea, &issue, &[]).await;
    assert_eq!(letter.status, 200, "{letter:?}");
    assert!(
        letter.body.contains("First part of the activation code")
            || letter.body.contains("Prima parte")
    );
    let twice = world.post(&mut bea, &issue, &[]).await;
    assert_eq!(twice.status, 409, "nobody gets a letter a second time: {twice:?}");
}

#[actix_web::test]
async fn somebody_with_both_roles_does_not_verify_what_they_identified() {
    let world = World::new().await;
    let mut dora = world.enter(DORA, Level::L2).await;
    let opened = world.post(&mut dora, "/console/open", &[("issuer", "CHE")]).await;
    let first = opened.header("location").unwrap().to_owned();
    let id = first.split('/').nth(3).unwrap().to_owned();
    let wrong = [("channel", "counter"), ("category", ""), ("services", "<distacchi>")];
    let stays = world.post(&mut dora, &first, &wrong).await;
    assert_eq!(stays.status, 422, "{stays:?}");
    assert!(stays.body.contains("&#60;distacchi&#62;"), "nothing typed is lost");
    assert!(stays.body.contains("href=\"#category\"") && stays.body.contains("aria-invalid"));
    let dora_agent = world.bureau.agent(DORA).await.unwrap();
    let mut typed = crate::helpdesk::fields().to_vec();
    typed.extend([
        (Field::DocumentNumber, "X1000009"),
        (Field::Email, "m@example.ch"),
        (Field::SecondContact, "+41 1 234 56 78"),
    ]);
    world.bureau.desk.save(&dora_agent, &id, &typed).await.unwrap();
    let review = format!("/console/case/{id}/review");
    let notice = world.post(&mut dora, &review, &[("do", "request")]).await;
    assert_eq!(notice.status, 422, "{notice:?}");
    let requested = world.post(&mut dora, &review, &[("do", "request"), ("notice", "1")]).await;
    assert_eq!(requested.status, 303, "{requested:?}");
    let sent = world.post(&mut dora, &review, &[("do", "identify"), ("present", "1")]).await;
    assert_eq!(sent.status, 303, "{sent:?}");
    let verify = format!("/console/case/{id}/verify");
    let refused = world.get(&mut dora, &verify).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    assert!(refused.body.contains("A second person is needed"), "{refused:?}");
    let mut ticks = vec![("do", "check")];
    ticks.extend(Item::ALL.iter().map(|item| (item.word(), "1")));
    assert_eq!(world.post(&mut dora, &verify, &ticks).await.status, 403);
}

/// HD-LG-2: data are masked until somebody says why; an export says its purpose, and holds no person.
#[actix_web::test]
async fn hd_lg_2_data_are_masked_until_somebody_says_why_and_exports_say_their_purpose() {
    let world = World::new().await;
    let id = world.bureau.identified("X1000003").await;
    let mut cleo = world.enter(CLEO, Level::L2).await;
    let card = format!("/console/case/{id}");
    let masked = world.get(&mut cleo, &card).await;
    assert_eq!(masked.status, 200, "{masked:?}");
    assert!(!masked.body.contains("X1000003"), "{masked:?}");
    let silent = world.post(&mut cleo, &card, &[("reason", " ")]).await;
    assert_eq!(silent.status, 422, "{silent:?}");
    assert!(!silent.body.contains("X1000003"));
    let none = world.post(&mut cleo, "/console/export", &[("show", "all")]).await;
    assert_eq!(none.status, 409, "{none:?}");
    let file =
        world.post(&mut cleo, "/console/export", &[("show", "all"), ("purpose", "audit")]).await;
    assert_eq!(file.status, 200, "{file:?}");
    assert!(file.header("content-disposition").unwrap().contains("cases-all.csv"));
    assert!(file.body.contains("\"identified\"") && !file.body.contains("X1000003"), "{file:?}");
    let rows = world.rows().await;
    let row = rows.iter().find(|row| row.action == "case.export").unwrap();
    assert_eq!(world.registry.reason_of(row).unwrap().as_str(), "audit");
}
