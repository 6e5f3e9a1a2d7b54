//! The main file, `varco.toml`.
//!
//! Not a second configuration format: every key is one that production has.

use std::fmt::Write as _;

use super::Contents;
use crate::openid::registry::{PROVIDER_MARK, Superior};
use crate::people::{Person, STATES};
use crate::saml::kind::Kind;

pub(super) fn write(contents: &Contents<'_>) -> String {
    let Contents { ports, workers, log, .. } = contents;
    let state = match contents.state {
        "memory" => "kind = \"memory\"\n".to_owned(),
        _ => "kind = \"redis\"\nurl = \"file:keys/redis-url\"\n".to_owned(),
    };
    let common = format!(
        "# Written by varco-sandbox; read by the same code as in production.\n\
         issuer = \"http://localhost:{broker}\"\n\
         environment = \"development\"\n\
         relying_parties = \"relying-parties\"\n\
         announcements = \"announcements.toml\"\n{calendar}\n\
         [listen]\n\
         public = \"127.0.0.1:{broker}\"\n\
         operations = \"127.0.0.1:{operations}\"\n\
         workers = {workers}\n\n\
         [secrets]\n\
         sealing = \"file:keys/sealing\"\n\
         pairwise = \"file:keys/pairwise\"\n\n\
         [keys]\ntokens = \"keys/tokens\"\n\n\
         [state]\n{state}\n\
         [entitlement.durc]\nkind = \"file\"\nfile = \"roles.csv\"\n\n\
         [log]\nfilter = \"{log}\"\n\n",
        broker = ports.broker,
        operations = ports.operations,
        calendar =
            if contents.calendar || contents.desk { "calendar = \"calendar.toml\"\n" } else { "" },
    );
    let matching = if contents.matching { MATCHING } else { "" };
    let upstreams =
        [spid(contents), openid(contents), cie(contents), cards(contents), eidas(contents)];
    let own = if contents.own_pages { super::own::TABLES } else { "" };
    let desk = if contents.desk { "\n[upstream.helpdesk]\n" } else { "" };
    format!("{common}{matching}{own}{}{desk}", upstreams.join("\n"))
}

/// The office knows everybody from abroad but one.
const MATCHING: &str = "[matching]\n\n\
     [matching.verifier]\n\
     kind = \"file\"\n\
     name = \"Ufficio di prova\"\n\
     file = \"people.toml\"\n\n\
     [first_login]\n\
     record = true\n\n";

/// The list of the office that says whose a fiscal code is.
pub(super) fn people() -> String {
    let mut text = "# Who is known to the office of the sandbox.\n".to_owned();
    for person in Person::all_abroad() {
        let said = |name| person.attribute(name).unwrap_or_default();
        if let Some(code) = person.italian_code() {
            let _ = write!(
                text,
                "\n[[person]]\nfiscal_code = {code:?}\nfamily_name = {:?}\ngiven_name = {:?}\n\
                 birthdate = {:?}\n",
                said("familyName"),
                said("name"),
                said("dateOfBirth"),
            );
        }
    }
    text
}

/// One consumer has an age limit, and a portal of its own.
fn spid(contents: &Contents<'_>) -> String {
    let mut text = body(contents, Kind::Spid, "", &ATTRIBUTES);
    text.push_str(
        "\n[[upstream.spid.age_limit]]\n\
         consumer_index = 1\n\
         minimum = 18\n",
    );
    text
}

fn cie(contents: &Contents<'_>) -> String {
    let names = ["name", "familyName", "dateOfBirth", "fiscalNumber"];
    body(contents, Kind::Cie, "municipality = \"H501\"\n", &names)
}

/// CIE by OpenID: a trust anchor, and the entity that is registered below it.
fn openid(contents: &Contents<'_>) -> String {
    let Some(registry) = contents.registry else { return String::new() };
    let anchor = registry.id(Superior::Anchor);
    // The anchor lists its immediate subordinates: where something is wrong, the provider may be none.
    let providers = match registry.wrong().case {
        Some(_) => format!("providers = [{:?}]\n", registry.provider()),
        None => String::new(),
    };
    format!(
        "[trust_anchor.cie]\n\
         id = {anchor:?}\n\
         dialect = {dialect:?}\n\
         jwks_file = \"metadata/cie/anchor.json\"\n\n\
         [trust_anchor.cie.required_marks]\n\
         openid_provider = [\"{anchor}{PROVIDER_MARK}\"]\n\n\
         [upstream.cie]\n\
         trust_anchor = \"cie\"\n\
         authority_hints = [{superior:?}]\n\
         {providers}\n\
         [upstream.cie.organization]\n\
         name = \"Ente di prova\"\n\
         homepage_uri = \"https://ente.example\"\n\
         policy_uri = \"https://ente.example/privacy\"\n\
         logo_uri = \"https://ente.example/logo.svg\"\n\
         contacts = [\"ente@pec.example\"]\n\n\
         [[upstream.cie.attribute_set]]\n\
         name = \"default\"\n\
         attributes = {attributes:?}\n",
        dialect = registry.dialect().name(),
        superior = registry.id(registry.clients_below()),
        attributes = ["name", "familyName", "dateOfBirth", "fiscalNumber", "gender", "email"],
    )
}

