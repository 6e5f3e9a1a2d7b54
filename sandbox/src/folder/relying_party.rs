//! The file of a relying party: one of the portals.
//!
//! Not the portal: `portal/` is the client that goes with it.

use serde_json::json;

use super::{Contents, Folder};
use crate::error::SandboxError;
use crate::portal::{Credential, Portal};

impl Folder {
    pub(super) fn relying_party(
        &self,
        portal: &Portal,
        contents: &Contents<'_>,
    ) -> Result<(), SandboxError> {
        let &Contents { purpose, matching, office, .. } = contents;
        let cards = office.is_some();
        let kind = portal.kind;
        let credential = match portal.credential() {
            Credential::Secret(secret) => {
                self.write(&format!("relying-parties/{}.secret", kind.id), secret)?;
                format!("client_secret = \"file:{}.secret\"", kind.id)
            }
            Credential::Key(key) => {
                let set = json!({"keys": [key.jwk()]}).to_string();
                self.write(&format!("relying-parties/{}.jwks.json", kind.id), &set)?;
                format!("jwks_file = \"{}.jwks.json\"", kind.id)
            }
        };
        let scopes: Vec<&str> =
            std::iter::once("openid").chain(kind.scopes.iter().copied()).collect();
        let base = &portal.base;
        let (first_login, matching) = match kind.id {
            "inps" if matching => ("first_login = true\n", "[matching]\nmode = \"offer\"\n\n"),
            "lavoro" if matching => ("", "[matching]\nmode = \"require\"\n\n"),
            _ => ("", ""),
        };
        let desk = contents.desk && kind.id == crate::desk::SERVICE;
        let text = format!(
            "# {name}: a relying party of the sandbox.\n\
             client_id = \"{id}\"\n\
             redirect_uris = [\"{redirect}\"]\n\
             post_logout_redirect_uris = [\"{after}\"]\n\
             token_endpoint_auth_method = \"{authentication}\"\n\
             {credential}\n\
             id_token_signed_response_alg = \"{algorithm}\"\n\
             claims_profile = \"{profile}\"\n\
             claims_in_id_token = false\n\
             subject_type = \"pairwise\"\n\
             # The portals of the sandbox are on one host; agencies are not.\n\
             sector_identifier = \"{id}.example\"\n\
             minimum_level = {level}\n\
             scopes = {scopes:?}\n\
             upstreams = [\"spid\", {cie}\"cie-saml\", {cards}\"eidas\"{by_desk}]\n\
             attribute_set = \"default\"\n\
             consumer_index = {consumer}\n\
             {purpose}\
             {backchannel}\
             {first_login}\
             initiate_login_uri = \"{base}/login\"\n\n\
             [attribute_sets]\neidas = \"{eidas_set}\"\n\n\
             {entitlements}\
             {matching}\
             {dedicated}\
             [name]\nit = \"{name}\"\n\n\
             [branding]\n\
             accent = \"{accent}\"\n\
             legal_uri = \"{base}/note-legali\"\n\
             privacy_uri = \"{base}/privacy\"\n\
             accessibility_uri = \"{base}/accessibilita\"\n\n\
             [assistance]\n\
             email = \"assistenza@{id}.example\"\n\
             uri = \"{base}/assistenza\"\n",
            name = kind.name,
            id = kind.id,
            redirect = portal.redirect_uri(),
            after = portal.after_logout(),
            authentication = kind.authentication,
            algorithm = kind.algorithm.name(),
            profile = kind.claims_profile,
            level = kind.minimum_level.number(),
            consumer = u8::from(kind.adults_only),
            purpose = purpose.map(|code| format!("purpose = \"{code}\"\n")).unwrap_or_default(),
            backchannel = portal
                .backchannel()
                .map(|uri| format!("backchannel_logout_uri = \"{uri}\"\n"))
                .unwrap_or_default(),
            cie = if contents.registry.is_some() { "\"cie\", " } else { "" },
            cards = if cards { "\"cns\", " } else { "" },
            eidas_set = kind.eidas_set,
            entitlements = if kind.has_roles() {
                format!("[entitlements]\nsource = \"{}\"\nchoose = \"several\"\n\n", kind.id)
            } else {
                String::new()
            },
            accent = kind.accent,
            by_desk = if desk { ", \"helpdesk\"" } else { "" },
            dedicated = if desk { DEDICATED } else { "" },
        );
        self.write(&format!("relying-parties/{}.toml", kind.id), &text)
    }
}

/// Posting of workers: open to everybody, and dedicated to those from states outside eIDAS.
const DEDICATED: &str = "[[policy]]\ndedicated_to = [\"non_eidas_state\"]\n\n";
