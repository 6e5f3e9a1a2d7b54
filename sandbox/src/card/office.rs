//! The office that issued the cards of everybody in the sandbox, and publishes which were revoked.
//!
//! Not a second kind of authority: whatever it makes comes from [`super::Authority`].

use std::sync::Arc;

use actix_web::web::{Bytes, Data, ServiceConfig};
use actix_web::{HttpResponse, web};
use rcgen::{CertificateParams, KeyPair, KeyUsagePurpose};
use varco::effects::Effects;

use super::{Authority, Card, CardPlan, ListPlan, Saying};
use crate::error::{Doing as _, SandboxError};
use crate::people::Person;

/// Which card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One that lets its holder in.
    Good,
    /// Reported as lost.
    Revoked,
    /// On hold.
    Suspended,
    /// Past its time.
    Expired,
    /// Before its time.
    NotYetValid,
    /// Of an authority that nobody knows.
    UnknownAuthority,
    /// Issued for something else.
    WrongPolicy,
    /// The certificate that signs documents.
    Signature,
    /// Its subject names nobody in the right way.
    Unnamed,
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::Good,
        Self::Revoked,
        Self::Suspended,
        Self::Expired,
        Self::NotYetValid,
        Self::UnknownAuthority,
        Self::WrongPolicy,
        Self::Signature,
        Self::Unnamed,
    ];

    /// The last octet of its serial number.
    fn number(self) -> u8 {
        let place = Self::ALL.iter().position(|kind| *kind == self);
        place.and_then(|place| u8::try_from(place).ok()).unwrap_or(0)
    }
}

/// The office.
#[derive(Debug)]
pub struct Office {
    authority: Authority,
    root: Authority,
    unknown: Authority,
    /// Who vouches for the broker's listener: the scripted browser trusts it.
    server: Authority,
    fx: Effects,
}

impl Office {
    /// A new one: a root, and the authority below it that issues cards.
    ///
    /// # Errors
    /// When the library cannot make it.
    pub fn open(fx: &Effects) -> Result<Self, SandboxError> {
        let now = fx.now().unix_seconds();
        let root = Authority::root("Radice CNS di prova", now)?;
        Ok(Self {
            authority: root.subordinate("CNS di prova")?,
            root,
            unknown: Authority::root("Autorità sconosciuta", now)?,
            server: Authority::root("Server di prova", now)?,
            fx: fx.clone(),
        })
    }

    /// Who issues cards, in PEM.
    #[must_use]
    pub fn authority_pem(&self) -> String {
        format!("{}{}", self.authority.pem(), self.root.pem())
    }

    /// Who vouches for the broker's listener, in PEM.
    #[must_use]
    pub fn server_pem(&self) -> &str {
        self.server.pem()
    }

    /// A certificate for `localhost`, and its key: both in PEM.
    ///
    /// # Errors
    /// When the library cannot make it.
    pub fn localhost(&self) -> Result<(String, String), SandboxError> {
        let key = KeyPair::generate().doing("make a server's key")?;
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]);
        if let Ok(params) = &mut params {
            params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
        }
        let params = params.doing("make a server's certificate")?;
        let made = params.signed_by(&key, &self.server.issuer);
        Ok((made.doing("make a server's certificate")?.pem(), key.serialize_pem()))
    }

    /// The card of `person`; the office is reached at `address`.
    ///
    /// # Errors
    /// When the library cannot make it.
    pub fn card(&self, person: &Person, kind: Kind, address: &str) -> Result<Card, SandboxError> {
        let attribute = |name| person.attribute(name).unwrap_or_default().to_owned();
        let code = attribute("fiscalNumber");
        let code = code.strip_prefix("TINIT-").unwrap_or(&code);
        let people = Person::all();
        let place = people.iter().position(|known| known.id == person.id).unwrap_or_default();
        let number = u8::try_from(place).unwrap_or_default();
        let mut plan = CardPlan {
            common_name: format!("{code}/74300000000000{number:02}.Y2FydGE="),
            given_name: Some(attribute("name")),
            surname: Some(attribute("familyName")),
            serial: vec![0x43, number, kind.number()],
            lists: vec![format!("{address}/list.crl")],
            responder: Some(format!("{address}/ocsp")),
            ..CardPlan::default()
        };
        match kind {
            Kind::Expired => plan.days = (-2000, -1),
            Kind::NotYetValid => plan.days = (1, 2000),
            Kind::WrongPolicy => plan.policy = Some("1.3.76.99.1"),
            Kind::Signature => plan.usages = vec![KeyUsagePurpose::ContentCommitment],
            Kind::Unnamed => plan.common_name = format!("x{code}/7430000000000000.Y2FydGE="),
            Kind::Good | Kind::Revoked | Kind::Suspended | Kind::UnknownAuthority => {}
        }
        let by = if kind == Kind::UnknownAuthority { &self.unknown } else { &self.authority };
        by.card(&plan)
    }

    fn list(&self) -> Result<Vec<u8>, SandboxError> {
        let numbers = 0..=u8::try_from(Person::all().len()).unwrap_or(u8::MAX);
        let revoked = numbers.flat_map(|number| {
            let serial = |kind: Kind| vec![0x43, number, kind.number()];
            [(serial(Kind::Revoked), false), (serial(Kind::Suspended), true)]
        });
        self.authority.list(&ListPlan { revoked: revoked.collect(), ..ListPlan::default() })
    }

    /// What the responder says of the card that is asked about.
    fn answer(&self, request: &[u8]) -> Result<Vec<u8>, SandboxError> {
        // The serial number stands at the end of the certificate's name: its last octet is the kind.
        let marks = [Kind::Revoked, Kind::Suspended].map(Kind::number);
        let revoked = marks.iter().any(|kind| {
            request
                .windows(5)
                .any(|octets| matches!(octets, [0x02, 3, 0x43, _, last] if last == kind))
        });
        let status = if revoked { "revoked" } else { "good" };
        let saying = Saying { status, ..Saying::default() };
        self.authority.answer(request, &saying, self.fx.now().unix_seconds())
    }
}

/// Its addresses.
pub fn routes(config: &mut ServiceConfig, office: &Arc<Office>) {
    config
        .app_data(Data::from(Arc::clone(office)))
        .route("/list.crl", web::get().to(list))
        .route("/ocsp", web::post().to(answer));
}

async fn list(office: Data<Office>) -> HttpResponse {
    match office.list() {
        Ok(list) => HttpResponse::Ok().content_type("application/pkix-crl").body(list),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

async fn answer(office: Data<Office>, body: Bytes) -> HttpResponse {
    match office.answer(&body) {
        Ok(answer) => HttpResponse::Ok().content_type("application/ocsp-response").body(answer),
        Err(_) => HttpResponse::BadRequest().finish(),
    }
}
