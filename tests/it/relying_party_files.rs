//! Files of relying parties that change while the broker runs: the real folder, the real program.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use varco::config::Depth;
use varco::oidc::client::ClientId;
use varco_sandbox::federation::Prepared;
use varco_sandbox::{Federation, FederationOptions};

fn file_of(folder: &std::path::Path, id: &str) -> PathBuf {
    folder.join("relying-parties").join(format!("{id}.toml"))
}

/// The file of a portal under another name.
fn another(folder: &std::path::Path, id: &str) -> String {
    let text = fs::read_to_string(file_of(folder, "inps")).unwrap();
    text.replace("client_id = \"inps\"", &format!("client_id = \"{id}\""))
}

#[tokio::test]
async fn a_file_is_taken_over_and_a_bad_one_leaves_its_client_in_force() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let assembly = federation.broker().assembly();
    let folder = federation.folder().path();
    let known =
        |id: &str| assembly.broker.clients.load().get(&ClientId::parse(id).unwrap()).is_some();
    assert!(known("inps") && !known("nuovo"));

    fs::write(file_of(folder, "nuovo"), another(folder, "nuovo")).unwrap();
    assembly.look_at_relying_parties(Depth::Changed).await;
    assert!(known("nuovo"));

    fs::write(file_of(folder, "nuovo"), "client_id = \"nuovo\"").unwrap();
    assembly.look_at_relying_parties(Depth::Changed).await;
    assert!(known("nuovo"), "the old version stays");
    let measured = assembly.measurements().await;
    assert!(measured.contains("varco_relying_party_files_refused 1"), "{measured}");

    fs::remove_file(file_of(folder, "nuovo")).unwrap();
    assembly.look_at_relying_parties(Depth::Changed).await;
    assert!(!known("nuovo") && known("inps"));
    assert!(assembly.measurements().await.contains("varco_relying_party_files_refused 0"));
    federation.stop().await;
}

/// The program; it ends with the test.
pub(crate) struct Program(Child);

impl Program {
    fn serve(prepared: &Prepared) -> Self {
        Self::telling(prepared, Stdio::null(), Stdio::null())
    }

    /// Serves, and writes there.
    pub(crate) fn telling(prepared: &Prepared, log: Stdio, panics: Stdio) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_varco"));
        command.arg("serve").arg("--config").arg(prepared.folder.configuration());
        Self(command.stdout(log).stderr(panics).spawn().unwrap())
    }

    fn hang_up(&self) {
        let process = self.0.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &process]).status().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks until the status is `wanted`: a minute at most.
pub(crate) async fn until(prepared: &Prepared, client: &str, wanted: u16) {
    let address = format!("{}/brand/{client}.css", prepared.ports.issuer());
    for _ in 0..3000 {
        if let Ok(answer) = prepared.http.get(&address).send().await
            && answer.status() == wanted
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{client}: never {wanted}");
}

#[tokio::test]
async fn the_program_follows_its_folder_and_the_signal() {
    let prepared = Prepared::start(&FederationOptions::default()).await.unwrap();
    let folder = prepared.folder.path().to_owned();
    let program = Program::serve(&prepared);
    until(&prepared, "inps", 200).await;

    // Without a signal.
    fs::write(file_of(&folder, "nuovo"), another(&folder, "nuovo")).unwrap();
    until(&prepared, "nuovo", 200).await;

    // A folder of another name is seen by the signal alone.
    fs::rename(folder.join("relying-parties"), folder.join("parties")).unwrap();
    let text = fs::read_to_string(prepared.folder.configuration()).unwrap();
    let text = text.replace("\"relying-parties\"", "\"parties\"");
    fs::write(prepared.folder.configuration(), text).unwrap();
    fs::remove_file(folder.join("parties/nuovo.toml")).unwrap();
    fs::write(folder.join("parties/lavoro.toml"), "client_id = ").unwrap();
    program.hang_up();
    until(&prepared, "nuovo", 404).await;
    until(&prepared, "lavoro", 200).await;
    drop(program);
    prepared.stop().await;
}

/// A command of the program; its standard output, if it succeeded.
fn varco(prepared: &Prepared, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_varco"));
    command.args(arguments).arg("--config").arg(prepared.folder.configuration());
    let output = command.output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

const REGISTRATION: &str = r#"
[registration]
scopes = ["openid", "profile"]
initiate_login_uri = "https://ente.example/"
name.it = "Servizio"
assistance.email = "aiuto@ente.example"
[registration.branding]
legal_uri = "https://ente.example/l"
privacy_uri = "https://ente.example/p"
accessibility_uri = "https://ente.example/a"
"#;

#[tokio::test]
async fn a_token_of_the_command_registers_a_client_that_outlives_a_restart() {
    let prepared = Prepared::start(&FederationOptions::default()).await.unwrap();
    let create = ["clients", "token", "create", "--label", "Ente", "--uses", "2"];
    assert_eq!(varco(&prepared, &create), None, "nobody registers without [registration]");
    assert!(!prepared.folder.path().join("registry.sqlite").exists(), "and there is no database");
    let path = prepared.folder.configuration();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}\n{REGISTRATION}")).unwrap();
    let token = varco(&prepared, &create).unwrap();
    let listed = varco(&prepared, &["clients", "token", "list"]).unwrap();
    assert!(listed.contains("uses left: 2") && listed.contains("Ente"), "{listed}");
    assert!(!listed.contains(token.trim()));

    let program = Program::serve(&prepared);
    until(&prepared, "inps", 200).await;
    let metadata = serde_json::json!({"redirect_uris": ["http://localhost:9/cb"]});
    let answer = prepared
        .http
        .post(format!("{}/register", prepared.ports.issuer()))
        .bearer_auth(token.trim())
        .body(metadata.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 201);
    let told: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let id = told["client_id"].as_str().unwrap();
    until(&prepared, id, 200).await;
    drop(program);
    let program = Program::serve(&prepared);
    until(&prepared, id, 200).await;
    let mut doctor = Command::new(env!("CARGO_BIN_EXE_varco"));
    let doctor = doctor.arg("doctor").arg("--config").arg(&path).output().unwrap();
    let doctor = String::from_utf8([doctor.stdout, doctor.stderr].concat()).unwrap();
    assert!(
        doctor.lines().any(|line| line.contains("registry") && line.contains("1 clients")),
        "{doctor}"
    );
    // What the operator decides for all of them holds from the signal on.
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("[registration]\n", "[registration]\nprofiles = [\"fapi2\"]\n"))
        .unwrap();
    program.hang_up();
    until(&prepared, id, 404).await;
    fs::write(&path, text).unwrap();
    program.hang_up();
    until(&prepared, id, 200).await;
    drop(program);

    let name = varco(&prepared, &["clients", "token", "list"]).unwrap();
    let name = name.split(' ').next().unwrap();
    assert!(varco(&prepared, &["clients", "token", "end", name]).is_some());
    assert_eq!(varco(&prepared, &["clients", "token", "end", name]), None, "once");
    assert_eq!(varco(&prepared, &["clients", "token", "list"]).unwrap(), "");
    prepared.stop().await;
}
