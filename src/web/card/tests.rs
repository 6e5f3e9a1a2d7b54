use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use super::{Shown, forwarded};

const VERDICT: &str = "x-ssl-client-verify";

fn told(headers: &[(&str, &str)]) -> Shown {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        map.append(name, HeaderValue::from_str(value).unwrap());
    }
    forwarded(&map, VERDICT)
}

#[test]
fn a_proxy_that_says_everything_once_is_believed() {
    let shown = told(&[
        ("Client-Cert", ":AQID:"),
        ("X-SSL-Client-Verify", "SUCCESS"),
        ("Client-Cert-Chain", ":AQ==:, :Ag==:"),
    ]);
    let Shown::Certificate { own, others } = shown else { panic!("{shown:?}") };
    assert_eq!((own, others), (vec![1, 2, 3], 2));
    assert!(matches!(told(&[(VERDICT, "NONE")]), Shown::Nothing));
}

#[test]
fn a_certificate_counts_only_with_a_handshake_that_succeeded() {
    for verdict in ["", "NONE", "FAILED", "FAILED:certificate has expired", "success", "SUCCESS "] {
        let shown = told(&[("Client-Cert", ":AQID:"), (VERDICT, verdict)]);
        let trimmed = verdict.trim_end() == "SUCCESS" && verdict.len() > 7;
        assert!(trimmed || matches!(shown, Shown::Refused(_)), "{verdict}: {shown:?}");
    }
    assert!(matches!(told(&[("Client-Cert", ":AQID:")]), Shown::Refused(_)), "no word of it");
    assert!(matches!(told(&[(VERDICT, "SUCCESS")]), Shown::Refused(_)), "no certificate");
    assert!(matches!(told(&[]), Shown::Refused(_)));
}

#[test]
fn whatever_could_be_somebody_elses_header_is_refused() {
    let good = [("Client-Cert", ":AQID:"), (VERDICT, "SUCCESS")];
    for besides in [
        ("Client-Cert", ":AQID:"),
        ("client-cert", ":BAUG:"),
        ("Client_Cert", ":AQID:"),
        ("CLIENT_CERT", ":AQID:"),
        ("X_SSL_Client_Verify", "SUCCESS"),
        (VERDICT, "SUCCESS"),
        ("Connection", "close, Client-Cert"),
        ("Connection", "x-ssl-client-verify"),
    ] {
        let shown = told(&[good[0], good[1], besides]);
        assert!(matches!(shown, Shown::Refused(_)), "{besides:?}: {shown:?}");
    }
    for value in
        ["", "::", "AQID", ":AQID:, :BAUG:", ":A_ID:", "NONE", "-----BEGIN CERTIFICATE-----"]
    {
        let shown = told(&[("Client-Cert", value), (VERDICT, "SUCCESS")]);
        let empty = matches!(&shown, Shown::Certificate { own, .. } if own.is_empty());
        assert!(empty || matches!(shown, Shown::Refused(_)), "{value}: {shown:?}");
    }
}

#[test]
fn other_headers_of_other_software_say_nothing() {
    for name in ["X-SSL-Client-Cert", "X-Client-Cert", "X-Forwarded-Client-Cert", "SSL_CLIENT_CERT"]
    {
        let shown = told(&[(name, ":AQID:"), (VERDICT, "SUCCESS")]);
        assert!(matches!(shown, Shown::Refused(_)), "{name}: {shown:?}");
        assert!(matches!(told(&[(name, ":AQID:"), (VERDICT, "NONE")]), Shown::Nothing), "{name}");
    }
}
