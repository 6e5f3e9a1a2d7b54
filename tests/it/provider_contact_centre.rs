//! `/api/contact-centre/verify`: told to whom the operator lets ask, in the same words whatever is wrong.

use std::path::PathBuf;
use std::sync::Arc;

use varco::crypto::sealing::Sealer;
use varco::delegation::Services;
use varco::effects::{Effects, Timestamp};
use varco::identity::{Identity, UpstreamIdentity};
use varco::oidc::client::{AuthenticationMethod, Client, Clients, Mandate};
use varco::policy::{Act, Calendar, Rows};
use varco::registry::{Registry, RegistryPlace};
use varco::telephone::{Lasting, Pins};
use varco::terms::Level;

use crate::provider_world::{FORM, NOW, Node, Reply, SECRET, basic, client, form};

/// `inps` answers its own calls, `lavoro` nobody's, `app` cannot prove who it is.
struct Centre {
    node: Node,
    pin: String,
    file: PathBuf,
}

impl Drop for Centre {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.file.display()));
        }
    }
}

async fn centre(name: &str) -> Centre {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let answers = |client: Client| {
        let contact_centre_of = vec!["inps".to_owned()];
        Client { mandate: Mandate { contact_centre_of, ..Mandate::default() }, ..client }
    };
    let public = Client { authentication: AuthenticationMethod::None, ..client("app") };
    let clients = vec![answers(client("inps")), client("lavoro"), answers(public)];
    node.broker.clients.store(Arc::new(Clients::new(clients)));
    let file =
        std::env::temp_dir().join(format!("varco-centre-{name}-{}.sqlite", std::process::id()));
    let place = RegistryPlace::File(file.clone());
    let registry = Registry::open(&place, Sealer::new(&[5; 32]).unwrap(), fx.clone()).await;
    let pins = Arc::new(Pins::new(Arc::new(registry.unwrap()), fx));
    let attributes =
        [("fiscalNumber", "TINIT-RSSMRA80A01H501U"), ("name", "Mario"), ("familyName", "Rossi")];
    let mario = Identity::from_upstream(&UpstreamIdentity {
        upstream: "spid".to_owned(),
        provider: "https://idp.test".to_owned(),
        attributes: attributes.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
        level: Level::L2,
        authenticated_at: Timestamp::from_unix_seconds(NOW),
        assertion_id: "_1".to_owned(),
        expires_at: Timestamp::from_unix_seconds(NOW),
        session: None,
        desk: None,
    });
    let act = Act {
        id: "telephone-pin".into(),
        place: "here".into(),
        title: None,
        instruments: vec!["spid".into()],
        minimum_level: Level::L2,
        categories: None,
        from: None,
        until: None,
        legal_ref: "R13".into(),
    };
    let calendar = Calendar::of(Rows { acts: vec![act], ..Rows::default() });
    let made = pins.make(&mario.unwrap(), Lasting::Day, Services::All, &calendar).await;
    let pin = made.unwrap().0.to_string();
    node.provider.answer_contact_centres(pins);
    Centre { node, pin, file }
}

impl Centre {
    async fn ask(&self, authorization: &str, fields: &[(&str, &str)]) -> Reply {
        let head = format!(
            "POST /api/contact-centre/verify HTTP/1.1\r\n{FORM}\r\nAuthorization: {authorization}"
        );
        self.node.send(&head, &form(fields)).await
    }

    async fn about(&self, code: &str, pin: &str) -> Reply {
        let fields = [("fiscal_code", code), ("pin", pin), ("staff", "op-7")];
        self.ask(&basic("inps", SECRET), &fields).await
    }
}

const MARIO: &str = "RSSMRA80A01H501U";

#[actix_web::test]
async fn a_contact_centre_is_told_whose_the_right_pin_is_and_nothing_of_any_other() {
    let centre = centre("told").await;
    let yes = centre.about(MARIO, &centre.pin).await;
    assert_eq!((yes.status, yes.header("cache-control")), (200, Some("no-store")));
    let told = yes.json();
    assert_eq!(told["ok"], true);
    assert_eq!(
        (told["name"].as_str(), told["fiscal_code"].as_str()),
        (Some("Mario Rossi"), Some("RSS…01U"))
    );
    for (code, pin) in [(MARIO, "00000000"), ("LVLDAA85T50G702B", centre.pin.as_str())] {
        let no = centre.about(code, pin).await;
        assert_eq!((no.status, no.body.as_str()), (200, r#"{"ok":false}"#));
    }
    let description = centre.node.get("/api/contact-centre/openapi.json").await;
    let paths = description.json()["paths"]["/api/contact-centre/verify"].clone();
    assert!(paths.is_object());
}

#[actix_web::test]
async fn nobody_else_asks_about_telephone_pins_and_faults_are_problem_documents() {
    let centre = centre("nobody").await;
    let question = [("fiscal_code", MARIO), ("pin", centre.pin.as_str()), ("staff", "op-7")];
    let refused = centre.ask(&basic("lavoro", SECRET), &question).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    assert_eq!(refused.json()["code"], "VARCO-1803");
    let guessed = centre.ask(&basic("inps", "another secret of some length"), &question).await;
    assert_eq!(guessed.status, 401);
    let wrong: [&[(&str, &str)]; 4] = [
        &[("fiscal_code", MARIO), ("pin", &centre.pin)],
        &[("fiscal_code", MARIO), ("pin", "1234"), ("staff", "op-7")],
        &[("fiscal_code", "nobody"), ("pin", &centre.pin), ("staff", "op-7")],
        &[("fiscal_code", MARIO), ("pin", &centre.pin), ("staff", "op-7"), ("service", "lavoro")],
    ];
    for fields in wrong {
        let reply = centre.ask(&basic("inps", SECRET), fields).await;
        assert_eq!((reply.status, reply.json()["code"].as_str()), (400, Some("VARCO-1804")));
        assert!(!reply.body.contains(MARIO) && !reply.body.contains(&centre.pin));
    }
}
