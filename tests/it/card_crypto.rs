//! Authorities that issue cards, lists of revoked ones, and answers of responders.

use varco::crypto::issuers::{Issuers, PathFault};
use varco::crypto::ocsp::{OcspFault, Question, Said};
use varco::crypto::revocation::{ListFault, RevocationList, Standing, distribution_points};
use varco::effects::{Effects, Timestamp};
use varco_sandbox::card::{Authority, CardPlan, ListPlan, RESPONDER_NUMBER, Saying, Signer};

const NOW: i64 = 1_796_000_000;

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(NOW)
}

fn authority() -> Authority {
    Authority::root("CNS di prova", NOW).unwrap()
}

fn issuers(of: &[&Authority]) -> Issuers {
    let files: Vec<Vec<u8>> = of.iter().map(|one| one.pem().as_bytes().to_vec()).collect();
    Issuers::read(&files).unwrap()
}

#[test]
fn the_authority_that_issued_a_card_vouches_for_it() {
    let authority = authority();
    let card = authority.card(&CardPlan::default()).unwrap();
    let known = issuers(&[&authority]);
    let issued = known.issued(&card.certificate, now()).unwrap();
    assert_eq!(issued.issuer.name(), "CN=CNS di prova,O=Ente emettitore di prova,C=IT");
    assert_eq!(issued.serial, [0x10, 1]);
}

#[test]
fn a_card_of_anybody_else_is_refused() {
    let (ours, theirs) = (authority(), Authority::root("Altro", NOW).unwrap());
    let twin = authority();
    let known = issuers(&[&ours]);
    let issued = |authority: &Authority, plan: &CardPlan| {
        let card = authority.card(plan).unwrap();
        known.issued(&card.certificate, now()).map(|_| ()).unwrap_err()
    };
    let good = CardPlan::default();
    assert_eq!(issued(&theirs, &good), PathFault::UnknownAuthority);
    assert_eq!(issued(&twin, &good), PathFault::UnknownAuthority, "the same name, another key");
    // An authority below a listed one is not listed: what a client sends along never makes a path.
    let below = ours.subordinate("Sotto").unwrap();
    assert_eq!(issued(&below, &good), PathFault::UnknownAuthority);
    assert_eq!(issued(&ours, &CardPlan { days: (-20, -1), ..good.clone() }), PathFault::Expired);
    assert_eq!(issued(&ours, &CardPlan { days: (1, 20), ..good.clone() }), PathFault::NotYetValid);
    for plan in [
        CardPlan { purposes: Vec::new(), ..good.clone() },
        CardPlan { purposes: vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth], ..good.clone() },
        CardPlan { authority: true, ..good.clone() },
    ] {
        assert_eq!(issued(&ours, &plan), PathFault::NotForClients, "{plan:?}");
    }
    for octets in [Vec::new(), b"\x30\x00".to_vec(), vec![0x30; 1 << 20]] {
        assert!(matches!(known.issued(&octets, now()), Err(PathFault::Unusable(_))));
    }
    let mut changed = ours.card(&good).unwrap().certificate;
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert_eq!(known.issued(&changed, now()).unwrap_err(), PathFault::UnknownAuthority);
}

#[test]
fn the_certificate_of_the_authority_must_be_valid_too() {
    let short = Authority::lasting("Breve", NOW, 10).unwrap();
    let card = short.card(&CardPlan::default()).unwrap();
    let known = issuers(&[&short]);
    assert!(known.issued(&card.certificate, now()).is_ok());
    let later = Timestamp::from_unix_seconds(NOW + 11 * 86_400);
    assert_eq!(known.issued(&card.certificate, later).unwrap_err(), PathFault::AuthorityExpired);
}

#[test]
fn what_is_no_authority_is_not_listed() {
    let card = authority().card(&CardPlan::default()).unwrap();
    assert!(Issuers::read(&[card.certificate_pem.into_bytes()]).is_err());
    assert!(Issuers::read(&[b"nothing".to_vec()]).is_err());
}

