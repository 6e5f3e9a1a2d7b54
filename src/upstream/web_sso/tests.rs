use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use base64::Engine as _;

use super::super::contract::Kind;
use super::*;
use crate::crypto::rsa::RsaSigningKey;
use crate::saml::metadata::service_provider::tests::example;
use crate::saml::tests::{
    Answer, By, IDP, OTHER_IDP, SENT, SP, aggregate, certificate, made, trust,
};
use crate::terms::Locale;
use crate::upstream::settings::{Countries, eidas_sets};
use crate::upstream::{CieSaml, Eidas, Shown, Spid};

/// Nothing here waits for anything.
fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("an upstream without I/O has to be ready"),
    }
}

fn config() -> SamlConfig {
    use std::sync::OnceLock;
    static KEY: OnceLock<(Arc<RsaSigningKey>, Vec<u8>)> = OnceLock::new();
    let (signing, certificate) = KEY.get_or_init(|| {
        let key = RsaSigningKey::from_pkcs8(&RsaSigningKey::generate(2048).unwrap()).unwrap();
        let subject = crate::crypto::certificate::Subject {
            organization: "Ente",
            common_name: "Ente",
            locality: "Roma",
            identifier: crate::crypto::certificate::Identifier::Ipa("c_h501"),
            entity_id: SP,
        };
        let (fx, _) = Effects::scripted(SENT, 3);
        let lives = Duration::from_hours(24);
        let der = crate::crypto::certificate::self_signed(&subject, &key, lives, &fx).unwrap();
        (Arc::new(key), der)
    });
    SamlConfig {
        binding: Binding::Redirect,
        comparisons: Comparisons::default(),
        response_signature: ResponseSignature::IfPresent,
        force: Force::AsAsked,
        tenants: vec![Tenant {
            service: example(),
            keys: Keys {
                signing: signing.clone(),
                certificate: certificate.clone(),
                next_certificate: None,
                decryption: None,
            },
            published: true,
            registered: None,
        }],
        countries: None,
        cbc: false,
        trust: trust(&[aggregate()]),
    }
}

fn open(config: SamlConfig) -> Spid {
    Spid::open(config, &effects()).unwrap()
}

fn effects() -> Effects {
    Effects::scripted(SENT, 5).0
}

fn asked(provider: &str, level: Level) -> UpstreamRequest {
    UpstreamRequest {
        provider: provider.to_owned(),
        level,
        force: level > Level::L1,
        tenant: "default".to_owned(),
        attribute_set: "base".to_owned(),
        consumer: None,
        purpose: None,
        locale: Locale::It,
        ticket: Handle::fresh(&effects()),
    }
}

fn pending() -> Pending {
    Pending {
        tenant: "default".to_owned(),
        id: "_request-1".to_owned(),
        at: Timestamp::from_unix_seconds(SENT),
        provider: IDP.to_owned(),
        consumer: 0,
        level: Level::L2,
        comparison: Comparison::Minimum,
        force: true,
        set: 0,
    }
}

fn inbound(answer: &Answer) -> Inbound {
    Inbound {
        shown: Shown::Nothing,
        path: "/saml/acs".to_owned(),
        posted: true,
        parameters: vec![
            ("SAMLResponse".to_owned(), answer.encoded()),
            ("RelayState".to_owned(), Handle::fresh(&effects()).reveal().to_owned()),
        ],
        from: None,
    }
}

fn received(spid: &Spid, inbound: Inbound) -> Result<UpstreamIdentity, Setback> {
    let fx = Effects::scripted(SENT + 30, 1).0;
    match run(spid.receive(pending(), inbound, &fx))? {
        Arrival::Identified(identity) => Ok(*identity),
        Arrival::Onward(..) => panic!("SPID has one round"),
    }
}

#[test]
fn a_person_arrives_with_what_was_asked_and_nothing_else() {
    let spid = open(config());
    let identity = received(&spid, inbound(&Answer::default())).unwrap();
    assert_eq!((identity.upstream.as_str(), identity.provider.as_str()), ("spid", IDP));
    assert_eq!(identity.level, Level::L2);
    assert_eq!(identity.assertion_id, "_assertion-1");
    assert_eq!(identity.attributes.len(), 2);
    let unasked = Answer::default().assertion("Name=\"spidCode\"", "Name=\"mobilePhone\"");
    let identity = received(&spid, inbound(&unasked)).unwrap();
    assert_eq!(identity.attributes.keys().collect::<Vec<_>>(), ["fiscalNumber"]);
}