/// People show a card on a listener of its own.
fn cards(contents: &Contents<'_>) -> String {
    if contents.office.is_none() {
        return String::new();
    }
    let ports = &contents.ports;
    format!(
        "[listen.cns]\n\
         address = \"127.0.0.1:{port}\"\n\
         certificate_file = \"keys/cns/certificate.pem\"\n\
         key_file = \"keys/cns/key.pem\"\n\n\
         [upstream.cns]\n\
         url = \"{url}\"\n\
         certificate_authorities = [\"metadata/cns/authorities.pem\"]\n\
         crl_urls = [\"{office}/list.crl\"]\n\n\
         [upstream.cns.ocsp]\n\
         mode = \"prefer\"\n\
         hosts = [\"localhost\"]\n",
        port = ports.card,
        url = ports.card_address(),
        office = ports.office_address(),
    )
}

/// The node knows the bodies of SPID: it has no body of its own.
fn eidas(contents: &Contents<'_>) -> String {
    let mut text = exchange(contents, Kind::Eidas);
    if contents.countries {
        let states = STATES.map(|(code, _)| code);
        let _ = write!(text, "countries = {states:?}\ncountry_parameter = \"country\"\n");
    }
    let _ = write!(text, "\n{}", trust(contents, Kind::Eidas));
    text
}

/// An upstream with a body of its own: consumers 0 and 1, one attribute set, keys for both purposes.
fn body(contents: &Contents<'_>, kind: Kind, contact: &str, attributes: &[&str]) -> String {
    let name = kind.upstream();
    let mut names = String::new();
    for attribute in attributes {
        let _ = writeln!(names, "    \"{attribute}\",");
    }
    format!(
        "{exchange}\n\
         [upstream.{name}.keys]\n\
         key_file = \"keys/{name}/key.pem\"\n\
         certificate_file = \"keys/{name}/certificate.pem\"\n\
         decryption_key_file = \"keys/{name}/decryption-key.pem\"\n\
         decryption_certificate_file = \"keys/{name}/decryption-certificate.pem\"\n\n\
         {trust}\n\
         [upstream.{name}.organization.it]\n\
         name = \"Ente di prova\"\n\
         url = \"https://ente.example\"\n\n\
         [upstream.{name}.contact]\n\
         ipa_code = \"ente_prova\"\n\
         email = \"ufficio@ente.example\"\n\
         telephone = \"+390600000000\"\n\
         {contact}\n\
         [[upstream.{name}.consumer]]\n\
         index = 1\n\n\
         [[upstream.{name}.attribute_set]]\n\
         name = \"default\"\n\
         index = 0\n\
         title = {{ it = \"Servizi in linea\" }}\n\
         required = [\"fiscalNumber\", \"name\", \"familyName\"]\n\
         attributes = [\n{names}]\n",
        exchange = exchange(contents, kind),
        trust = trust(contents, kind),
    )
}

fn exchange(contents: &Contents<'_>, kind: Kind) -> String {
    format!("[upstream.{}]\nbinding = \"{}\"\n", kind.upstream(), contents.binding)
}

/// The metadata of the providers of that kind.
fn trust(contents: &Contents<'_>, kind: Kind) -> String {
    let providers = contents.providers.iter().enumerate();
    let files = providers
        .filter(|(_, provider)| provider.kind == kind)
        .map(|(at, _)| format!("\"metadata/provider-{}.xml\"", at + 1));
    let files = files.collect::<Vec<_>>().join(", ");
    format!("[upstream.{}.trust]\nmetadata_files = [{files}]\n", kind.upstream())
}

/// Fourteen attributes that every person has, and the four of a company.
const ATTRIBUTES: [&str; 18] = [
    "spidCode",
    "name",
    "familyName",
    "placeOfBirth",
    "countyOfBirth",
    "dateOfBirth",
    "gender",
    "fiscalNumber",
    "idCard",
    "mobilePhone",
    "email",
    "domicileStreetAddress",
    "expirationDate",
    "digitalAddress",
    "companyName",
    "registeredOffice",
    "ivaCode",
    "companyFiscalNumber",
];