#[test]
fn signatures_with_sha1_and_md5_and_short_authority_keys_are_weak() {
    let read = |name: &str| std::fs::read(format!("tests/fixtures/cns/{name}.pem")).unwrap();
    let at = Timestamp::from_unix_seconds(NOW);
    let known = Issuers::read(&[read("authority")]).unwrap();
    for card in ["sha1", "md5"] {
        let der = varco::crypto::certificate::Pem::Certificate
            .read(&String::from_utf8(read(card)).unwrap())
            .unwrap();
        assert_eq!(known.issued(&der, at).unwrap_err(), PathFault::Weak, "{card}");
    }
    assert!(Issuers::read(&[read("authority-1024")]).is_err(), "an authority's key of 1024 bits");
}

#[test]
fn a_list_tells_who_was_revoked_or_suspended() {
    let authority = authority();
    let known = issuers(&[&authority]);
    let plan = ListPlan {
        revoked: vec![(vec![0x10, 2], false), (vec![0x10, 3], true)],
        ..ListPlan::default()
    };
    let list = RevocationList::read(&authority.list(&plan).unwrap(), &known, now()).unwrap();
    let issuer = known.iter().next().unwrap();
    let standing = |serial: &[u8]| list.standing(issuer, serial, &[], now());
    assert_eq!(standing(&[0x10, 1]), Standing::Good);
    assert_eq!(standing(&[0x10, 2]), Standing::Revoked);
    assert_eq!(standing(&[0x10, 3]), Standing::Revoked, "on hold");
    let later = Timestamp::from_unix_seconds(NOW + 25 * 3600);
    assert_eq!(list.standing(issuer, &[0x10, 1], &[], later), Standing::Stale);
    assert_eq!(list.standing(issuer, &[0x10, 2], &[], later), Standing::Revoked, "for ever");
    let other = Authority::root("Altro", NOW).unwrap();
    let others = issuers(&[&other]);
    let other = others.iter().next().unwrap();
    assert_eq!(list.standing(other, &[0x10, 1], &[], now()), Standing::NotCovered);
}

#[test]
fn only_a_complete_list_that_the_authority_signed_counts() {
    let (ours, theirs) = (authority(), Authority::root("Altro", NOW).unwrap());
    let twin = authority();
    let known = issuers(&[&ours]);
    let read = |octets: &[u8]| RevocationList::read(octets, &known, now()).map(|_| ()).unwrap_err();
    let plan = ListPlan::default();
    assert_eq!(read(&theirs.list(&plan).unwrap()), ListFault::UnknownAuthority);
    assert_eq!(read(&twin.list(&plan).unwrap()), ListFault::Signature, "same name, another key");
    let mut changed = ours.list(&plan).unwrap();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert_eq!(read(&changed), ListFault::Signature);
    let future = ListPlan { hours: (1, 24), ..plan.clone() };
    assert_eq!(read(&ours.list(&future).unwrap()), ListFault::NotYetValid);
    let authorities =
        ListPlan { point: Some(("http://ca.example/ca.crl".to_owned(), true)), ..plan };
    assert_eq!(read(&ours.list(&authorities).unwrap()), ListFault::Scope);
    for octets in [&b""[..], b"\x30\x00", b"\x30\x84\xff\xff\xff\xff", b"-----BEGIN X509 CRL-----"]
    {
        assert!(matches!(read(octets), ListFault::Unreadable(_)), "{octets:?}");
    }
    // Whatever is cut off, or changed, is refused and breaks nothing.
    let whole = ours.list(&ListPlan::default()).unwrap();
    for end in 0..whole.len() {
        assert!(RevocationList::read(&whole[..end], &known, now()).is_err());
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        assert!(RevocationList::read(&changed, &known, now()).is_err(), "octet {at}");
    }
}

/// The shapes that `rcgen` does not write, made by `openssl` (tests/fixtures/cns/make.sh).
#[test]
fn delta_indirect_and_partial_lists_are_refused() {
    let read = |name: &str| std::fs::read(format!("tests/fixtures/cns/{name}")).unwrap();
    let known = Issuers::read(&[read("authority.pem")]).unwrap();
    let at = Timestamp::from_unix_seconds(NOW);
    assert!(RevocationList::read(&read("whole.crl.pem"), &known, at).is_ok());
    for name in ["delta", "indirect", "some-reasons", "no-reasons"] {
        let fault = RevocationList::read(&read(&format!("{name}.crl.pem")), &known, at);
        let fault = fault.map(|_| ()).unwrap_err();
        assert!(matches!(fault, ListFault::Scope | ListFault::Unreadable(_)), "{name}: {fault:?}");
    }
}

