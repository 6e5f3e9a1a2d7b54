//! `varco metadata`: build what is published, compare it with what was registered, examine it.
//!
//! Not the documents: `saml` writes and reads them. Nothing here needs a provider or a network.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::config::Config;
use crate::effects::Timestamp;
use crate::saml::metadata::service_provider::Stated;
use crate::saml::metadata::service_provider::compare::{Weight, compare, weight};
use crate::saml::metadata::service_provider::verify::verify;
use crate::upstream::settings::SPID_ATTRIBUTES;

#[derive(Subcommand)]
pub(super) enum Action {
    /// Write the signed metadata of a body, or of all bodies into a folder.
    Build {
        #[command(flatten)]
        which: Which,
        /// The folder: one file for each body, <upstream>-<tenant>.xml. Unchanged files are not touched.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Compare what would be published with what was registered. Ends with 0 when nothing has to be
    /// approved, with 3 when something has, with 4 when the change would break logins.
    Diff {
        #[command(flatten)]
        which: Which,
        /// The registered document, or the folder with <upstream>-<tenant>.xml; else `registered_file`.
        #[arg(long)]
        against: Option<PathBuf>,
    },
    /// Examine documents rule by rule. Ends with 1 when one breaks a rule.
    Verify {
        /// The files.
        #[arg(required_unless_present = "all")]
        files: Vec<PathBuf>,
        /// Examine every document that would be published.
        #[arg(long, conflicts_with = "files")]
        all: bool,
    },
}

/// Which documents.
#[derive(Args)]
pub(super) struct Which {
    /// Only of this upstream: spid, cie-saml, eidas.
    #[arg(long)]
    upstream: Option<String>,
    /// Only of this body.
    #[arg(long)]
    tenant: Option<String>,
}

/// What to print, and with which status to end.
pub(super) struct Told {
    pub(super) text: String,
    pub(super) status: u8,
}

/// Does what the action says.
pub(super) fn run(path: &Path, action: &Action, now: Timestamp) -> Result<Told, String> {
    let read = || Config::read(path).map_err(|problems| problems.to_string());
    match action {
        Action::Build { which, out } => build(&documents(&read()?, which)?, out.as_deref()),
        Action::Diff { which, against } => diff(&documents(&read()?, which)?, against.as_deref()),
        Action::Verify { files, all } => {
            let mut told = Told { text: String::new(), status: 0 };
            if *all {
                let which = Which { upstream: None, tenant: None };
                for document in documents(&read()?, &which)? {
                    examine(&document.name(), &document.text, now, &mut told);
                }
            }
            for file in files {
                let text = text_of(file)?;
                examine(&file.display().to_string(), &text, now, &mut told);
            }
            Ok(told)
        }
    }
}

/// One sentence for each registered document that is not what would be published.
pub(super) fn warnings(config: &Config) -> Vec<String> {
    let all = Which { upstream: None, tenant: None };
    let Ok(documents) = documents(config, &all) else { return Vec::new() };
    let mut found = Vec::new();
    for document in documents {
        let Some(file) = &document.registered else { continue };
        match document.against(file) {
            Err(problem) => found.push(problem),
            Ok(Comparison { weight: Weight::Harmless, .. }) => {}
            Ok(Comparison { weight, .. }) => {
                let cost = match weight {
                    Weight::Breaks => "it has to be approved again, and logins break until then",
                    _ => "it has to be approved again",
                };
                found.push(format!(
                    "{}: the metadata is not what was registered ({}): {cost}; `varco metadata diff` says \
                     more",
                    document.name(),
                    file.display()
                ));
            }
        }
    }
    found
}

/// What one body would publish.
struct Document {
    upstream: &'static str,
    tenant: String,
    text: String,
    registered: Option<PathBuf>,
}

struct Comparison {
    weight: Weight,
    text: String,
}

impl Document {
    fn name(&self) -> String {
        format!("{} {}", self.upstream, self.tenant)
    }

    fn file(&self) -> String {
        format!("{}-{}.xml", self.upstream, self.tenant)
    }

