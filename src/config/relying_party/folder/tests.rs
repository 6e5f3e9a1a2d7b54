use std::fs;

use super::*;
use crate::oidc::client::SubjectType;
use crate::terms::Locale;

/// A folder that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("varco-parties-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Written beside and renamed, as configuration tools do.
    fn write(&self, name: &str, text: &str) {
        let beside = self.0.join(format!(".{name}"));
        fs::write(&beside, text).unwrap();
        fs::rename(beside, self.0.join(name)).unwrap();
    }

    fn client(&self, file: &str, id: &str, subject_type: &str) {
        self.write(file, &text(id, subject_type));
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.0.join(name)).unwrap();
    }

    fn parties(&self) -> RelyingParties {
        let offer = Offer { upstreams: vec!["spid"], ..Offer::default() };
        RelyingParties::new(self.0.clone(), offer)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(id: &str, subject_type: &str) -> String {
    format!(
        r#"
client_id = "{id}"
redirect_uris = ["https://{id}.example/cb"]
client_secret = "file:the.secret"
scopes = ["openid"]
subject_type = "{subject_type}"
initiate_login_uri = "https://{id}.example/"
name.it = "Uno"
assistance.email = "uno@{id}.example"
[branding]
legal_uri = "https://{id}.example/l"
privacy_uri = "https://{id}.example/p"
accessibility_uri = "https://{id}.example/a"
"#
    )
}

fn ids(parties: &RelyingParties) -> Vec<&str> {
    parties.clients().map(|client| client.id.as_str()).collect()
}

fn subject(parties: &RelyingParties, id: &str) -> SubjectType {
    parties.clients().find(|client| client.id.as_str() == id).unwrap().subject_type
}

/// Two good files, looked at once.
fn two(name: &str) -> (Scratch, RelyingParties) {
    let scratch = Scratch::new(name);
    scratch.write("the.secret", "0123456789012345678901234567890123456789");
    scratch.client("a.toml", "alfa", "pairwise");
    scratch.client("b.toml", "beta", "pairwise");
    let mut parties = scratch.parties();
    let look = parties.look(Depth::Changed, &|_| None);
    assert_eq!((look.taken, look.removed, look.refused), (2, 0, Vec::new()));
    (scratch, parties)
}

#[test]
fn nothing_is_read_again_when_nothing_changed() {
    let (_scratch, mut parties) = two("still");
    let before: Vec<_> = parties.clients().cloned().collect();
    assert!(!parties.look(Depth::Changed, &|_| panic!("a file was read")).changed());
    let after = parties.clients();
    assert!(before.iter().zip(after).all(|(before, after)| Arc::ptr_eq(before, after)));
}

#[test]
fn a_file_that_changed_came_or_went_is_taken_over_alone() {
    let (scratch, mut parties) = two("taken");
    let beta = Arc::clone(parties.clients().nth(1).unwrap());
    scratch.client("a.toml", "alfa", "public");
    scratch.client("c.toml", "gamma", "pairwise");
    let look = parties.look(Depth::Changed, &|_| None);
    assert_eq!((look.taken, look.removed), (2, 0));
    assert_eq!(subject(&parties, "alfa"), SubjectType::Public);
    assert_eq!(ids(&parties), ["alfa", "beta", "gamma"]);
    assert!(Arc::ptr_eq(&beta, parties.clients().nth(1).unwrap()), "beta was not touched");

    scratch.remove("b.toml");
    let look = parties.look(Depth::Changed, &|_| None);
    assert_eq!((look.taken, look.removed), (0, 1));
    assert_eq!(ids(&parties), ["alfa", "gamma"]);
}

#[test]
fn a_bad_file_leaves_its_client_as_it_was_and_hinders_no_other() {
    let (scratch, mut parties) = two("bad");
    scratch.write("a.toml", "client_id = ");
    scratch.client("b.toml", "beta", "public");
    let look = parties.look(Depth::Changed, &|_| None);
    assert_eq!(look.taken, 1);
    assert_eq!(look.refused.len(), 1);
    assert!(look.refused[0].file.ends_with("a.toml"));
    assert_eq!(parties.refused(), 1);
    assert_eq!(subject(&parties, "alfa"), SubjectType::Pairwise);
    assert_eq!(subject(&parties, "beta"), SubjectType::Public);

    let again = parties.look(Depth::All, &|_| None);
    assert_eq!(again.refused, Vec::new(), "it is told once");
    assert_eq!(parties.refused(), 1, "and counted as long as it stands");

    scratch.client("a.toml", "alfa", "public");
    parties.look(Depth::Changed, &|_| None);
    assert_eq!((parties.refused(), subject(&parties, "alfa")), (0, SubjectType::Public));
}

#[test]
fn a_client_whose_file_is_gone_is_gone_even_if_the_file_was_bad() {
    let (scratch, mut parties) = two("gone");
    scratch.write("a.toml", "client_id = ");
    parties.look(Depth::Changed, &|_| None);
    assert_eq!(ids(&parties), ["alfa", "beta"]);
    scratch.remove("a.toml");
    assert_eq!(parties.look(Depth::Changed, &|_| None).removed, 1);
    assert_eq!((ids(&parties), parties.refused()), (vec!["beta"], 0));
}

#[test]
fn a_name_that_is_in_force_is_not_taken_by_another_file() {
    let (scratch, mut parties) = two("name");
    let alfa = Arc::clone(parties.clients().next().unwrap());
    scratch.client("0.toml", "alfa", "public");
    let look = parties.look(Depth::Changed, &|_| None);
    assert_eq!((look.taken, look.refused[0].key.as_str()), (0, "client_id"));
    assert!(Arc::ptr_eq(&alfa, parties.clients().next().unwrap()));

    // Whoever waits for the name gets it when it is free.
    scratch.remove("a.toml");
    let look = parties.look(Depth::Changed, &|_| None);
    assert_eq!((look.taken, look.removed), (1, 1));
    assert_eq!((ids(&parties), parties.refused()), (vec!["alfa", "beta"], 0));
    assert_eq!(subject(&parties, "alfa"), SubjectType::Public);
}

#[test]
fn two_files_can_exchange_their_names() {
    let (scratch, mut parties) = two("exchange");
    scratch.client("a.toml", "beta", "public");
    scratch.client("b.toml", "alfa", "pairwise");
    let look = parties.look(Depth::Changed, &|_| None);
    assert_eq!((look.taken, look.removed, look.refused.len()), (2, 0, 0));
    assert_eq!(subject(&parties, "beta"), SubjectType::Public);
    assert_eq!(parties.clients().count(), 2);
}

#[test]
fn a_file_is_read_again_when_a_file_that_it_names_changed() {
    let (scratch, mut parties) = two("named");
    scratch.write("the.secret", "another secret that is as long as it must be");
    assert_eq!(parties.look(Depth::Changed, &|_| None).taken, 2);
    scratch.write("the.secret", "short");
    let look = parties.look(Depth::Changed, &|_| None);
    assert_eq!((look.taken, look.refused.len(), parties.clients().count()), (0, 2, 2));
}

#[test]
fn what_the_judge_does_not_find_good_is_refused() {
    let (scratch, mut parties) = two("judge");
    scratch.client("a.toml", "alfa", "public");
    let look = parties.look(Depth::Changed, &|_| Some("cannot be served".to_owned()));
    assert_eq!((look.taken, look.refused[0].wrong.as_str()), (0, "cannot be served"));
    assert_eq!(subject(&parties, "alfa"), SubjectType::Pairwise);
}

#[test]
fn a_folder_that_cannot_be_read_changes_nothing() {
    let (scratch, mut parties) = two("folder");
    fs::remove_dir_all(&scratch.0).unwrap();
    let look = parties.look(Depth::Changed, &|_| None);
    assert!(!look.changed() && look.refused.len() == 1, "{look:?}");
    assert_eq!(parties.clients().count(), 2);
}

/// So many that several threads read them: what they say stays in the order of the files.
#[test]
fn many_files_are_read_as_one_after_the_other() {
    let scratch = Scratch::new("many");
    scratch.write("the.secret", &"s".repeat(32));
    for number in 0..5 * SHARE {
        let id = if number % 100 == 99 { "same".to_owned() } else { format!("c{number:04}") };
        let file = format!("f{number:04}.toml");
        match number % 50 {
            7 => scratch.write(&file, "client_id = "),
            _ => scratch.client(&file, &id, "pairwise"),
        }
    }
    let mut parties = scratch.parties();
    let look = parties.look(Depth::All, &|_| None);
    let told: Vec<(String, &str)> = look
        .refused
        .iter()
        .map(|one| (one.file.file_name().unwrap().to_string_lossy().into_owned(), &*one.key))
        .collect();
    let expected: Vec<(String, &str)> = (0..5 * SHARE)
        .filter_map(|number| match (number % 50, number % 100) {
            (7, _) => Some((format!("f{number:04}.toml"), "line 1")),
            // The first one of a name has it.
            (_, 99) if number > 99 => Some((format!("f{number:04}.toml"), "client_id")),
            _ => None,
        })
        .collect();
    assert_eq!(told, expected);
    assert_eq!(look.taken, 5 * SHARE - expected.len());
    let ids = ids(&parties);
    assert!(ids.is_sorted_by(|a, b| a == &"same" || b == &"same" || a < b), "{ids:?}");
}

#[test]
fn every_bad_file_is_a_problem_at_the_start() {
    let scratch = Scratch::new("start");
    scratch.write("a.toml", "client_id = ");
    scratch.write("b.toml", "client_id = ");
    let mut problems = Problems::default();
    scratch.parties().open(&mut problems);
    assert_eq!(problems.iter().count(), 2);
}

#[test]
fn a_client_with_a_certificate_is_refused_where_nobody_asks_for_one() {
    let (scratch, mut parties) = two("certificate");
    let method = "token_endpoint_auth_method = \"tls_client_auth\"\ntls_client_auth_san_dns = \"a.example\"\n";
    let text = text("alfa", "pairwise").replace("client_secret = \"file:the.secret\"\n", method);
    let cases = [(false, false, 1), (true, false, 1), (true, true, 0)];
    for (certificates, authorities, refused) in cases {
        scratch.write("a.toml", &text);
        parties.offer = Offer { certificates, authorities, ..parties.offer.clone() };
        let look = parties.look(Depth::All, &|_| None);
        assert_eq!(parties.refused(), refused, "{look:?}");
    }
}

#[test]
fn several_hosts_share_people_only_where_the_operator_says_so() {
    let (scratch, mut parties) = two("sector");
    let one = "redirect_uris = [\"https://alfa.example/cb\"]\n";
    let several = "redirect_uris = [\"https://alfa.example/cb\", \"https://b.example/\"]\n";
    let text = text("alfa", "pairwise").replace(one, several);
    for (more, sector) in [
        ("", None),
        ("sector_identifier = \"ente\"\n", Some("ente")),
        ("sector_identifier_uri = \"https://s.example/l\"\n", Some("s.example")),
        ("sector_identifier_uri = \"http://s.example/l\"\n", None),
    ] {
        scratch.write("a.toml", &format!("{more}{text}"));
        let look = parties.look(Depth::All, &|_| None);
        assert_eq!(look.refused.len(), usize::from(sector.is_none()), "{look:?}");
        let alfa = parties.clients().next().unwrap();
        let expected = sector.unwrap_or(if more.is_empty() { "alfa.example" } else { "s.example" });
        assert_eq!(alfa.sector, expected);
    }
}

#[test]
fn reasons_are_stated_by_scope_or_claim_and_in_italian_at_least() {
    let scratch = Scratch::new("reasons");
    scratch.write("the.secret", "0123456789012345678901234567890123456789");
    let file = |reasons: &str| format!("{}{reasons}", text("alfa", "pairwise"));
    scratch.write(
        "a.toml",
        &file("[reasons.profile]\nit = \"per salutarti\"\nde = \"zum Gruß\"\n[reasons.codice_fiscale]\nit = \"perché sì\"\n"),
    );
    let mut parties = scratch.parties();
    parties.look(Depth::Changed, &|_| None);
    let reasons = parties.clients().next().unwrap().branding.reasons.clone();
    assert_eq!(reasons.keys().collect::<Vec<_>>(), ["codice_fiscale", "profile"]);
    assert_eq!(reasons["profile"].get(Locale::De), "zum Gruß");
    scratch.write(
        "a.toml",
        &file("[reasons.hobbies]\nit = \"x\"\n[reasons.email]\nde = \"x\"\n[reasons.phone]\nit = \"x\"\nxx = \"x\"\n"),
    );
    let refused = parties.look(Depth::Changed, &|_| None).refused;
    let report = format!("{refused:?}");
    for key in ["reasons.hobbies", "reasons.email.it", "reasons.phone.xx"] {
        assert!(report.contains(key), "{key}: {report}");
    }
}

/// What is wrong with the file of a client that ends so.
fn mistakes(name: &str, root: &str, tables: &str) -> Vec<(String, String)> {
    let scratch = Scratch::new(name);
    let file = text("uno", "pairwise").replacen("[branding]", &format!("{root}\n[branding]"), 1);
    scratch.write("the.secret", "a secret of thirty-two octets or more");
    scratch.write("uno.toml", &format!("{file}\n{tables}"));
    let offer = Offer { upstreams: vec!["spid", "cie-saml"], ..Offer::default() };
    let mut parties = RelyingParties::new(scratch.0.clone(), offer);
    let look = parties.look(Depth::All, &|_| None);
    assert_eq!(look.taken, usize::from(look.refused.is_empty()));
    assert!(look.refused.iter().all(|problem| !problem.remedy.is_empty()));
    look.refused.into_iter().map(|problem| (problem.key, problem.wrong)).collect()
}

#[test]
fn a_policy_says_where_each_of_its_mistakes_is() {
    let found = mistakes(
        "policy",
        "",
        r#"
[[policy]]
until = 2026-12-31
instruments = ["spid", "pin-imps"]
categories = ["citizens"]
[[policy]]
from = 2026-12-31
until = 2026-11-30
legal_ref = "L. 1/2026"
instruments = []
minimum_age = 300
delegable = "some"
dedicated_to = ["nobody"]
[[policy.level]]
categories = ["company"]
[policy.eidas_off]
reason = "none"
"#,
    );
    let keys: Vec<&str> = found.iter().map(|(key, _)| key.as_str()).collect();
    for key in [
        "policy[0].legal_ref",
        "policy[0].instruments",
        "policy[0].categories",
        "policy[1].until",
        "policy[1].instruments",
        "policy[1].minimum_age",
        "policy[1].delegable",
        "policy[1].dedicated_to",
        "policy[1].level[0].at_least",
        "policy[1].eidas_off.decided_by",
        "policy[1].eidas_off.decided_on",
        "policy",
    ] {
        assert!(keys.contains(&key), "{key}: {found:#?}");
    }
}

#[test]
fn a_public_service_at_level_2_takes_eidas_or_says_who_let_it_off() {
    let wrong = mistakes("eidas", "minimum_level = 2", "");
    let told = "asks level 2 and does not accept the means of other states".to_owned();
    assert_eq!(wrong, [("upstreams".to_owned(), told.clone())]);
    let wrong = mistakes("eidas-period", "", "[[policy]]\nminimum_level = 2\n");
    assert_eq!(wrong, [("policy[0].instruments".to_owned(), told)]);
    let waiver = "[[policy]]\nminimum_level = 2\n[policy.eidas_off]\nreason = \"why\"\n\
                  decided_by = \"who\"\ndecided_on = 2026-11-22\n";
    assert_eq!(mistakes("eidas-off", "minimum_level = 2", waiver), []);
    let lower = "[[policy]]\nminimum_level = 1\n[policy.eidas_off]\nreason = \"why\"\n\
                 decided_by = \"who\"\ndecided_on = 2026-11-22\n";
    let wrong = mistakes("lower", "minimum_level = 2", lower);
    assert_eq!(wrong.len(), 1);
    assert_eq!(wrong[0].0, "policy[0].minimum_level");
}

#[test]
fn an_instrument_for_dedicated_services_is_a_mistake_of_an_ordinary_one() {
    let helpdesk = "[[policy]]\ninstruments = [\"spid\", \"helpdesk\"]\n";
    let wrong = mistakes("dedicated", "", helpdesk);
    assert_eq!(wrong.len(), 1);
    assert_eq!(wrong[0].0, "policy[0].instruments");
    let dedicated = format!("{helpdesk}dedicated_to = [\"minor\"]\n");
    assert_eq!(mistakes("dedicated-to", "", &dedicated), []);
}
