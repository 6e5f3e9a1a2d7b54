//! The plans for members of a federation: their modules, and which tests of `tests/it` play them.
//!
//! Not the tests: they need a federation in one process, and the other binary has it. Their names are read from
//! its source, so that a module whose test is gone does not stay in the table. (Reference: the suite's plans
//! of 20 August 2026, and three modules of its source that no plan lists.)

use std::collections::BTreeSet;

use crate::plans::Plan;

/// The three plans.
pub(crate) fn plans() -> [Plan; 3] {
    let plan = |name, title, modules: &[&'static str]| Plan {
        name,
        title,
        variant: "",
        count: modules.len(),
        modules: modules.to_vec(),
    };
    [
        plan(
            "federation_client",
            "openid-federation-entity-joined-to-test-federation-rp-test-plan",
            &CLIENT,
        ),
        plan(
            "federation_op",
            "openid-federation-entity-joined-to-test-federation-op-test-plan",
            &OP,
        ),
        plan("federation_entity", "openid-federation-deployed-entity-test-plan", &ENTITY),
    ]
}

/// What all names of the second plan begin with, and none of its tests.
pub(crate) const LEFT_OUT: &str = "openid-federation-automatic-client-registration-";

/// The tests of one of the plans.
pub(crate) fn tests(plan: &str) -> BTreeSet<&'static str> {
    let own = |name: &&str| name.starts_with("openid_federation_client_");
    match plan {
        "federation_client" => tests_in(PARTY).filter(own).collect(),
        "federation_entity" => tests_in(PARTY).filter(|name| !own(name)).collect(),
        "federation_op" => tests_in(PROVIDER).collect(),
        _ => BTreeSet::new(),
    }
}

const PARTY: &str = include_str!("../it/openid_modules.rs");
const PROVIDER: &str = include_str!("../it/provider_federation_modules.rs");

/// The functions that the harness runs.
fn tests_in(source: &'static str) -> impl Iterator<Item = &'static str> {
    let mut lines = source.lines();
    std::iter::from_fn(move || {
        lines.by_ref().find(|line| line.starts_with("#[") && line.ends_with("::test]"))?;
        let name = lines.by_ref().find_map(|line| line.strip_prefix("async fn "))?;
        name.split_once('(').map(|(name, _)| name)
    })
}

const CLIENT: [&str; 10] = [
    "openid-federation-client-test",
    "openid-federation-client-invalid-iss-in-entity-configuration",
    "openid-federation-client-invalid-sub-in-entity-configuration",
    "openid-federation-client-invalid-missing-exp-in-entity-configuration",
    "openid-federation-client-invalid-missing-iat-in-entity-configuration",
    "openid-federation-client-invalid-missing-client-registration-types-supported",
    "openid-federation-client-invalid-empty-client-registration-types-supported",
    "openid-federation-client-valid-unknown-client-registration-types-supported",
    "openid-federation-client-invalid-aud-in-id-token",
    "openid-federation-client-invalid-iss-in-id-token",
];

const OP: [&str; 22] = [
    "openid-federation-automatic-client-registration-with-jar-and-get",
    "openid-federation-automatic-client-registration-with-jar-and-post",
    "openid-federation-automatic-client-registration-with-par",
    "openid-federation-automatic-client-registration-with-jar-and-get-and-trust-chain",
    "openid-federation-automatic-client-registration-with-jar-and-post-and-trust-chain",
    "openid-federation-automatic-client-registration-with-par-and-trust-chain",
    "openid-federation-automatic-client-registration-with-jar-and-encrypted-request-object",
    "openid-federation-automatic-client-registration-invalid-client-id-in-request-object",
    "openid-federation-automatic-client-registration-invalid-client-id-in-query-parameters",
    "openid-federation-automatic-client-registration-invalid-signature-on-request-object",
    "openid-federation-automatic-client-registration-invalid-signature-with-other-keys-on-request-object",
    "openid-federation-automatic-client-registration-invalid-request-object-exp",
    "openid-federation-automatic-client-registration-invalid-request-object-iss",
    "openid-federation-automatic-client-registration-invalid-request-object-aud",
    "openid-federation-automatic-client-registration-invalid-request-object-sub",
    "openid-federation-automatic-client-registration-invalid-missing-request-object-jti",
    "openid-federation-automatic-client-registration-invalid-missing-request-object-exp",
    "openid-federation-automatic-client-registration-invalid-missing-request-object-iss",
    "openid-federation-automatic-client-registration-invalid-missing-request-object-aud",
    "openid-federation-automatic-client-registration-invalid-duplicate-request-object-jti",
    "openid-federation-automatic-client-registration-expect-entity-configuration-request",
    "openid-federation-automatic-client-registration-invalid-iss-in-entity-configuration",
];

const ENTITY: [&str; 6] = [
    "openid-federation-entity-configuration",
    "openid-federation-ensure-fetch-with-invalid-sub-fails",
    "openid-federation-ensure-fetch-with-iss-as-sub-fails",
    "openid-federation-preconfigured-keys-match-trust-anchors-keys",
    "openid-federation-compare-trust-chain-to-resolve",
    "openid-federation-list-and-fetch",
];
