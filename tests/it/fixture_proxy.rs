//! Real proxies that end TLS: `HAProxy` and nginx, under the very configuration that
//! `docs/reference/cns.md` shows; only addresses and files are this machine's.
//!
//! Not a mock. A machine without them fails the test and says what to install. Both begin as daemons:
//! their command ends when they listen.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use varco_sandbox::card::office::Office;
use varco_sandbox::federation::quiet_port;

use crate::fixture_redis::TempDir;

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Haproxy,
    Nginx,
}

/// From where proxies come here: the broker trusts this address, and the test has another one.
pub(crate) const PROXY: &str = "127.0.0.2";

/// A port for a proxy that is not running yet.
pub(crate) fn port() -> u16 {
    quiet_port().unwrap().local_addr().unwrap().port()
}

/// A running proxy; it ends with the test.
pub(crate) struct Proxy(TempDir);

impl Proxy {
    /// On `port`, in front of the listener on `behind`. `change` is made to the page's configuration.
    pub(crate) fn start(
        kind: Kind,
        (port, behind): (u16, u16),
        office: &Office,
        change: (&str, &str),
    ) -> Self {
        let proxy = Self(TempDir::new());
        let (certificate, key) = office.localhost().unwrap();
        proxy.write("cns.pem", &format!("{certificate}{key}"));
        proxy.write("cns.key", &key);
        proxy.write("cns-authorities.pem", &office.authority_pem());
        proxy.write("cns.js", &shown("js"));
        match kind {
            Kind::Haproxy => proxy.haproxy(port, behind, change),
            Kind::Nginx => proxy.nginx(port, behind, change),
        }
        proxy
    }

    fn haproxy(&self, port: u16, behind: u16, change: (&str, &str)) {
        let text = with(
            shown("haproxy"),
            &[
                ("/etc/haproxy/", &self.folder()),
                ("bind :443 ", &format!("bind 127.0.0.1:{port} ")),
                (
                    "server varco 10.0.0.5:8444",
                    &format!("server varco 127.0.0.1:{behind} source {PROXY}"),
                ),
                change,
            ],
        );
        let file = self.write("haproxy.cfg", &text);
        let mut command = Command::new("haproxy");
        run(command.arg("-D").arg("-p").arg(self.path("pid")).arg("-f").arg(file), "haproxy");
    }

    fn nginx(&self, port: u16, behind: u16, change: (&str, &str)) {
        let block = with(
            shown("nginx"),
            &[
                ("/etc/nginx/", &self.folder()),
                ("listen 443 ssl", &format!("listen 127.0.0.1:{port} ssl")),
                ("http://10.0.0.5:8444", &format!("http://127.0.0.1:{behind}")),
                change,
            ],
        );
        let folder = self.folder();
        let kept: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|what| format!("{what}_temp_path {folder}{what};\n"))
            .concat();
        let text = format!(
            "load_module /usr/lib/nginx/modules/ngx_http_js_module.so;\npid {folder}pid;\n\
             error_log {folder}error.log;\nevents {{}}\n\
             http {{\naccess_log off;\nproxy_bind {PROXY};\n{kept}{block}}}\n"
        );
        let file = self.write("nginx.conf", &text);
        let mut command = Command::new("nginx");
        let log = self.path("error.log");
        run(command.arg("-c").arg(file).arg("-e").arg(log), "nginx libnginx-mod-http-js");
    }

    fn folder(&self) -> String {
        format!("{}/", self.0.0.display())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.0.join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Ok(pid) = std::fs::read_to_string(self.path("pid")) {
            // It may have ended already.
            let _ = Command::new("kill").arg(pid.trim()).output();
        }
    }
}

/// The block of the page in that language.
fn shown(language: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/cns.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mark = format!("```{language}\n");
    let mut blocks = page.split(&mark).skip(1);
    let (Some(block), None) = (blocks.next(), blocks.next()) else {
        panic!("the page has one example in {language}");
    };
    block.split("```").next().unwrap().to_owned()
}

fn with(mut text: String, changes: &[(&str, &str)]) -> String {
    for (old, new) in changes {
        assert!(text.contains(old), "the page's example has no {old:?}");
        text = text.replace(old, new);
    }
    text
}

fn run(command: &mut Command, package: &str) {
    // A daemon keeps what it inherits: nobody reads a pipe until it ends.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    let status = status.unwrap_or_else(|error| {
        panic!("these tests need real proxies (apt install {package}): {command:?}: {error}")
    });
    assert!(status.success(), "{command:?}");
}
