use std::time::Duration;

use serde_json::json;

use super::*;
use crate::crypto::jwk::SignatureAlgorithm::ES256;
use crate::crypto::jws::corpus::Forger;
use crate::effects::Effects;
use crate::federation::testing::{Entity, NOW, World, federation, reader, sign, with};
use crate::federation::{Dialect, Federation};

const OP: &str = "openid_provider";
const KIND: &str = "https://ta.example/openid_provider/public";

/// A provider, an aggregator and an anchor; the two superiors sign marks with the forger's key, which is one
/// of their federation keys.
struct Marked {
    op: Entity,
    sa: Entity,
    ta: Entity,
    anchor: TrustAnchor,
}

fn entity(name: &str) -> Entity {
    Entity::new(&format!("https://{name}.example"))
}

fn with_forger(entity: &Entity) -> Value {
    let mut set = Forger::get().jwks();
    set["keys"].as_array_mut().unwrap().push(entity.key.jwk().clone());
    set
}

fn marked(dialect: Dialect) -> Marked {
    let [op, sa, ta] = ["op", "sa", "ta"].map(entity);
    let set = with_forger(&ta);
    let mut anchor = ta.anchor(dialect);
    anchor.keys = Arc::new(PublicKeys::from_members(set.as_object().unwrap()).unwrap());
    anchor.marks.insert(
        OP.to_owned(),
        vec!["https://ta.example/openid_provider/private".to_owned(), KIND.to_owned()],
    );
    Marked { op, sa, ta, anchor }
}

impl Marked {
    fn mark(&self, issuer: &Entity, changes: &Value) -> Value {
        let name = if self.anchor.dialect == Dialect::It2023 { "id" } else { "trust_mark_type" };
        let claims = json!({
            "iss": issuer.id.as_str(), "sub": self.op.id.as_str(), name: KIND,
            "iat": NOW, "exp": NOW + 86_400,
        });
        let header = json!({"typ": "trust-mark+jwt"});
        json!({name: KIND, "trust_mark": Forger::get().sign(ES256, &header, &with(claims, changes))})
    }

    /// The provider with these marks; the anchor lets these issue them.
    async fn found(
        &self,
        marks: &[Value],
        issuers: &[&Entity],
        vouched: bool,
    ) -> (Result<Arc<TrustChain>, Broken>, Vec<String>, Effects, Federation) {
        let (world, fx, _) = World::new();
        let Self { op, sa, ta, anchor } = self;
        let marks = json!({"trust_marks": marks});
        world.serve(
            &op.id.configuration_url(),
            &[],
            &sign(&op.key, &with(op.claims(&[ta]), &marks)),
        );
        let issuers: Vec<_> = issuers.iter().map(|entity| entity.id.as_str()).collect();
        let own = json!({"trust_mark_issuers": {KIND: issuers}, "jwks": with_forger(ta)});
        world.serve(&ta.id.configuration_url(), &[], &sign(&ta.key, &with(ta.claims(&[]), &own)));
        world.vouch(ta, op);
        let keys = json!({"jwks": with_forger(sa)});
        world.serve(
            &sa.id.configuration_url(),
            &[],
            &sign(&sa.key, &with(sa.claims(&[ta]), &keys)),
        );
        if vouched {
            world.say(ta, sa, &sign(&ta.key, &with(ta.claims_about(sa), &keys)));
        }
        let federation = federation(vec![anchor.clone()], &fx);
        let found = federation.resolve(&op.id, OP, &fx).await;
        (found, world.asked(), fx, federation)
    }

