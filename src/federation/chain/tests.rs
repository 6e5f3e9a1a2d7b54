use serde_json::{Value, json};

use super::super::testing::{Entity, NOW, jwks, reader, sign, with};
use super::super::{Broken, Dialect, Document, Flaw, Kind};
use super::*;
use crate::crypto::jws::JwsFault;
use crate::federation::standing::Discounted;

const OLD: Dialect = Dialect::It2023;
const NEW: Dialect = Dialect::Fed10Final;

/// A provider below two aggregators below an anchor.
struct Four {
    op: Entity,
    low: Entity,
    high: Entity,
    ta: Entity,
}

fn four() -> Four {
    let [op, low, high, ta] =
        ["op", "low", "high", "ta"].map(|name| Entity::new(&format!("https://{name}.example")));
    Four { op, low, high, ta }
}

impl Four {
    /// Provider and anchor alone.
    fn short(&self) -> Vec<String> {
        let Self { op, ta, .. } = self;
        vec![op.configuration(&[ta]), ta.about(op), ta.configuration(&[])]
    }

    fn middle(&self) -> Vec<String> {
        let Self { op, low, ta, .. } = self;
        vec![op.configuration(&[low]), low.about(op), ta.about(low), ta.configuration(&[])]
    }

    fn long(&self) -> Vec<String> {
        let Self { op, low, high, ta } = self;
        let between = [low.about(op), high.about(low), ta.about(high)];
        [op.configuration(&[low])]
            .into_iter()
            .chain(between)
            .chain([ta.configuration(&[])])
            .collect()
    }

    fn judge(&self, tokens: &[String], dialect: Dialect) -> Result<TrustChain, Broken> {
        let anchor = self.ta.anchor(dialect);
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        let keys = [anchor.keys.clone()];
        let linked = Linked::judge(&tokens, &self.op.id, &anchor, &keys, &reader(dialect))?;
        linked.marked(&anchor, &[], Vec::new(), |_| Err(Discounted::Over))
    }

    fn refused(&self, tokens: &[String]) -> Flaw {
        let [old, new] = [OLD, NEW].map(|dialect| self.judge(tokens, dialect).unwrap_err());
        assert_eq!(old, new, "a dialect relaxes no more than a shape");
        new.flaw
    }
}

fn changed(signer: &Entity, claims: Value, changes: &Value) -> String {
    sign(&signer.key, &with(claims, changes))
}

#[test]
fn a_chain_of_every_length_that_is_allowed_holds() {
    let four = four();
    for dialect in Dialect::ALL {
        for tokens in [four.short(), four.middle(), four.long()] {
            let chain = four.judge(&tokens, dialect).unwrap();
            assert_eq!((chain.subject(), chain.anchor()), (&four.op.id, &four.ta.id));
            assert_eq!(chain.statements(), tokens);
            let provider = chain.metadata("openid_provider").unwrap();
            assert_eq!(provider["issuer"], "https://op.example");
            assert!(chain.metadata("openid_relying_party").is_none());
            assert_eq!(chain.keys().signature()[0].name(), four.op.key.kid());
        }
    }
}

#[test]
fn a_chain_ends_when_the_first_of_its_statements_does() {
    let four = four();
    let Four { op, low, ta, .. } = &four;
    let ending = |at: usize, seconds: i64| {
        let mut tokens = four.middle();
        let end = json!({"exp": NOW + seconds});
        tokens[at] = match at {
            0 => changed(op, op.claims(&[low]), &end),
            1 => changed(low, low.claims_about(op), &end),
            2 => changed(ta, ta.claims_about(low), &end),
            _ => changed(ta, ta.claims(&[]), &end),
        };
        four.judge(&tokens, NEW)
    };
    for at in 0..4 {
        let chain = ending(at, 60).unwrap();
        assert_eq!(chain.expires(), Timestamp::from_unix_seconds(NOW + 60), "{at}");
        assert_eq!(ending(at, 0).unwrap_err().flaw, Flaw::Lifetime);
    }
}

