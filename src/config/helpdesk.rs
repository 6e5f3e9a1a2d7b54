//! The tables `helpdesk` and `mail`: what the desk rests on, whom it serves, and who sends its mails.
//!
//! Not who works there: `varco helpdesk staff` and the console know that.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use super::section::{File, Section};
use super::{Problems, secret};
use crate::credential::LegalBasis;
use crate::effects::MailSecurity;
use crate::helpdesk::Settings;
use crate::terms::Category;

/// The desk, and who sends its mails.
#[derive(Debug)]
pub struct HelpdeskConfig {
    /// What it is set to.
    pub settings: Settings,
    /// Who sends.
    pub mail: MailConfig,
}

/// Who sends mails.
#[derive(Debug)]
pub struct MailConfig {
    /// From which address.
    pub from: String,
    /// By which way.
    pub way: MailWay,
}

/// A way for mails.
#[derive(Debug)]
pub enum MailWay {
    /// A folder: one file for each.
    Folder(PathBuf),
    /// A server.
    Server {
        /// Its name.
        host: String,
        /// Its port.
        port: u16,
        /// How the way there is kept from others.
        security: MailSecurity,
        /// User name and password, where it asks for them.
        login: Option<(String, SecretString)>,
    },
}

/// Reads both; `None` without `[helpdesk]`.
pub(super) fn read(
    file: &File<'_>,
    root: &Section<'_>,
    (issuer, development): (&str, bool),
    problems: &mut Problems,
) -> Option<Box<HelpdeskConfig>> {
    let section = root.section("helpdesk", problems);
    let mail = mail(file, root, development, problems);
    if !section.present() {
        return None;
    }
    if mail.is_none() && !root.has("mail") {
        let remedy = "add [mail]: one part of each activation code goes by mail";
        root.wrong(problems, "mail", "is missing", remedy);
    }
    let categories = categories(&section, problems);
    let hours = |key, most, problems: &mut Problems| {
        Duration::from_secs(section.number(key, most, 1..=most, problems) * 3600)
    };
    let settings = Settings {
        legal_basis: legal_basis(&section, problems),
        categories,
        counter_code: hours("counter_code_hours", 7 * 24, problems),
        mail_code: hours("mail_code_hours", 24, problems),
        post_code: hours("post_code_hours", 30 * 24, problems),
        identified_a_day: section.number("identified_a_day", 40, 1..=1000, problems),
        views_an_hour: section.number("views_an_hour", 60, 1..=1000, problems),
        issuer: issuer.to_owned(),
    };
    section.finish(problems);
    Some(Box::new(HelpdeskConfig { settings, mail: mail? }))
}

/// All three or none: without them nothing is issued (CAD, art. 64).
fn legal_basis(section: &Section<'_>, problems: &mut Problems) -> Option<LegalBasis> {
    let legal_basis = section.optional_text("legal_basis", problems);
    let approved_by = section.optional_text("approved_by", problems);
    let review_by = section.day("review_by", problems);
    if let (Some(legal_basis), Some(approved_by), Some(review_by)) =
        (legal_basis, approved_by, review_by)
    {
        let (legal_basis, approved_by) = (legal_basis.to_owned(), approved_by.to_owned());
        return Some(LegalBasis { legal_basis, approved_by, review_by });
    }
    let keys = ["legal_basis", "approved_by", "review_by"];
    if keys.iter().any(|key| section.has(key)) {
        for key in keys.iter().filter(|key| !section.has(key)) {
            let remedy = "write the act, who approved, and the day of the next review";
            section.wrong(problems, key, "is missing beside the others", remedy);
        }
    }
    None
}

fn categories(section: &Section<'_>, problems: &mut Problems) -> Vec<Category> {
    let named = section.texts("categories", problems);
    let read: Vec<Category> = named.iter().filter_map(|name| Category::parse(name)).collect();
    if read.is_empty() || read.len() != named.len() {
        let remedy = "name categories of the calendar: [\"extra_eu\"]";
        section.wrong(problems, "categories", "is missing, or names none", remedy);
    }
    read
}

fn mail(
    file: &File<'_>,
    root: &Section<'_>,
    development: bool,
    problems: &mut Problems,
) -> Option<MailConfig> {
    let section = root.section("mail", problems);
    if !section.present() {
        return None;
    }
    let from = section.text("from", "write the sender: \"Desk <desk@example.it>\"", problems);
    let folder = section.optional_text("folder", problems);
    let host = section.optional_text("server", problems);
    let words = [
        ("tls", MailSecurity::Tls),
        ("starttls", MailSecurity::StartTls),
        ("none", MailSecurity::None),
    ];
    let security = section.word("security", &words, problems).unwrap_or(MailSecurity::Tls);
    if security == MailSecurity::None && !development && !host.is_some_and(is_here) {
        let remedy = "write tls or starttls, or a server on this machine";
        section.wrong(problems, "security", "lets others read parts of codes", remedy);
    }
    let usual = if security == MailSecurity::Tls { 465 } else { 587 };
    let port = section.number("port", usual, 1..=65_535, problems);
    let user = section.optional_text("user", problems);
    let password = user.and_then(|_| secret::read(file, &section, "password", 1, problems));
    section.finish(problems);
    let login = user.zip(password).map(|(user, password)| {
        let text = String::from_utf8_lossy(password.expose_secret()).into_owned();
        (user.to_owned(), SecretString::from(text))
    });
    let way = match (folder, host) {
        (Some(folder), None) => MailWay::Folder(file.beside(folder)),
        (None, Some(host)) => {
            let port = u16::try_from(port).unwrap_or(465);
            MailWay::Server { host: host.to_owned(), port, security, login }
        }
        _ => {
            let remedy = "write server, or folder where mails are only tried out";
            section.wrong(problems, "server", "is missing, or stands beside folder", remedy);
            return None;
        }
    };
    Some(MailConfig { from: from?.to_owned(), way })
}

fn is_here(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1")
}
