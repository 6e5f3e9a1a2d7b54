//! Real Redis servers for tests: the distribution's `redis-server` on a free loopback port.
//!
//! Not a mock. A machine without `redis-server` fails the test and says what to install.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use varco::state::RedisSettings;

/// A running server; it ends with the test.
pub(crate) struct RedisServer {
    child: Child,
    pub(crate) port: u16,
    /// Its working directory, deleted when the last server that uses it ends.
    dir: Arc<TempDir>,
}

impl RedisServer {
    /// A server that keeps nothing on disk and never evicts.
    pub(crate) fn start(more: &[&str]) -> Self {
        Self::start_at(free_port(), Arc::new(TempDir::new()), more)
    }

    /// Ends it at once, as a crash would, and gives what starts it again in its place.
    pub(crate) fn crash(mut self) -> impl FnOnce(&[&str]) -> Self {
        self.stop();
        let (port, dir) = (self.port, self.dir.clone());
        move |more| Self::start_at(port, dir, more)
    }

    fn start_at(port: u16, dir: Arc<TempDir>, more: &[&str]) -> Self {
        let port_text = port.to_string();
        let mut arguments = vec!["--port", &port_text, "--save", "", "--appendonly", "no"];
        arguments.extend_from_slice(more);
        Self::launch(port, dir, &arguments, "Ready to accept connections")
    }

    /// A Sentinel that watches `master`, with a quorum of one. It acts by order only: a server that a
    /// busy machine keeps waiting is not down.
    pub(crate) fn start_sentinel(name: &str, master: u16) -> Self {
        let (port, dir) = (free_port(), Arc::new(TempDir::new()));
        let file = dir.0.join("sentinel.conf");
        let settings = format!(
            "port {port}\nsentinel monitor {name} 127.0.0.1 {master} 1\n\
             sentinel down-after-milliseconds {name} 600000\nsentinel failover-timeout {name} 600000\n"
        );
        std::fs::write(&file, settings).unwrap();
        Self::launch(port, dir, &[file.to_str().unwrap(), "--sentinel"], "+monitor master")
    }

    fn launch(port: u16, dir: Arc<TempDir>, arguments: &[&str], ready: &str) -> Self {
        let mut command = Command::new("redis-server");
        command.args(arguments).args(["--bind", "127.0.0.1", "--daemonize", "no"]);
        let mut child = command
            .current_dir(&dir.0)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("these tests need `redis-server` (apt install redis-server): {error}")
            });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        loop {
            match lines.next() {
                Some(Ok(line)) if line.contains(ready) => break,
                Some(Ok(line)) => said.push(line),
                _ => panic!("redis-server did not start:\n{}", said.join("\n")),
            }
        }
        // Whoever does not read a pipe blocks the server that writes to it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port, dir }
    }

    /// Its connection string.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// A client that sees what the server really holds.
    pub(crate) async fn raw(&self) -> redis::aio::MultiplexedConnection {
        let client = redis::Client::open(self.url()).unwrap();
        client.get_multiplexed_async_connection().await.unwrap()
    }

    fn stop(&mut self) {
        // A failure means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Settings for a server at that address.
pub(crate) fn settings(url: impl Into<String>) -> RedisSettings {
    let timeout = Duration::from_secs(5);
    RedisSettings { url: url.into(), prefix: "varco-test".into(), timeout, ca_pem: None }
}

/// A port nobody listened on a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A directory of its own, deleted at the end.
pub(crate) struct TempDir(pub(crate) PathBuf);

impl TempDir {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("varco-it-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