#[test]
fn statements_in_any_other_order_are_no_chain() {
    let four = four();
    let Four { op, low, high, ta } = &four;
    let good = four.long();
    let picked = |places: &[usize]| places.iter().map(|at| good[*at].clone()).collect::<Vec<_>>();
    // Reversed, the ends alone, one missing at each place, one twice.
    for places in [&[4, 3, 2, 1, 0][..], &[0, 2, 1, 3, 4], &[3, 4], &[0, 4], &[0], &[]] {
        four.refused(&picked(places));
    }
    assert_eq!(four.refused(&picked(&[0, 4])), Flaw::Order);
    for places in [[0, 2, 3, 4], [0, 1, 3, 4], [0, 1, 2, 4]] {
        assert_eq!(four.refused(&picked(&places)), Flaw::Order, "{places:?}");
    }
    assert_eq!(four.refused(&picked(&[0, 1, 2, 2, 4])), Flaw::Order);
    assert_eq!(four.refused(&picked(&[0, 1, 2, 3, 3, 4])), Flaw::Order, "longer than any may be");
    let endless = vec![good[1].clone(); 1000];
    assert_eq!(four.refused(&endless), Flaw::Order);
    // A loop: low is above op, high above low, low above high, and the anchor above low.
    let tokens = [
        op.configuration(&[low]),
        low.about(op),
        high.about(low),
        low.about(high),
        ta.configuration(&[]),
    ];
    assert_eq!(four.refused(&tokens), Flaw::Order);
    // The subject is its own superior's superior.
    let tokens = [op.configuration(&[low]), low.about(op), op.about(low), ta.configuration(&[])];
    assert_eq!(four.refused(&tokens), Flaw::Order);
    // The subject twice, the second time right below the anchor; and the anchor below an aggregator of its own.
    for tokens in [
        [
            op.configuration(&[low]),
            low.about(op),
            op.about(low),
            ta.about(op),
            ta.configuration(&[]),
        ],
        [
            op.configuration(&[ta]),
            ta.about(op),
            low.about(ta),
            ta.about(low),
            ta.configuration(&[]),
        ],
    ] {
        assert_eq!(four.refused(&tokens), Flaw::Order);
    }
    // A leaf in the place of an aggregator: its configuration is no statement about anybody else.
    let mut tokens = four.middle();
    tokens[1] = low.configuration(&[ta]);
    assert_eq!(four.refused(&tokens), Flaw::Issuer);
}

#[test]
fn only_the_superiors_that_an_entity_names_speak_of_it() {
    let four = four();
    let Four { op, low, ta, .. } = &four;
    let mut tokens = four.short();
    tokens[0] = op.configuration(&[low]);
    let broken = four.judge(&tokens, NEW).unwrap_err();
    assert_eq!(broken.flaw, Flaw::NotHinted(ta.id.clone()));
    assert_eq!((broken.kind(), broken.entity), (Kind::Untrusted, op.id.clone()));
    // What it says of another entity is of no use.
    let mut tokens = four.short();
    tokens[1] = ta.about(low);
    assert_eq!(four.refused(&tokens), Flaw::Order);
    // Nor what the subject says of itself as its superior.
    tokens[1] = sign(&op.key, &ta.claims_about(op));
    assert_eq!(four.refused(&tokens), Flaw::Token(JwsFault::UnknownKey));
    tokens[1] = changed(ta, ta.claims_about(op), &json!({"iss": op.id.as_str()}));
    assert_eq!(four.refused(&tokens), Flaw::Issuer);
    // Nor what is signed with the aggregator's key that the anchor does not know.
    let thief = Entity::new(low.id.as_str());
    let mut tokens = four.middle();
    tokens[1] = thief.about(op);
    let broken = four.judge(&tokens, NEW).unwrap_err();
    assert_eq!(broken.flaw, Flaw::Token(JwsFault::UnknownKey));
    assert_eq!(broken.document, Document::Statement(low.id.clone()));
    assert_eq!((broken.kind(), broken.clause()), (Kind::Forged, "section 3.2"));
}

#[test]
fn the_superior_says_which_keys_of_the_subject_count() {
    let four = four();
    let Four { op, ta, .. } = &four;
    let thief = Entity::new(op.id.as_str());
    let mut tokens = four.short();
    // Whoever answers at the subject's address signs with a key of their own.
    tokens[0] = thief.configuration(&[ta]);
    assert_eq!(four.refused(&tokens), Flaw::Token(JwsFault::UnknownKey));
    // The superior vouches for a key that the subject does not publish.
    let mut tokens = four.short();
    tokens[1] = changed(ta, ta.claims_about(op), &json!({"jwks": jwks(&[&thief.key])}));
    assert_eq!(four.refused(&tokens), Flaw::Token(JwsFault::UnknownKey));
}

