//! The module about refresh tokens: they work, for one client, with its proof and its authentication.
//!
//! Not about rotation: FAPI 2.0 wants none (Security Profile, section 5.3.2.1).

use super::{Fapi, Granted};

pub(crate) async fn refresh_token(fapi: &Fapi) {
    let mut held = Vec::new();
    for client in [fapi.first, fapi.second] {
        let asked = fapi.request_of(client).with("scope", "openid offline_access");
        let granted = fapi.login(client, &asked.with("prompt", "consent")).await;
        held.push((client, granted));
    }
    let [(first, of_first), (_, of_second)] = &held[..] else { unreachable!() };
    let token = |granted: &Granted| granted.refresh.clone().expect("a refresh token");
    for _ in 0..2 {
        // Twice with the same token: it is not rotated.
        let answer = fapi.refresh(first, &token(of_first)).send().await.good();
        let access = answer["access_token"].as_str().unwrap();
        assert_ne!(access, of_first.access);
        assert_eq!(fapi.resource(first, access).send().await.status, 200);
        if let Some(id_token) = answer["id_token"].as_str() {
            let (_, claims) = crate::tokens::verified(fapi.world, id_token).await;
            for name in ["iss", "sub", "aud", "auth_time"] {
                assert_eq!(claims[name], of_first.claims[name], "{name}");
            }
        }
    }
    fapi.refresh(first, &token(of_second)).send().await.refused("invalid_grant");
    let mut without_proof = fapi.refresh(first, &token(of_first));
    without_proof.proof = None;
    if !fapi.combination.dpop {
        without_proof.certificate = None;
    }
    let reply = without_proof.send().await;
    assert!(matches!(reply.status, 400 | 401), "{reply:?}");
    if fapi.combination.key || fapi.combination.dpop {
        let mut without_authentication = fapi.refresh(first, &token(of_first));
        without_authentication.assertion = None;
        if fapi.combination.dpop {
            without_authentication.certificate = None;
        }
        let reply = without_authentication.send().await;
        assert!(matches!(reply.status, 400 | 401), "{reply:?}");
    }
    let reply = fapi.refresh(first, &token(of_first)).send().await;
    assert_eq!(reply.status, 200, "nothing of that spoilt the token: {reply:?}");
}
