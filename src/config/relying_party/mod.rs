//! A relying party's file: `relying-parties/<client_id>.toml`.
//!
//! Not registration by protocol: an operator writes these files, and a reload reads them again.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey};
use secrecy::ExposeSecret as _;

use super::Problems;
use super::address::web_address;
use super::asking::asking;
use super::secret;
use super::section::{File, Section};
use crate::crypto::digest::sha256;
use crate::oidc::client::{
    Assistance, AuthenticationMethod, Branding, ClientKey, IdTokenAlgorithm, SubjectType, Texts,
};
use crate::oidc::{ClaimsProfile, Client, ClientId, Scope, Scopes};
use crate::terms::{Level, Locale};
use crate::upstream::UpstreamConfigs;

/// Reads every `*.toml` in `folder`, in the order of their names.
pub(super) fn read_folder(
    folder: &Path,
    on: &[&str],
    configs: &UpstreamConfigs,
    problems: &mut Problems,
) -> Vec<Client> {
    let mut paths = match std::fs::read_dir(folder) {
        Ok(entries) => {
            entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect::<Vec<_>>()
        }
        Err(cause) => {
            problems.add(
                folder,
                "",
                format!("the folder cannot be read: {cause}"),
                "create it, with one TOML file for each relying party",
            );
            return Vec::new();
        }
    };
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut names = HashSet::new();
    let mut clients = Vec::with_capacity(paths.len());
    for path in paths {
        let Some(client) =
            File::read(&path, problems).and_then(|file| read(&file, on, configs, problems))
        else {
            continue;
        };
        if names.insert(client.id.clone()) {
            clients.push(client);
        } else {
            problems.add(
                &path,
                "client_id",
                "is already the name of another relying party",
                "give each file its own client_id",
            );
        }
    }
    clients
}

fn read(
    file: &File,
    on: &[&str],
    configs: &UpstreamConfigs,
    problems: &mut Problems,
) -> Option<Client> {
    let root = file.root();
    let id = root.text("client_id", "write the client's name", problems).and_then(|text| {
        let id = ClientId::parse(text);
        if id.is_none() {
            root.wrong(
                problems,
                "client_id",
                "has another form",
                "use 1 to 64 of A-Z a-z 0-9 - _ .",
            );
        }
        id
    });
    let redirect_uris = redirect_uris(&root, problems);
    let post_logout_redirect_uris = addresses(&root, "post_logout_redirect_uris", problems);
    let authentication = authentication(file, &root, problems);
    let legacy_without_pkce = root.flag("legacy_without_pkce", false, problems);
    let id_token_algorithm = root.word(
        "id_token_signed_response_alg",
        &IdTokenAlgorithm::ALL.map(|algorithm| (algorithm.name(), algorithm)),
        problems,
    );
    let minimum_level = root.number("minimum_level", 1, 1..=3, problems);
    let claims_profile = root.word(
        "claims_profile",
        &[("eid", ClaimsProfile::Eid), ("flat", ClaimsProfile::Flat)],
        problems,
    );
    let subject_type = root.word(
        "subject_type",
        &[("pairwise", SubjectType::Pairwise), ("fiscal_code", SubjectType::FiscalCode)],
        problems,
    );
    let claims_in_id_token = root.flag("claims_in_id_token", false, problems);
    let sector = root.optional_text("sector_identifier", problems).map(str::to_owned);
    let scopes = scopes(&root, problems);
    let offered = offered(&root, on, problems);
    let asking = asking(&root, &offered, configs, problems);
    let branding = branding(&root, problems);
    root.finish(problems);
    let sector = sector.or_else(|| {
        redirect_uris
            .first()
            .and_then(|uri| url::Url::parse(uri).ok()?.host_str().map(str::to_owned))
    });
    Some(Client {
        id: id?,
        redirect_uris,
        post_logout_redirect_uris,
        authentication: authentication?,
        legacy_without_pkce,
        id_token_algorithm: id_token_algorithm?,
        minimum_level: u8::try_from(minimum_level)
            .ok()
            .and_then(|number| Level::try_from(number).ok())?,
        upstreams: offered,
        scopes,
        claims_profile: claims_profile?,
        claims_in_id_token,
        subject_type: subject_type?,
        sector: sector?,
        tenant: asking.tenant,
        attribute_set: asking.attribute_set,
        attribute_sets: asking.attribute_sets,
        consumer: asking.consumer,
        purpose: asking.purpose,
        branding: branding?,
    })
}

