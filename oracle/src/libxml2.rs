//! libxml2, asked in a child process: `libxml2/canonical.c`, compiled when first needed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Which canonical form of a document is asked.
#[derive(Clone, Debug, Default)]
pub struct Question<'q> {
    /// The element, counted in document order from 0.
    pub apex: usize,
    /// An element that is left out with everything in it, counted alike.
    pub excluded: Option<usize>,
    /// The `PrefixList` of `InclusiveNamespaces`.
    pub prefixes: Vec<&'q str>,
}

/// A running child.
#[derive(Debug)]
pub struct Libxml2 {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Libxml2 {
    /// Compiles the program into `folder` and starts it.
    ///
    /// # Errors
    /// When there is no C compiler, no libxml2, or the program does not start.
    pub fn start(folder: &Path) -> std::io::Result<Self> {
        let program = compile(folder)?;
        let mut child =
            Command::new(&program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        std::fs::remove_file(program)?; // it runs: nothing is left behind
        let missing = || std::io::Error::other("the child has no pipes");
        let questions = child.stdin.take().ok_or_else(missing)?;
        let answers = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        Ok(Self { child, questions, answers })
    }

    /// The canonical octets that each of the `questions` asks of `text`, `None` for those that
    /// libxml2 refuses.
    ///
    /// # Errors
    /// When the child ended.
    pub fn canonical(
        &mut self,
        text: &str,
        questions: &[Question<'_>],
    ) -> std::io::Result<Vec<Option<Vec<u8>>>> {
        let mut record = Vec::with_capacity(text.len() + 32 * questions.len());
        writeln!(record, "{} {}", questions.len(), text.len())?;
        record.extend_from_slice(text.as_bytes());
        for Question { apex, excluded, prefixes } in questions {
            let excluded = excluded.map_or_else(|| "-1".to_owned(), |number| number.to_string());
            let prefixes = prefixes.join(" ");
            write!(record, "\n{apex} {excluded} {}\n{prefixes}", prefixes.len())?;
        }
        record.push(b'\n');
        // The child answers when it has read the whole record: neither side waits for the other.
        self.questions.write_all(&record)?;
        self.questions.flush()?;
        questions.iter().map(|_| read_answer(&mut self.answers)).collect()
    }
}

fn read_answer(answers: &mut BufReader<ChildStdout>) -> std::io::Result<Option<Vec<u8>>> {
    let mut length = String::new();
    answers.read_line(&mut length)?;
    if length.is_empty() {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    let Ok(length) = length.trim().parse::<usize>() else { return Ok(None) };
    let mut octets = vec![0; length];
    answers.read_exact(&mut octets)?;
    Ok(Some(octets))
}

impl Drop for Libxml2 {
    fn drop(&mut self) {
        // The child ends with its input; a failure to wait changes nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn compile(folder: &Path) -> std::io::Result<PathBuf> {
    static STARTED: AtomicUsize = AtomicUsize::new(0);
    let number = STARTED.fetch_add(1, Ordering::Relaxed);
    let program = folder.join(format!("canonical-{}-{number}", std::process::id()));
    let flags = Command::new("pkg-config").args(["--cflags", "--libs", "libxml-2.0"]).output()?;
    let flags = String::from_utf8_lossy(&flags.stdout).into_owned();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("libxml2/canonical.c");
    let done = Command::new("cc")
        .arg("-O1")
        .arg("-o")
        .arg(&program)
        .arg(source)
        .args(flags.split_whitespace())
        .status()?;
    if done.success() { Ok(program) } else { Err(std::io::Error::other("cc failed")) }
}
