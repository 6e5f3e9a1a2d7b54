//! What a relying party asked, known to be well asked (OpenID Connect Core 1.0, section 3.1.2.1).
//!
//! Not the raw query: every field has been parsed, and the checks stand in `provider/checks.rs`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ClaimsRequest, ClientId, CodeChallenge, ReturnTo, Scopes};
use crate::crypto::Handle;
use crate::terms::{DeskDemand, Level, Locale};

/// `prompt`, as far as it changes what the broker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prompt {
    /// Nothing special was asked.
    Unspecified,
    /// `none`: no page may be shown.
    None,
    /// `login`: a fresh authentication.
    Login,
    /// `consent`: show what is released.
    Consent,
    /// `select_account`: show the choice of instruments even if a hint names one.
    SelectAccount,
}

/// How an authorization answer travels (OAuth 2.0 Multiple Response Type Encoding Practices; Form
/// Post Response Mode 1.0; JARM).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResponseMode {
    /// `query`: the default for a code.
    #[default]
    Query,
    /// `form_post`.
    FormPost,
    /// `query.jwt`, for which `jwt` is another name here.
    QueryJwt,
    /// `form_post.jwt`.
    FormPostJwt,
}

impl ResponseMode {
    /// The names on the wire (`jwt` is `query.jwt` for a code; JARM, section 2.3.4).
    pub const NAMES: [(&'static str, Self); 5] = [
        ("query", Self::Query),
        ("form_post", Self::FormPost),
        ("jwt", Self::QueryJwt),
        ("query.jwt", Self::QueryJwt),
        ("form_post.jwt", Self::FormPostJwt),
    ];

    /// The mode of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode)
    }

    /// Whether the browser posts the answer.
    #[must_use]
    pub const fn is_posted(self) -> bool {
        matches!(self, Self::FormPost | Self::FormPostJwt)
    }
}

/// The request, bound to one client and one place to return to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: ClientId,
    /// Where the answer goes: checked against the client.
    pub return_to: ReturnTo,
    /// What is asked for.
    pub scopes: Scopes,
    /// Returned unchanged.
    pub state: Option<String>,
    /// Copied into the ID token.
    pub nonce: Option<String>,
    /// PKCE; `None` only for clients marked as legacy.
    pub challenge: Option<CodeChallenge>,
    /// The lowest level that satisfies the request: the strictest of `acr_values`, an essential
    /// `acr` and the client's own floor.
    pub level: Level,
    /// What it demands of a credential of the help desk.
    #[serde(default)]
    pub desk: DeskDemand,
    /// The levels an essential `acr` names, when it names any: the achieved level must be one of
    /// these or higher than the lowest.
    pub claims: ClaimsRequest,
    /// `prompt`.
    pub prompt: Prompt,
    /// `max_age`.
    pub max_age: Option<Duration>,
    /// The first of `ui_locales` that Varco speaks.
    pub locale: Option<Locale>,
    /// How the answer travels.
    #[serde(default)]
    pub response_mode: ResponseMode,
    /// Thumbprint of the DPoP key that the code is bound to (RFC 9449, section 10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<String>,
    /// The resource servers that tokens are for (RFC 8707): some of the client's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// `login_hint`, when it names an upstream (`spid`) or a provider (its entity ID).
    pub hint: Option<String>,
    /// `sub` of the one person that is wanted, as this client knows them: of an `id_token_hint`, or of
    /// the claims parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What it is called, if it was pushed (RFC 9126): such a request gives one code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed: Option<Handle>,
}

impl AuthorizationRequest {
    /// The lowest level that satisfies it by `instrument`: where a class of the help desk is named, that is
    /// looked at in its place.
    #[must_use]
    pub fn level_by(&self, instrument: &str) -> Level {
        match self.desk {
            DeskDemand::AtLeast(_) if instrument == "helpdesk" => Level::L1,
            _ => self.level,
        }
    }

    /// Where and how its answer goes.
    #[must_use]
    pub fn answer_to(&self) -> AnswerTo<'_> {
        AnswerTo {
            client_id: &self.client_id,
            return_to: &self.return_to,
            mode: self.response_mode,
            state: self.state.as_deref(),
        }
    }
}

/// Where and how an answer goes.
#[derive(Clone, Copy, Debug)]
pub struct AnswerTo<'a> {
    /// To whom.
    pub client_id: &'a ClientId,
    /// To which address.
    pub return_to: &'a ReturnTo,
    /// How it travels.
    pub mode: ResponseMode,
    /// What is returned unchanged.
    pub state: Option<&'a str>,
}
