//! From the metadata that a chain gives to a client that is served for as long as the chain holds.
//!
//! Not what a client may say: `oidc::client::registration` judges that, under the operator's rule.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{Membership, RELYING_PARTY, Rule};
use crate::crypto::jose::SigningAlgorithm;
use crate::fault::Fault;
use crate::federation::TrustChain;
use crate::oidc::client::{Federated, Registration, Wrong};
use crate::oidc::{Client, ClientId};

/// How a relying party comes to be registered (section 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By its first request.
    Automatic,
    /// It sent its configuration.
    Explicit,
}

impl Way {
    /// As metadata name it.
    const fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Explicit => "explicit",
        }
    }
}

impl Membership {
    /// The client of `chain`, under the first rule whose marks it holds, and as what it is registered.
    pub(super) fn client(
        &self,
        chain: &TrustChain,
        signs: &[SigningAlgorithm],
        way: Way,
    ) -> Result<(Client, Map<String, Value>), Fault> {
        let rule = self.rule(chain.trust_marks())?;
        let metadata = chain.metadata(RELYING_PARTY).ok_or_else(|| refused(&[TYPE]))?;
        let id =
            ClientId::parse(chain.subject().as_str()).ok_or_else(|| refused(&["client_id"]))?;
        let members = members(metadata, &id, way)?;
        let wrong = |wrong: Wrong| refused(&[wrong.member]);
        let registration = Registration::parse(members, &rule.template).map_err(wrong)?;
        let document = registration.document();
        let mut document = document.map_err(|cause| Fault::of_slug("internal").caused_by(cause))?;
        document.insert("client_id".to_owned(), id.as_str().into());
        document.insert(TYPE.to_owned(), vec![way.name()].into());
        let client = registration.client(id, &[], &rule.template).map_err(|wrongs| {
            refused(&wrongs.iter().map(|wrong| wrong.member).collect::<Vec<_>>())
        })?;
        if let Some((member, _)) = client.protocol.unsigned(signs) {
            return Err(refused(&[member]));
        }
        let longest = self.broker.fx.now().plus(LONGEST);
        let ends = chain.expires().min(longest);
        let registered = (way == Way::Explicit).then(|| chain.issued());
        let federated = Some(Federated { until: ends, registered });
        Ok((Client { federated, ..client }, document))
    }

    /// The rule of a relying party with these valid marks.
    fn rule(&self, held: &[Value]) -> Result<&Rule, Fault> {
        let rule = self.settings.rules.iter().find(|rule| rule.takes(held));
        rule.ok_or_else(|| Fault::of_slug("federated-client-mark").with_detail("no rule takes it"))
    }
}

/// What the registration reads: a client without a secret, and nothing that would have to be fetched.
fn members(
    metadata: &Map<String, Value>,
    id: &ClientId,
    way: Way,
) -> Result<Map<String, Value>, Fault> {
    let mut members = metadata.clone();
    if members.remove("client_id").is_some_and(|named| named.as_str() != Some(id.as_str())) {
        return Err(refused(&["client_id"]));
    }
    let types = members.remove(TYPE);
    let listed = types.as_ref().and_then(Value::as_array);
    if !listed.is_some_and(|listed| listed.iter().any(|one| one.as_str() == Some(way.name()))) {
        return Err(refused(&[TYPE]));
    }
    if members.contains_key("sector_identifier_uri") {
        return Err(refused(&["sector_identifier_uri"]));
    }
    let method = members.entry(METHOD).or_insert_with(|| "private_key_jwt".into());
    let by_key = ["private_key_jwt", "self_signed_tls_client_auth", "tls_client_auth"];
    if !method.as_str().is_some_and(|method| by_key.contains(&method)) {
        return Err(refused(&[METHOD]));
    }
    Ok(members)
}

fn refused(members: &[&str]) -> Fault {
    Fault::of_slug("federated-client-metadata").with_detail(members.join(", "))
}

const TYPE: &str = "client_registration_types";
const METHOD: &str = "token_endpoint_auth_method";
/// How long a client is known without looking at its chain again, however long that holds.
const LONGEST: Duration = Duration::from_hours(24);
