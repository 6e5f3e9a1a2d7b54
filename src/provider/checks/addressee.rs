//! Who asks, and where the answer goes: known before anything else is looked at.
//!
//! Not the rest of the request. As long as one of the two is not good there is no address to which it
//! would be safe to send a browser (RFC 6749, section 4.1.2.1).

use std::sync::Arc;

use super::form::LONGEST;
use crate::fault::Fault;
use crate::oidc::{AnswerTo, Client, ClientId, Clients, ResponseMode, ReturnTo};
use crate::provider::parameters::Parameters;

/// Client and place to return to.
pub(in crate::provider) struct Addressee {
    /// Who asks.
    pub(in crate::provider) client: Arc<Client>,
    /// Where every later answer goes.
    pub(in crate::provider) return_to: ReturnTo,
    /// How it travels, errors too: as was asked, if that can be.
    pub(in crate::provider) mode: ResponseMode,
    /// What is returned unchanged.
    pub(in crate::provider) state: Option<String>,
}

impl Addressee {
    /// Where and how an answer goes.
    pub(in crate::provider) fn answer_to(&self) -> AnswerTo<'_> {
        AnswerTo {
            client_id: &self.client.id,
            return_to: &self.return_to,
            mode: self.mode,
            state: self.state.as_deref(),
        }
    }
}

/// Who asks; a page, never a redirect, when nobody known does (RFC 6749, section 4.1.2.1).
pub(in crate::provider) fn client(
    parameters: &Parameters<'_>,
    clients: &Clients,
) -> Result<Arc<Client>, Fault> {
    let id = once(parameters, "client_id")?.and_then(ClientId::parse);
    let client = id.and_then(|id| clients.get(&id)).cloned();
    client.ok_or_else(|| Fault::of_slug("client-unknown"))
}

/// Where to answer; a page when the client did not register exactly that (RFC 9700, section 4.1.3).
pub(in crate::provider) fn addressee(
    parameters: &Parameters<'_>,
    client: &Arc<Client>,
) -> Result<Addressee, Fault> {
    let asked = once(parameters, "redirect_uri")?;
    let return_to = asked.and_then(|asked| ReturnTo::of(client, asked));
    let return_to = return_to.ok_or_else(|| Fault::of_slug("redirect-uri-unregistered"))?;
    let mode = parameters.get("response_mode").and_then(ResponseMode::from_name);
    // A state that is too long to be kept is too long to be sent back.
    let state = parameters.get("state").filter(|state| state.len() <= LONGEST);
    Ok(Addressee {
        client: Arc::clone(client),
        return_to,
        mode: mode.unwrap_or_default(),
        state: state.map(str::to_owned),
    })
}

/// The one value of a parameter that counts before the others do.
pub(in crate::provider) fn once<'a>(
    parameters: &'a Parameters<'_>,
    name: &str,
) -> Result<Option<&'a str>, Fault> {
    if parameters.repeats(name) {
        return Err(Fault::of_slug("request-parameter-repeated").with_detail(name));
    }
    Ok(parameters.get(name))
}
