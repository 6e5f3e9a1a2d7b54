//! One configuration mistake: where it is, what is wrong, what to write instead.
//!
//! Not a fault: nobody but an operator ever reads it.

use std::path::{Path, PathBuf};

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The key, dotted (`upstream.spid.entity_id`); empty when the whole file is meant.
    pub key: String,
    /// What is wrong. Never the value of a secret.
    pub wrong: String,
    /// What to write instead.
    pub remedy: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file.display())?;
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}\n    remedy: {}", self.wrong, self.remedy)
    }
}

/// All mistakes of one reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Notes one.
    pub fn add(
        &mut self,
        file: &Path,
        key: &str,
        wrong: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.0.push(Problem {
            file: file.to_owned(),
            key: key.to_owned(),
            wrong: wrong.into(),
            remedy: remedy.into(),
        });
    }

    /// Notes one that is known.
    pub(super) fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }
}

impl std::fmt::Display for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for problem in &self.0 {
            writeln!(f, "{problem}")?;
        }
        let count = self.0.len();
        write!(f, "{count} problem{} in the configuration", if count == 1 { "" } else { "s" })
    }
}

impl std::error::Error for Problems {}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
