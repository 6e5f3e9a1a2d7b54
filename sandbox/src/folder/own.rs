//! The broker's own pages as relying parties: a person's account, and the console of the help desk.
//!
//! Not what the pages do, nor who works at the desk: `varco helpdesk staff add` says that.

use super::Folder;
use crate::error::SandboxError;

/// What switches them on in the main file.
pub(super) const TABLES: &str = "[account]\n\n\
     [console]\n\n\
     [helpdesk]\n\
     legal_basis = \"MLPS 2721/2020\"\n\
     approved_by = \"Ente di prova\"\n\
     review_by = 2099-12-31\n\
     categories = [\"extra_eu\"]\n\n\
     [mail]\n\
     from = \"Assistenza <assistenza@ente.example>\"\n\
     folder = \"mails\"\n\n";

/// Whoever works at the desk is known by an Italian fiscal code.
const STAFF: &str = "[[policy]]\nlegal_ref = \"Ente di prova, determina 1/2026\"\n\n\
     [policy.eidas_off]\n\
     reason = \"Chi lavora all’assistenza ha un codice fiscale italiano\"\n\
     decided_by = \"Ente di prova\"\n\
     decided_on = 2026-11-23\n\n";

impl Folder {
    /// The files of both: public clients, for the broker redeems their codes itself.
    pub(super) fn own_pages(&self, issuer: &str) -> Result<(), SandboxError> {
        for (name, title, level, policy) in
            [("account", "Il tuo account", 1, ""), ("console", "Console dell’assistenza", 2, STAFF)]
        {
            let text = format!(
                "# {title}: a page of the broker's own.\n\
                 client_id = \"varco-{name}\"\n\
                 redirect_uris = [\"{issuer}/{name}/return\"]\n\
                 token_endpoint_auth_method = \"none\"\n\
                 sector_identifier = \"{name}.varco.example\"\n\
                 minimum_level = {level}\n\
                 scopes = [\"openid\", \"profile\", \"fiscal_number\"]\n\
                 upstreams = [\"spid\", \"cie-saml\"]\n\
                 attribute_set = \"default\"\n\
                 consumer_index = 0\n\
                 initiate_login_uri = \"{issuer}/{name}\"\n\n\
                 {policy}\
                 [name]\nit = \"{title}\"\n\n\
                 [branding]\n\
                 legal_uri = \"https://ente.example/note-legali\"\n\
                 privacy_uri = \"https://ente.example/privacy\"\n\
                 accessibility_uri = \"https://ente.example/accessibilita\"\n\n\
                 [assistance]\n\
                 email = \"assistenza@ente.example\"\n",
            );
            self.write(&format!("relying-parties/varco-{name}.toml"), &text)?;
        }
        Ok(())
    }
}