#[test]
fn an_error_is_refused_and_a_bad_answer_rejected() {
    let spid = open(config());
    let setback = received(&spid, inbound(&Answer::error("ErrorCode nr25"))).unwrap_err();
    assert_eq!((setback.kind, setback.slug), (Kind::Refused, "spid-nr25"));
    let missing = Answer::default().assertion("Name=\"fiscalNumber\"", "Name=\"fiscalnumber\"");
    let setback = received(&spid, inbound(&missing)).unwrap_err();
    assert_eq!((setback.kind, setback.slug), (Kind::Rejected, "response-attributes-missing"));
    let elsewhere = Inbound { path: "/saml/acs/1".to_owned(), ..inbound(&Answer::default()) };
    assert_eq!(received(&spid, elsewhere).unwrap_err().slug, "response-wrong-destination");
    let got = Inbound { posted: false, ..inbound(&Answer::default()) };
    assert_eq!(received(&spid, got).unwrap_err().slug, "response-malformed");
    let mut doubled = inbound(&Answer::default());
    doubled.parameters.push(doubled.parameters[0].clone());
    assert_eq!(received(&spid, doubled).unwrap_err().slug, "response-malformed");
}

#[test]
fn no_setback_carries_a_value_of_the_message() {
    let spid = open(config());
    for answer in [
        Answer::default().assertion("SpidL2", "SpidL1"),
        Answer::default().assertion("Name=\"spidCode\"", "Name=\"fiscalNumber\""),
        Answer::default().signed_by(None, Some(By::Stranger)),
        Answer::error("ErrorCode nr22 TINIT-GDNNWA12H81Y874F"),
    ] {
        let setback = received(&spid, inbound(&answer)).unwrap_err();
        assert!(!setback.detail.contains("TINIT") && !setback.detail.is_empty(), "{setback:?}");
        assert!(Spid::slugs().contains(&setback.slug));
    }
}

#[test]
fn a_disabled_provider_is_unusable_even_for_an_answer_under_way() {
    let mut config = config();
    config.trust.disabled.insert(IDP.to_owned());
    let spid = open(config);
    let setback = received(&spid, inbound(&Answer::default())).unwrap_err();
    assert_eq!((setback.kind, setback.slug), (Kind::Unavailable, "provider-disabled"));
    let cards: Vec<String> = spid.providers().into_iter().map(|card| card.id).collect();
    assert_eq!(cards, [OTHER_IDP]);
    let setback = run(spid.redirect(&asked(IDP, Level::L2), &effects())).unwrap_err();
    assert_eq!(setback.slug, "provider-disabled");
    let setback = run(spid.redirect(&asked("https://nobody.example", Level::L2), &effects()));
    assert_eq!(setback.unwrap_err().slug, "provider-unknown");
}

#[test]
fn a_request_names_its_ticket_and_remembers_what_it_asked() {
    for (binding, level, force, forced) in [
        (Binding::Redirect, Level::L1, Force::AsAsked, false),
        (Binding::Redirect, Level::L1, Force::Always, true),
        (Binding::Redirect, Level::L2, Force::AsAsked, true),
        (Binding::Post, Level::L3, Force::AsAsked, true),
    ] {
        let spid = open(SamlConfig { binding, force, ..config() });
        let request = UpstreamRequest { force: false, ..asked(IDP, level) };
        let (departure, pending) = run(spid.redirect(&request, &effects())).unwrap();
        assert_eq!((pending.level, pending.force), (level, forced));
        assert_eq!(pending.at, Timestamp::from_unix_seconds(SENT));
        let ticket = request.ticket.reveal();
        match departure {
            Departure::Redirect(address) => {
                assert!(address.starts_with("https://idp.example/sso/redirect?SAMLRequest="));
                assert!(address.contains(&format!("&RelayState={ticket}&SigAlg=")));
            }
            Departure::Post { action, fields } => {
                assert_eq!(action, "https://idp.example/sso/post");
                assert_eq!(fields[1], ("RelayState".to_owned(), ticket.to_owned()));
            }
        }
        let kept = serde_json::to_string(&pending).unwrap();
        assert!(kept.len() < 400, "{}", kept.len());
    }
}

#[test]
fn the_ticket_is_the_relay_state() {
    let spid = open(config());
    assert!(spid.ticket(&inbound(&Answer::default())).is_some());
    let mut doubled = inbound(&Answer::default());
    doubled.parameters.push(doubled.parameters[1].clone());
    assert!(spid.ticket(&doubled).is_none());
}

