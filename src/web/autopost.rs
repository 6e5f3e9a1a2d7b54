//! The page whose form posts itself: to a provider (SAML 2.0 Bindings, section 3.5), or back to the
//! service (Form Post Response Mode 1.0).
//!
//! Not dependent on its script: without one, the person presses the one button.

use askama::Template;

use super::{Visit, shell::Shell};

#[derive(Template)]
#[template(path = "autopost.html")]
struct Autopost<'a> {
    shell: Shell<'a>,
    action: &'a str,
    fields: &'a [(String, String)],
}

/// The page.
pub(super) fn render(
    visit: &Visit<'_>,
    title: &str,
    action: &str,
    fields: &[(String, String)],
) -> askama::Result<String> {
    let title = visit.web.text(visit.locale(), title, &[]);
    Autopost { shell: Shell::once(visit, title), action, fields }.render()
}
