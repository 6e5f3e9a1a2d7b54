//! The sample CIE provider: who is signing in, which codes and tokens are out, what is said of whom.
//!
//! Not its pages and addresses (`server`).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest;
use serde_json::{Map, Value, json};
use url::Url;
use varco::crypto::Handle;
use varco::effects::Effects;

use super::chain::Clients;
use super::keys::encode;
use super::misbehaviour::{Case, Change, Encoding, Place};
use super::registry::{Registry, add};
use super::request::{Asked, Seen, authenticate, judge};
use super::sealed::{half_digest, seal};
use super::token::{Draft, remove, set};
use super::wrong::Wrong;
use crate::error::{Doing as _, SandboxError};
use crate::people::Person;

/// The provider.
#[derive(Debug)]
pub struct Provider {
    /// The federation it is in.
    pub registry: Arc<Registry>,
    clients: Clients,
    seen: Seen,
    waiting: Mutex<HashMap<String, Asked>>,
    codes: Mutex<HashMap<String, Grant>>,
    tokens: Mutex<HashMap<String, Grant>>,
    revoked: Mutex<usize>,
    http: reqwest::Client,
    fx: Effects,
}

/// What a code or a token stands for.
#[derive(Clone, Debug)]
pub struct Grant {
    asked: Asked,
    person: Person,
    /// What is wrong in this login.
    pub case: Option<Case>,
}

/// An answer that is already formed.
#[derive(Debug)]
pub struct Answer {
    /// Its text.
    pub body: String,
    /// What is wrong in this login.
    pub case: Option<Case>,
}

type Fields = BTreeMap<String, String>;

impl Provider {
    /// A provider in that federation.
    #[must_use]
    pub fn new(registry: Arc<Registry>, http: reqwest::Client, fx: Effects) -> Self {
        Self {
            registry,
            clients: Clients::default(),
            seen: Seen::default(),
            waiting: Mutex::default(),
            codes: Mutex::default(),
            tokens: Mutex::default(),
            revoked: Mutex::default(),
            http,
            fx,
        }
    }

    /// Its clients.
    #[must_use]
    pub const fn clients(&self) -> &Clients {
        &self.clients
    }

    /// How many tokens were revoked.
    #[must_use]
    pub fn revoked(&self) -> usize {
        self.revoked.lock().map(|revoked| *revoked).unwrap_or_default()
    }

    /// A request arrives: the name it waits under, and what was asked.
    ///
    /// # Errors
    /// What is wrong with the client or with what it asks.
    pub async fn ask(&self, fields: &Fields) -> Result<(String, Asked), SandboxError> {
        let id = fields.get("client_id").map(String::as_str).unwrap_or_default();
        let client = self.clients.resolve(id, &self.registry, &self.http).await?;
        let (provider, now) = (self.registry.provider(), self.registry.now());
        let asked = judge(fields, client, &provider, now, &self.seen)?;
        let name = Handle::fresh(&self.fx).reveal().to_owned();
        if let Ok(mut waiting) = self.waiting.lock() {
            waiting.insert(name.clone(), asked.clone());
        }
        Ok((name, asked))
    }

    /// Somebody signs in, or turns away: where the browser goes.
    ///
    /// # Errors
    /// When nobody waits under that name.
    pub fn decide(
        &self,
        name: &str,
        person: Person,
        case: Option<Case>,
        agreed: bool,
    ) -> Result<String, SandboxError> {
        let waiting = self.waiting.lock().ok().and_then(|mut waiting| waiting.remove(name));
        let gone = || SandboxError::new("answer the request", "it was answered, or never came");
        let asked = waiting.ok_or_else(gone)?;
        let mut fields = vec![("state", asked.state.clone())];
        let mut place = Url::parse(&asked.redirect_uri).doing("read the redirect URI")?;
        if agreed {
            let code = Handle::fresh(&self.fx).reveal().to_owned();
            fields.push(("code", code.clone()));
            fields.push(("iss", self.registry.provider()));
            if let Ok(mut codes) = self.codes.lock() {
                codes.insert(code, Grant { asked, person, case });
            }
        } else {
            // As the reference implementation says it, without iss.
            fields.push(("error", "invalid_request".to_owned()));
            let why = "Authentication request rejected by user";
            fields.push(("error_description", why.to_owned()));
        }
        for change in self.registry.wrong_with(case).at(Place::Callback) {
            match change {
                Change::Without(name) => fields.retain(|(known, _)| known != name),
                Change::Also(name, value) => fields.push((name, (*value).to_owned())),
                Change::Instead(name, value) => {
                    fields.retain(|(known, _)| known != name);
                    fields.push((name, (*value).to_owned()));
                }
                _ => {}
            }
        }
        place.query_pairs_mut().extend_pairs(fields);
        Ok(place.into())
    }

