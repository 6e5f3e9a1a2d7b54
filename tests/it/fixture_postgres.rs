//! A real PostgreSQL server for tests: the distribution's own programs, on a free loopback port.
//!
//! Not a mock. A machine without PostgreSQL fails the test and says what to install. It does not run as
//! root: root starts it as the distribution's user.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fixture_redis::{TempDir, free_port};

/// A running server; it ends with the test.
pub(crate) struct PostgresServer {
    dir: TempDir,
    port: u16,
}

impl PostgresServer {
    pub(crate) fn start() -> Self {
        let server = Self { dir: TempDir::new(), port: free_port() };
        let data = server.data();
        std::fs::create_dir_all(&data).unwrap();
        if is_root() {
            run(Command::new("chown").arg("-R").arg("postgres").arg(&server.dir.0));
        }
        let data = data.to_str().unwrap();
        run(program("initdb").args(["-D", data, "-U", "varco", "-A", "trust", "--no-sync"]));
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c fsync=off",
            server.port,
            server.dir.0.display()
        );
        let log = server.dir.0.join("log");
        run(program("pg_ctl").args([
            "-D",
            data,
            "-w",
            "-o",
            &options,
            "-l",
            log.to_str().unwrap(),
            "start",
        ]));
        server
    }

    fn data(&self) -> PathBuf {
        self.dir.0.join("data")
    }

    /// Its connection string.
    pub(crate) fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The one of another of its databases.
    pub(crate) fn url_of(&self, database: &str) -> String {
        format!("postgres://varco@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs statements of the test's own; what they print.
    pub(crate) fn sql(&self, statements: &str) -> String {
        self.sql_of("postgres", statements)
    }

    /// The same in another of its databases.
    pub(crate) fn sql_of(&self, database: &str, statements: &str) -> String {
        run(Command::new("psql").args(["-qtA", "-d", &self.url_of(database), "-c", statements]))
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        let data = self.data();
        // It may have ended already.
        let _ = program("pg_ctl").arg("-D").arg(data).args(["-m", "immediate", "stop"]).output();
    }
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

/// One of the server's programs, which distributions keep beside the path.
fn program(name: &str) -> Command {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions
        .map(|version| version.path().join("bin").join(name))
        .filter(|at| at.exists())
        .collect();
    found.sort();
    let path = found.pop().unwrap_or_else(|| Path::new(name).to_owned());
    if !is_root() {
        return Command::new(path);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(path);
    command
}

fn run(command: &mut Command) -> String {
    // The folder of a test run may be closed to the server's user.
    let output = command.current_dir("/").output().unwrap_or_else(|error| {
        panic!("these tests need PostgreSQL (apt install postgresql): {command:?}: {error}")
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
