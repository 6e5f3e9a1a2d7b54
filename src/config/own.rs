//! The tables `account` and `console`: our own pages, which relying parties they are, how long one stays.
//!
//! Not who may do what there. A part without its table is off.

use std::time::Duration;

use super::Problems;
use super::relying_party::RelyingParties;
use super::section::Section;
use crate::login::{OwnPages, Stay};
use crate::oidc::ClientId;
use crate::oidc::client::{AuthenticationMethod, Client};
use crate::terms::Level;
use crate::web::own::{Network, OwnSettings};

/// Reads both tables.
pub(super) fn read(root: &Section<'_>, problems: &mut Problems) -> OwnSettings {
    let account = root.section("account", problems);
    let console = root.section("console", problems);
    let settings = OwnSettings {
        account: stay(&account, OwnPages::Account, (1800, "varco-account"), problems),
        console: stay(&console, OwnPages::Console, (900, "varco-console"), problems),
        console_networks: networks(&console, problems),
    };
    account.finish(problems);
    console.finish(problems);
    settings
}

fn stay(
    section: &Section<'_>,
    pages: OwnPages,
    (idle, client): (u64, &str),
    problems: &mut Problems,
) -> Option<Stay> {
    let name = section.optional_text("client", problems).unwrap_or(client);
    let id = ClientId::parse(name);
    if id.is_none() {
        section.wrong(problems, "client", "is no client_id", "write the client_id of its file");
    }
    let idle = section.number("idle_seconds", idle, 60..=3600, problems);
    let lives = section.number("seconds", 28_800, 300..=43_200, problems);
    section.present().then_some(Stay {
        pages,
        client: id?,
        idle: Duration::from_secs(idle),
        lives: Duration::from_secs(lives),
    })
}

fn networks(section: &Section<'_>, problems: &mut Problems) -> Vec<Network> {
    let mut networks = Vec::new();
    for text in section.texts("networks", problems) {
        match Network::parse(text) {
            Some(network) => networks.push(network),
            None => section.wrong(
                problems,
                "networks",
                "is no network, or has bits behind its prefix",
                "write addresses with the length of their prefix: [\"192.0.2.0/24\"]",
            ),
        }
    }
    networks
}

/// Each of the pages needs the file of its relying party, and one that fits.
pub(super) fn check(
    root: &Section<'_>,
    settings: &OwnSettings,
    (issuer, relying_parties): (&str, &RelyingParties),
    problems: &mut Problems,
) {
    for pages in OwnPages::ALL {
        let Some(stay) = settings.stay(pages) else { continue };
        let section = root.section(pages.base().trim_start_matches('/'), problems);
        let id = stay.client.as_str();
        let back = format!("{issuer}{}/return", pages.base());
        let client = relying_parties.clients().find(|client| client.id == stay.client);
        let wrong = match client {
            None => Some(format!("no file in the folder of relying parties has client_id {id:?}")),
            Some(client) => {
                unfit(client, pages, &back).map(|what| format!("the file of {id:?} {what}"))
            }
        };
        if let Some(wrong) = wrong {
            let remedy = format!(
                "write a relying party with token_endpoint_auth_method = \"none\", redirect_uris = \
                 [{back:?}] and minimum_level = 2"
            );
            section.wrong(problems, "client", wrong, &remedy);
        }
    }
}

/// What of the file does not fit these pages; the end of a sentence.
fn unfit(client: &Client, pages: OwnPages, back: &str) -> Option<&'static str> {
    if !matches!(client.authentication, AuthenticationMethod::None) {
        return Some("is no public client");
    }
    if !client.protocol.redirect_uris.iter().any(|uri| uri == back) {
        return Some("does not list the return address of these pages");
    }
    if pages == OwnPages::Console && client.minimum_level < Level::L2 {
        return Some("lets level 1 into the console");
    }
    if pages == OwnPages::Console && client.upstreams.contains(&"helpdesk") {
        return Some("lets credentials of the help desk into the console");
    }
    None
}
