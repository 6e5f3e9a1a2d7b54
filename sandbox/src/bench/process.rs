//! The broker as a child process, and what the kernel says it used (`proc(5)`).
//!
//! Not `/proc/<pid>/stat`: its ticks are 10 ms; `schedstat` counts nanoseconds.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::error::{Doing as _, SandboxError};

/// A running broker; it ends with this value.
#[derive(Debug)]
pub(super) struct BrokerProcess(Child);

impl BrokerProcess {
    /// Starts this same program as a broker.
    pub(super) fn start(configuration: &Path) -> Result<Self, SandboxError> {
        let program = std::env::current_exe().doing("find this program")?;
        let child = Command::new(program)
            .arg("serve-broker")
            .arg("--config")
            .arg(configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .doing("start the broker")?;
        Ok(Self(child))
    }

    /// Starts a script of `folder`.
    pub(super) fn node(folder: &Path, arguments: &[&str]) -> Result<Self, SandboxError> {
        let child = Command::new("node")
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .doing("start node")?;
        Ok(Self(child))
    }

    /// Processor time of all its threads.
    pub(super) fn cpu_nanoseconds(&self) -> Result<u64, SandboxError> {
        let folder = format!("/proc/{}/task", self.0.id());
        let mut sum = 0;
        for thread in fs::read_dir(folder).doing("ask what the broker used")? {
            let file = thread.doing("ask what the broker used")?.path().join("schedstat");
            // A thread that ended between listing and reading has nothing to say.
            sum += fs::read_to_string(file).ok().and_then(|text| first_number(&text)).unwrap_or(0);
        }
        Ok(sum)
    }

    /// Resident memory.
    pub(super) fn rss_mib(&self) -> Result<f64, SandboxError> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))
            .doing("ask what the broker holds")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(first_number).unwrap_or(0);
        Ok(super::ratio(kib, 1024))
    }
}

impl Drop for BrokerProcess {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Processor time of the calling thread.
pub(super) fn thread_cpu_nanoseconds() -> Result<u64, SandboxError> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").doing("ask what was used")?;
    first_number(&text).ok_or_else(|| SandboxError::new("ask what was used", "not a number"))
}

fn first_number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}
