//! Many people at the same time over shared connections, and nobody is told of anybody else (attack row
//! OP-BL-1).
//!
//! Not a cache between: nothing of a person may be kept by one, which `addresses` shows.

use tokio::io::AsyncWriteExt as _;
use varco::identity::FiscalCode;

use crate::addresses::connected;
use crate::fixture_redis::RedisServer;
use crate::saml_acs::all;
use crate::saml_world::{Answer, FIRST, Person, SECOND, World, person};

/// People with fiscal codes and names of their own.
fn people(count: usize) -> Vec<Person> {
    (0..count)
        .map(|number| {
            let stem = format!("RSSMRA{:02}A01H5{:02}", number % 100, number / 100 + 1);
            let checked = ('A'..='Z').map(|letter| format!("{stem}{letter}"));
            let code = checked.into_iter().find(|code| FiscalCode::parse(code).is_ok()).unwrap();
            // Names have no digits.
            let letters: String =
                number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
            person(&code, &format!("Citta {letters}"))
        })
        .collect()
}

/// Somebody hangs up in the middle of a request, with a body or without.
async fn cancelled(world: &World) {
    for text in [
        "GET /login/continue?tx=0000000000000000000000000000000000000000 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /saml/acs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nSAML",
        "POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Le",
    ] {
        let mut stream = connected(&world.prepared).await;
        stream.write_all(text.as_bytes()).await.unwrap();
    }
}

#[tokio::test]
async fn two_hundred_people_at_once_are_each_told_of_themselves_alone() {
    let server = RedisServer::start(&[]);
    for (state, count) in [("memory".to_owned(), 200), (server.url(), 40)] {
        let world = World::start(&state).await;
        let people = people(count);
        // Everybody begins before anybody ends, at either provider.
        let mut waiting = Vec::new();
        for (at, person) in people.iter().enumerate() {
            let mut visitor = world.visitor();
            let (portal, provider) = (["inps", "lavoro"][at % 2], [FIRST, SECOND][at / 2 % 2]);
            let asked = visitor.depart(portal, provider).await;
            let answer = Answer::to(&asked, provider).of(person).encoded(&world);
            waiting.push((visitor, asked, answer, person));
        }
        // They come back together, over the connections of one pool, and in another order.
        waiting.reverse();
        let arriving =
            waiting.into_iter().enumerate().map(|(at, (mut visitor, asked, answer, person))| {
                let world = &world;
                async move {
                    if at % 10 == 0 {
                        cancelled(world).await;
                    }
                    let fields = [("SAMLResponse", answer.as_str()), ("RelayState", &asked.ticket)];
                    assert_eq!(world.post(&fields).await.status, 303);
                    let told = visitor.arrive(&asked).await;
                    assert_eq!(told["userinfo"]["given_name"], person["name"], "{told}");
                    assert_eq!(told["id_token"]["sub"], told["userinfo"]["sub"]);
                    let code = &told["userinfo"]["fiscal_number"];
                    assert!(code.is_null() || *code == person["fiscalNumber"], "{told}");
                    told["userinfo"]["sub"].as_str().unwrap().to_owned()
                }
            });
        let subjects = all(arriving).await;
        let different: std::collections::BTreeSet<_> = subjects.iter().collect();
        assert_eq!(different.len(), count);
        world.stop().await;
    }
}