#[test]
fn a_reload_that_fails_keeps_the_last_good_set() {
    let spid = open(config());
    let fx = Effects::scripted(SENT + 60, 1).0;
    spid.replace_register(trust(&["<a/>".to_owned()]), &fx);
    spid.replace_register(trust(&[]), &fx);
    assert_eq!(spid.providers().len(), 2);
    assert_eq!(spid.metadata_age(fx.now()), Duration::from_mins(1));
    let fewer = aggregate().replace(OTHER_IDP, IDP);
    spid.replace_register(trust(&[fewer]), &fx);
    assert_eq!(spid.providers().len(), 1);
    assert_eq!(spid.metadata_age(fx.now()), Duration::ZERO);
}

#[test]
fn a_provider_disabled_by_a_reload_is_not_used_by_an_answer_on_its_way() {
    let spid = open(config());
    assert!(received(&spid, inbound(&Answer::default())).is_ok());
    let mut settings = config().trust;
    settings.disabled.insert(IDP.to_owned());
    spid.replace_register(settings, &effects());
    let setback = received(&spid, inbound(&Answer::default())).unwrap_err();
    assert_eq!((setback.kind, setback.slug), (Kind::Unavailable, "provider-disabled"));
    assert_eq!((spid.providers().len(), spid.usable(effects().now())), (1, 1));
    let setback = run(spid.redirect(&asked(IDP, Level::L2), &effects())).unwrap_err();
    assert_eq!(setback.slug, "provider-disabled");
}

#[test]
fn a_login_counts_until_its_provider_is_disabled_or_leaves_the_metadata() {
    let spid = open(config());
    assert!(spid.vouches("spid", IDP) && spid.vouches("spid", OTHER_IDP));
    assert!(!spid.vouches("cie", IDP) && !spid.vouches("spid", "https://nobody.example"));
    let mut settings = config().trust;
    settings.disabled.insert(IDP.to_owned());
    spid.replace_register(settings, &effects());
    assert!(!spid.vouches("spid", IDP) && spid.vouches("spid", OTHER_IDP));
    spid.replace_register(config().trust, &effects());
    assert!(spid.vouches("spid", IDP), "a mistake can be put right");
    spid.replace_register(trust(&[aggregate().replace(OTHER_IDP, IDP)]), &effects());
    assert!(spid.vouches("spid", IDP) && !spid.vouches("spid", OTHER_IDP));
}

/// The upstream is called `cie-saml`, and the instrument `cie`.
#[test]
fn the_cie_server_vouches_for_logins_by_cie() {
    let mut config = config();
    config.tenants[0].service.attribute_sets[0].attributes = vec!["fiscalNumber".to_owned()];
    let cie = CieSaml::open(config, &effects()).unwrap();
    assert!(cie.vouches("cie", IDP) && !cie.vouches("cie-saml", IDP));
}

#[test]
fn a_removed_key_is_refused_after_one_refresh_and_a_new_one_is_accepted() {
    let spid = open(config());
    let by = |by| inbound(&Answer::default().signed_by(Some(by), Some(by)));
    assert!(received(&spid, by(By::Idp)).is_ok());
    assert!(received(&spid, by(By::IdpNext)).is_ok(), "overlap");
    assert!(received(&spid, by(By::Stranger)).is_err(), "not yet published");
    let rolled = aggregate().replace(&certificate(By::Idp), &certificate(By::Stranger));
    spid.replace_register(trust(&[rolled]), &effects());
    assert_eq!(received(&spid, by(By::Idp)).unwrap_err().slug, "response-signature-invalid");
    assert!(received(&spid, by(By::IdpNext)).is_ok());
    assert!(received(&spid, by(By::Stranger)).is_ok());
}

#[test]
fn every_contradiction_is_reported_at_once() {
    let mut config = config();
    let tenant = &mut config.tenants[0];
    tenant.service.entity_id.push(' ');
    tenant.service.consumers[0].index = 7;
    tenant.service.attribute_sets[0].required.push("email".to_owned());
    tenant.service.attribute_sets[0].attributes.push("shoeSize".to_owned());
    tenant.service.organization.clear();
    tenant.keys.certificate = made(7).1.clone();
    config.trust.sources.clear();
    let problems = Spid::open(config, &effects()).unwrap_err();
    assert_eq!(problems.len(), 7, "{problems:#?}");
}

#[test]
fn our_metadata_is_published_once_for_all() {
    let spid = open(config());
    let [document] = spid.publishes().try_into().unwrap();
    assert_eq!(document.path, "/saml/metadata");
    assert_eq!(document.body, spid.publishes()[0].body);
    assert_eq!(spid.returns_to(), ["/saml/acs"]);
}

