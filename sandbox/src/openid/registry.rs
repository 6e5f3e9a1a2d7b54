//! The sample federation's statements: who signs what about whom.
//!
//! Not served here (`server`), and not read here: the broker reads them with code of its own.

use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use varco::effects::Effects;

use super::Dialect;
use super::keys::{Key, Keys};
use super::metadata;
use super::misbehaviour::{Case, Change, Place};
use super::token::Draft;
use super::wrong::Wrong;
use crate::error::SandboxError;

/// The anchor, the intermediate and the provider; and the broker's relying parties, onboarded from the start.
#[derive(Debug)]
pub struct Registry {
    base: String,
    broker: String,
    dialect: Dialect,
    keys: &'static Keys,
    /// Below whom the broker's relying parties hang.
    clients_below: Superior,
    case: Mutex<Option<Case>>,
    fx: Effects,
}

/// Somebody who says something of others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Superior {
    /// The trust anchor.
    #[default]
    Anchor,
    /// The intermediate.
    Intermediate,
}

/// The types of trust marks, below the anchor's identifier.
pub const CLIENT_MARK: &str = "/openid_relying_party/public";
/// The provider's.
pub const PROVIDER_MARK: &str = "/openid_provider/public";

impl Registry {
    /// A federation at `base`; everybody below the address `broker` is one of its relying parties.
    #[must_use]
    pub fn new(
        base: String,
        broker: &str,
        dialect: Dialect,
        clients_below: Superior,
        keys: &'static Keys,
        fx: Effects,
    ) -> Self {
        let broker = format!("{broker}/");
        Self { base, broker, dialect, keys, clients_below, case: Mutex::new(None), fx }
    }

    /// From now on this is wrong; `None`: nothing.
    pub fn misbehave(&self, case: Option<Case>) {
        *self.case.lock().unwrap_or_else(PoisonError::into_inner) = case;
    }

    /// What is wrong now.
    #[must_use]
    pub fn wrong(&self) -> Wrong {
        let case = *self.case.lock().unwrap_or_else(PoisonError::into_inner);
        self.wrong_with(case)
    }

    /// The same with a case of one login, if it has one.
    #[must_use]
    pub fn wrong_with(&self, case: Option<Case>) -> Wrong {
        Wrong { case, keys: self.keys, base: self.base.clone(), now: self.now() }
    }