#[test]
fn the_anchor_is_the_configured_one_under_its_pinned_key() {
    let four = four();
    let Four { op, ta, .. } = &four;
    // All is consistent, and the anchor's keys are those in the chain itself.
    let thief = Entity::new(ta.id.as_str());
    let tokens = [op.configuration(&[&thief]), thief.about(op), thief.configuration(&[])];
    assert_eq!(four.refused(&tokens), Flaw::Unpinned);
    // The anchor's configuration is good, the statement is by the thief.
    let tokens = [op.configuration(&[&thief]), thief.about(op), ta.configuration(&[])];
    assert_eq!(four.refused(&tokens), Flaw::Token(JwsFault::UnknownKey));
    // A statement under one anchor and the configuration of another.
    let other = Entity::new("https://other-ta.example");
    let tokens = [op.configuration(&[ta, &other]), other.about(op), ta.configuration(&[])];
    assert_eq!(four.refused(&tokens), Flaw::Order);
    let tokens = [op.configuration(&[&other]), other.about(op), other.configuration(&[])];
    assert_eq!(four.refused(&tokens), Flaw::Issuer);
    // A new key in the anchor's configuration signs nothing before it counts here.
    let next = Entity::new(ta.id.as_str());
    let both = json!({"jwks": jwks(&[&ta.key, &next.key])});
    let tokens = [op.configuration(&[ta]), next.about(op), changed(ta, ta.claims(&[]), &both)];
    assert_eq!(four.refused(&tokens), Flaw::Token(JwsFault::UnknownKey));
}

#[test]
fn every_superior_limits_how_many_stand_below_it() {
    let four = four();
    let Four { op, low, high, ta } = &four;
    let limited = |most: Value| {
        let limit = json!({"constraints": {"max_path_length": most}});
        let mut short = four.short();
        short[1] = changed(ta, ta.claims_about(op), &limit);
        let mut middle = four.middle();
        middle[2] = changed(ta, ta.claims_about(low), &limit);
        let mut long = four.long();
        long[3] = changed(ta, ta.claims_about(high), &limit);
        [short, middle, long]
            .map(|tokens| four.judge(&tokens, NEW).map(|_| ()).map_err(|it| it.flaw))
    };
    let over = |most| Err(Flaw::PathLength(most, ta.id.clone()));
    assert_eq!(limited(json!(0)), [Ok(()), over(0), over(0)]);
    assert_eq!(limited(json!(1)), [Ok(()), Ok(()), over(1)]);
    assert_eq!(limited(json!(2)), [Ok(()), Ok(()), Ok(())]);
    for wrong in [json!(-1), json!("1"), json!(0.5)] {
        assert_eq!(limited(wrong), [(); 3].map(|()| Err(Flaw::Constraints)));
    }
    // A limit of an aggregator's is kept to as the anchor's is.
    let mut long = four.long();
    long[2] =
        changed(high, high.claims_about(low), &json!({"constraints": {"max_path_length": 0}}));
    assert_eq!(four.refused(&long), Flaw::PathLength(0, high.id.clone()));
}

#[test]
fn limits_in_the_anchors_own_configuration_count_in_the_old_dialect() {
    let four = four();
    let ta = &four.ta;
    let limit =
        |most| changed(ta, ta.claims(&[]), &json!({"constraints": {"max_path_length": most}}));
    let mut tokens = four.middle();
    tokens[3] = limit(1);
    assert!(four.judge(&tokens, OLD).is_ok());
    assert_eq!(four.judge(&tokens, NEW).unwrap_err().flaw, Flaw::Misplaced("constraints"));
    tokens[3] = limit(0);
    assert_eq!(four.judge(&tokens, OLD).unwrap_err().flaw, Flaw::PathLength(0, ta.id.clone()));
    let mut tokens = four.long();
    tokens[4] = limit(1);
    assert_eq!(four.judge(&tokens, OLD).unwrap_err().flaw, Flaw::PathLength(1, ta.id.clone()));
}

#[test]
fn names_and_roles_are_limited_at_every_statement() {
    let four = four();
    let Four { op, low, ta, .. } = &four;
    let under = |at: usize, constraints: Value| {
        let mut tokens = four.middle();
        let changes = json!({"constraints": constraints});
        tokens[at] = if at == 1 {
            changed(low, low.claims_about(op), &changes)
        } else {
            changed(ta, ta.claims_about(low), &changes)
        };
        four.judge(&tokens, NEW).map_err(|broken| broken.flaw)
    };
    let named = |permitted: &str| json!({"naming_constraints": {"permitted": [permitted]}});
    assert!(under(2, named(".example")).is_ok());
    // The subject passes, the aggregator does not, and the other way round.
    let name = |entity: &Entity, by: &Entity| Flaw::Name(entity.id.clone(), by.id.clone());
    assert_eq!(under(2, named("op.example")).unwrap_err(), name(low, ta));
    assert_eq!(under(2, named("low.example")).unwrap_err(), name(op, ta));
    // A statement's names are those below its issuer, so the aggregator's own is not among them.
    assert!(under(1, named("op.example")).is_ok());
    let excluded = json!({"naming_constraints": {"excluded": ["op.example"]}});
    assert_eq!(under(1, excluded).unwrap_err(), name(op, low));
    for at in [1, 2] {
        let chain = under(at, json!({"allowed_entity_types": []})).unwrap();
        assert!(chain.metadata("openid_provider").is_none());
        assert!(chain.metadata("federation_entity").is_some());
        let chain = under(at, json!({"allowed_entity_types": ["openid_provider"]})).unwrap();
        assert!(chain.metadata("openid_provider").is_some());
    }
}