fn redirect_uris(root: &Section<'_>, problems: &mut Problems) -> Vec<String> {
    let written = addresses(root, "redirect_uris", problems);
    if written.is_empty() {
        root.wrong(
            problems,
            "redirect_uris",
            "is missing or empty",
            "list the exact addresses that receive the code",
        );
    }
    written
}

/// Addresses to which browsers are sent.
fn addresses(root: &Section<'_>, key: &str, problems: &mut Problems) -> Vec<String> {
    let written = root.texts(key, problems);
    for uri in &written {
        if let Err(wrong) = web_address(uri) {
            root.wrong(
                problems,
                key,
                format!("{uri:?} {wrong}"),
                "write https://host/path without a fragment (http only on loopback)",
            );
        }
    }
    written.into_iter().map(str::to_owned).collect()
}

fn scopes(root: &Section<'_>, problems: &mut Problems) -> Scopes {
    let names = root.texts("scopes", problems);
    for name in &names {
        if !Scope::ALL.iter().any(|scope| scope.name() == *name) {
            let known = Scope::ALL.map(Scope::name).join(", ");
            root.wrong(
                problems,
                "scopes",
                format!("{name:?} is not a scope"),
                &format!("write some of: {known}"),
            );
        }
    }
    if !names.contains(&"openid") {
        root.wrong(
            problems,
            "scopes",
            "does not hold \"openid\"",
            "list the scopes this client may ask for, \"openid\" among them",
        );
    }
    Scopes::parse(&names.join(" "))
}

fn offered(root: &Section<'_>, upstreams: &[&str], problems: &mut Problems) -> Vec<String> {
    let names = root.texts("upstreams", problems);
    if names.is_empty() {
        return upstreams.iter().map(|name| (*name).to_owned()).collect();
    }
    for name in &names {
        if !upstreams.contains(name) {
            root.wrong(
                problems,
                "upstreams",
                format!("{name:?} is not switched on"),
                &format!("write some of: {}", upstreams.join(", ")),
            );
        }
    }
    names.into_iter().map(str::to_owned).collect()
}

fn authentication(
    file: &File,
    root: &Section<'_>,
    problems: &mut Problems,
) -> Option<AuthenticationMethod> {
    let method = root.word(
        "token_endpoint_auth_method",
        &[("client_secret_basic", 0), ("client_secret_post", 1), ("private_key_jwt", 2)],
        problems,
    )?;
    if method == 2 {
        return keys(file, root, problems).map(AuthenticationMethod::PrivateKeyJwt);
    }
    let secret = secret::read(file, root, "client_secret", 32, problems)?;
    let digest = sha256(secret.expose_secret());
    Some(if method == 0 {
        AuthenticationMethod::SecretBasic(digest)
    } else {
        AuthenticationMethod::SecretPost(digest)
    })
}

fn keys(file: &File, root: &Section<'_>, problems: &mut Problems) -> Option<Arc<[ClientKey]>> {
    let remedy = "name the client's JWK set (JSON, public keys only), beside this file";
    let path = root.text("jwks_file", remedy, problems)?;
    let set = std::fs::read(file.beside(path))
        .ok()
        .and_then(|octets| serde_json::from_slice::<JwkSet>(&octets).ok());
    let Some(set) = set else {
        root.wrong(problems, "jwks_file", "cannot be read as a JWK set", remedy);
        return None;
    };
    let keys: Vec<ClientKey> = set.keys.iter().filter_map(client_key).collect();
    if keys.is_empty() {
        root.wrong(
            problems,
            "jwks_file",
            "holds no key for RS256, PS256 or ES256",
            "each key needs \"alg\": RS256, PS256 or ES256",
        );
        return None;
    }
    Some(keys.into())
}

