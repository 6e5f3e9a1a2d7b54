//! Signing keys in a token, by PKCS#11 (SoftHSM): they sign, they rotate, and they outlive a restart of
//! the module; a token that is away refuses, and uses nothing up.
//!
//! The module reads its configuration from the environment, once in a process: the tests run in a process
//! of their own, which the first test starts.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use cryptoki::context::Pkcs11;
use serde_json::{Value, json};
use varco::crypto::jose::{SigningAlgorithm, TokenType};
use varco::crypto::keyring::{KeyRing, KeyState, Pace, Place, Ring, Waits, rotate};
use varco::crypto::pkcs11::{Hsm, HsmSettings};
use varco::crypto::rsa::KeyFault;
use varco::effects::Effects;

use crate::fixture_redis::TempDir;
use crate::provider_world::{NOW, Node, verified};

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const PIN: &str = "9731";
/// Names the folder of the token to the process that has it.
const HOME: &str = "VARCO_TEST_TOKEN";

#[test]
fn keys_in_a_token_sign_and_rotate_and_outlive_its_restart() {
    if !Path::new(MODULE).exists() {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: {MODULE} is not installed (Debian: softhsm2; scripts/test installs it)"
        );
        return;
    }
    let home = TempDir::new();
    fs::create_dir_all(home.0.join("tokens")).unwrap();
    let configuration = home.0.join("softhsm2.conf");
    let tokens = home.0.join("tokens");
    let text = format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display());
    fs::write(&configuration, text).unwrap();
    let run = |command: &mut Command| {
        let done =
            command.env("SOFTHSM2_CONF", &configuration).env(HOME, &home.0).output().unwrap();
        let told = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{told}");
        told.into_owned()
    };
    run(Command::new("softhsm2-util").args([
        "--init-token",
        "--free",
        "--label",
        "varco",
        "--so-pin",
        "5678",
        "--pin",
        PIN,
    ]));
    let told = run(Command::new(std::env::current_exe().unwrap()).args([
        "--exact",
        "--test-threads=1",
        "key_token::within_the_process_of_the_token",
    ]));
    assert!(told.contains("1 passed"), "{told}");
}

/// The token, not yet opened.
fn hsm(pin: &str) -> Arc<Hsm> {
    Arc::new(Hsm::new(HsmSettings {
        module: MODULE.into(),
        token: "varco".to_owned(),
        pin: pin.as_bytes().to_vec().into(),
        sessions: 4,
    }))
}

fn place(folder: &Path) -> Place {
    Place { folder: folder.to_owned(), hsm: Some(hsm(PIN)) }
}

