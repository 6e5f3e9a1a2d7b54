//! Fixture: a whole broker with two providers that only this test speaks for, and browsers that stop
//! at every step.
//!
//! Not the sandbox's providers: what is posted here is written, signed and sent octet by octet.

use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use url::Url;
use varco::effects::{Effects, Timestamp};
use varco::saml::binding::inflate;
use varco::xml::{ASSERTION, PROTOCOL, Writer, sign_enveloped};
use varco_sandbox::FederationOptions;
use varco_sandbox::broker::RunningBroker;
use varco_sandbox::browser::html::{links, tags};
use varco_sandbox::federation::Prepared;

use crate::fixture_xml::{Party, attacker, provider};

/// The two providers. Nobody listens there: browsers stop before.
pub(crate) const FIRST: &str = "https://first.example";
pub(crate) const SECOND: &str = "https://second.example";

pub(crate) fn party(entity_id: &str) -> &'static Party {
    if entity_id == FIRST { provider() } else { attacker() }
}

/// A broker, its portals, and the files it was started from.
pub(crate) struct World {
    pub(crate) prepared: Prepared,
    brokers: Vec<RunningBroker>,
    pub(crate) consumer: String,
}

impl World {
    /// `state` is `memory` or the address of a Redis.
    pub(crate) async fn start(state: &str) -> Self {
        let state = state.to_owned();
        let options = FederationOptions { state, workers: 4, ..FederationOptions::default() };
        let prepared = Prepared::start(&options).await.unwrap();
        for (file, entity_id) in [("first", FIRST), ("second", SECOND)] {
            let path = prepared.folder.path().join(format!("metadata/{file}.xml"));
            std::fs::write(path, metadata(entity_id)).unwrap();
        }
        let mut world = Self { prepared, brokers: Vec::new(), consumer: String::new() };
        let ours = "metadata_files = [\"metadata/first.xml\", \"metadata/second.xml\", ";
        world.rewrite("varco.toml", "varco.toml", &[("metadata_files = [", ours)]);
        world.run("varco.toml").await;
        world.consumer = world.published_consumer().await;
        world
    }

    /// Writes the configuration `from` as `to`, with some texts replaced.
    pub(crate) fn rewrite(&self, from: &str, to: &str, changes: &[(&str, &str)]) {
        let folder = self.prepared.folder.path();
        let mut text = std::fs::read_to_string(folder.join(from)).unwrap();
        for (old, new) in changes {
            assert!(text.contains(old), "{old}");
            text = text.replace(old, new);
        }
        std::fs::write(folder.join(to), text).unwrap();
    }

    /// Starts a broker from that configuration file.
    pub(crate) async fn run(&mut self, configuration: &str) {
        let path: PathBuf = self.prepared.folder.path().join(configuration);
        self.brokers.push(RunningBroker::start(&path).await.unwrap());
        // A broker tells of a panic by its place alone; a test that fails must say why.
        drop(std::panic::take_hook());
    }

    /// Ends every broker; the shelves stay if they are elsewhere.
    pub(crate) async fn halt(&mut self) {
        for broker in self.brokers.drain(..) {
            broker.stop().await;
        }
    }

    pub(crate) async fn stop(mut self) {
        self.halt().await;
        self.prepared.stop().await;
    }

    fn issuer(&self) -> String {
        self.prepared.ports.issuer()
    }

    /// Where the metadata says that answers go.
    async fn published_consumer(&self) -> String {
        let address = format!("{}/saml/metadata", self.issuer());
        let text = self.prepared.http.get(address).send().await.unwrap().text().await.unwrap();
        let tree = roxmltree::Document::parse(&text).unwrap();
        let named = |node: &roxmltree::Node<'_, '_>| {
            node.tag_name().name() == "AssertionConsumerService"
                && node.attribute("isDefault") == Some("true")
        };
        let consumer = tree.descendants().find(named).unwrap();
        consumer.attribute("Location").unwrap().to_owned()
    }

    pub(crate) fn visitor(&self) -> Visitor<'_> {
        Visitor { world: self, cookies: BTreeMap::new() }
    }

    /// The browser that had these cookies.
    pub(crate) fn visitor_with(&self, cookies: BTreeMap<String, String>) -> Visitor<'_> {
        Visitor { world: self, cookies }
    }

    /// Posts to the consumer as no browser in particular.
    pub(crate) async fn post(&self, fields: &[(&str, &str)]) -> Reply {
        self.post_to(&self.consumer, fields).await
    }

    pub(crate) async fn post_to(&self, address: &str, fields: &[(&str, &str)]) -> Reply {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", address, "application/x-www-form-urlencoded", body).await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        address: &str,
        media_type: &str,
        body: String,
    ) -> Reply {
        let request = self.prepared.http.request(method.parse().unwrap(), address);
        let answer = request.header("content-type", media_type).body(body).send().await.unwrap();
        Reply::read(answer).await
    }
}

/// One answer of the broker.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) body: String,
    cookies: Vec<(String, String)>,
}

