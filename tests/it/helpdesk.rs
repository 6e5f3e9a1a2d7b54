//! The desk over a real registry: what staff may do, what they may not, and what that leaves behind.

mod acts;
mod model;
mod smtp;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use varco::config::read_countries;
use varco::credential::access::{Access, Cost, PasswordHash, Secrets, Totp, Username};
use varco::credential::activation::{ActivationKey, Code};
use varco::credential::{Case, Field, Item, LegalBasis, Role, Sighting};
use varco::effects::{Effects, ScriptedClock, ScriptedMailer, Timestamp};
use varco::fault::Fault;
use varco::helpdesk::{Agent, Assignment, Desk, DeskFault, Settings, Surroundings, appoint};
use varco::identity::{FiscalCode, Identity, UpstreamIdentity};
use varco::policy::{Calendar, CategoryRow, Rows};
use varco::registry::{Actor, Registry};
use varco::terms::{Category, Day, Level};
use zeroize::Zeroizing;

/// The broker, as far as a desk asks it.
#[derive(Default)]
pub(crate) struct Around {
    pub(crate) ended: Mutex<Vec<String>>,
    pub(crate) alarms: Mutex<Vec<&'static str>>,
    pub(crate) silent: std::sync::atomic::AtomicBool,
}

impl Surroundings for Around {
    fn calendar(&self) -> Arc<Calendar> {
        let row = CategoryRow {
            id: Category::parse("extra_eu").unwrap(),
            title: None,
            from: None,
            until: None,
            acts_for: None,
            legal_ref: None,
        };
        Arc::new(Calendar::of(Rows { categories: vec![row], ..Rows::default() }))
    }

    fn services(&self, _: Day) -> Vec<Box<str>> {
        vec!["distacchi".into()]
    }

    fn end<'a>(
        &'a self,
        case: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>> {
        let silent = self.silent.load(std::sync::atomic::Ordering::SeqCst);
        let done = if silent { Err(Fault::of_slug("internal")) } else { Ok(()) };
        if !silent {
            self.ended.lock().unwrap().push(case.to_owned());
        }
        Box::pin(std::future::ready(done))
    }

    fn acted(&self, _: &'static str, _: &'static str) {}

    fn alarm(&self, alert: &'static str) {
        self.alarms.lock().unwrap().push(alert);
    }
}

/// A desk with a registry of a test's own.
pub(crate) struct Bureau {
    pub(crate) registry: Arc<Registry>,
    pub(crate) desk: Desk,
    pub(crate) around: Arc<Around>,
    pub(crate) clock: Arc<ScriptedClock>,
    pub(crate) fx: Effects,
    pub(crate) mailer: ScriptedMailer,
}

/// Ada types, Bea verifies, Cleo supervises, Dora has both of the first two roles, Elio works elsewhere,
/// Fina reads the trail; Gino supervises too.
pub(crate) const ADA: &str = "RSSMRA80A01H501U";
pub(crate) const BEA: &str = "RSSMRA81A01H501V";
pub(crate) const CLEO: &str = "RSSMRA82A01H501W";
pub(crate) const DORA: &str = "RSSMRA80A41H501Y";
pub(crate) const ELIO: &str = "RSSMRA84A01H501Y";
pub(crate) const FINA: &str = "RSSMRA85A01H501Z";
pub(crate) const GINO: &str = "RSSMRA86A01H501A";

impl Bureau {
    pub(crate) async fn of(
        registry: Arc<Registry>,
        fx: Effects,
        clock: Arc<ScriptedClock>,
    ) -> Self {
        let around = Arc::new(Around::default());
        let basis = LegalBasis {
            legal_basis: "MLPS 2721/2020".to_owned(),
            approved_by: "RTD".to_owned(),
            review_by: Day::parse("2099-12-31").unwrap(),
        };
        let settings = Settings {
            legal_basis: Some(basis),
            categories: vec![Category::parse("extra_eu").unwrap()],
            counter_code: Duration::from_secs(7 * 86_400),
            mail_code: Duration::from_secs(86_400),
            post_code: Duration::from_secs(30 * 86_400),
            identified_a_day: 1_000_000,
            views_an_hour: 5,
            issuer: "https://login.example".to_owned(),
        };
        let key = ActivationKey::new(Zeroizing::new([3; 32]));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("metadata/countries.toml");
        let states = read_countries(&path).unwrap();
        let surroundings: Arc<dyn Surroundings> = around.clone();
        let desk = Desk::new(registry.clone(), fx.clone(), key, settings, states, surroundings);
        let bureau = Self { registry, desk, around, clock, fx, mailer: ScriptedMailer::default() };
        for (code, office, roles) in [
            (ADA, "roma", &[Role::Operator][..]),
            (BEA, "roma", &[Role::Verifier]),
            (CLEO, "roma", &[Role::Supervisor, Role::Verifier]),
            (DORA, "roma", &[Role::Operator, Role::Verifier]),
            (ELIO, "bari", &[Role::Operator, Role::Supervisor]),
            (FINA, "roma", &[Role::Auditor]),
            (GINO, "bari", &[Role::Supervisor]),
        ] {
            for role in roles {
                bureau.appoint(code, office, *role).await;
            }
        }
        bureau
    }

    pub(crate) async fn appoint(&self, code: &str, office: &str, role: Role) {
        let code = FiscalCode::parse(code).unwrap();
        let from = Day::of(self.fx.now());
        let one = Assignment { role, from, until: None };
        appoint(&self.registry, &code, ("N", office), one, Actor::system()).await.unwrap();
    }

