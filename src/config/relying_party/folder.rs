//! The folder of relying parties, read once and then looked at: only what changed is read again.
//!
//! Not a watcher: whoever looks decides when. At the start every mistake ends the reading; afterwards
//! a file that is no good is refused alone, and the client it stood for goes on as it was.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::cores::each;
use super::super::file::{Stamp, Text};
use super::super::{Problem, Problems};
use super::{Offer, read};
use crate::oidc::client::{Client, ClientId};
use crate::policy::Calendar;

/// The folder, and what is known of each file.
#[derive(Debug)]
pub struct RelyingParties {
    folder: PathBuf,
    offer: Offer,
    /// By the names of the files.
    files: BTreeMap<OsString, Known>,
}

/// One file.
#[derive(Debug, Default)]
struct Known {
    /// The files it names.
    named: Box<[PathBuf]>,
    /// Of the file and of those it names, from before they were read.
    seen: Fingerprint,
    /// The client in force.
    client: Option<Arc<Client>>,
    /// What is wrong with what stands there now.
    problems: Vec<Problem>,
}

/// How far a look goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Files that changed, came or went.
    Changed,
    /// Every file.
    All,
}

/// What a look found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// How many clients are new or other than before.
    pub taken: usize,
    /// How many clients are gone.
    pub removed: usize,
    /// Every mistake that was not there at the look before.
    pub refused: Vec<Problem>,
}

impl Look {
    /// Whether the clients in force are others than before.
    #[must_use]
    pub const fn changed(&self) -> bool {
        self.taken > 0 || self.removed > 0
    }
}

/// What else a client must satisfy; the end of a sentence, if it does not.
pub type Judge<'a> = &'a (dyn Fn(&Client) -> Option<String> + Sync);

impl RelyingParties {
    /// A folder that nobody has looked at.
    pub(in super::super) const fn new(folder: PathBuf, offer: Offer) -> Self {
        Self { folder, offer, files: BTreeMap::new() }
    }

    /// The first reading: every mistake is a problem.
    pub(in super::super) fn open(&mut self, problems: &mut Problems) {
        for problem in self.look(Depth::All, &|_| None).refused {
            problems.push(problem);
        }
    }

    /// The clients in force, in the order of their files.
    pub fn clients(&self) -> impl Iterator<Item = &Arc<Client>> + Clone {
        self.files.values().filter_map(|known| known.client.as_ref())
    }

