//! Single logout at a SPID provider (SAML Core, section 3.7; technical rules of SPID, section 1.3).
//!
//! Not at CIE and not at the eIDAS node: the one has none, of the other too little is known.

use roxmltree::{Document, Node};

use super::Provider;
use super::binding::{Binding, Departure, Message, depart};
use super::request::{ASSERTION, PROTOCOL};
use super::response::{Session, id};
use super::service_provider::ServiceProvider;
use crate::error::{Doing as _, SandboxError};
use crate::markup::Element;

/// A session of somebody at a provider with a service. Only level 1 has one.
#[derive(Clone, Debug)]
pub struct OpenSession {
    /// The service: its entity ID.
    pub service: String,
    /// Who.
    pub person: &'static str,
    /// How the assertion called both.
    pub session: Session,
}

/// A `LogoutRequest` that came.
#[derive(Clone, Debug)]
pub struct LogoutRequest {
    /// `ID`.
    pub id: String,
    /// Whom it names.
    pub name_id: String,
    /// Which sessions; none: all of that person.
    pub indexes: Vec<String>,
}

impl LogoutRequest {
    /// Reads the message.
    ///
    /// # Errors
    /// When it is not a request of `service`, signed by it, addressed to `provider` and right.
    pub fn accept(
        message: &Message,
        service: &ServiceProvider,
        provider: &Provider,
    ) -> Result<Self, SandboxError> {
        message.verify(service)?;
        let document = Document::parse(&message.xml).doing("parse the request")?;
        let root = document.root_element();
        if !root.has_tag_name((PROTOCOL, "LogoutRequest")) {
            return Err(wrong("not a LogoutRequest"));
        }
        envelope(root, service, provider)?;
        let name_id = root.children().find(|node| node.has_tag_name((ASSERTION, "NameID")));
        let name_id = name_id.ok_or_else(|| wrong("it has no NameID"))?;
        if name_id.attribute("Format") != Some(TRANSIENT)
            || name_id.attribute("NameQualifier") != Some(&provider.entity_id)
        {
            return Err(wrong("its NameID is not the one of the assertion"));
        }
        let indexes = root.children().filter(|node| node.has_tag_name((PROTOCOL, "SessionIndex")));
        Ok(Self {
            id: root.attribute("ID").unwrap_or_default().to_owned(),
            name_id: name_id.text().unwrap_or_default().trim().to_owned(),
            indexes: indexes
                .map(|node| node.text().unwrap_or_default().trim().to_owned())
                .collect(),
        })
    }

    /// Whether it ends that session.
    #[must_use]
    pub fn ends(&self, open: &OpenSession, service: &str) -> bool {
        open.service == service
            && open.session.name_id == self.name_id
            && (self.indexes.is_empty() || self.indexes.contains(&open.session.index))
    }
}

/// A `LogoutResponse` that came.
#[derive(Clone, Debug)]
pub struct LogoutResponse {
    /// The request that it answers.
    pub in_response_to: String,
    /// Whether the status is `Success`.
    pub success: bool,
}

impl LogoutResponse {
    /// Reads the message.
    ///
    /// # Errors
    /// When it is not a response of `service`, signed by it, addressed to `provider` and right.
    pub fn accept(
        message: &Message,
        service: &ServiceProvider,
        provider: &Provider,
    ) -> Result<Self, SandboxError> {
        message.verify(service)?;
        let document = Document::parse(&message.xml).doing("parse the response")?;
        let root = document.root_element();
        if !root.has_tag_name((PROTOCOL, "LogoutResponse")) {
            return Err(wrong("not a LogoutResponse"));
        }
        envelope(root, service, provider)?;
        let code = root.descendants().find(|node| node.has_tag_name((PROTOCOL, "StatusCode")));
        Ok(Self {
            in_response_to: root.attribute("InResponseTo").unwrap_or_default().to_owned(),
            success: code.and_then(|node| node.attribute("Value")) == Some(SUCCESS),
        })
    }
}

fn envelope(
    root: Node<'_, '_>,
    service: &ServiceProvider,
    provider: &Provider,
) -> Result<(), SandboxError> {
    let issuer = root.children().find(|node| node.has_tag_name((ASSERTION, "Issuer")));
    let issuer = issuer.filter(|node| {
        node.text() == Some(&service.entity_id)
            && node.attribute("Format") == Some(ENTITY)
            && node.attribute("NameQualifier").is_some_and(|text| !text.is_empty())
    });
    if issuer.is_none() {
        return Err(wrong("Issuer is not the service of the metadata"));
    }
    if root.attribute("Version") != Some("2.0") || root.attribute("ID").is_none_or(str::is_empty) {
        return Err(wrong("Version or ID is wrong"));
    }
    if root.attribute("Destination") != Some(&provider.logout()) {
        return Err(wrong("Destination is not this endpoint"));
    }
    Ok(())
}

impl Provider {
    /// Asks `service` to end a session; the `ID` of the request comes with it.
    ///
    /// # Errors
    /// When the service takes no part in single logout, or the key cannot sign.
    pub fn request_logout(
        &self,
        open: &OpenSession,
        service: &ServiceProvider,
        binding: Binding,
    ) -> Result<(String, Departure), SandboxError> {
        let endpoint = service.logout_by(binding)?;
        let name_id = Element::new("saml:NameID")
            .with("Format", TRANSIENT)
            .with("NameQualifier", &self.entity_id)
            .text(&open.session.name_id);
        let message = self
            .logout_message("samlp:LogoutRequest", &endpoint.requests)
            .child(name_id)
            .child(Element::new("samlp:SessionIndex").text(&open.session.index));
        let id = message.get("ID").to_owned();
        let to = &endpoint.requests;
        let sent = depart(message, "SAMLRequest", to, endpoint.binding, None, self.signer()?)?;
        Ok((id, sent))
    }

    /// Answers a request: `Success` when it ended a session, else `PartialLogout` (there was none).
    ///
    /// # Errors
    /// When the service takes no part in single logout, or the key cannot sign.
    pub fn answer_logout(
        &self,
        request: &LogoutRequest,
        message: &Message,
        service: &ServiceProvider,
        ended: bool,
    ) -> Result<Departure, SandboxError> {
        let endpoint = service.logout_by(message.binding)?;
        let code = |value: &str| Element::new("samlp:StatusCode").with("Value", value);
        let code = if ended { code(SUCCESS) } else { code(REQUESTER).child(code(PARTIAL)) };
        let answer = self
            .logout_message("samlp:LogoutResponse", &endpoint.responses)
            .with("InResponseTo", &request.id)
            .child(Element::new("samlp:Status").child(code));
        let (to, relay_state) = (&endpoint.responses, message.relay_state.clone());
        depart(answer, "SAMLResponse", to, endpoint.binding, relay_state, self.signer()?)
    }

    fn logout_message(&self, name: &'static str, destination: &str) -> Element {
        let issuer = Element::new("saml:Issuer")
            .with("Format", ENTITY)
            .with("NameQualifier", &self.entity_id)
            .text(&self.entity_id);
        Element::new(name)
            .with("ID", id(&self.fx))
            .with("Version", "2.0")
            .with("IssueInstant", self.fx.now().rfc3339())
            .with("Destination", destination)
            .child(issuer)
    }
}

fn wrong(why: &str) -> SandboxError {
    SandboxError::new("log out", why)
}

const ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const REQUESTER: &str = "urn:oasis:names:tc:SAML:2.0:status:Requester";
const PARTIAL: &str = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout";