    /// A code is redeemed.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub fn redeem(&self, fields: &Fields) -> Result<Answer, SandboxError> {
        let wrong = |why: &str| SandboxError::new("redeem the code", why);
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        self.authenticated(fields, "token")?;
        if field("grant_type") != "authorization_code" {
            return Err(wrong("grant_type is another"));
        }
        let grant = self.codes.lock().ok().and_then(|mut codes| codes.remove(field("code")));
        let grant = grant.ok_or_else(|| wrong("it was redeemed, or never given"))?;
        let asked = &grant.asked;
        if (field("client_id"), field("redirect_uri")) != (&asked.client.id, &asked.redirect_uri) {
            return Err(wrong("client_id or redirect_uri is another"));
        }
        let verifier = digest::digest(&digest::SHA256, field("code_verifier").as_bytes());
        if encode(verifier) != asked.challenge {
            return Err(wrong("code_verifier does not fit"));
        }
        let wrong = self.registry.wrong_with(grant.case);
        let access_token = Handle::fresh(&self.fx).reveal().to_owned();
        let id_token = self.id_token(&grant, &access_token, field("code"), &wrong)?;
        let case = grant.case;
        let body = json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": 300,
            "scope": asked.scopes.join(" "), "id_token": id_token,
        });
        if let Ok(mut tokens) = self.tokens.lock() {
            tokens.insert(access_token, grant);
        }
        Ok(Answer { body: changed(body, Place::Token, &wrong), case })
    }

    fn authenticated(&self, fields: &Fields, endpoint: &str) -> Result<(), SandboxError> {
        let id = fields.get("client_id").map(String::as_str).unwrap_or_default();
        let now = self.registry.now();
        let unknown = || SandboxError::new("authenticate the client", "it never asked");
        let client = self.clients.known(id, now).ok_or_else(unknown)?;
        let address = format!("{}/{endpoint}", self.registry.provider());
        authenticate(fields, &client, &address, now, &self.seen)
    }

    fn id_token(
        &self,
        grant: &Grant,
        access_token: &str,
        code: &str,
        wrong: &Wrong,
    ) -> Result<String, SandboxError> {
        let (asked, now) = (&grant.asked, self.registry.now());
        let mut claims = json!({
            "iss": self.registry.provider(), "sub": subject(asked, &grant.person),
            // An array of one, like the reference implementation.
            "aud": [asked.client.id], "iat": now, "exp": now + 300,
            "jti": Handle::fresh(&self.fx).reveal(), "nonce": asked.nonce, "acr": asked.acr,
            "at_hash": half_digest(access_token), "c_hash": half_digest(code),
        });
        released(&mut claims, &grant.person, asked, &asked.id_token);
        Draft::new("JWT", claims, &self.registry.keys().tokens).sign(Place::Id, wrong)
    }

    /// What is said of the person: signed, then encrypted.
    ///
    /// # Errors
    /// When the token is nobody's.
    pub fn userinfo(&self, token: &str) -> Result<Answer, SandboxError> {
        let grant = self.tokens.lock().ok().and_then(|tokens| tokens.get(token).cloned());
        let unknown = || SandboxError::new("say who it is", "the token is nobody's");
        self.told(&grant.ok_or_else(unknown)?)
    }

    /// What would be said to whoever waits under that name: one for whom nobody signs in any more.
    ///
    /// # Errors
    /// When nobody waits under that name.
    pub fn foretell(&self, name: &str, person: Person) -> Result<String, SandboxError> {
        let waiting = self.waiting.lock().ok().and_then(|mut waiting| waiting.remove(name));
        let gone = || SandboxError::new("foretell an answer", "nobody waits for it");
        Ok(self.told(&Grant { asked: waiting.ok_or_else(gone)?, person, case: None })?.body)
    }

    fn told(&self, grant: &Grant) -> Result<Answer, SandboxError> {
        let wrong = self.registry.wrong_with(grant.case);
        let (asked, now) = (&grant.asked, self.registry.now());
        let mut claims = json!({
            "iss": self.registry.provider(), "sub": subject(asked, &grant.person),
            "aud": asked.client.id, "iat": now, "exp": now + 300,
        });
        released(&mut claims, &grant.person, asked, &asked.userinfo);
        let key = &self.registry.keys().tokens;
        let signed = Draft::new("JWT", claims, key).sign(Place::Userinfo, &wrong)?;
        Ok(Answer { body: seal(&signed, asked.client.jwks(), &wrong)?, case: grant.case })
    }

    /// A token is revoked.
    ///
    /// # Errors
    /// When the client does not authenticate.
    pub fn revoke(&self, fields: &Fields) -> Result<(), SandboxError> {
        self.authenticated(fields, "revocation")?;
        let token = fields.get("token").map(String::as_str).unwrap_or_default();
        let known = self.tokens.lock().ok().and_then(|mut tokens| tokens.remove(token));
        if let (Some(_), Ok(mut revoked)) = (known, self.revoked.lock()) {
            *revoked += 1;
        }
        Ok(())
    }
}

