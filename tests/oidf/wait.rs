//! Waiting without a clock of our own: until the broker's clock says so.
//!
//! Not a sleep of a guessed length: the broker's `Date` header is asked again and again.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::DATE;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::world::{ISSUER, World};

/// Waits until so many seconds have gone by at the broker.
pub(crate) async fn seconds_at(world: &World, seconds: i64) {
    let end = now_at(world).await + seconds;
    while now_at(world).await <= end {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The broker's clock, in seconds since 1970.
async fn now_at(world: &World) -> i64 {
    let answer = world.ask(Method::GET, &format!("{ISSUER}/jwks")).send().await.unwrap();
    let date = answer.headers().get(DATE).unwrap().to_str().unwrap().replace("GMT", "+0000");
    OffsetDateTime::parse(&date, &Rfc2822).unwrap().unix_timestamp()
}
