//! Single logout over HTTP: asked by a service, or begun here by "Esci da SPID".
//!
//! Not the messages: `saml/logout.rs` reads and writes them.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::pages::{self, NotePage, SessionsPage};
use super::{Posted, Site};
use crate::error::SandboxError;
use crate::saml::binding::{Binding, Message};
use crate::saml::kind::Kind;
use crate::saml::logout::{LogoutRequest, LogoutResponse, OpenSession};

impl Site {
    /// Ends what a service asks to end, and answers it.
    async fn asked(&self, message: Message) -> Result<HttpResponse, SandboxError> {
        let service = self.service(&message.issuer()?).await?;
        let request = LogoutRequest::accept(&message, &service, &self.provider)?;
        let ended = self.sessions.lock().is_ok_and(|mut all| {
            let before = all.len();
            all.retain(|open| !request.ends(open, &service.entity_id));
            all.len() < before
        });
        pages::depart(self.provider.answer_logout(&request, &message, &service, ended)?)
    }

    /// The answer to a request of ours: each is taken once.
    async fn answered(&self, message: Message) -> Result<HttpResponse, SandboxError> {
        let service = self.service(&message.issuer()?).await?;
        let answer = LogoutResponse::accept(&message, &service, &self.provider)?;
        let asked = self.leaving.lock().is_ok_and(|mut all| all.remove(&answer.in_response_to));
        if !asked {
            return Err(SandboxError::new("log out", "nobody asked for this answer"));
        }
        if !answer.success {
            return Err(SandboxError::new("log out", "the service did not end its session"));
        }
        self.left("Il servizio ha chiuso la sua sessione.")
    }

    /// Ends a session here first, then asks the service to.
    async fn leave(&self, query: &Leaving) -> Result<HttpResponse, SandboxError> {
        let taken = self.sessions.lock().ok().and_then(|mut all| {
            let at = all.iter().position(|open| open.session.index == query.session)?;
            Some(all.swap_remove(at))
        });
        let open = taken.ok_or_else(|| SandboxError::new("log out", "there is no such session"))?;
        let wanted = query.binding.as_deref().unwrap_or_default();
        let binding = Binding::ALL.into_iter().find(|binding| binding.name() == wanted);
        let service = self.service(&open.service).await?;
        let (id, departure) =
            self.provider.request_logout(&open, &service, binding.unwrap_or(Binding::Redirect))?;
        if let Ok(mut all) = self.leaving.lock() {
            all.insert(id);
        }
        pages::depart(departure)
    }

    fn left(&self, text: &str) -> Result<HttpResponse, SandboxError> {
        let name = &self.provider.name;
        pages::html(&NotePage { name, title: "Sei uscito", text, problem: false })
    }

    fn open(&self) -> Vec<OpenSession> {
        self.sessions.lock().map(|all| all.clone()).unwrap_or_default()
    }
}

pub(super) async fn by_redirect(site: web::Data<Site>, http: HttpRequest) -> HttpResponse {
    let query = http.query_string();
    let has =
        |name: &str| url::form_urlencoded::parse(query.as_bytes()).any(|(key, _)| key == name);
    let shown = async {
        if site.provider.kind != Kind::Spid {
            // CIE shows a page and leads nowhere; what the node does is not published.
            return site.left("Non c'è altro da fare: puoi chiudere la finestra.");
        }
        if has("SAMLResponse") {
            return site.answered(Message::from_query(query, "SAMLResponse")?).await;
        }
        site.asked(Message::from_query(query, "SAMLRequest")?).await
    };
    shown.await.unwrap_or_else(|why| pages::refusal(&site.provider, &why))
}

pub(super) async fn by_post(site: web::Data<Site>, form: web::Form<Posted>) -> HttpResponse {
    let Posted { request, response, relay_state, .. } = form.into_inner();
    let shown = async {
        if site.provider.kind != Kind::Spid {
            return Err(SandboxError::new("log out", "there is no single logout here"));
        }
        if let Some(response) = response {
            return site.answered(Message::from_form(&response, relay_state)?).await;
        }
        site.asked(Message::from_form(&request.unwrap_or_default(), relay_state)?).await
    };
    shown.await.unwrap_or_else(|why| pages::refusal(&site.provider, &why))
}

/// The page with "Esci da SPID".
pub(super) async fn sessions(site: web::Data<Site>) -> HttpResponse {
    let name = &site.provider.name;
    let page = SessionsPage { name, sessions: site.open(), bindings: Binding::ALL };
    pages::html(&page).unwrap_or_else(|why| pages::refusal(&site.provider, &why))
}

/// The same for scripts: `session_index` is the `session` of `/logout`.
pub(super) async fn sessions_json(site: web::Data<Site>) -> HttpResponse {
    let shown = |open: OpenSession| {
        json!({
            "person": open.person,
            "service": open.service,
            "name_id": open.session.name_id,
            "session_index": open.session.index,
        })
    };
    let all: Vec<_> = site.open().into_iter().map(shown).collect();
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(all)
}

/// `GET /logout?session=…&binding=redirect|post`: what the link does, and a script may.
pub(super) async fn leave(site: web::Data<Site>, query: web::Query<Leaving>) -> HttpResponse {
    site.leave(&query).await.unwrap_or_else(|why| pages::refusal(&site.provider, &why))
}

#[derive(Deserialize)]
pub(super) struct Leaving {
    session: String,
    binding: Option<String>,
}