/// The configuration of the node: SPID's body, the node's sets.
fn abroad() -> SamlConfig {
    let mut config = config();
    let tenant = &mut config.tenants[0];
    tenant.service.attribute_sets = eidas_sets().to_vec();
    tenant.published = false;
    config
}

/// A journey to the node with the minimum set.
fn to_the_node() -> Pending {
    Pending { set: 99, ..pending() }
}

/// An answer of the node that also holds a fiscal code, which nobody asked for.
fn from_abroad(identifier: &str) -> Inbound {
    let attribute = |name: &str, value: &str| {
        format!(
            "<saml:Attribute Name=\"{name}\"><saml:AttributeValue>{value}</saml:AttributeValue>\
             </saml:Attribute>"
        )
    };
    let more = [("name", "Greta"), ("familyName", "Muster"), ("dateOfBirth", "1980-01-31")];
    let more: String = more.iter().map(|(name, value)| attribute(name, value)).collect();
    let answer = Answer::default()
        .assertion("AGID-001", identifier)
        .assertion("<saml:AttributeStatement>", &format!("<saml:AttributeStatement>{more}"));
    inbound(&answer)
}

#[test]
fn a_person_from_abroad_has_the_identifier_of_eidas_and_never_a_fiscal_code() {
    let node = Eidas::open(abroad(), &effects()).unwrap();
    let fx = Effects::scripted(SENT + 30, 1).0;
    let arrival = run(node.receive(to_the_node(), from_abroad("DE/IT/abc-1"), &fx)).unwrap();
    let Arrival::Identified(proof) = arrival else { panic!("one round") };
    let names: Vec<&str> = proof.attributes.keys().map(String::as_str).collect();
    assert_eq!(names, ["PersonIdentifier", "dateOfBirth", "familyName", "name"]);
    assert_eq!(proof.upstream, "eidas");
    let person = crate::identity::Identity::from_upstream(&proof).unwrap();
    assert!(person.fiscal_code.is_none() && person.spid_code.is_none());
    assert_eq!(person.eidas_identifier.unwrap().country().code(), "DE");
}

#[test]
fn an_answer_of_the_node_without_its_minimum_set_is_refused() {
    let node = Eidas::open(abroad(), &effects()).unwrap();
    let fx = Effects::scripted(SENT + 30, 1).0;
    let setback = run(node.receive(to_the_node(), inbound(&Answer::default()), &fx)).unwrap_err();
    assert_eq!(setback.slug, "response-attributes-missing");
}

#[test]
fn the_node_is_asked_for_its_sets_and_told_the_state_that_was_chosen() {
    let [de, si] = ["DE", "SI"].map(|code| crate::terms::Country::parse(code).unwrap());
    let countries = Countries { parameter: "country".to_owned(), codes: vec![de, si] };
    for binding in [Binding::Redirect, Binding::Post] {
        let config = SamlConfig { binding, countries: Some(countries.clone()), ..abroad() };
        let node = Eidas::open(config, &effects()).unwrap();
        assert!(node.publishes().is_empty(), "SPID publishes the document");
        let wanted = Wanted { tenant: "default", purpose: None };
        let cards = node.choice(&wanted);
        assert_eq!(cards.len(), 4, "two states by each of two nodes");
        let chosen = format!("{IDP}#SI");
        assert!(cards.iter().any(|card| card.id == chosen && card.country == Some(si)));
        assert!(node.offers(&chosen, &wanted) && !node.offers(&format!("{IDP}#FR"), &wanted));
        assert_eq!(node.only(&wanted), None, "there is a choice");
        let (departure, pending) =
            run(node.redirect(&asked(&chosen, Level::L2), &effects())).unwrap();
        assert_eq!((pending.provider.as_str(), pending.set), (IDP, 99));
        match departure {
            Departure::Redirect(address) => assert!(address.ends_with("&country=SI")),
            Departure::Post { fields, .. } => {
                assert_eq!(fields[2], ("country".to_owned(), "SI".to_owned()));
            }
        }
    }
}

#[test]
fn the_cie_server_is_always_asked_for_a_fresh_login_and_may_leave_the_format_out() {
    let mut config = config();
    let names = ["name", "familyName", "dateOfBirth", "fiscalNumber"];
    config.tenants[0].service.attribute_sets[0].attributes = names.map(str::to_owned).to_vec();
    let cie = CieSaml::open(config, &effects()).unwrap();
    let request = UpstreamRequest { force: false, ..asked(IDP, Level::L1) };
    let (_, pending) = run(cie.redirect(&request, &effects())).unwrap();
    assert!(pending.force);
    let bare = Answer::default()
        .assertion(" Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\"", "");
    let fx = Effects::scripted(SENT + 30, 1).0;
    let arrival = run(cie.receive(self::pending(), inbound(&bare), &fx)).unwrap();
    let Arrival::Identified(proof) = arrival else { panic!("one round") };
    assert_eq!(proof.upstream, "cie");
    let refused = received(&open(self::config()), inbound(&bare)).unwrap_err();
    assert_eq!(refused.slug, "response-issuer-format", "SPID demands it");
}

