//! Signing keys change while the broker runs: nobody notices, and a list that is no good changes nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use varco::app::Look;
use varco::crypto::jose::SigningAlgorithm;
use varco::crypto::keyring::{JWKS_MAX_AGE, Pace, Ring, Waits, rotate};
use varco::effects::Effects;
use varco_sandbox::{Federation, FederationOptions, LoginOptions, Outcome};

use crate::provider_world::{NOW, Node, verified};

fn ring_of(federation: &Federation) -> PathBuf {
    federation.folder().path().join("keys/tokens")
}

fn rotate_all(folder: &Path) {
    let fx = Effects::real();
    rotate(folder, &fx, &SigningAlgorithm::ALL, Pace::Now, &Waits::SAFE).unwrap();
}

fn kids(ring: &Ring) -> Vec<String> {
    ring.keys.iter().map(|key| key.kid.clone()).collect()
}

async fn published(federation: &Federation) -> serde_json::Value {
    let address = format!("{}/jwks", federation.ports().issuer());
    federation.http().get(address).send().await.unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_key_changes_again_and_again_while_people_sign_in_and_no_login_fails() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let folder = ring_of(&federation);
    let rotations = AtomicUsize::new(0);
    let rotating = async {
        while rotations.load(Ordering::Relaxed) < 4 {
            let folder = folder.clone();
            tokio::task::spawn_blocking(move || rotate_all(&folder)).await.unwrap();
            // The broker may be looking by itself at this moment.
            assert_ne!(federation.assembly().follow_ring().await, Look::Refused);
            rotations.fetch_add(1, Ordering::Relaxed);
        }
    };
    let signing_in = async {
        while rotations.load(Ordering::Relaxed) < 4 {
            let by = |portal: &str| LoginOptions {
                portal: portal.to_owned(),
                ..LoginOptions::default()
            };
            let options = ["inps", "lavoro", "durc"].map(by);
            let [first, second, third] = &options;
            let (first, second, third) = tokio::join!(
                federation.login(first),
                federation.login(second),
                federation.login(third)
            );
            for outcome in [first, second, third] {
                assert!(matches!(outcome.unwrap(), Outcome::Accepted(_)));
            }
        }
    };
    tokio::join!(rotating, signing_in);
    let keys = published(&federation).await["keys"].as_array().unwrap().len();
    assert_eq!(keys, 6 + 3 * 4, "what was signed before can be verified still");
    federation.stop().await;
}

#[actix_web::test]
async fn a_token_signed_a_moment_before_a_rotation_verifies_after_it() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let node = Node::in_memory(&fx);
    let mut tokens = Vec::new();
    for _ in 0..2 {
        for client in ["inps", "inail", "lavoro"] {
            let reply = node.redeem(client, &node.code(client, &[]).await, &[]).await;
            tokens.push(reply.json()["id_token"].as_str().unwrap().to_owned());
        }
        node.rotate(&fx);
        for token in &tokens {
            verified(&node, token).await;
        }
    }
    let kid = |token: &String| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let mut signed: Vec<String> = tokens.iter().map(kid).collect();
    signed.sort();
    signed.dedup();
    assert_eq!(signed.len(), 6, "every token by a key of its own");
}

#[actix_web::test]
async fn relying_parties_keep_the_keys_for_as_long_as_a_next_key_waits_at_least() {
    let (fx, _) = Effects::scripted(NOW, 1);
    let reply = Node::in_memory(&fx).get("/jwks").await;
    let age = format!("public, max-age={}", JWKS_MAX_AGE.as_secs());
    assert_eq!(reply.header("cache-control"), Some(age.as_str()));
    assert!(Waits::SAFE.next > JWKS_MAX_AGE);
    assert!(Waits::SAFE.retired > Duration::from_hours(1), "the longest access token");
}

#[tokio::test]
async fn a_damaged_list_of_keys_changes_nothing_and_is_told_once() {
    let federation = Federation::start(&FederationOptions::default()).await.unwrap();
    let folder = ring_of(&federation);
    let list = Ring::list_in(&folder);
    let good = fs::read_to_string(&list).unwrap();
    let before = published(&federation).await;
    let assembly = federation.assembly();
    // The broker looks by itself now and then: by then everything has been said.
    for damage in [
        "",
        "[[key]",
        &good.replace("active", "retired"),
        &good.replacen("kid = \"", "kid = \"x", 1),
    ] {
        let counted = count(&federation, "refused").await;
        put(&list, damage);
        assembly.follow_ring().await;
        assert_eq!(assembly.follow_ring().await, Look::Unchanged);
        assert_eq!(count(&federation, "refused").await, counted + 1, "{damage}");
        assert_eq!(published(&federation).await, before);
    }
    let login = federation.login(&LoginOptions::default()).await.unwrap();
    assert!(matches!(login, Outcome::Accepted(_)));
    assert_eq!(count(&federation, "renewed").await, 0);

    let mut ring: Ring = toml::from_str(&good).unwrap();
    ring.keys.retain(|key| key.algorithm != SigningAlgorithm::ES256);
    ring.write(&folder).unwrap();
    assembly.follow_ring().await;
    assert_eq!(published(&federation).await, before, "a portal takes ES256: its keys stay");

    put(&list, &good);
    rotate_all(&folder);
    assembly.follow_ring().await;
    assert!(count(&federation, "renewed").await >= 1);
    let after = published(&federation).await;
    for kid in kids(&Ring::read(&folder).unwrap()) {
        assert!(after.to_string().contains(&kid));
    }
    federation.stop().await;
}

/// Replaces a file in one step: nobody reads half of it.
fn put(path: &Path, text: &str) {
    let beside = path.with_extension("beside");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, path).unwrap();
}

async fn count(federation: &Federation, outcome: &str) -> u32 {
    let wanted = format!("varco_key_ring_reads_total{{outcome=\"{outcome}\"}} ");
    let numbers = federation.assembly().measurements().await;
    let line = numbers.lines().find_map(|line| line.strip_prefix(&wanted));
    line.map_or(0, |count| count.parse().unwrap())
}
