//! The calendar's file while the broker runs: a good one is taken over, a bad one changes nothing and is
//! told.

use std::fs;
use std::sync::Arc;

use varco::app::Assembly;
use varco::config::Depth;
use varco::oidc::client::ClientId;
use varco::policy::Reason;
use varco_sandbox::federation::Prepared;
use varco_sandbox::{Federation, FederationOptions};

/// Why SPID is closed at the portal of INPS today.
fn closed(assembly: &Arc<Assembly>) -> Option<Reason> {
    let broker = &assembly.broker;
    let client = broker.clients.load().get(&ClientId::parse("inps").unwrap()).cloned().unwrap();
    let prospect = broker.calendar.load().prospect(&client, "spid", broker.today());
    prospect.err().map(|denial| denial.reason)
}

/// SPID is accepted up to that day.
fn until(day: &str) -> String {
    format!(
        "[[change]]\nid = \"end\"\ninstruments = [\"spid\"]\nhard_end = {day}\nsource = \"law\"\n\
         reason = {{ it = \"Una prova\" }}\nlegal_ref = \"una legge\"\n"
    )
}

#[tokio::test]
async fn a_calendar_is_taken_over_and_a_bad_one_leaves_the_one_before_in_force() {
    let prepared = Prepared::start(&FederationOptions::default()).await.unwrap();
    let folder = prepared.folder.path().to_owned();
    let (main, file) = (folder.join("varco.toml"), folder.join("calendar.toml"));
    fs::write(&file, until("2020-11-14")).unwrap();
    let text = fs::read_to_string(&main).unwrap();
    let others = text.lines().filter(|line| !line.starts_with("calendar "));
    let named =
        others.fold("calendar = \"calendar.toml\"\n".to_owned(), |text, line| text + line + "\n");
    fs::write(&main, named).unwrap();
    let federation = Federation::of(prepared).await.unwrap();
    let assembly = federation.broker().assembly();
    assert_eq!(closed(assembly), Some(Reason::SwitchOff));

    fs::write(&file, until("2020-11-14").replace("legal_ref", "# legal_ref")).unwrap();
    let look = assembly.look_at_calendar(Depth::Changed);
    assert!(!look.taken);
    let told: Vec<_> = look.refused.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(told, ["change[0].legal_ref"]);
    assert!(assembly.look_at_calendar(Depth::Changed).refused.is_empty(), "told once");
    assert_eq!(closed(assembly), Some(Reason::SwitchOff), "the one before is in force");
    let measured = assembly.measurements().await;
    assert!(measured.contains("varco_calendar_refused 1"), "{measured}");
    let readiness = assembly.readiness().await;
    assert!(
        readiness.is_ready() && readiness.body().contains("the calendar before it is in force")
    );

    fs::write(&file, until("2999-12-31")).unwrap();
    assert!(assembly.look_at_calendar(Depth::Changed).taken);
    assert_eq!(closed(assembly), None);
    let measured = assembly.measurements().await;
    assert!(measured.contains("varco_calendar_refused 0"), "{measured}");
    let next =
        "varco_calendar_next_change_timestamp_seconds{instrument=\"spid\",kind=\"hard_end\"}";
    assert!(measured.contains(next), "{measured}");
    federation.stop().await;
}