#[test]
fn what_the_immediate_superior_sets_replaces_what_the_subject_says() {
    let four = four();
    let Four { op, low, ta, .. } = &four;
    let set = json!({"metadata": {
        "openid_provider": {"issuer": "https://set.example", "added": 1},
        "openid_relying_party": {"client_id": "https://op.example"},
    }});
    let mut tokens = four.middle();
    tokens[1] = changed(low, low.claims_about(op), &set);
    let chain = four.judge(&tokens, NEW).unwrap();
    let provider = chain.metadata("openid_provider").unwrap();
    assert_eq!(provider["issuer"], "https://set.example");
    assert_eq!(provider["added"], 1);
    assert_eq!(provider["response_types_supported"], json!(["code"]), "the rest stays");
    assert!(
        chain.metadata("openid_relying_party").is_none(),
        "no role is given that is not claimed"
    );
    // Those further up set nothing.
    let mut tokens = four.middle();
    tokens[2] = changed(ta, ta.claims_about(low), &set);
    let chain = four.judge(&tokens, NEW).unwrap();
    assert_eq!(chain.metadata("openid_provider").unwrap()["issuer"], "https://op.example");
}

#[test]
fn a_chain_that_a_statement_carries_is_not_read() {
    let four = four();
    let Four { op, ta, .. } = &four;
    let mut tokens = four.short();
    let carried = json!({"trust_chain": vec!["x.y.z"; 1000]});
    tokens[0] = changed(op, op.claims(&[ta]), &carried);
    assert!(four.judge(&tokens, NEW).is_ok());
}

#[test]
fn a_role_that_needs_a_mark_does_not_hold_without_one() {
    let four = four();
    let mut anchor = four.ta.anchor(OLD);
    anchor.marks.insert(
        "openid_provider".to_owned(),
        vec!["https://ta.example/openid_provider/public".to_owned()],
    );
    let tokens = four.short();
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let keys = [anchor.keys.clone()];
    let linked = Linked::judge(&tokens, &four.op.id, &anchor, &keys, &reader(OLD)).unwrap();
    let tried = linked.tried(&anchor, &keys, &[], &reader(OLD));
    let broken = linked.marked(&anchor, &tried, Vec::new(), |_| Err(Discounted::Over)).unwrap_err();
    assert!(matches!(broken.flaw, Flaw::Mark { .. }), "{broken}");
    assert_eq!(broken.kind(), Kind::Untrusted);
}

#[test]
fn the_policies_of_all_superiors_shape_the_metadata_or_end_the_chain() {
    let four = four();
    let Four { op, low, ta, .. } = &four;
    let under = |above: Value, below: Value| {
        let policy = |of: Value| json!({"metadata_policy": {"openid_provider": of}});
        let mut tokens = four.middle();
        tokens[1] = changed(low, low.claims_about(op), &policy(below));
        tokens[2] = changed(ta, ta.claims_about(low), &policy(above));
        four.judge(&tokens, OLD).map_err(|broken| broken.flaw)
    };
    let chain = under(
        json!({"response_types_supported": {"subset_of": ["code", "token"]}}),
        json!({"token_endpoint": {"value": "https://pinned.example"}}),
    );
    let chain = chain.unwrap();
    let provider = chain.metadata("openid_provider").unwrap();
    assert_eq!(provider["token_endpoint"], "https://pinned.example");
    assert_eq!(provider["response_types_supported"], json!(["code"]));
    // The one below widens, contradicts; the subject does not follow; what is left is of no use.
    for (above, below) in [
        (
            json!({"issuer": {"value": "https://a.example"}}),
            json!({"issuer": {"value": "https://b.example"}}),
        ),
        (json!({"issuer": {"one_of": ["https://a.example"]}}), json!({})),
        (json!({"response_types_supported": {"subset_of": ["token"]}}), json!({})),
        (json!({"token_endpoint": {"value": 1}}), json!({})),
    ] {
        let flaw = under(above.clone(), below).unwrap_err();
        assert!(matches!(flaw, Flaw::Policy(_)), "{above}: {flaw}");
    }
    let critical = json!({"metadata_policy_crit": ["regexp"]});
    let mut tokens = four.middle();
    tokens[2] = changed(ta, ta.claims_about(low), &critical);
    let broken = four.judge(&tokens, NEW).unwrap_err();
    assert!(matches!(broken.flaw, Flaw::Policy(_)), "{broken}");
    assert_eq!((broken.kind(), broken.clause()), (Kind::Forbidden, "section 6.1"));
}