    pub(crate) fn identity(&self, code: &str) -> Identity {
        let proof = UpstreamIdentity {
            attributes: vec![("fiscalNumber".to_owned(), format!("TINIT-{code}"))]
                .into_iter()
                .collect(),
            ..proof_of(self.fx.now())
        };
        Identity::from_upstream(&proof).unwrap()
    }

    /// Whoever has that code, signed in this moment.
    pub(crate) async fn agent(&self, code: &str) -> Result<Agent, DeskFault> {
        self.desk.agent(&self.identity(code), self.fx.now()).await
    }

    pub(crate) async fn case(&self, id: &str) -> Case {
        self.registry.record::<Case>(id).await.unwrap().unwrap().into_inner()
    }

    /// Open, typed and submitted by Ada; the document's number is `number`.
    pub(crate) async fn requested(&self, number: &str) -> String {
        let ada = self.agent(ADA).await.unwrap();
        let id = self.desk.open(&ada).await.unwrap();
        let email = format!("{number}@example.ch");
        let second = format!("second-{number}@example.ch");
        let mut typed = fields().to_vec();
        typed.extend([
            (Field::DocumentNumber, number),
            (Field::Email, email.as_str()),
            (Field::SecondContact, second.as_str()),
        ]);
        self.desk.save(&ada, &id, &typed).await.unwrap();
        self.desk.submit(&ada, &id, "2026-1").await.unwrap();
        id
    }

    pub(crate) async fn identified(&self, number: &str) -> String {
        let id = self.requested(number).await;
        let ada = self.agent(ADA).await.unwrap();
        self.desk.identify(&ada, &id, &seen()).await.unwrap();
        id
    }

    pub(crate) async fn verified(&self, number: &str) -> String {
        let id = self.identified(number).await;
        let bea = self.agent(BEA).await.unwrap();
        self.desk.check(&bea, &id, Item::ALL).await.unwrap();
        let digest = self.case(&id).await.digest();
        self.desk.approve(&bea, &id, &digest, "no zone").await.unwrap();
        id
    }

    /// Issued by Bea; the whole code, as the holder puts it together.
    pub(crate) async fn issued(&self, number: &str) -> (String, Code) {
        let id = self.verified(number).await;
        let code = self.issue(BEA, &id).await.unwrap();
        (id, code)
    }

    pub(crate) async fn issue(&self, who: &str, id: &str) -> Result<Code, DeskFault> {
        let agent = self.agent(who).await?;
        let letter = self.desk.issue(&agent, id).await?;
        self.desk.post(&self.mailer).await?;
        let sent = self.mailer.sent();
        let after = |text: &str| {
            let rest = text.split_once("activation code: ")?.1;
            rest.split_whitespace().next().map(str::to_owned)
        };
        let part = sent.iter().rev().find_map(|(_, _, text)| after(text)).unwrap();
        Ok(Code::parse(&format!("{}{part}", letter.part.as_str())).unwrap())
    }

    pub(crate) async fn activate(&self, id: &str, code: &Code) -> Result<Case, DeskFault> {
        let number = self.case(id).await.number().to_owned();
        let found = self.desk.redeem(&number, code).await?;
        let (_, accepted) = found.ok_or(DeskFault::Refused(varco::credential::Refusal::Unknown))?;
        self.desk.activate(id, &accepted, self.access()).await
    }

    pub(crate) async fn active(&self, number: &str) -> String {
        let (id, code) = self.issued(number).await;
        self.activate(&id, &code).await.unwrap();
        id
    }

    pub(crate) fn access(&self) -> Access {
        let mut access = Access::new(Username::fresh(&self.fx));
        let password = PasswordHash::nobodys(Cost::TESTS);
        access.set_secrets(Secrets { password, totp: Totp::fresh(&self.fx) });
        access
    }
}

pub(crate) fn seen() -> Sighting {
    Sighting { present: true, ..Sighting::default() }
}

pub(crate) fn fields() -> [(Field, &'static str); 13] {
    [
        (Field::Channel, "counter"),
        (Field::Category, "extra_eu"),
        (Field::Services, "distacchi"),
        (Field::Language, "en"),
        (Field::DocumentKind, "passport"),
        (Field::DocumentIssuer, "CHE"),
        (Field::DocumentExpires, "30/06/2090"),
        (Field::Surname, "Rossi"),
        (Field::GivenNames, "Maria"),
        (Field::Sex, "F"),
        (Field::BirthDate, "01/01/1980"),
        (Field::BirthCountry, "CHE"),
        (Field::Nationalities, "CHE"),
    ]
}

/// The word of a refusal.
pub(crate) fn word<T: std::fmt::Debug>(done: Result<T, DeskFault>) -> &'static str {
    match done {
        Ok(_) => "done",
        Err(DeskFault::Refused(refusal)) => refusal.word(),
        Err(DeskFault::Registry(fault)) => panic!("{fault}"),
    }
}

fn proof_of(now: Timestamp) -> UpstreamIdentity {
    UpstreamIdentity {
        upstream: "spid".to_owned(),
        provider: "https://idp.test".to_owned(),
        attributes: BTreeMap::new(),
        level: Level::L2,
        authenticated_at: now,
        assertion_id: "_1".to_owned(),
        expires_at: now.plus(Duration::from_secs(60)),
        session: None,
        desk: None,
    }
}