async fn signed(ring: &KeyRing, algorithm: SigningAlgorithm) -> Result<String, KeyFault> {
    ring.active(algorithm).unwrap().jws(TokenType::Jwt, br#"{"sub":"someone"}"#).get().await
}

/// Read with the published keys, by an independent decoder.
fn claims(ring: &KeyRing, token: &str) -> Value {
    let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_str(ring.publish()).unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    let key = keys.find(&header.kid.unwrap()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(header.alg);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    let key = jsonwebtoken::DecodingKey::from_jwk(key).unwrap();
    jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims
}

async fn all_sign(ring: &KeyRing) {
    for algorithm in SigningAlgorithm::ALL {
        let token = signed(ring, algorithm).await.unwrap();
        assert_eq!(claims(ring, &token), json!({"sub": "someone"}));
    }
}

fn files(folder: &Path, ending: &str) -> usize {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    names.filter(|path| path.extension().is_some_and(|found| found == ending)).count()
}

/// What a restart of the device's service looks like: every session is gone.
fn restart_the_module() {
    // Not when nobody could open it since the last one.
    let _ = Pkcs11::new(MODULE).unwrap().finalize();
}

/// Everything, in the process that the test above starts; in any other there is no token to look at.
#[actix_web::test]
async fn within_the_process_of_the_token() {
    let Ok(home) = std::env::var(HOME) else { return };
    let home = Path::new(&home);
    let (fx, _) = Effects::scripted(NOW, 1);
    let folder = home.join("ring");
    let ring = KeyRing::create(place(&folder), &fx, false).unwrap();

    // A ring in the token: no private key in the folder, every algorithm signs.
    assert_eq!((files(&folder, "pem"), files(&folder, "jwk")), (0, 6));
    all_sign(&ring).await;

    // More signatures at once than there are sessions.
    let token = |at: usize| signed(&ring, SigningAlgorithm::ALL[at % 3]);
    for token in futures_join((0..40).map(token)).await {
        assert_eq!(claims(&ring, &token.unwrap())["sub"], "someone");
    }

    a_restart_is_not_noticed(&ring).await;
    a_token_that_is_away_uses_nothing_up(&ring, home, &fx).await;
    a_wrong_pin_is_tried_once(&folder).await;
    keys_move_from_files_into_the_token(home, &fx).await;
    the_command_line_makes_keys_in_the_token(home);
}

/// All of them at the same time.
async fn futures_join<T>(work: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut work: Vec<_> = work.map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(|context| {
        for (one, done) in &mut work {
            if done.is_none()
                && let std::task::Poll::Ready(answer) = one.as_mut().poll(context)
            {
                *done = Some(answer);
            }
        }
        if work.iter().all(|(_, done)| done.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    work.into_iter().filter_map(|(_, done)| done).collect()
}

async fn a_restart_is_not_noticed(ring: &KeyRing) {
    for _ in 0..3 {
        restart_the_module();
        all_sign(ring).await;
    }
}

async fn a_token_that_is_away_uses_nothing_up(ring: &KeyRing, home: &Path, fx: &Effects) {
    let node = Node::in_memory(fx);
    node.provider.replace_ring(KeyRing::open(place(&home.join("ring"))).unwrap());
    let code = node.code("inail", &[]).await;
    let (tokens, away) = (home.join("tokens"), home.join("away"));
    restart_the_module();
    fs::rename(&tokens, &away).unwrap();

    assert_eq!(signed(ring, SigningAlgorithm::ES256).await, Err(KeyFault::Unavailable));
    assert_eq!(ring.unanswered().await.len(), 3);
    assert!(!node.provider.signs().await);
    let refused = node.redeem("inail", &code, &[]).await;
    assert_eq!((refused.status, refused.error().as_str()), (503, "temporarily_unavailable"));
    assert!(refused.body.contains("VARCO-0009"), "{refused:?}");
    let keys = node.get("/jwks").await.json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 6, "what is signed already verifies");
    // A broker starts without the token, and says why nobody gets a token.
    assert!(KeyRing::open(place(&home.join("ring"))).is_ok());

    restart_the_module();
    fs::rename(&away, &tokens).unwrap();
    let redeemed = node.redeem("inail", &code, &[]).await;
    assert_eq!(redeemed.status, 200, "the code was not used up: {redeemed:?}");
    verified(&node, redeemed.json()["id_token"].as_str().unwrap()).await;
    assert!(node.provider.signs().await);
    all_sign(ring).await;
}

async fn a_wrong_pin_is_tried_once(folder: &Path) {
    restart_the_module();
    let place = Place { folder: folder.to_owned(), hsm: Some(hsm("0000")) };
    let ring = KeyRing::open(place).unwrap();
    for _ in 0..20 {
        assert_eq!(signed(&ring, SigningAlgorithm::RS256).await, Err(KeyFault::Unavailable));
    }
    // Twenty tries would have locked many a token.
    let module = Pkcs11::new(MODULE).unwrap();
    let slots = module.get_slots_with_token().unwrap();
    let infos = slots.iter().map(|slot| module.get_token_info(*slot).unwrap());
    let token = infos.into_iter().find(|info| info.label() == "varco").unwrap();
    assert!(!token.user_pin_locked());
}

async fn keys_move_from_files_into_the_token(home: &Path, fx: &Effects) {
    let folder = home.join("moving");
    let before = KeyRing::create(&folder, fx, false).unwrap();
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let ring = KeyRing::open(place(&folder)).unwrap();
        tokens.push(signed(&ring, SigningAlgorithm::RS256).await.unwrap());
        rotate(place(&folder), fx, &SigningAlgorithm::ALL, Pace::Now, &Waits::SAFE).unwrap();
    }
    let after = KeyRing::open(place(&folder)).unwrap();
    tokens.push(signed(&after, SigningAlgorithm::RS256).await.unwrap());
    for token in &tokens {
        assert_eq!(claims(&after, token)["sub"], "someone");
    }
    assert_ne!(before.kids().next(), after.kids().next());
    let list = Ring::read(&folder).unwrap();
    for key in &list.keys {
        assert_eq!(key.pkcs11.is_some(), key.state != KeyState::Retired);
    }
    let told = KeyRing::open(&folder).unwrap_err();
    assert_eq!(told.len(), 6, "without the token: {told:?}");

    // Gone from the list is gone from the token.
    let ids = list.keys.into_iter().filter_map(|key| key.pkcs11).count();
    assert_eq!((ids, files(&folder, "jwk")), (6, 6));
    rotate(place(&folder), fx, &SigningAlgorithm::ALL, Pace::Compromised, &Waits::SAFE).unwrap();
    assert_eq!((files(&folder, "pem"), files(&folder, "jwk")), (0, 6));
    all_sign(&KeyRing::open(place(&folder)).unwrap()).await;
}

fn the_command_line_makes_keys_in_the_token(home: &Path) {
    let folder = home.join("broker");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("pin"), PIN).unwrap();
    let text = format!(
        "issuer = \"https://broker.test\"\n\
         [keys]\n\
         pkcs11 = {{ module = \"{MODULE}\", token = \"varco\", pin = \"file:pin\" }}\n"
    );
    fs::write(folder.join("varco.toml"), text).unwrap();
    let varco = |words: &[&str]| {
        let configuration = folder.join("varco.toml");
        let mut command = Command::new(env!("CARGO_BIN_EXE_varco"));
        let done = command.arg("--config").arg(configuration).args(words).output().unwrap();
        let told = String::from_utf8_lossy(&done.stdout) + String::from_utf8_lossy(&done.stderr);
        (done.status.success(), told.into_owned())
    };
    assert!(varco(&["keys", "generate"]).0);
    assert_eq!((files(&folder.join("keys/tokens"), "pem"), varco(&["keys", "list"]).0), (0, true));
    let (_, told) = varco(&["keys", "list"]);
    assert_eq!(told.matches("in the token").count(), 6, "{told}");
    assert_eq!(told.matches("is safe from").count(), 3, "{told}");
    let (done, told) = varco(&["keys", "rotate"]);
    assert!(!done && told.contains("too early"), "{told}");
    let (done, told) = varco(&["keys", "rotate", "--algorithm", "PS256", "--now"]);
    assert!(done && told.contains("signs now"), "{told}");
}