impl Reply {
    async fn read(answer: reqwest::Response) -> Self {
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
        let headers = answer.headers();
        let cookies = headers.get_all("set-cookie").iter().filter_map(|value| {
            let value = text(value);
            let (name, value) = value.split(';').next()?.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        });
        let (cookies, status) = (cookies.collect(), answer.status().as_u16());
        let location = headers.get("location").map(text).unwrap_or_default();
        Self { status, location, cookies, body: answer.text().await.unwrap() }
    }

    /// The name of the fault on the page.
    pub(crate) fn slug(&self) -> String {
        let found =
            tags(&self.body).iter().find_map(|tag| tag.get("data-error").map(str::to_owned));
        found.unwrap_or_default()
    }

    /// A refusal for this reason, and no way on.
    #[track_caller]
    pub(crate) fn refuses(&self, slug: &str) {
        assert!((400..500).contains(&self.status) && self.location.is_empty(), "{self:?}");
        assert_eq!(self.slug(), slug, "{self:?}");
    }
}

/// One browser: cookies know no ports, so broker and portals share the jar of `localhost`.
pub(crate) struct Visitor<'w> {
    world: &'w World,
    cookies: BTreeMap<String, String>,
}

/// A request as its provider reads it, and the login it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) tx: String,
    pub(crate) id: String,
    pub(crate) audience: String,
    pub(crate) level: String,
    pub(crate) ticket: String,
    pub(crate) message: String,
    pub(crate) address: String,
}

impl Visitor<'_> {
    pub(crate) async fn get(&mut self, address: &str) -> Reply {
        let reply = self.peek(address).await;
        self.cookies.extend(reply.cookies.clone());
        reply
    }

    /// The same, keeping no cookie: several at once.
    pub(crate) async fn peek(&self, address: &str) -> Reply {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.world.prepared.http.get(address).header("cookie", cookies.join("; "));
        Reply::read(request.send().await.unwrap()).await
    }

    pub(crate) fn into_cookies(self) -> BTreeMap<String, String> {
        self.cookies
    }

    /// From the portal to the broker's choice page: the page, and the login's name.
    pub(crate) async fn begin(&mut self, portal: &str) -> (Reply, String) {
        let portal = self.world.prepared.ports.portal(portal).unwrap();
        let authorize = self.get(&format!("{portal}/login?level=2")).await.location;
        let choice = self.get(&authorize).await.location;
        let page = self.get(&self.at_broker(&choice)).await;
        let (_, tx) = choice.split_once("tx=").unwrap();
        (page, tx.to_owned())
    }

    pub(crate) fn at_broker(&self, path: &str) -> String {
        format!("{}{path}", self.world.issuer())
    }

    /// From the portal to the moment before the provider.
    pub(crate) async fn depart(&mut self, portal: &str, provider: &str) -> Asked {
        let (page, tx) = self.begin(portal).await;
        let chosen = |href: &String| {
            let Ok(url) = Url::parse(&self.at_broker(href)) else { return false };
            url.query_pairs().any(|(name, value)| name == "provider" && value == provider)
        };
        let link = links(&page.body).into_iter().find(chosen).unwrap();
        let departure = self.get(&self.at_broker(&link)).await;
        assert_eq!(departure.status, 302, "{departure:?}");
        let url = Url::parse(&departure.location).unwrap();
        let field =
            |name: &str| url.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned();
        let message = inflate(&STANDARD.decode(field("SAMLRequest")).unwrap()).unwrap();
        let tree = roxmltree::Document::parse(&message).unwrap();
        let text = |name: &str| {
            let found = tree.descendants().find(|node| node.tag_name().name() == name);
            found.and_then(|node| node.text()).unwrap().to_owned()
        };
        Asked {
            tx,
            id: tree.root_element().attribute("ID").unwrap().to_owned(),
            audience: text("Issuer"),
            level: text("AuthnContextClassRef"),
            ticket: field("RelayState"),
            address: departure.location,
            message: message.clone(),
        }
    }

    pub(crate) async fn go_on(&mut self, tx: &str) -> Reply {
        self.get(&self.at_broker(&format!("/login/continue?tx={tx}"))).await
    }

    /// Back to the portal with a code, and what the portal was told.
    pub(crate) async fn arrive(&mut self, asked: &Asked) -> Value {
        let reply = self.go_on(&asked.tx).await;
        assert_eq!(reply.status, 303, "{reply:?}");
        let home = self.get(&reply.location).await;
        assert_eq!(home.status, 303, "{home:?}");
        let session = Url::parse(&reply.location).unwrap().join("/session.json").unwrap();
        serde_json::from_str(&self.get(session.as_str()).await.body).unwrap()
    }

    /// A whole login that nothing disturbs.
    pub(crate) async fn sign_in(&mut self, portal: &str, provider: &str, person: &Person) -> Value {
        let asked = self.depart(portal, provider).await;
        let answer = Answer::to(&asked, provider).of(person).encoded(self.world);
        let reply =
            self.world.post(&[("SAMLResponse", &answer), ("RelayState", &asked.ticket)]).await;
        assert_eq!(reply.status, 303, "{reply:?}");
        self.arrive(&asked).await
    }
}