/// JSON with the changes of a case.
fn changed(claims: Value, place: Place, wrong: &Wrong) -> String {
    let mut content = Value::Object(Map::new());
    add(&mut content, "claims", claims);
    let mut twice = None;
    for change in wrong.at(place) {
        match change {
            Change::Set(pointer, said) => set(&mut content, pointer, wrong.value(said)),
            Change::Remove(pointer) => remove(&mut content, pointer),
            Change::Write(Encoding::Twice(member)) => twice = Some(member),
            _ => {}
        }
    }
    let text = content.get("claims").unwrap_or(&Value::Null).to_string();
    match twice {
        Some(member) => text.replacen('{', &format!("{{{member},"), 1),
        None => text,
    }
}

/// Pairwise: another one for each client.
fn subject(asked: &Asked, person: &Person) -> String {
    let text = format!("{}\n{}", asked.client.id, person.id);
    encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

/// Adds the claims asked for, one by one or by scope.
fn released(claims: &mut Value, person: &Person, asked: &Asked, names: &[String]) {
    const PROFILE: [&str; 4] =
        ["given_name", "family_name", "birthdate", "https://attributes.eid.gov.it/fiscal_number"];
    let scope = |wanted: &str| asked.scopes.iter().any(|scope| scope == wanted);
    let mut all: Vec<&str> = names.iter().map(String::as_str).collect();
    if scope("profile") {
        all.extend(PROFILE);
    }
    if scope("email") {
        all.extend(["email", "email_verified"]);
    }
    for name in all {
        if let Some(value) = claim(person, name) {
            add(claims, name, value);
        }
    }
}

/// What CIE knows of somebody under that name.
fn claim(person: &Person, name: &str) -> Option<Value> {
    let said = |attribute| person.attribute(attribute);
    Some(match name {
        "given_name" => json!(said("name")?),
        "family_name" => json!(said("familyName")?),
        "birthdate" => json!(said("dateOfBirth")?),
        "https://attributes.eid.gov.it/fiscal_number" => json!(said("fiscalNumber")?),
        "gender" => json!(if said("gender")? == "F" { "female" } else { "male" }),
        "place_of_birth" => {
            json!({"locality": said("placeOfBirth")?, "region": said("countyOfBirth")?})
        }
        "phone_number" => json!(said("mobilePhone")?.trim_start_matches('+')),
        "email" => json!(said("email")?),
        "email_verified" => json!(true),
        "https://attributes.eid.gov.it/e_delivery_service" => json!(said("digitalAddress")?),
        "address" => json!({
            "street_address": said("domicileStreetAddress")?,
            "postal_code": said("domicilePostalCode")?,
            "locality": said("domicileMunicipality")?,
            "region": said("domicileProvince")?,
            "country_code": said("domicileNation")?,
        }),
        "document_details" => {
            let mut parts = said("idCard")?.split(' ');
            json!({
                "type": parts.next()?, "document_number": parts.next()?,
                "issuer": {"name": parts.next()?},
                "date_of_issuance": parts.next()?, "date_of_expiry": parts.next()?,
            })
        }
        _ => return None,
    })
}
