use std::sync::Arc;

use super::*;
use crate::effects::ScriptedOutbound;

fn question(code: &str, family: &str) -> Question {
    Question {
        fiscal_code: code.to_owned(),
        family_name: family.to_owned(),
        given_name: "Greta".to_owned(),
        birthdate: "1985-03-10".to_owned(),
    }
}

const CODE: &str = "MLLGRT85C50Z112C";

fn service(outbound: &Arc<ScriptedOutbound>) -> (Verifier, Effects) {
    let (fx, _) = Effects::scripted(1_795_000_000, 1);
    let verifier = Verifier::Http {
        name: "ANPR".to_owned(),
        url: FetchUrl::parse("https://gateway.example/verify", &[], false).unwrap(),
        token: Some(SecretString::from("a secret token")),
        time: Duration::from_secs(3),
    };
    (verifier, fx.with_outbound(outbound.clone()))
}

#[tokio::test]
async fn a_list_knows_exactly_who_is_on_it() {
    let (fx, _) = Effects::scripted(1_795_000_000, 1);
    let people = [
        question(CODE, "MÜLLER"),
        question("RSSMRA80A01H501U", "Rossi"),
        question("RSSMRA80A01H501U", "Rossi"),
    ];
    let list = Verifier::list("Ufficio".to_owned(), &people);
    let said = async |question: Question| list.ask(&question, &fx).await.unwrap();
    assert_eq!(said(question(CODE, "Müller")).await, Verdict::Match);
    assert_eq!(said(question(CODE, "Muller")).await, Verdict::NoMatch);
    let older = Question { birthdate: "1985-03-11".to_owned(), ..question(CODE, "Müller") };
    assert_eq!(said(older).await, Verdict::NoMatch);
    assert_eq!(said(question("RSSMRA80A01H501U", "Rossi")).await, Verdict::Ambiguous);
    assert_eq!(format!("{list:?}"), "Verifier { name: \"Ufficio\", .. }");
}

#[tokio::test]
async fn a_service_is_told_the_minimum_and_says_one_of_three_things() {
    let outbound = Arc::new(ScriptedOutbound::default());
    let (verifier, fx) = service(&outbound);
    for (said, expected) in [
        (r#"{"result":"match"}"#, Verdict::Match),
        (r#"{"result":"no_match","more":1}"#, Verdict::NoMatch),
        (r#"{"result":"ambiguous"}"#, Verdict::Ambiguous),
    ] {
        outbound.serve(said);
        assert_eq!(verifier.ask(&question(CODE, "Müller"), &fx).await.unwrap(), expected);
    }
    let asked = outbound.asked();
    let told: serde_json::Value =
        serde_json::from_slice(&asked[0].body.as_ref().unwrap().octets).unwrap();
    let expected = json!({
        "fiscal_code": CODE, "family_name": "Müller", "given_name": "Greta",
        "birthdate": "1985-03-10",
    });
    assert_eq!(told, expected);
    assert_eq!(asked[0].limits.time, Duration::from_secs(3));
    let (name, value) = &asked[0].headers[0];
    assert_eq!((name.as_str(), value.expose_secret()), ("authorization", "Bearer a secret token"));
    assert!(!format!("{verifier:?} {:?}", asked[0]).contains("secret token"));
}

#[tokio::test]
async fn a_service_that_says_anything_else_or_nothing_verifies_nobody() {
    let outbound = Arc::new(ScriptedOutbound::default());
    let (verifier, fx) = service(&outbound);
    for said in ["", "match", r#"{"result":"yes"}"#, r#"{"result":true}"#, r#"["match"]"#] {
        outbound.serve(said);
        let answer = verifier.ask(&question(CODE, "Müller"), &fx).await;
        assert!(matches!(answer, Err(VerifierFault::Answer)), "{said}");
    }
    for fault in
        [OutboundFault::TooSlow(Duration::from_secs(3)), OutboundFault::Unreachable(String::new())]
    {
        outbound.answer(Err(fault));
        assert!(verifier.ask(&question(CODE, "Müller"), &fx).await.is_err());
    }
    let mut refused = crate::effects::Fetched {
        status: 500,
        media_type: None,
        etag: None,
        last_modified: None,
        body: br#"{"result":"match"}"#.to_vec(),
    };
    for status in [201, 400, 401, 500] {
        refused.status = status;
        outbound.answer(Ok(refused.clone()));
        let answer = verifier.ask(&question(CODE, "Müller"), &fx).await;
        assert!(matches!(answer, Err(VerifierFault::Status(told)) if told == status), "{status}");
    }
}