#[test]
fn a_partial_list_counts_for_cards_that_name_its_point() {
    let authority = authority();
    let known = issuers(&[&authority]);
    let issuer = known.iter().next().unwrap();
    let point = "http://ca.example/2.crl".to_owned();
    let plan = ListPlan { point: Some((point.clone(), false)), ..ListPlan::default() };
    let list = RevocationList::read(&authority.list(&plan).unwrap(), &known, now()).unwrap();
    let standing = |points: &[Vec<u8>]| list.standing(issuer, &[0x10, 1], points, now());
    assert_eq!(standing(&[]), Standing::NotCovered);
    assert_eq!(standing(&[b"http://ca.example/1.crl".to_vec()]), Standing::NotCovered);
    // The second of two points counts as the first would (RUSTSEC-2026-0049).
    let both = [b"http://ca.example/1.crl".to_vec(), point.into_bytes()];
    assert_eq!(standing(&both), Standing::Good);
}

#[test]
fn points_for_some_reasons_or_of_another_issuer_clear_nobody() {
    use varco::crypto::der::{SEQUENCE, implicit, tagged, write};
    let name = |uri: &str| {
        write(tagged(0), &[&write(tagged(0), &[&write(implicit(6), &[uri.as_bytes()])])])
    };
    let reasons = write(implicit(1), &[&[1, 6]]);
    let issuer = write(tagged(2), &[&write(implicit(6), &[b"x"])]);
    let extension = write(
        SEQUENCE,
        &[
            &write(SEQUENCE, &[&name("http://a.example/"), &reasons]),
            &write(SEQUENCE, &[&name("http://b.example/"), &issuer]),
            &write(SEQUENCE, &[&name("http://c.example/")]),
            &write(SEQUENCE, &[&issuer]),
        ],
    );
    assert_eq!(distribution_points(&extension).unwrap(), [b"http://c.example/".to_vec()]);
}

#[test]
fn an_older_list_does_not_follow_a_newer_one() {
    let authority = authority();
    let known = issuers(&[&authority]);
    let list = |hours, number| {
        let plan = ListPlan { hours, number, ..ListPlan::default() };
        RevocationList::read(&authority.list(&plan).unwrap(), &known, now()).unwrap()
    };
    let newer = list((-1, 24), 300);
    assert!(newer.is_followed_by(&list((-1, 24), 300)));
    assert!(list((-2, 24), 5).is_followed_by(&newer));
    assert!(!newer.is_followed_by(&list((-2, 24), 300)));
    assert!(!newer.is_followed_by(&list((-1, 24), 299)));
}

struct Asked {
    authority: Authority,
    issuers: Issuers,
    question: Question,
}

fn asked() -> Asked {
    let authority = authority();
    let issuers = issuers(&[&authority]);
    let card = authority.card(&CardPlan::default()).unwrap();
    let (fx, _) = Effects::scripted(NOW, 7);
    let question =
        Question::about(&issuers.issued(&card.certificate, now()).unwrap(), &fx).unwrap();
    Asked { authority, issuers, question }
}

impl Asked {
    fn told(&self, saying: &Saying, nonce_required: bool) -> Result<Said, OcspFault> {
        let answer = self.authority.answer(&self.question.write(), saying, NOW).unwrap();
        self.read(&answer, nonce_required)
    }

    fn read(&self, answer: &[u8], nonce_required: bool) -> Result<Said, OcspFault> {
        let issuer = self.issuers.iter().next().unwrap();
        let listed = |_: &[u8], _: &[Vec<u8>]| Standing::NotCovered;
        self.question.read(answer, issuer, now(), nonce_required, listed).map(|answer| answer.said)
    }

