//! The rules of `docs/architecture.md` as pure functions: sources in, sentences about violations out.
//!
//! Not a style check: rustfmt and clippy do that.

use crate::source::{Source, Word, window};

/// Lowest first. A module uses only what stands before it. Modules that do not exist yet have their
/// place already.
const ORDER: &[&str] = &[
    "effects",
    "terms",
    "crypto",
    "state",
    "registry",
    "xml",
    "saml",
    "oidc",
    "federation",
    "identity",
    "policy",
    "credential",
    "upstream",
    "fault",
    "entitlement",
    "audit",
    "delegation",
    "login",
    "helpdesk",
    "telephone",
    "web",
    "provider",
    "ops",
    "config",
    "app",
];

/// A foreign name and the places that may say it. A place that ends in `/` is a folder.
const DOORS: &[(&str, &[&str])] = &[
    ("redis", &["src/state/redis.rs", "src/state/redis/"]),
    ("sqlx", &["src/registry/"]),
    ("cryptoki", &["src/crypto/pkcs11.rs", "src/crypto/pkcs11/"]),
    ("reqwest", &["src/effects/outbound.rs"]),
    ("lettre", &["src/effects/mail.rs"]),
    ("actix_web", &["src/web/", "src/provider/", "src/app/router.rs"]),
    ("actix_http", &["src/app/router.rs"]),
    ("actix_service", &["src/app/router.rs"]),
    ("prometheus", &["src/ops/metrics.rs", "src/ops/metrics/"]),
    ("SystemTime", &["src/effects/clock.rs"]),
    ("Instant", &["src/effects/clock.rs"]),
    ("aws_lc_rs", &["src/effects/", "src/crypto/", "src/xml/"]),
    ("roxmltree", &["src/xml/"]),
    ("argon2", &["src/credential/access/password.rs"]),
];

const VAGUE: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "misc", "manager", "service"];

const MAX_LINES: usize = 400;

/// `lib.rs` declares its modules in the order, and only modules that the order knows.
pub(crate) fn declared_in_order(lib: &Source) -> Vec<String> {
    let words = lib.product();
    let mut last = 0;
    let mut found = Vec::new();
    for at in 0..words.len() {
        let Some(["mod", name, ";"]) = window::<3>(&words, at) else { continue };
        match ORDER.iter().position(|known| *known == name) {
            None => found.push(format!("{}: `{name}` has no place in the order", lib.path)),
            Some(place) if place < last => {
                found.push(format!("{}: `{name}` is declared out of order", lib.path));
            }
            Some(place) => last = place,
        }
    }
    found
}

/// A module refers only to modules that stand before it.
pub(crate) fn downwards(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in product(sources) {
        let Some(module) = source.module() else { continue };
        let Some(own) = ORDER.iter().position(|known| *known == module) else {
            found.push(format!("{}: `{module}` has no place in the order", source.path));
            continue;
        };
        for (line, name) in roots(source) {
            let say = |what: &str| format!("{}:{line}: {what}", source.path);
            match ORDER.iter().position(|known| *known == name) {
                None => found.push(say(&format!("`crate::{name}` hides which module is used"))),
                Some(place) if place > own => {
                    found.push(say(&format!("`{module}` uses `{name}`, which stands above it")));
                }
                Some(_) => {}
            }
        }
    }
    found
}

/// What follows `crate::`, or as many `super::` as lead to the root, with its line.
fn roots(source: &Source) -> Vec<(usize, String)> {
    let words = source.product();
    let mut found = Vec::new();
    let (mut at, mut climbed) = (0, 0);
    while let Some(word) = words.get(at) {
        let climbs = word.text == "super" && next_is(&words, at, "::");
        climbed = if climbs { climbed + 1 } else { 0 };
        if word.text == "crate" && next_is(&words, at, "as") {
            found.push((word.line, "crate as".to_owned()));
        }
        if word.text == "crate" && next_is(&words, at, "::") {
            found.extend(heads(&words, at + 2));
        } else if climbs && climbed == source.depth() {
            // Inside an inline module the same climb ends one step lower, at a module of ours.
            let named = heads(&words, at + 2).into_iter();
            found.extend(named.filter(|(_, name)| ORDER.contains(&name.as_str())));
        }
        at += if climbs { 2 } else { 1 };
    }
    found
}

fn next_is(words: &[Word], at: usize, text: &str) -> bool {
    words.get(at + 1).is_some_and(|word| word.text == text)
}

/// The first names of the path, or of every path of the `{…}` group, at `at`.
fn heads(words: &[Word], at: usize) -> Vec<(usize, String)> {
    let Some(first) = words.get(at) else { return Vec::new() };
    if first.text != "{" {
        return vec![(first.line, first.text.clone())];
    }
    let (mut found, mut depth, mut expected) = (Vec::new(), 0_usize, true);
    for word in words.iter().skip(at) {
        match word.text.as_str() {
            "{" => depth += 1,
            "}" if depth == 1 => break,
            "}" => depth -= 1,
            "," if depth == 1 => expected = true,
            name if depth == 1 && expected => {
                expected = false;
                found.push((word.line, name.to_owned()));
            }
            _ => {}
        }
    }
    found
}