#[test]
fn what_an_identity_system_does_not_understand_is_a_contradiction() {
    let mut config = config();
    config.comparisons.l2 = Comparison::Better;
    let problems = CieSaml::open(config, &effects()).unwrap_err();
    assert!(problems.iter().any(|problem| problem.contains("better")), "{problems:#?}");
    assert!(problems.iter().any(|problem| problem.contains("spidCode")), "{problems:#?}");
}

#[test]
fn a_relying_party_is_offered_the_providers_of_its_own_tenant_alone() {
    let spid = open(config());
    let wanted = Wanted { tenant: "comune", purpose: None };
    assert!(spid.choice(&wanted).is_empty() && !spid.offers(IDP, &wanted));
    let request = UpstreamRequest { tenant: "comune".to_owned(), ..asked(IDP, Level::L2) };
    assert_eq!(run(spid.redirect(&request, &effects())).unwrap_err().slug, "internal");
}

#[test]
fn each_tenant_asks_in_its_own_name_and_publishes_its_own_document() {
    let mut config = config();
    let mut other = config.tenants[0].clone();
    other.service.tenant = "comune".to_owned();
    other.service.entity_id = "https://broker.example/saml/comune/metadata".to_owned();
    other.service.metadata_path = "/saml/comune/metadata".to_owned();
    config.tenants.push(other);
    let spid = open(config);
    let paths: Vec<String> = spid.publishes().into_iter().map(|one| one.path).collect();
    assert_eq!(paths, ["/saml/metadata", "/saml/comune/metadata"]);
    let fx = Effects::scripted(SENT + 30, 1).0;
    let answer = inbound(&Answer::default());
    let theirs = Pending { tenant: "comune".to_owned(), ..pending() };
    let setback = run(spid.receive(theirs, answer.clone(), &fx)).unwrap_err();
    assert_eq!(setback.slug, "response-wrong-audience", "an answer for one body is not another's");
    assert!(received(&spid, answer).is_ok());
}

#[test]
fn a_service_for_professionals_is_offered_the_providers_that_know_them_and_asks_by_purpose() {
    let mut config = config();
    let kinds = "<md:Extensions xmlns:spid=\"https://spid.gov.it/saml-extensions\">\
        <spid:SupportedPurposes><spid:Purpose>LP</spid:Purpose></spid:SupportedPurposes>\
        </md:Extensions><md:IDPSSODescriptor ";
    config.trust = trust(&[aggregate().replacen("<md:IDPSSODescriptor ", kinds, 1)]);
    config.binding = Binding::Post;
    let spid = open(config);
    let choice = |purpose| -> Vec<String> {
        let wanted = Wanted { tenant: "default", purpose };
        let cards = spid.choice(&wanted);
        assert!(cards.iter().all(|card| spid.offers(&card.id, &wanted)));
        cards.into_iter().map(|card| card.id).collect()
    };
    assert_eq!(choice(Some(Purpose::P)).len(), 1, "one says that it knows LP alone");
    assert_eq!((choice(Some(Purpose::LP)).len(), choice(None).len()), (2, 2));
    let only = |purpose| spid.only(&Wanted { tenant: "default", purpose });
    assert_eq!((only(Some(Purpose::P)), only(None)), (choice(Some(Purpose::P)).pop(), None));
    assert_eq!(spid.only(&Wanted { tenant: "comune", purpose: Some(Purpose::P) }), None);
    let request = UpstreamRequest { purpose: Some(Purpose::LP), ..asked(IDP, Level::L2) };
    let (departure, _) = run(spid.redirect(&request, &effects())).unwrap();
    let Departure::Post { fields, .. } = departure else { panic!("a form") };
    let sent = base64::engine::general_purpose::STANDARD.decode(&fields[0].1).unwrap();
    let sent = String::from_utf8(sent).unwrap();
    let place = |part: &str| sent.find(part).unwrap();
    assert!(sent.contains(">LP</spid:Purpose></samlp:Extensions>"));
    assert!(place("</ds:Signature>") < place("<samlp:Extensions>"));
    assert!(place("<samlp:Extensions>") < place("<samlp:NameIDPolicy"));
}
