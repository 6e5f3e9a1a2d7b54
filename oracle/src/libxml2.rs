//! libxml2, asked in a child process: `libxml2/canonical.c`, compiled when first needed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

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
            Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let missing = || std::io::Error::other("the child has no pipes");
        let questions = child.stdin.take().ok_or_else(missing)?;
        let answers = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        Ok(Self { child, questions, answers })
    }

    /// The canonical octets of the element numbered `apex` in document order, `None` when libxml2
    /// refuses the text.
    ///
    /// # Errors
    /// When the child ended.
    pub fn canonical(
        &mut self,
        text: &str,
        apex: usize,
        excluded: Option<usize>,
        prefixes: &[&str],
    ) -> std::io::Result<Option<Vec<u8>>> {
        let prefixes = prefixes.join(" ");
        let excluded = excluded.map_or_else(|| "-1".to_owned(), |number| number.to_string());
        writeln!(self.questions, "{apex} {excluded} {} {}", prefixes.len(), text.len())?;
        self.questions.write_all(prefixes.as_bytes())?;
        self.questions.write_all(text.as_bytes())?;
        self.questions.flush()?;
        let mut length = String::new();
        self.answers.read_line(&mut length)?;
        let Ok(length) = length.trim().parse::<usize>() else { return Ok(None) };
        let mut octets = vec![0; length];
        self.answers.read_exact(&mut octets)?;
        Ok(Some(octets))
    }
}

impl Drop for Libxml2 {
    fn drop(&mut self) {
        // The child ends with its input; a failure to wait changes nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn compile(folder: &Path) -> std::io::Result<PathBuf> {
    let program = folder.join(format!("canonical-{}", std::process::id()));
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
