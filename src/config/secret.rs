//! Secrets: never in the file itself, always `file:PATH` or `env:NAME`.
//!
//! Not a vault: it reads once, at start and at reload. The only file that reads the environment.

use secrecy::SecretSlice;

use super::Problems;
use super::section::{File, Section};

const REMEDY: &str = "write \"file:PATH\" or \"env:NAME\", never the secret itself";

/// The octets a secret reference names, without trailing line ends.
pub(super) fn read(
    file: &File<'_>,
    section: &Section<'_>,
    key: &'static str,
    least: usize,
    problems: &mut Problems,
) -> Option<SecretSlice<u8>> {
    let reference = section.text(key, REMEDY, problems)?;
    let octets = match reference.split_once(':') {
        Some(("file", path)) => match file.content_beside(path) {
            Ok(octets) => octets,
            Err(cause) => {
                section.wrong(
                    problems,
                    key,
                    format!("its file cannot be read: {cause}"),
                    "create the file, readable by the broker alone",
                );
                return None;
            }
        },
        Some(("env", name)) => {
            #[expect(clippy::disallowed_methods, reason = "the door to the environment")]
            let value = std::env::var(name);
            if let Ok(text) = value {
                text.into_bytes()
            } else {
                section.wrong(
                    problems,
                    key,
                    format!("the environment variable {name} is not set"),
                    "set it for the broker's process",
                );
                return None;
            }
        }
        _ => {
            section.wrong(problems, key, "does not name where the secret is", REMEDY);
            return None;
        }
    };
    let length = octets.trim_ascii_end().len();
    if length < least {
        section.wrong(
            problems,
            key,
            format!("the secret has {length} octets"),
            &format!("use at least {least} random octets"),
        );
        return None;
    }
    Some(SecretSlice::from(octets.trim_ascii_end().to_vec()))
}