    fn against(&self, file: &Path) -> Result<Comparison, String> {
        let registered = text_of(file)?;
        let mut text = format!("{}, registered as {}:", self.name(), file.display());
        if registered == self.text {
            text.push_str(" the same, octet for octet\n");
            return Ok(Comparison { weight: Weight::Harmless, text });
        }
        let read =
            |text: &str, whose: &str| Stated::read(text).map_err(|why| format!("{whose}: {why}"));
        let was = read(&registered, &file.display().to_string())?;
        let is = read(&self.text, &self.name())?;
        let differences = compare(&was, &is);
        let weight = weight(&differences);
        let authority = if is.is_for_cie() { "the CIE federation" } else { "AgID" };
        let _ = match weight {
            Weight::Harmless => {
                writeln!(text, " it states the same; signed anew or written otherwise")
            }
            Weight::Reapproval => writeln!(text, " {authority} has to approve it again"),
            Weight::Breaks => writeln!(
                text,
                " {authority} has to approve it again, and until providers have read it LOGINS BREAK"
            ),
        };
        for difference in differences {
            let _ = writeln!(text, "- {difference}");
        }
        Ok(Comparison { weight, text })
    }
}

/// The documents that are published, in the order of configuration.
fn documents(config: &Config, which: &Which) -> Result<Vec<Document>, String> {
    let wanted =
        |given: &Option<String>, name: &str| given.as_ref().is_none_or(|given| given == name);
    let (mut found, mut known) = (Vec::new(), Vec::new());
    for (upstream, saml) in config.upstreams.saml() {
        for tenant in saml.tenants.iter().filter(|tenant| tenant.published) {
            let name = &tenant.service.tenant;
            known.push(format!("--upstream {upstream} --tenant {name}"));
            if wanted(&which.upstream, upstream) && wanted(&which.tenant, name) {
                let text = tenant.document(saml.cbc);
                found.push(Document {
                    upstream,
                    tenant: name.clone(),
                    text: text.map_err(|cause| format!("{upstream} {name}: {cause}"))?,
                    registered: tenant.registered.clone(),
                });
            }
        }
    }
    if found.is_empty() {
        return Err(format!("nothing of that name is published; there is:\n{}", known.join("\n")));
    }
    Ok(found)
}

fn build(documents: &[Document], out: Option<&Path>) -> Result<Told, String> {
    let Some(folder) = out else {
        return match documents {
            [one] => Ok(Told { text: one.text.clone(), status: 0 }),
            many => {
                let names: Vec<String> = many.iter().map(Document::name).collect();
                Err(format!(
                    "several documents are published: name one with --upstream and --tenant, or a folder \
                     with --out\n{}",
                    names.join("\n")
                ))
            }
        };
    };
    let mut text = String::new();
    for document in documents {
        let path = folder.join(document.file());
        let same = fs::read_to_string(&path).is_ok_and(|stored| stored == document.text);
        if !same {
            replace(&path, &document.text)?;
        }
        let _ =
            writeln!(text, "{}: {}", path.display(), if same { "unchanged" } else { "written" });
    }
    Ok(Told { text, status: 0 })
}

/// Writes beside, then renames: nobody sees half a document.
fn replace(path: &Path, text: &str) -> Result<(), String> {
    let told = |cause: std::io::Error| format!("{}: {cause}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(told)?;
    }
    let beside = path.with_extension("xml.new");
    fs::write(&beside, text).and_then(|()| fs::rename(&beside, path)).map_err(told)
}

fn diff(documents: &[Document], against: Option<&Path>) -> Result<Told, String> {
    let (mut text, mut worst, mut compared) = (String::new(), Weight::Harmless, false);
    for document in documents {
        let file = match against {
            Some(folder) if folder.is_dir() => Some(folder.join(document.file())),
            Some(file) if documents.len() == 1 => Some(file.to_owned()),
            Some(_) => {
                let remedy = "name one with --upstream and --tenant, or give a folder to --against";
                return Err(format!("one file, and several documents are published: {remedy}"));
            }
            None => document.registered.clone(),
        };
        let Some(file) = file.filter(|file| against.is_none() || file.exists()) else {
            let _ = writeln!(text, "{}: nothing registered to compare with", document.name());
            continue;
        };
        let comparison = document.against(&file)?;
        text.push_str(&comparison.text);
        worst = worst.max(comparison.weight);
        compared = true;
    }
    if !compared {
        return Err(format!("{text}write registered_file, or give --against"));
    }
    let status = match worst {
        Weight::Harmless => 0,
        Weight::Reapproval => 3,
        Weight::Breaks => 4,
    };
    Ok(Told { text, status })
}

fn examine(name: &str, document: &str, now: Timestamp, told: &mut Told) {
    let _ = writeln!(told.text, "{name}");
    let verdicts = match verify(document, SPID_ATTRIBUTES, now) {
        Ok(verdicts) => verdicts,
        Err(problem) => {
            let _ = writeln!(told.text, "  WRONG {problem}");
            told.status = 1;
            return;
        }
    };
    for verdict in verdicts {
        let word = if verdict.wrong.is_empty() { "ok   " } else { "WRONG" };
        let _ = writeln!(told.text, "  {word} {} [{}]", verdict.rule, verdict.clause);
        for wrong in &verdict.wrong {
            let _ = writeln!(told.text, "        {wrong}");
            told.status = 1;
        }
    }
}

fn text_of(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|cause| format!("{}: {cause}", file.display()))
}
