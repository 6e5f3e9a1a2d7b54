//! What the program writes while people sign in: nothing that is a person's or a secret (attack rows
//! OP-CO-7 and R-44).

use std::fs::{self, File};
use std::process::Stdio;

use crate::relying_party_files::{Program, until};
use crate::saml_world::{Answer, FIRST, World, mario};

#[tokio::test]
async fn the_log_at_its_most_talkative_holds_nothing_of_a_login() {
    let mut world = World::start("memory").await;
    world.halt().await;
    // Roles are asked of a server where nobody answers: that is told too, and without the person.
    let source = "[entitlement.away]\nkind = \"http\"\nurl = \"http://127.0.0.1:9/roles\"\n\
        bearer_token = \"file:keys/pairwise\"\non_failure = \"without_roles\"\n\n[log]\n";
    let changes = [("filter = \"off\"", "filter = \"varco=trace\""), ("[log]\n", source)];
    world.rewrite("varco.toml", "varco.toml", &changes);
    let inps = "relying-parties/inps.toml";
    let roles = "\"document\", \"roles\"]\nupstreams = [\"spid\"";
    let table = "[entitlements]\nsource = \"away\"\n\n[name]";
    let changes = [("\"document\"]\nupstreams = [\"spid\"", roles), ("[name]", table)];
    world.rewrite(inps, inps, &changes);
    let path = world.prepared.folder.path().join("log");
    let log = || Stdio::from(File::options().create(true).append(true).open(&path).unwrap());
    let program = Program::telling(&world.prepared, log(), log());
    until(&world.prepared, "inps", 200).await;

    let mut visitor = world.visitor();
    let asked = visitor.depart("inps", FIRST).await;
    let answer = Answer::to(&asked, FIRST).encoded(&world);
    let fields = [("SAMLResponse", answer.as_str()), ("RelayState", asked.ticket.as_str())];
    assert_eq!(world.post(&fields).await.status, 303);
    let back = visitor.go_on(&asked.tx).await;
    assert_eq!(back.status, 303, "{back:?}");
    let home = visitor.get(&back.location).await;
    assert_eq!(home.status, 303, "{home:?}");
    // Refusals are told at greater length.
    let again = visitor.get(&back.location).await;
    assert_ne!(again.status, 200, "{again:?}");
    world.post(&fields).await.refuses("response-replayed");
    let forged = Answer::to(&asked, FIRST).with_id("_another").unsigned().encoded(&world);
    let forged = [("SAMLResponse", forged.as_str()), ("RelayState", asked.ticket.as_str())];
    assert_ne!(world.post(&forged).await.status, 200);
    let gone = visitor.go_on(&asked.tx).await;
    assert_eq!(gone.status, 400, "{gone:?}");
    drop(program);

    let told = fs::read_to_string(&path).unwrap();
    assert!(told.contains("listening") && told.contains("VARCO-"), "{told}");
    assert!(told.contains("the source of roles told nothing"), "{told}");
    let (_, code) = back.location.split_once("code=").unwrap();
    let mut secrets = vec![code.split('&').next().unwrap().to_owned(), asked.ticket, asked.tx];
    let (start, _) = answer.split_at(200);
    secrets.push(start.to_owned());
    secrets.extend(visitor.into_cookies().into_values().filter(|value| value.len() >= 40));
    secrets.extend(mario().into_values());
    assert!(secrets.len() > 7);
    for secret in secrets {
        assert!(!told.contains(&secret), "{secret} in\n{told}");
    }
    world.stop().await;
}