/// Attributes, by SPID's names.
pub(crate) type Person = BTreeMap<&'static str, String>;

pub(crate) fn person(fiscal_code: &str, name: &str) -> Person {
    BTreeMap::from([
        ("fiscalNumber", format!("TINIT-{fiscal_code}")),
        ("name", name.to_owned()),
        ("familyName", "Esempio".to_owned()),
        ("spidCode", format!("TEST-{fiscal_code}")),
    ])
}

pub(crate) fn mario() -> Person {
    person("RSSMRA80A01H501U", "Mario")
}

/// An answer in the making.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    asked: Asked,
    issuer: String,
    signed_by: Option<String>,
    person: Person,
    id: String,
    now: Timestamp,
}

impl Answer {
    pub(crate) fn to(asked: &Asked, issuer: &str) -> Self {
        Self {
            asked: asked.clone(),
            issuer: issuer.to_owned(),
            signed_by: Some(issuer.to_owned()),
            person: mario(),
            // No two logins have the same ticket.
            id: format!("_of-{}", asked.ticket),
            now: Effects::real().now(),
        }
    }

    pub(crate) fn of(mut self, person: &Person) -> Self {
        self.person = person.clone();
        self
    }

    pub(crate) fn with_id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    pub(crate) fn unsigned(mut self) -> Self {
        self.signed_by = None;
        self
    }

    pub(crate) fn encoded(&self, world: &World) -> String {
        STANDARD.encode(self.xml(world))
    }

    /// The Response; only its assertion is signed.
    pub(crate) fn xml(&self, world: &World) -> String {
        let (canonical, place) = self.assertion(world);
        let assertion = match &self.signed_by {
            Some(by) => sign_enveloped(&party(by).signer, &canonical, &self.id, place).unwrap(),
            None => canonical,
        };
        let (now, envelope) = (self.now.rfc3339(), format!("{}-response", self.id));
        let mut w = Writer::new();
        let attributes = [
            ("ID", envelope.as_str()),
            ("Version", "2.0"),
            ("IssueInstant", &now),
            ("Destination", &world.consumer),
            ("InResponseTo", &self.asked.id),
        ];
        w.start("samlp:Response", &[("samlp", PROTOCOL)], &attributes);
        w.leaf("saml:Issuer", &[("saml", ASSERTION)], &[], &self.issuer);
        w.start("samlp:Status", &[], &[]);
        let success = [("Value", "urn:oasis:names:tc:SAML:2.0:status:Success")];
        w.leaf("samlp:StatusCode", &[], &success, "").end();
        w.fragment(&assertion);
        w.finish()
    }

    fn assertion(&self, world: &World) -> (String, usize) {
        let (now, until) = (self.now.rfc3339(), self.now.plus(FIVE_MINUTES).rfc3339());
        let mut w = Writer::new();
        let attributes = [("Version", "2.0"), ("ID", &self.id), ("IssueInstant", &now)];
        w.start("saml:Assertion", &[("saml", ASSERTION)], &attributes);
        let entity = [("Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:entity")];
        w.leaf("saml:Issuer", &[], &entity, &self.issuer);
        let place = w.place();
        let transient = [
            ("Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
            ("NameQualifier", self.issuer.as_str()),
        ];
        w.start("saml:Subject", &[], &[]).leaf("saml:NameID", &[], &transient, "_name");
        let bearer = [("Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer")];
        w.start("saml:SubjectConfirmation", &[], &bearer);
        let data = [
            ("Recipient", world.consumer.as_str()),
            ("InResponseTo", &self.asked.id),
            ("NotOnOrAfter", &until),
        ];
        w.leaf("saml:SubjectConfirmationData", &[], &data, "").end().end();
        let window = [("NotBefore", now.as_str()), ("NotOnOrAfter", &until)];
        w.start("saml:Conditions", &[], &window).start("saml:AudienceRestriction", &[], &[]);
        w.leaf("saml:Audience", &[], &[], &self.asked.audience).end().end();
        let statement = [("AuthnInstant", now.as_str()), ("SessionIndex", &self.id)];
        w.start("saml:AuthnStatement", &[], &statement).start("saml:AuthnContext", &[], &[]);
        w.leaf("saml:AuthnContextClassRef", &[], &[], &self.asked.level).end().end();
        w.start("saml:AttributeStatement", &[], &[]);
        for (name, value) in &self.person {
            w.start("saml:Attribute", &[], &[("Name", name)]);
            w.leaf("saml:AttributeValue", &[], &[], value).end();
        }
        (w.finish(), place)
    }
}

const FIVE_MINUTES: std::time::Duration = std::time::Duration::from_mins(5);

fn metadata(entity_id: &str) -> String {
    format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" entityID=\"{entity_id}\">\
         <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
         <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
         Location=\"{entity_id}/sso\"/></md:IDPSSODescriptor>\
         <md:Organization><md:OrganizationDisplayName xml:lang=\"it\">{entity_id}\
         </md:OrganizationDisplayName></md:Organization></md:EntityDescriptor>",
        party(entity_id).signer.certificate()
    )
}
