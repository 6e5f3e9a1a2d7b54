//! The answer to an authorization request: by which way the browser carries it (RFC 6749, section 4.1.2;
//! RFC 9207; Form Post Response Mode 1.0; JARM, sections 2.1 to 2.3).
//!
//! Not HTTP: `web::reply` sends it. A signed answer names its issuer, its audience and its end, so that
//! no other client and no later day takes it.

use std::time::Duration;

use serde_json::{Map, Value};

use super::Broker;
use crate::crypto::jose::TokenType;
use crate::fault::Fault;
use crate::oidc::{AnswerTo, ResponseMode, ReturnTo};

/// An answer on its way to the client.
#[derive(Debug)]
pub enum Answer {
    /// In the query of the address.
    Redirect(ReturnTo),
    /// In the fields of a form that the browser posts.
    Post {
        /// The address.
        to: ReturnTo,
        /// What is posted, in order.
        fields: Vec<(String, String)>,
    },
}

impl Answer {
    /// The client's address, whatever is carried there.
    #[must_use]
    pub const fn place(&self) -> &ReturnTo {
        let (Self::Redirect(place) | Self::Post { to: place, .. }) = self;
        place
    }
}

impl Broker {
    /// `parameters`, with `state` and the issuer, in the way that was asked.
    ///
    /// # Errors
    /// When the answer must be signed and cannot be.
    pub(super) async fn answer(
        &self,
        to: AnswerTo<'_>,
        mut parameters: Vec<(&str, &str)>,
    ) -> Result<Answer, Fault> {
        if let Some(state) = to.state {
            parameters.push(("state", state));
        }
        parameters.push(("iss", &self.settings.issuer));
        Ok(match to.mode {
            ResponseMode::Query => Answer::Redirect(to.return_to.with(&parameters)),
            ResponseMode::FormPost => post(to, &parameters),
            ResponseMode::QueryJwt => {
                let signed = self.signed(to, &parameters).await?;
                Answer::Redirect(to.return_to.with(&[("response", &signed)]))
            }
            ResponseMode::FormPostJwt => {
                let signed = self.signed(to, &parameters).await?;
                post(to, &[("response", &signed)])
            }
        })
    }

    async fn signed(&self, to: AnswerTo<'_>, parameters: &[(&str, &str)]) -> Result<String, Fault> {
        let client = self.clients.load().get(to.client_id).cloned();
        let client = client.ok_or_else(|| Fault::of_slug("client-gone"))?;
        let named = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
        let mut claims: Map<String, Value> = named.collect();
        let end = self.fx.now().plus(LIVES).unix_seconds();
        claims.insert("aud".to_owned(), to.client_id.as_str().into());
        claims.insert("exp".to_owned(), end.into());
        let payload = serde_json::to_vec(&claims)
            .map_err(|cause| Fault::of_slug("internal").caused_by(cause))?;
        let algorithm = client.protocol.authorization_response_algorithm;
        self.issuer.sign(algorithm, TokenType::Jwt, &payload).await
    }
}

fn post(to: AnswerTo<'_>, parameters: &[(&str, &str)]) -> Answer {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Answer::Post { to: to.return_to.clone(), fields: parameters.iter().map(owned).collect() }
}

/// How long a signed answer holds: JARM, section 2.1, recommends at most ten minutes.
const LIVES: Duration = Duration::from_mins(5);
