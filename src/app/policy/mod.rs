//! `varco policy`: why somebody may or may not enter, what changes until a day, history again.
//!
//! Not the judgement: `policy` makes it. What is printed is in English, for operators and officials.

mod explain;
mod replay;
mod simulate;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::metadata::Told;
use crate::config::{Config, read_replay};
use crate::effects::Timestamp;
use crate::policy::Day;
use crate::terms::{Category, Level};

#[derive(Subcommand)]
pub(super) enum Action {
    /// Put the questions of a calendar of the past on its days, and print the table of the answers.
    Replay {
        /// The file, such as fixtures/calendar-2020-2021.toml.
        file: PathBuf,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Say whether somebody may enter and why: rule, date, legal reference, history. Ends with 0 when
    /// they may, with 1 when they may not.
    Explain(Case),
    /// Say for every relying party what is accepted of whom on a day, and what changes from today.
    Simulate {
        /// The day, as 2027-01-31.
        #[arg(long, value_parser = day)]
        at: Day,
        /// Only this relying party.
        #[arg(long)]
        rp: Option<String>,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// Somebody at the door.
#[derive(Args)]
pub(super) struct Case {
    /// The relying party, by `client_id`.
    #[arg(long)]
    rp: String,
    /// What they sign in with, as `auth_method` says it: spid, cie, cns, eidas, helpdesk.
    #[arg(long)]
    instrument: String,
    /// The level it proves: 1, 2 or 3.
    #[arg(long, default_value = "2", value_parser = level)]
    level: Level,
    /// A category of theirs; may be repeated.
    #[arg(long, default_value = "citizen", value_parser = category)]
    category: Vec<Category>,
    /// Their age in years; unknown without it.
    #[arg(long)]
    age: Option<u8>,
    /// The day; today without it.
    #[arg(long, value_parser = day)]
    at: Option<Day>,
    /// As one JSON object.
    #[arg(long)]
    json: bool,
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "a day is wanted, such as 2027-01-31".to_owned())
}

fn level(text: &str) -> Result<Level, String> {
    let number = text.parse::<u8>().ok().and_then(|number| Level::try_from(number).ok());
    number.ok_or_else(|| "1, 2 or 3 is wanted".to_owned())
}

fn category(text: &str) -> Result<Category, String> {
    Category::parse(text).ok_or_else(|| "a category is wanted, such as citizen".to_owned())
}

/// Does what the action says.
pub(super) fn run(path: &Path, action: &Action, now: Timestamp) -> Result<Told, String> {
    let read = || Config::read(path).map_err(|problems| problems.to_string());
    match action {
        Action::Replay { file, json } => {
            let table = read_replay(file).map_err(|problems| problems.to_string())?.table();
            let text = if *json { replay::json(&table) } else { replay::text(&table) };
            Ok(Told { text, status: 0 })
        }
        Action::Explain(case) => explain::run(&read()?, case, Day::of(now)),
        Action::Simulate { at, rp, json } => {
            let config = read()?;
            let changes = simulate::of(&config, rp.as_deref(), Day::of(now), *at)?;
            let text = if *json { simulate::json(&changes) } else { simulate::text(&changes) };
            Ok(Told { text, status: 0 })
        }
    }
}
