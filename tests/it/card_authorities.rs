//! What the certificate of an authority says of its own limits, and that no path is looked for.

use rcgen::{
    BasicConstraints, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, KeyUsagePurpose, NameConstraints, SanType,
};
use varco::crypto::issuers::{Issuers, PathFault};
use varco::crypto::revocation::{ListFault, RevocationList};
use varco::effects::Timestamp;
use varco_sandbox::card::{Authority, CardPlan, ListPlan, unknown};

const NOW: i64 = 1_796_000_000;
const NAME: &str = "CNS di prova";

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(NOW)
}

fn authority() -> Authority {
    Authority::root(NAME, NOW).unwrap()
}

fn listed(of: &[&Authority]) -> Result<Issuers, String> {
    let files: Vec<Vec<u8>> = of.iter().map(|one| one.pem().as_bytes().to_vec()).collect();
    Issuers::read(&files).map_err(|(_, fault)| fault.to_string())
}

/// What becomes of a card of `by` where `known` are listed.
fn judged(known: &[&Authority], by: &Authority, plan: &CardPlan) -> Result<(), PathFault> {
    let card = by.card(plan).unwrap();
    listed(known).unwrap().issued(&card.certificate, now()).map(|_| ())
}

fn named(names: &[SanType]) -> CardPlan {
    CardPlan { names: names.to_vec(), ..CardPlan::default() }
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

#[test]
fn what_may_not_sign_certificates_is_not_listed() {
    let plain = authority();
    let refused = |change: fn(&mut rcgen::CertificateParams)| {
        listed(&[&plain.again(NAME, None, change).unwrap()]).unwrap_err()
    };
    let told = refused(|params| {
        params.key_usages = vec![KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
    });
    assert!(told.contains("keyCertSign"), "{told}");
    let told = refused(|params| params.is_ca = IsCa::ExplicitNoCa);
    assert!(told.contains("CA:TRUE"), "{told}");
    let told = refused(|params| params.custom_extensions.push(unknown(true)));
    assert!(told.contains("critical extension"), "{told}");
    let told = refused(|params| {
        let mut name = DistinguishedName::new();
        name.push(DnType::CountryName, "IT");
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DirectoryName(name)],
            excluded_subtrees: Vec::new(),
        });
    });
    assert!(told.contains("not known here"), "limits that nobody here can check: {told}");
    // Without keyUsage nothing is forbidden (RFC 5280, section 4.2.1.3), and what is not critical may
    // be unknown.
    let silent = plain.again(NAME, None, |params| {
        params.key_usages = Vec::new();
        params.custom_extensions.push(unknown(false));
    });
    assert_eq!(judged(&[&silent.unwrap()], &plain, &CardPlan::default()), Ok(()));
}

#[test]
fn an_authority_that_may_not_sign_lists_revokes_nobody() {
    let plain = authority();
    let list = plain.list(&ListPlan::default()).unwrap();
    let without =
        plain.again(NAME, None, |params| params.key_usages = vec![KeyUsagePurpose::KeyCertSign]);
    let without = without.unwrap();
    assert_eq!(judged(&[&without], &plain, &CardPlan::default()), Ok(()));
    let read = |known: &[&Authority]| {
        RevocationList::read(&list, &listed(known).unwrap(), now()).map(|_| ())
    };
    assert_eq!(read(&[&without]), Err(ListFault::NotForLists));
    assert_eq!(read(&[&without, &plain]), Ok(()));
}

#[test]
fn the_name_constraints_of_an_authority_hold_for_its_cards() {
    let plain = authority();
    let limited = |permitted: &[&str], excluded: &[&str]| {
        let subtrees = |names: &[&str]| {
            names.iter().map(|name| GeneralSubtree::DnsName((*name).to_owned())).collect()
        };
        let limits = NameConstraints {
            permitted_subtrees: subtrees(permitted),
            excluded_subtrees: subtrees(excluded),
        };
        plain.again(NAME, None, |params| params.name_constraints = Some(limits)).unwrap()
    };
    let inside = limited(&["example.it"], &["no.example.it"]);
    let judged = |known: &Authority, names: &[SanType]| judged(&[known], &plain, &named(names));
    assert_eq!(judged(&inside, &[]), Ok(()), "nothing that is limited");
    assert_eq!(judged(&inside, &[dns("a.example.it")]), Ok(()));
    for name in ["example.com", "no.example.it", "a.no.example.it", "xexample.it"] {
        assert_eq!(judged(&inside, &[dns(name)]), Err(PathFault::Outside), "{name}");
    }
    // A star stands for names on both sides of a limit (RUSTSEC-2026-0099).
    for name in ["*.example.com", "*.example.it", "*.no.example.it"] {
        assert_eq!(judged(&inside, &[dns(name)]), Err(PathFault::Outside), "{name}");
    }
    // Kinds of names that webpki does not compare are refused (RUSTSEC-2026-0098).
    let uri = SanType::URI("https://a.example.it/".try_into().unwrap());
    let mail = SanType::Rfc822Name("a@example.it".try_into().unwrap());
    assert_eq!(judged(&inside, &[uri, mail.clone()]), Ok(()), "no limit of these kinds");
    let limits = NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::Rfc822Name("example.it".to_owned())],
        excluded_subtrees: Vec::new(),
    };
    let by_mail = plain.again(NAME, None, |params| params.name_constraints = Some(limits));
    assert_eq!(judged(&by_mail.unwrap(), &[mail]), Err(PathFault::Outside));
}

