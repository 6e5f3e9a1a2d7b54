//! What is announced, in a few lines on other pages: each a link to its own page.

use super::super::Visit;
use super::{Told, address};
use crate::oidc::Client;
use crate::terms::Day;

/// The announcements for people of that service, today. A login in progress is found again from them.
pub(in super::super) fn banner(visit: &Visit<'_>, client: Option<&Client>) -> Vec<Told> {
    let Some(client) = client else { return Vec::new() };
    let web = visit.web;
    let announcements = web.announcements.load();
    if announcements.list.is_empty() {
        return Vec::new();
    }
    let day = Day::of(web.broker.fx.now());
    let tx = visit.login().and_then(|_| visit.tx());
    let tx = tx.as_ref().map(crate::crypto::Handle::reveal);
    let told = |one| Told::of(web, one, visit.locale(), &address(one, Some(&client.id), tx));
    announcements.shown(day, Some(client)).into_iter().map(told).collect()
}