/// Only `upstream/mod.rs` names an upstream, and no upstream names another. `web_sso` and `openid` are
/// none: they are what upstreams are made of. `dispatch` names nobody.
pub(crate) fn upstreams_apart(sources: &[Source]) -> Vec<String> {
    let mut upstreams: Vec<&str> = sources
        .iter()
        .filter_map(|source| source.path.strip_prefix("src/upstream/"))
        .filter_map(|inside| inside.split(['/', '.']).next())
        .filter(|name| {
            !matches!(*name, "mod" | "contract" | "dispatch" | "openid" | "web_sso" | "tests")
        })
        .collect();
    upstreams.dedup();
    let mut found = Vec::new();
    for source in product(sources).filter(|source| source.path != "src/upstream/mod.rs") {
        let home = source
            .path
            .strip_prefix("src/upstream/")
            .and_then(|inside| inside.split(['/', '.']).next());
        let words = source.product();
        for at in 0..words.len() {
            let Some([from, "::", first]) = window::<3>(&words, at) else { continue };
            let within = from == "upstream" || (home.is_some() && from == "super");
            if !within {
                continue;
            }
            let line = words.get(at).map_or(0, |word| word.line);
            let mut named = heads(&words, at + 2);
            named.push((line, first.to_owned()));
            named.dedup();
            for (line, name) in named {
                if upstreams.contains(&name.as_str()) && home != Some(name.as_str()) {
                    found.push(format!("{}:{line}: names the upstream `{name}`", source.path));
                }
            }
        }
    }
    found
}

/// A foreign crate, or a clock, is named only behind its door.
pub(crate) fn one_door(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in product(sources) {
        let words = source.product();
        for (name, places) in DOORS {
            let open = places.iter().any(|place| {
                source.path == *place || (place.ends_with('/') && source.path.starts_with(place))
            });
            // `mod redis;` makes `redis::` a module of ours in that file.
            let own = (0..words.len()).any(|at| window::<2>(&words, at) == Some(["mod", *name]));
            if open || own {
                continue;
            }
            for at in (0..words.len()).filter(|at| is_named(&words, *at, name)) {
                let line = words.get(at).map_or(0, |word| word.line);
                found.push(format!("{}:{line}: `{name}` has its door in {places:?}", source.path));
            }
        }
    }
    found
}

/// A type anywhere; a crate only where a path starts with it.
fn is_named(words: &[Word], at: usize, name: &str) -> bool {
    let text = |at: usize| words.get(at).map(|word| word.text.as_str());
    if text(at) != Some(name) {
        return false;
    }
    if name.starts_with(char::is_uppercase) {
        return true;
    }
    let before = at.checked_sub(1).and_then(text);
    let inside_a_path = before == Some("::")
        && at.checked_sub(2).and_then(text).is_some_and(|word| {
            word.starts_with(|sign: char| sign.is_alphanumeric() || sign == '_')
        })
        && at.checked_sub(2).and_then(text) != Some("use");
    let imported = matches!(before, Some("use" | "crate")) && text(at + 1) != Some("!");
    !inside_a_path && (text(at + 1) == Some("::") || imported)
}

/// No file is longer than a person reads in one go.
pub(crate) fn short(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| !source.is_test())
        .map(|source| (source, source.product_lines()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(source, lines)| format!("{}: {lines} lines, at most {MAX_LINES}", source.path))
        .collect()
}

/// Every file opens by saying what it is; `foo/tests.rs` is what its name says.
pub(crate) fn introduced(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| !source.path.ends_with("/tests.rs"))
        .filter(|source| !source.text.starts_with("//!"))
        .map(|source| format!("{}: does not open with `//!`", source.path))
        .collect()
}

/// No file or module has a name that would fit anything.
pub(crate) fn named_by_domain(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for part in source.path.trim_end_matches(".rs").split('/') {
            if is_vague(part) {
                found.push(format!("{}: `{part}` says nothing about its content", source.path));
            }
        }
        let words = source.words();
        for at in 0..words.len() {
            if let Some(["mod", name]) = window::<2>(&words, at)
                && is_vague(name)
            {
                found.push(format!("{}: module `{name}` says nothing about itself", source.path));
            }
        }
    }
    found
}

/// `utils`, `string_helpers`; not `service_provider`, which is a thing.
fn is_vague(name: &str) -> bool {
    name.rsplit('_').next().is_some_and(|last| VAGUE.contains(&last))
}

/// No test is switched off, nothing is left to be written.
pub(crate) fn finished(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        let words = source.words();
        for at in 0..words.len() {
            let ignored = window::<3>(&words, at) == Some(["#", "[", "ignore"]);
            let left = matches!(window::<2>(&words, at), Some(["todo" | "unimplemented", "!"]));
            if ignored || left {
                let line = words.get(at).map_or(0, |word| word.line);
                let what = if ignored { "a test is switched off" } else { "left to be written" };
                found.push(format!("{}:{line}: {what}", source.path));
            }
        }
    }
    found
}

/// No lint is silenced without a reason that the compiler checks.
pub(crate) fn nothing_silenced(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        let words = source.words();
        for at in 0..words.len() {
            let outer = window::<4>(&words, at) == Some(["#", "[", "allow", "("]);
            let inner = window::<5>(&words, at) == Some(["#", "!", "[", "allow", "("]);
            if outer || inner {
                let line = words.get(at).map_or(0, |word| word.line);
                found.push(format!("{}:{line}: `expect` with a reason, not `allow`", source.path));
            }
        }
    }
    found
}

fn product(sources: &[Source]) -> impl Iterator<Item = &Source> {
    sources.iter().filter(|source| source.path.starts_with("src/") && !source.is_test())
}
