//! One data file that is followed while the broker runs: a good one is taken over, a bad one changes
//! nothing.
//!
//! Not a watcher: whoever looks decides when. At the start every mistake ends the reading.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::{File, Stamp};
use super::relying_party::Depth;
use super::{Problem, Problems};

/// How a file becomes what it says; every mistake is noted.
pub(super) type Read<T> = fn(&File<'_>, &mut Problems) -> T;

/// What else must hold of what it says, with other files in view; every mistake is noted.
type Judge<'a, T> = &'a dyn Fn(&Path, &T, &mut Problems);

/// The file, and the last good that it said. Without a file: the default.
#[derive(Debug)]
pub struct FollowedFile<T> {
    path: Option<PathBuf>,
    read: Read<T>,
    /// From before it was read.
    seen: Option<Stamp>,
    /// What is wrong with what stands there now.
    problems: Vec<Problem>,
    current: Arc<T>,
}

/// What a look at one file found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileLook {
    /// Whether it says something else than before.
    pub taken: bool,
    /// Every mistake that was not there at the look before.
    pub refused: Vec<Problem>,
}

impl<T: Default + PartialEq> FollowedFile<T> {
    /// A file that nobody has looked at; `None`: there is none.
    pub(super) fn new(path: Option<PathBuf>, read: Read<T>) -> Self {
        Self { path, read, seen: None, problems: Vec::new(), current: Arc::default() }
    }

    /// The first reading: every mistake is a problem.
    pub(super) fn open(&mut self, judge: Judge<'_, T>, problems: &mut Problems) {
        for problem in self.look(Depth::All, judge).refused {
            problems.push(problem);
        }
    }

    /// Judges what is in force by what else is known meanwhile.
    pub(super) fn check(&self, judge: Judge<'_, T>, problems: &mut Problems) {
        if let Some(path) = &self.path {
            judge(path, &self.current, problems);
        }
    }

    /// What is in force.
    #[must_use]
    pub const fn current(&self) -> &Arc<T> {
        &self.current
    }

    /// Where the file is, if there is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether the file is refused as it stands.
    #[must_use]
    pub const fn refused(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Goes on with the file of `newer`; what is in force stays until a look.
    pub fn follow(&mut self, newer: Self) {
        self.path = newer.path;
    }

    /// Looks at the file. One with a mistake is refused whole.
    pub fn look(&mut self, depth: Depth, judge: Judge<'_, T>) -> FileLook {
        let stamp = self.path.as_deref().and_then(Stamp::of);
        // What a refused one waits for may stand elsewhere.
        if depth == Depth::Changed && stamp == self.seen && !self.refused() {
            return FileLook::default();
        }
        self.seen = stamp;
        let mut problems = Problems::default();
        let mut read = Some(T::default());
        if let Some(path) = &self.path {
            read = File::read(path, &mut problems, self.read);
            if let (Some(read), true) = (&read, problems.is_empty()) {
                judge(path, read, &mut problems);
            }
        }
        let problems: Vec<Problem> = problems.into_iter().collect();
        let mut look = FileLook::default();
        if let (Some(read), true) = (read, problems.is_empty())
            && read != *self.current
        {
            self.current = Arc::new(read);
            look.taken = true;
        }
        look.refused.extend(problems.iter().filter(|new| !self.problems.contains(new)).cloned());
        self.problems = problems;
        look
    }
}