/// One key, bound to the one algorithm its `alg` names: never to what a token claims.
fn client_key(jwk: &Jwk) -> Option<ClientKey> {
    let algorithm = match jwk.common.key_algorithm?.to_string().as_str() {
        "RS256" => Algorithm::RS256,
        "PS256" => Algorithm::PS256,
        "ES256" => Algorithm::ES256,
        _ => return None,
    };
    Some(ClientKey {
        kid: jwk.common.key_id.clone(),
        algorithm,
        key: DecodingKey::from_jwk(jwk).ok()?,
    })
}

fn branding(root: &Section<'_>, problems: &mut Problems) -> Option<Branding> {
    let names = root.section("name", problems);
    let mut texts = Vec::new();
    for tag in names.keys() {
        match (
            Locale::ALL.into_iter().find(|locale| locale.tag() == tag),
            names.optional_text(tag, problems),
        ) {
            (Some(locale), Some(text)) => texts.push((locale, text.to_owned())),
            (None, _) => names.wrong(
                problems,
                tag,
                "is not a language of Varco",
                "write it, en, de, fr or sl",
            ),
            (_, None) => {}
        }
    }
    let name = Texts::new(texts);
    if name.is_none() {
        names.wrong(problems, "it", "is missing", "write the name of the service in Italian");
    }
    let section = root.section("branding", problems);
    let accent = section.optional_text("accent", problems).unwrap_or("#0066cc").to_owned();
    if contrast_with_white(&accent).is_none_or(|ratio| ratio < 4.5) {
        section.wrong(
            problems,
            "accent",
            "is not #rrggbb with a contrast of at least 4.5:1 against white",
            "choose a darker colour, such as #0066cc",
        );
    }
    let mut address = |section: &Section<'_>, key: &str, remedy: &str| {
        let uri = section.text(key, remedy, problems)?;
        if let Err(wrong) = web_address(uri) {
            section.wrong(problems, key, wrong, "write https://host/path (http only on loopback)");
        }
        Some(uri.to_owned())
    };
    let legal_uri = address(&section, "legal_uri", "write the address of the legal notes");
    let privacy_uri = address(&section, "privacy_uri", "write the address of the privacy notice");
    let accessibility_uri =
        address(&section, "accessibility_uri", "write the address of the accessibility statement");
    let initiate_login_uri =
        address(root, "initiate_login_uri", "write the address at which a sign-in starts again");
    let contacts = root.section("assistance", problems);
    let assistance = Assistance {
        telephone: contacts.optional_text("telephone", problems).map(str::to_owned),
        email: contacts.optional_text("email", problems).map(str::to_owned),
        uri: contacts.optional_text("uri", problems).map(str::to_owned),
    };
    if assistance.telephone.is_none() && assistance.email.is_none() && assistance.uri.is_none() {
        contacts.wrong(
            problems,
            "email",
            "no assistance contact is given",
            "write telephone, email or uri",
        );
    }
    let locales = Locale::ALL.map(|locale| (locale.tag(), locale));
    let default_locale = section.word("default_locale", &locales, problems);
    names.finish(problems);
    section.finish(problems);
    contacts.finish(problems);
    Some(Branding {
        name: name?,
        accent,
        legal_uri: legal_uri?,
        privacy_uri: privacy_uri?,
        accessibility_uri: accessibility_uri?,
        initiate_login_uri: initiate_login_uri?,
        assistance,
        default_locale: default_locale?,
    })
}

/// Contrast ratio of `#rrggbb` with white (WCAG 2.2, "relative luminance").
fn contrast_with_white(colour: &str) -> Option<f64> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    let channel = |shift: u32| {
        let share = f64::from((number >> shift) & 0xff) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
    Some(1.05 / (luminance + 0.05))
}
