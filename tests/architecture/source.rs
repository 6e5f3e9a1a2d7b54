//! Rust source as words: what the rules read instead of raw text.
//!
//! Not a parser: it knows comments, literals and `#[cfg(test)]` items, so that a rule never trips over
//! a word in a comment, a text or a test.

use std::path::Path;

/// One source file, named by its path in the repository with `/` between the parts.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A word of Rust: an identifier, `::`, one sign, or a text literal with its opening quote.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) line: usize,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// The module of `src/` it belongs to: `login` for `src/login/begin.rs`, none for `src/lib.rs`.
    pub(crate) fn module(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        match inside.split_once('/') {
            Some((module, _)) => Some(module),
            None => inside.strip_suffix(".rs").filter(|stem| *stem != "lib" && *stem != "main"),
        }
    }

    /// How many `super::` lead from this file to the root of the crate.
    pub(crate) fn depth(&self) -> usize {
        let parts = self.path.split('/').count() - 1;
        if self.path.ends_with("/mod.rs") { parts - 1 } else { parts }
    }

    /// A file of tests only: `foo/tests.rs`, anything in a folder `tests`.
    pub(crate) fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }

    /// All the words, tests included.
    pub(crate) fn words(&self) -> Vec<Word> {
        Reader { text: self.text.chars().collect(), at: 0, line: 1, words: Vec::new() }.read()
    }

    /// The words of the product: items under `#[cfg(test)]` left out.
    pub(crate) fn product(&self) -> Vec<Word> {
        without_tests(&self.words()).0
    }

    /// Lines of the product: those of items under `#[cfg(test)]` are not counted.
    pub(crate) fn product_lines(&self) -> usize {
        self.text.lines().count().saturating_sub(without_tests(&self.words()).1)
    }
}

/// Every file under `folder` with the ending `.rs`, in order.
pub(crate) fn read_tree(root: &Path, folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else { return found };
    let mut names: Vec<_> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    for name in names {
        let path = format!("{folder}/{name}");
        if root.join(&path).is_dir() {
            if name != "target" && name != "node_modules" {
                found.extend(read_tree(root, &path));
            }
        } else if Path::new(&name).extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(root.join(&path)).unwrap_or_default();
            found.push(Source { path, text });
        }
    }
    found
}

/// The texts of words `at..at + N`, when there are so many.
pub(crate) fn window<const N: usize>(words: &[Word], at: usize) -> Option<[&str; N]> {
    let slice = words.get(at..at + N)?;
    let texts: Vec<&str> = slice.iter().map(|word| word.text.as_str()).collect();
    texts.try_into().ok()
}

/// Drops every item under `#[cfg(test)]`; says how many lines they take.
fn without_tests(words: &[Word]) -> (Vec<Word>, usize) {
    let (mut kept, mut lines, mut at) = (Vec::new(), 0, 0);
    while let Some(word) = words.get(at) {
        if window::<7>(words, at) == Some(["#", "[", "cfg", "(", "test", ")", "]"]) {
            let end = end_of_item(words, at + 7);
            let last = words.get(end.saturating_sub(1)).map_or(word.line, |word| word.line);
            lines += last - word.line + 1;
            at = end;
        } else {
            kept.push(word.clone());
            at += 1;
        }
    }
    (kept, lines)
}

/// Behind the `;` or the closing brace of the item that starts at `from`.
fn end_of_item(words: &[Word], from: usize) -> usize {
    let (mut depth, mut at) = (0_usize, from);
    let until_semicolon = words.get(from).is_some_and(|word| word.text == "use");
    while let Some(word) = words.get(at) {
        at += 1;
        match word.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                if depth == 0 && word.text == "}" && !until_semicolon {
                    return at;
                }
            }
            ";" if depth == 0 => return at,
            _ => {}
        }
    }
    at
}

struct Reader {
    text: Vec<char>,
    at: usize,
    line: usize,
    words: Vec<Word>,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn step(&mut self) -> Option<char> {
        let sign = self.peek(0)?;
        self.at += 1;
        if sign == '\n' {
            self.line += 1;
        }
        Some(sign)
    }

    fn push(&mut self, line: usize, text: String) {
        self.words.push(Word { line, text });
    }

    fn read(mut self) -> Vec<Word> {
        while let Some(sign) = self.peek(0) {
            let line = self.line;
            match (sign, self.peek(1)) {
                ('/', Some('/')) => {
                    while self.peek(0).is_some_and(|sign| sign != '\n') {
                        self.step();
                    }
                }
                ('/', Some('*')) => self.block_comment(),
                ('"', _) => self.literal(line),
                ('\'', _) => self.quote(),
                (':', Some(':')) => {
                    self.at += 2;
                    self.push(line, "::".to_owned());
                }
                _ if sign.is_alphanumeric() || sign == '_' => self.name(line),
                _ => {
                    self.step();
                    if !sign.is_whitespace() {
                        self.push(line, sign.to_string());
                    }
                }
            }
        }
        self.words
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (Some('*'), Some('/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                (Some(_), _) => {
                    self.step();
                }
                (None, _) => return,
            }
        }
    }

    fn literal(&mut self, line: usize) {
        let mut text = String::new();
        text.extend(self.step());
        while let Some(sign) = self.step() {
            match sign {
                '"' => break,
                '\\' => text.extend(self.step()),
                _ => text.push(sign),
            }
        }
        self.push(line, text);
    }

    fn raw_literal(&mut self, line: usize) {
        let mut hashes = 0;
        while self.peek(0) == Some('#') {
            hashes += 1;
            self.step();
        }
        let mut text = String::new();
        text.extend(self.step());
        while let Some(sign) = self.step() {
            if sign == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.at += hashes;
                break;
            }
            text.push(sign);
        }
        self.push(line, text);
    }

    /// A character literal or a lifetime; neither is a word.
    fn quote(&mut self) {
        self.step();
        if self.peek(0) == Some('\\') {
            self.step();
            self.step();
            while self.step().is_some_and(|sign| sign != '\'') {}
        } else if self.peek(1) == Some('\'') {
            self.step();
            self.step();
        } else {
            while self.peek(0).is_some_and(|sign| sign.is_alphanumeric() || sign == '_') {
                self.step();
            }
        }
    }

    fn name(&mut self, line: usize) {
        let mut text = String::new();
        while let Some(sign) = self.peek(0).filter(|sign| sign.is_alphanumeric() || *sign == '_') {
            text.push(sign);
            self.step();
        }
        let raw = matches!(text.as_str(), "r" | "br" | "cr");
        match (self.peek(0), self.peek(1)) {
            (Some('"'), _) | (Some('#'), Some('"' | '#')) if raw => self.raw_literal(line),
            (Some('"'), _) if text == "b" || text == "c" => self.literal(line),
            (Some('\''), _) if text == "b" => self.quote(),
            _ => self.push(line, text),
        }
    }
}