    /// The time, in seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.fx.now().unix_seconds()
    }

    /// How it speaks.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Everybody's keys.
    #[must_use]
    pub const fn keys(&self) -> &'static Keys {
        self.keys
    }

    /// The provider's identifier.
    #[must_use]
    pub fn provider(&self) -> String {
        format!("{}/cie", self.base)
    }

    /// A superior's identifier.
    #[must_use]
    pub fn id(&self, superior: Superior) -> String {
        match superior {
            Superior::Anchor => self.base.clone(),
            Superior::Intermediate => format!("{}/intermediate", self.base),
        }
    }

    /// A superior's key.
    #[must_use]
    pub const fn key(&self, superior: Superior) -> &'static Key {
        match superior {
            Superior::Anchor => &self.keys.anchor,
            Superior::Intermediate => &self.keys.intermediate,
        }
    }

    /// Below whom the provider hangs.
    fn provider_below(wrong: &Wrong) -> Superior {
        if wrong.arranged(&Change::BelowIntermediate) {
            Superior::Intermediate
        } else {
            Superior::Anchor
        }
    }

    /// Below whom the broker's relying parties hang.
    #[must_use]
    pub const fn clients_below(&self) -> Superior {
        self.clients_below
    }

    fn statement(&self, iss: &str, sub: &str, seconds: i64, key: &Key) -> Value {
        let now = self.now();
        json!({"iss": iss, "sub": sub, "iat": now, "exp": now + seconds, "jwks": key.jwks()})
    }

    /// What a superior says of itself.
    ///
    /// # Errors
    /// When the library cannot sign.
    pub fn superior_configuration(&self, who: Superior) -> Result<String, SandboxError> {
        let (id, key, wrong) = (self.id(who), self.key(who), self.wrong());
        let mut claims = self.statement(&id, &id, 86_400, key);
        add(&mut claims, "metadata", metadata::superior(&id, self.dialect));
        let place = if who == Superior::Intermediate {
            add(&mut claims, "authority_hints", json!([self.base]));
            Place::Intermediate
        } else {
            let issuers = json!({
                format!("{}{CLIENT_MARK}", self.base): [self.base, self.id(Superior::Intermediate)],
                format!("{}{PROVIDER_MARK}", self.base): [self.base],
            });
            add(&mut claims, "trust_mark_issuers", issuers.clone());
            if self.dialect == Dialect::It2023 {
                add(&mut claims, "trust_marks_issuers", issuers);
                add(&mut claims, "constraints", json!({"max_path_length": 1}));
                let mut encryption = key.jwk("enc", "RSA-OAEP");
                add(&mut encryption, "kid", json!("defaultRSAEnc"));
                let all = json!({"keys": [key.jwk("sig", "RS256"), encryption]});
                add(&mut claims, "jwks", all);
            }
            Place::Anchor
        };
        Draft::new(STATEMENT, claims, key).sign(place, &wrong)
    }

    /// What the provider says of itself.
    ///
    /// # Errors
    /// When the library cannot sign.
    pub fn provider_configuration(&self) -> Result<String, SandboxError> {
        let (id, wrong) = (self.provider(), self.wrong());
        let mut claims = self.statement(&id, &id, 3600, &self.keys.provider);
        add(&mut claims, "authority_hints", json!([self.id(Self::provider_below(&wrong))]));
        add(&mut claims, "metadata", metadata::provider(&id, self.keys));
        add(&mut claims, "trust_marks", json!([self.mark(&id, PROVIDER_MARK, &wrong)?]));
        Draft::new(STATEMENT, claims, &self.keys.provider).sign(Place::Ec, &wrong)
    }

    /// A trust mark, as it stands in a configuration.
    fn mark(&self, sub: &str, kind: &str, wrong: &Wrong) -> Result<Value, SandboxError> {
        let now = self.now();
        let kind = format!("{}{kind}", self.base);
        let mut claims = json!({
            "iss": self.base, "sub": sub, "iat": now, "exp": now + 365 * 86_400,
            "id": kind, "trust_mark_type": kind,
            "logo_uri": "https://cie.example/mark.svg",
            "ref": "https://cie.example/mark",
            "organization_type": "public",
            "organization_name": "Ente di prova",
            "email": "ente@pec.example",
            "id_code": {"ipa_code": "ente_prova"},
        });
        if self.dialect == Dialect::Final
            && let Some(claims) = claims.as_object_mut()
        {
            claims.remove("id");
        }
        let about_client = kind.ends_with(CLIENT_MARK);
        let draft = Draft::new("trust-mark+jwt", claims, &self.keys.anchor);
        let right = self.wrong_with(None);
        let jwt = draft.sign(Place::Mark, if about_client { &right } else { wrong })?;
        Ok(match self.dialect {
            Dialect::It2023 => json!({
                "id": kind, "trust_mark_type": kind, "iss": self.base, "trust_mark": jwt}),
            Dialect::Final => json!({"trust_mark_type": kind, "trust_mark": jwt}),
        })
    }

    /// The trust mark of one of the broker's relying parties, in compact form.
    ///
    /// # Errors
    /// When the library cannot sign.
    pub fn client_mark(&self, client: &str) -> Result<String, SandboxError> {
        let entry = self.mark(client, CLIENT_MARK, &self.wrong_with(None))?;
        Ok(entry.get("trust_mark").and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    /// The broker's relying party, where it stands unless configuration names another place.
    #[must_use]
    pub fn client(&self) -> String {
        format!("{}cie", self.broker)
    }

    /// Whether that is one of the broker's relying parties.
    #[must_use]
    pub fn knows(&self, client: &str) -> bool {
        // The broker itself is one of them, as a provider.
        client.starts_with(&self.broker) || self.broker.strip_suffix('/') == Some(client)
    }

    /// What a superior says of `sub`; `None`: it does not know it.
    ///
    /// # Errors
    /// When the library cannot sign.
    pub fn fetch(&self, who: Superior, sub: &str) -> Result<Option<String>, SandboxError> {
        let wrong = self.wrong();
        let (id, key) = (self.id(who), self.key(who));
        if sub == self.provider() && who == Self::provider_below(&wrong) {
            if wrong.arranged(&Change::Unregistered) {
                return Ok(None);
            }
            if wrong.arranged(&Change::AnswersWithItself) {
                return self.superior_configuration(who).map(Some);
            }
            let mut claims = self.statement(&id, sub, 1800, &self.keys.provider);
            add(&mut claims, "metadata_policy", metadata::provider_policy(self.keys));
            self.older(&mut claims, who);
            return Draft::new(STATEMENT, claims, key).sign(Place::Statement, &wrong).map(Some);
        }
        if sub == self.id(Superior::Intermediate) && who == Superior::Anchor {
            let mut claims = self.statement(&id, sub, 1800, &self.keys.intermediate);
            let mut policy = metadata::client_policy(None);
            // An empty policy for providers, so that a case has where to put its parameters.
            add(&mut policy, "openid_provider", json!({}));
            add(&mut claims, "metadata_policy", policy);
            self.older(&mut claims, who);
            let draft = Draft::new(STATEMENT, claims, key);
            return draft.sign(Place::IntermediateStatement, &wrong).map(Some);
        }
        if self.knows(sub) && who == self.clients_below() {
            return self.about_client(who, sub).map(Some);
        }
        Ok(None)
    }

    fn about_client(&self, who: Superior, sub: &str) -> Result<String, SandboxError> {
        let (id, key) = (self.id(who), self.key(who));
        let mut claims = self.statement(&id, sub, 1800, &self.keys.broker_federation);
        let pinned = json!({"keys": [
            self.keys.broker_signing.jwk("sig", "RS256"),
            self.keys.broker_encryption.jwk("enc", "RSA-OAEP"),
        ]});
        let policy = match who {
            Superior::Anchor => metadata::client_policy(Some(pinned)),
            // In production an aggregator says nothing but the keys.
            Superior::Intermediate => json!({"openid_relying_party": {"jwks": {"value": pinned}}}),
        };
        add(&mut claims, "metadata_policy", policy);
        self.older(&mut claims, who);
        if self.dialect == Dialect::It2023 {
            let marks = json!([self.mark(sub, CLIENT_MARK, &self.wrong_with(None))?]);
            add(&mut claims, "trust_marks", marks);
        }
        Draft::new(STATEMENT, claims, key).sign(Place::World, &self.wrong_with(None))
    }

    /// Members that a superior's statement has in one dialect only.
    fn older(&self, claims: &mut Value, who: Superior) {
        match (self.dialect, who) {
            (Dialect::It2023, Superior::Intermediate) => {
                add(claims, "authority_hints", json!([self.base]));
                add(claims, "constraints", json!("{}"));
            }
            (Dialect::Final, Superior::Anchor) => {
                add(claims, "constraints", json!({"max_path_length": 1}));
            }
            _ => {}
        }
    }

    /// Who hangs below a superior, of that type if one is named.
    #[must_use]
    pub fn list(&self, who: Superior, entity_type: Option<&str>) -> Vec<String> {
        let mut found = Vec::new();
        let wanted = |kind| entity_type.is_none_or(|wanted| wanted == kind);
        if who == Self::provider_below(&self.wrong()) && wanted("openid_provider") {
            found.push(self.provider());
        }
        if who == Superior::Anchor && wanted("federation_entity") {
            found.push(self.id(Superior::Intermediate));
        }
        if who == self.clients_below && wanted("openid_relying_party") {
            found.push(self.client());
        }
        found
    }
}

/// `typ` of statements.
pub const STATEMENT: &str = "entity-statement+jwt";

/// Adds a member.
pub fn add(whole: &mut Value, name: &str, value: Value) {
    if let Some(whole) = whole.as_object_mut() {
        whole.insert(name.to_owned(), value);
    }
}