    /// The same where lists say that of the responder's own certificate.
    fn told_by(
        &self,
        signer: Signer,
        status: &'static str,
        listed: Standing,
    ) -> Result<Said, OcspFault> {
        let saying = Saying { signer, status, ..Saying::default() };
        let answer = self.authority.answer(&self.question.write(), &saying, NOW).unwrap();
        let issuer = self.issuers.iter().next().unwrap();
        let standing = |serial: &[u8], points: &[Vec<u8>]| {
            assert_eq!((serial, points.len()), (&RESPONDER_NUMBER[..], 0));
            listed
        };
        self.question.read(&answer, issuer, now(), true, standing).map(|answer| answer.said)
    }
}

#[test]
fn a_responder_says_good_revoked_or_unknown() {
    let asked = asked();
    for (status, said) in
        [("good", Said::Good), ("revoked", Said::Revoked), ("unknown", Said::Unknown)]
    {
        for signer in [Signer::Authority, Signer::Delegated] {
            let saying = Saying { status, signer, ..Saying::default() };
            assert_eq!(asked.told(&saying, true), Ok(said), "{saying:?}");
        }
    }
}

/// RFC 6960, section 4.2.2.2.1.
#[test]
fn a_responder_of_the_authority_must_be_known_not_to_be_revoked_itself() {
    let asked = asked();
    let told = |signer, status, listed| asked.told_by(signer, status, listed);
    for listed in [Standing::Good, Standing::NotCovered, Standing::Stale] {
        assert_eq!(told(Signer::Delegated, "good", listed), Ok(Said::Good), "nocheck: {listed:?}");
    }
    assert_eq!(told(Signer::Revocable, "good", Standing::Good), Ok(Said::Good));
    for listed in [Standing::NotCovered, Standing::Stale] {
        let told = |status| told(Signer::Revocable, status, listed);
        for status in ["good", "unknown"] {
            assert_eq!(told(status), Err(OcspFault::SignerUnchecked), "{listed:?}");
        }
        assert_eq!(told("revoked"), Ok(Said::Revoked), "it lets nobody in");
    }
    for signer in [Signer::Delegated, Signer::Revocable] {
        for status in ["good", "revoked", "unknown"] {
            let told = told(signer, status, Standing::Revoked);
            assert_eq!(told, Err(OcspFault::SignerRevoked), "{signer:?}");
        }
    }
    assert_eq!(told(Signer::Unusual, "good", Standing::Good), Err(OcspFault::Signer));
}

#[test]
fn an_answer_counts_only_if_it_is_to_this_question() {
    let asked = asked();
    let good = Saying::default;
    for (saying, fault) in [
        (Saying { status: "tryLater", ..good() }, OcspFault::Declined),
        (Saying { other: true, ..good() }, OcspFault::OtherCertificate),
        (Saying { signer: Signer::Stranger, ..good() }, OcspFault::Signer),
        (Saying { signer: Signer::WithoutPurpose, ..good() }, OcspFault::Signer),
        (Saying { nonce: false, ..good() }, OcspFault::Nonce),
        (Saying { minutes: (-120, Some(-1)), ..good() }, OcspFault::Time),
        (Saying { minutes: (10, Some(60)), ..good() }, OcspFault::Time),
        (Saying { minutes: (-120, None), ..good() }, OcspFault::Time),
    ] {
        assert_eq!(asked.told(&saying, true), Err(fault), "{saying:?}");
    }
    assert_eq!(
        asked.told(&Saying { nonce: false, ..good() }, false),
        Ok(Said::Good),
        "as configured"
    );
    // A genuine answer to an earlier question is a replay.
    let (fx, _) = Effects::scripted(NOW, 8);
    let card = asked.authority.card(&CardPlan::default()).unwrap();
    let again =
        Question::about(&asked.issuers.issued(&card.certificate, now()).unwrap(), &fx).unwrap();
    let answer = asked.authority.answer(&again.write(), &good(), NOW).unwrap();
    for required in [true, false] {
        assert_eq!(asked.read(&answer, required), Err(OcspFault::Nonce));
    }
}

#[test]
fn octets_that_are_no_answer_are_refused() {
    let asked = asked();
    let whole = asked.authority.answer(&asked.question.write(), &Saying::default(), NOW).unwrap();
    for end in 0..whole.len() {
        assert!(asked.read(&whole[..end], true).is_err());
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        assert!(asked.read(&changed, true).is_err(), "octet {at}");
    }
}