    /// How many files are refused as they stand.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.files.values().filter(|known| !known.problems.is_empty()).count()
    }

    /// Goes on with the folder of `newer`, for what it offers; the clients in force stay until a look.
    pub fn follow(&mut self, newer: Self) {
        self.folder = newer.folder;
        self.offer = newer.offer;
    }

    /// Takes the words of policies from `calendar`, from the next look on: every file has to be read
    /// then ([`Depth::All`]).
    pub fn speak_by(&mut self, calendar: Arc<Calendar>) {
        self.offer.calendar = calendar;
    }

    /// Looks at the folder. A client that `judge` does not find good is refused with its file.
    pub fn look(&mut self, depth: Depth, judge: Judge<'_>) -> Look {
        let mut look = Look::default();
        let names = match names(&self.folder) {
            Ok(names) => names,
            Err(problem) => {
                look.refused.push(problem);
                return look;
            }
        };
        let before = self.clients().count();
        self.files.retain(|name, _| names.contains(name));
        look.removed = before - self.clients().count();
        let mut due: Vec<OsString> = names
            .into_iter()
            .filter(|name| {
                let known = self.files.get(name);
                depth == Depth::All
                    || known.is_none_or(|known| !known.as_it_was(&self.folder.join(name)))
            })
            .collect();
        if due.is_empty() && look.removed == 0 {
            return look;
        }
        // What changed may be what a refused file waits for: a name that is free now.
        let waiting = self.files.iter().filter(|(_, known)| !known.problems.is_empty());
        let waiting: Vec<OsString> = waiting.map(|(name, _)| name.clone()).collect();
        due.extend(waiting);
        due.sort();
        due.dedup();
        self.read_again(due, judge, &mut look);
        look
    }

    fn read_again(&mut self, due: Vec<OsString>, judge: Judge<'_>, look: &mut Look) {
        // Thousands of files are more than one core's work.
        let read = |name: &OsString| Reading::of(&self.folder.join(name), &self.offer, judge);
        let readings = each(&due, SHARE, read);
        let readings: Vec<_> = due.into_iter().zip(readings).collect();
        let mut held: HashSet<ClientId> = HashSet::new();
        for (name, reading) in &readings {
            if reading.client.is_none()
                && let Some(client) = self.files.get(name).and_then(|known| known.client.as_ref())
            {
                held.insert(client.id.clone());
            }
        }
        let again: BTreeSet<&OsString> = readings.iter().map(|(name, _)| name).collect();
        let stay = self.files.iter().filter(|(name, _)| !again.contains(name));
        held.extend(
            stay.filter_map(|(_, known)| known.client.as_ref()).map(|client| client.id.clone()),
        );
        for (name, mut reading) in readings {
            let known = self.files.entry(name).or_default();
            let refused = reading.client.is_none();
            let client = match reading.client.take() {
                Some(client) if held.insert(client.id.clone()) => Some(client),
                Some(_) => {
                    reading.problems.add(
                        &reading.path,
                        "client_id",
                        "is already the name of another relying party",
                        "give each file its own client_id",
                    );
                    None
                }
                None => None,
            };
            if let Some(client) = client {
                look.taken += 1;
                let client = match &known.client {
                    Some(earlier) => client.resuming(earlier),
                    None => client,
                };
                known.client = Some(Arc::new(client));
            } else if !refused
                && known.client.as_ref().is_some_and(|client| !held.insert(client.id.clone()))
            {
                // Its name was taken: the client that has it now is another one.
                look.removed += 1;
                known.client = None;
            }
            let problems: Vec<Problem> = reading.problems.into_iter().collect();
            look.refused
                .extend(problems.iter().filter(|new| !known.problems.contains(new)).cloned());
            known.problems = problems;
            known.named = reading.named;
            known.seen = reading.seen;
        }
    }
}

impl Known {
    fn as_it_was(&self, path: &Path) -> bool {
        let named = self.named.iter().map(PathBuf::as_path);
        Fingerprint::of(std::iter::once(path).chain(named).map(Stamp::of)) == self.seen
    }
}

/// The stamps of some files in eight octets: with ten thousand clients, memory counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Fingerprint(u64);

impl Fingerprint {
    fn of(stamps: impl Iterator<Item = Option<Stamp>>) -> Self {
        let mut hasher = DefaultHasher::new();
        stamps.for_each(|stamp| stamp.hash(&mut hasher));
        Self(hasher.finish())
    }
}

/// The least that is worth a thread of its own: some milliseconds of reading.
const SHARE: usize = 128;

/// What one file says.
struct Reading {
    path: PathBuf,
    named: Box<[PathBuf]>,
    seen: Fingerprint,
    client: Option<Client>,
    problems: Problems,
}

impl Reading {
    fn of(path: &Path, offer: &Offer, judge: Judge<'_>) -> Self {
        let mut problems = Problems::default();
        let text = Text::read(path, &mut problems);
        let mut stamps = vec![text.stamp()];
        let mut named = Vec::new();
        let mut client = None;
        if let Some(file) = text.parse(&mut problems) {
            client = read(&file, offer, &mut problems);
            for (path, stamp) in file.named() {
                named.push(path);
                stamps.push(stamp);
            }
        }
        if let Some(wrong) = client.as_ref().and_then(judge) {
            problems.add(
                path,
                "",
                wrong,
                "correct the file; until then the client stays as it was",
            );
        }
        let client = client.filter(|_| problems.is_empty());
        let seen = Fingerprint::of(stamps.into_iter());
        Self { path: path.to_owned(), named: named.into(), seen, client, problems }
    }
}

/// Every `*.toml`.
fn names(folder: &Path) -> Result<BTreeSet<OsString>, Problem> {
    let unreadable = |cause: std::io::Error| Problem {
        file: folder.to_owned(),
        key: String::new(),
        wrong: format!("the folder cannot be read: {cause}"),
        remedy: "create it, with one TOML file for each relying party".to_owned(),
    };
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        if Path::new(&name).extension().is_some_and(|extension| extension == "toml") {
            names.insert(name);
        }
    }
    Ok(names)
}