#[test]
fn an_authority_with_several_certificates_is_bound_by_those_that_are_valid() {
    let (plain, other) = (authority(), Authority::root("Altra", NOW).unwrap());
    let good = CardPlan::default();
    let crossed = plain.again(NAME, Some(&other), |_| ()).unwrap();
    // Signed by itself or by another one: the key counts, wherever it stands in the list.
    for known in [
        &[&crossed][..],
        &[&plain, &crossed],
        &[&crossed, &plain],
        &[&other, &crossed],
        &[&plain, &other],
    ] {
        assert_eq!(judged(known, &plain, &good), Ok(()));
    }
    assert_eq!(judged(&[&other], &plain, &good), Err(PathFault::UnknownAuthority));
    // Two that signed each other are two authorities, and no loop.
    let back = other.again("Altra", Some(&plain), |_| ()).unwrap();
    assert_eq!(judged(&[&back, &crossed], &plain, &good), Ok(()));
    assert_eq!(judged(&[&back, &crossed], &other, &good), Ok(()));
    let over = plain.again(NAME, None, |params| {
        params.not_after = params.not_before + time::Duration::days(1);
    });
    let over = over.unwrap();
    assert_eq!(judged(&[&over], &plain, &good), Err(PathFault::AuthorityExpired));
    assert_eq!(judged(&[&over, &crossed], &plain, &good), Ok(()));
    // What has expired frees nobody from the limits of what has not.
    let limits = NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::DnsName("example.it".to_owned())],
        excluded_subtrees: Vec::new(),
    };
    let limited = plain.again(NAME, None, |params| params.name_constraints = Some(limits));
    let limited = limited.unwrap();
    for known in [[&over, &limited], [&limited, &over]] {
        let plan = named(&[dns("example.com")]);
        assert_eq!(judged(&known, &plain, &plan), Err(PathFault::Outside));
        assert_eq!(judged(&known, &plain, &good), Ok(()));
    }
    // Another key under the same name, before or after it.
    let twin = authority();
    assert_eq!(judged(&[&twin, &plain], &plain, &good), Ok(()));
    assert_eq!(judged(&[&plain, &twin], &plain, &good), Ok(()));
}

#[test]
fn a_path_is_one_step_whatever_lengths_are_written() {
    let plain = authority();
    let constrained = |length| {
        plain.again(NAME, None, |params| {
            params.is_ca = IsCa::Ca(BasicConstraints::Constrained(length));
        })
    };
    let good = CardPlan::default();
    let below = plain.subordinate("Sotto").unwrap();
    let deeper = below.subordinate("Più sotto").unwrap();
    for length in [0, 1, 5] {
        let root = constrained(length).unwrap();
        assert_eq!(judged(&[&root], &plain, &good), Ok(()), "{length}");
        for by in [&below, &deeper] {
            assert_eq!(judged(&[&root], by, &good), Err(PathFault::UnknownAuthority), "{length}");
        }
        let authority = CardPlan { authority: true, ..good.clone() };
        assert_eq!(judged(&[&root], &plain, &authority), Err(PathFault::NotForClients));
    }
    assert_eq!(judged(&[&below], &deeper, &good), Err(PathFault::UnknownAuthority));
    assert_eq!(judged(&[&deeper], &deeper, &good), Ok(()), "the operator lists who signs cards");
}

#[test]
fn a_card_with_something_critical_that_nobody_knows_is_refused() {
    let plain = authority();
    let with = |critical| CardPlan { more: vec![unknown(critical)], ..CardPlan::default() };
    assert_eq!(judged(&[&plain], &plain, &with(false)), Ok(()));
    let fault = judged(&[&plain], &plain, &with(true)).unwrap_err();
    assert!(matches!(fault, PathFault::Unusable(_)), "{fault}");
    // Policies that are critical come with qualifiers that somebody would have to obey (RFC 5280, section
    // 4.2.1.4): we know the names of policies, and nothing of what their qualifiers ask.
    let plan = CardPlan { policy: None, ..CardPlan::default() };
    let policies = |critical| CardPlan { more: vec![policies(critical)], ..plan.clone() };
    assert_eq!(judged(&[&plain], &plain, &policies(false)), Ok(()));
    let fault = judged(&[&plain], &plain, &policies(true)).unwrap_err();
    assert!(matches!(fault, PathFault::Unusable(_)), "{fault}");
    let any = CardPlan { purposes: vec![ExtendedKeyUsagePurpose::Any], ..CardPlan::default() };
    assert_eq!(judged(&[&plain], &plain, &any), Err(PathFault::NotForClients));
}

/// The policy of the CNS in an extension of our own making.
fn policies(critical: bool) -> CustomExtension {
    // 1.3.76.16.2.1
    let information = [0x30, 7, 0x06, 5, 0x2B, 0x4C, 0x10, 0x02, 0x01];
    let mut extension =
        CustomExtension::from_oid_content(&[2, 5, 29, 32], [&[0x30, 9][..], &information].concat());
    extension.set_criticality(critical);
    extension
}