    async fn reason(&self, marks: &[Value], issuers: &[&Entity], vouched: bool) -> String {
        match self.found(marks, issuers, vouched).await.0.unwrap_err().flaw {
            Flaw::Mark { role, reason } if role == OP => reason,
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn a_role_that_needs_a_mark_holds_with_one_of_the_anchors_own() {
    for dialect in Dialect::ALL {
        let it = marked(dialect);
        let mark = it.mark(&it.ta, &json!({}));
        let (found, asked, ..) =
            it.found(&[json!({"id": "other"}), mark.clone()], &[&it.ta], true).await;
        let chain = found.unwrap();
        assert_eq!(chain.trust_marks(), std::slice::from_ref(&mark));
        assert_eq!(chain.expires(), Timestamp::from_unix_seconds(NOW + 1800));
        assert_eq!(asked.len(), 3);
        // Where nobody is named as the issuer of a type, the anchor is.
        assert!(it.found(&[mark], &[], true).await.0.is_ok());
        assert_eq!(it.reason(&[], &[&it.ta], true).await, "there is none");
    }
}

#[tokio::test]
async fn the_issuer_of_a_mark_has_a_chain_of_its_own_to_the_same_anchor() {
    let it = marked(Dialect::It2023);
    let mark = it.mark(&it.sa, &json!({}));
    let (found, asked, ..) = it.found(std::slice::from_ref(&mark), &[&it.ta, &it.sa], true).await;
    let chain = found.unwrap();
    assert_eq!(chain.vouchers().len(), 1);
    assert_eq!(chain.vouchers()[0].subject(), &it.sa.id);
    assert_eq!(asked.len(), 5);
    // Its own configuration, however good, is not enough.
    let reason = it.reason(std::slice::from_ref(&mark), &[&it.sa], false).await;
    assert_eq!(reason, "no chain leads from its issuer to the anchor");
    // An issuer that the anchor does not name is not even asked for.
    let (found, asked, ..) = it.found(std::slice::from_ref(&mark), &[&it.ta], true).await;
    assert!(found.is_err());
    assert_eq!(asked.len(), 3);
}

#[tokio::test]
async fn a_chain_to_another_anchor_vouches_for_no_issuer() {
    let it = marked(Dialect::It2023);
    let mark = it.mark(&it.sa, &json!({}));
    let (found, _, fx, _) = it.found(std::slice::from_ref(&mark), &[&it.ta, &it.sa], true).await;
    let chain = found.unwrap();
    // The same issuer below another anchor, which vouches for the same keys.
    let other = entity("other");
    let keys = json!({"jwks": with_forger(&it.sa)});
    let elsewhere = [
        sign(&it.sa.key, &with(it.sa.claims(&[&other]), &keys)),
        sign(&other.key, &with(other.claims_about(&it.sa), &keys)),
        other.configuration(&[]),
    ];
    let there = federation(vec![other.anchor(Dialect::It2023)], &fx);
    let voucher = there.offered(&it.sa.id, &elsewhere, &fx).unwrap();
    let reader = reader(Dialect::It2023);
    let tokens: Vec<&str> = chain.statements().iter().map(String::as_str).collect();
    let keys = [Arc::clone(&it.anchor.keys)];
    let linked = Linked::judge(&tokens, &it.op.id, &it.anchor, &keys, &reader).unwrap();
    let good = |vouchers: &[Arc<TrustChain>]| {
        linked.tried(&it.anchor, &keys, vouchers, &reader).iter().all(|one| one.found.is_ok())
    };
    assert!(good(chain.vouchers()));
    assert!(!good(&[voucher]));
}

#[tokio::test]
async fn a_mark_of_another_subject_or_time_does_not_help() {
    let it = marked(Dialect::Fed10Final);
    for changes in [
        json!({"sub": "https://other.example"}),
        json!({"exp": NOW - 60, "iat": NOW - 120}),
        json!({"exp": null}),
        json!({"iss": "https://op.example"}),
        json!({"trust_mark_type": "https://ta.example/openid_provider/public/x"}),
    ] {
        let mark = it.mark(&it.ta, &changes);
        assert_ne!(it.reason(&[mark], &[&it.ta], true).await, "there is none", "{changes}");
    }
    // A clock that is behind is forgiven in reading a mark, not in what rests on it.
    let over = it.mark(&it.ta, &json!({"exp": NOW - 1, "iat": NOW - 120}));
    assert!(it.found(&[over], &[&it.ta], true).await.0.is_err());
    let mut forged = it.mark(&it.ta, &json!({}));
    let stranger = Forger::new();
    let claims = json!({"iss": it.ta.id.as_str(), "sub": it.op.id.as_str(), "trust_mark_type": KIND, "iat": NOW, "exp": NOW + 60});
    forged["trust_mark"] = json!(stranger.sign(ES256, &json!({"typ": "trust-mark+jwt"}), &claims));
    assert_eq!(it.reason(&[forged], &[&it.ta], true).await, "the signature is wrong");
}

#[tokio::test]
async fn a_chain_does_not_outlive_the_mark_that_it_needs() {
    let it = marked(Dialect::Fed10Final);
    let short = it.mark(&it.ta, &json!({"exp": NOW + 60}));
    let (found, _, fx, federation) = it.found(std::slice::from_ref(&short), &[&it.ta], true).await;
    let end = Timestamp::from_unix_seconds(NOW + 60);
    assert_eq!(found.unwrap().expires(), end);
    assert!(federation.known(&it.op.id, fx.now().plus(Duration::from_secs(59))).is_some());
    assert!(federation.known(&it.op.id, end).is_none());
    // Of two the longer one counts.
    let long = it.mark(&it.ta, &json!({"exp": NOW + 120}));
    let chain = it.found(&[long, short], &[&it.ta], true).await.0.unwrap();
    assert_eq!(chain.expires(), Timestamp::from_unix_seconds(NOW + 120));
}
