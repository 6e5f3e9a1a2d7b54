//! Real HTTP against a server on this machine that says what the test tells it to say.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::effects::{FetchLimits, FetchUrl};

/// A server that writes `answer` to whoever asks; then it closes, or never says another word.
struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
    heard: Arc<std::sync::Mutex<String>>,
}

impl Server {
    async fn start(answer: Vec<u8>, closes: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let heard = Arc::new(std::sync::Mutex::new(String::new()));
        let (count, notes) = (Arc::clone(&connections), Arc::clone(&heard));
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let mut octets = [0; 4096];
                let read = stream.read(&mut octets).await.unwrap_or(0);
                notes.lock().unwrap().push_str(&String::from_utf8_lossy(&octets[..read]));
                // The client may have hung up.
                let _ = stream.write_all(&answer).await;
                if !closes {
                    open.push(stream);
                }
            }
        });
        Self { port, connections, heard }
    }

    fn url(&self) -> FetchUrl {
        FetchUrl::parse(&format!("http://127.0.0.1:{}/metadata", self.port), &[], true).unwrap()
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn request(url: FetchUrl) -> FetchRequest {
    let limits = FetchLimits { octets: 100, time: Duration::from_secs(60) };
    FetchRequest::get(url, "text/xml", limits)
}

async fn ask(request: &FetchRequest) -> Result<Fetched, OutboundFault> {
    HttpOutbound::default().fetch(request).await
}

async fn answer_to(answer: &str) -> Result<Fetched, OutboundFault> {
    let server = Server::start(answer.as_bytes().to_vec(), true).await;
    let fetched = ask(&request(server.url())).await;
    assert_eq!(server.connections(), 1, "asked once, whatever the answer");
    fetched
}

#[tokio::test]
async fn an_answer_comes_with_its_type_and_its_validators() {
    let fetched = answer_to(
        "HTTP/1.1 200 OK\r\nContent-Type: application/samlmetadata+xml\r\nETag: \"one\"\r\n\
         Last-Modified: Sun, 22 Nov 2026 10:00:00 GMT\r\nContent-Length: 4\r\n\r\n<a/>",
    )
    .await
    .unwrap();
    assert_eq!(fetched.status, 200);
    assert_eq!(fetched.body, b"<a/>");
    assert_eq!(fetched.media_type.as_deref(), Some("application/samlmetadata+xml"));
    assert_eq!(fetched.etag.as_deref(), Some("\"one\""));
    assert_eq!(fetched.last_modified.as_deref(), Some("Sun, 22 Nov 2026 10:00:00 GMT"));
    for status in [404, 500, 503] {
        let head = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(answer_to(&head).await.unwrap().status, status);
    }
}

#[tokio::test]
async fn a_copy_at_hand_is_named_and_need_not_travel_again() {
    let server = Server::start(b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec(), true).await;
    let mut request = request(server.url());
    request.etag = Some("\"one\"".to_owned());
    request.last_modified = Some("Sun, 22 Nov 2026 10:00:00 GMT".to_owned());
    let fetched = ask(&request).await.unwrap();
    assert_eq!((fetched.status, fetched.body.len()), (304, 0));
    let heard = server.heard.lock().unwrap().to_ascii_lowercase();
    assert!(heard.contains("if-none-match: \"one\""), "{heard}");
    assert!(heard.contains("if-modified-since: sun, 22 nov 2026"), "{heard}");
    assert!(heard.contains("accept-encoding: identity"), "{heard}");
}

#[tokio::test]
async fn an_answer_longer_than_allowed_is_not_read_to_its_end() {
    let announced = "HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n";
    let long = "x".repeat(101);
    let unannounced = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{long}");
    let chunked =
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n{long}\r\n0\r\n\r\n");
    for answer in [announced, &unannounced, &chunked] {
        // It never closes: only the limit can end this.
        let server = Server::start(answer.as_bytes().to_vec(), false).await;
        let refused = ask(&request(server.url())).await;
        assert_eq!(refused, Err(OutboundFault::TooLarge(100)), "{answer:.60}");
    }
}

#[tokio::test]
async fn a_server_that_never_ends_its_answer_is_given_up() {
    let silent = Vec::new();
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n<".to_vec();
    for answer in [silent, half] {
        let server = Server::start(answer, false).await;
        let mut request = request(server.url());
        request.limits.time = Duration::from_millis(20);
        assert_eq!(ask(&request).await, Err(OutboundFault::TooSlow(Duration::from_millis(20))));
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_answer() {
    for answer in ["", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n<a>", "<html>"] {
        assert!(matches!(answer_to(answer).await, Err(OutboundFault::Unreachable(_))), "{answer}");
    }
}

#[tokio::test]
async fn a_redirection_is_told_and_never_followed() {
    let inside =
        Server::start(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec(), true).await;
    let target = format!("http://127.0.0.1:{}/latest", inside.port);
    for status in [301, 302, 303, 307, 308] {
        let answer = format!(
            "HTTP/1.1 {status} Elsewhere\r\nLocation: {target}?secret=1\r\nContent-Length: 0\r\n\r\n"
        );
        assert_eq!(answer_to(&answer).await, Err(OutboundFault::Redirected(target.clone())));
    }
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn a_compressed_answer_is_refused_before_anybody_inflates_it() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc";
    assert_eq!(answer_to(answer).await, Err(OutboundFault::Compressed));
}

#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_never_connected_to() {
    let server = Server::start(Vec::new(), true).await;
    let address = format!("https://localhost:{}/metadata", server.port);
    let url = FetchUrl::parse(&address, &[], false).unwrap();
    assert_eq!(ask(&request(url)).await, Err(OutboundFault::Private));
    assert_eq!(server.connections(), 0);
    // The same host, allowed: it is asked, and fails only because it does not speak TLS.
    let url = FetchUrl::parse(&address, &["localhost".to_owned()], false).unwrap();
    assert!(matches!(ask(&request(url)).await, Err(OutboundFault::Unreachable(_))));
    assert_eq!(server.connections(), 1);
}

fn form(url: FetchUrl, time: Duration) -> FetchRequest {
    FetchRequest::form(url, &[("logout_token", "a")], "*/*", FetchLimits { octets: 0, time })
}

/// Whoever wants the status alone pays for nothing else, whatever the server sends.
#[tokio::test]
async fn a_status_is_had_without_the_body_and_without_following_a_redirection() {
    let minute = Duration::from_secs(60);
    let huge = b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\nx".to_vec();
    // It never closes: whoever read the body would wait.
    let server = Server::start(huge, false).await;
    let status = HttpOutbound::default().status(&form(server.url(), minute)).await;
    assert_eq!(status, Ok(200));
    let heard = server.heard.lock().unwrap().clone();
    assert!(heard.starts_with("POST /metadata HTTP/1.1"), "{heard}");
    assert!(heard.ends_with("logout_token=a"), "{heard}");
    let inside = b"HTTP/1.1 307 Elsewhere\r\nLocation: http://10.0.0.1/a?b\r\n\r\n".to_vec();
    let server = Server::start(inside, true).await;
    let answer = HttpOutbound::default().status(&form(server.url(), minute)).await;
    assert_eq!(answer, Err(OutboundFault::Redirected("http://10.0.0.1/a".to_owned())));
    assert_eq!(server.connections(), 1);
    let silent = Server::start(Vec::new(), false).await;
    let hurried = form(silent.url(), Duration::from_millis(50));
    let answer = HttpOutbound::default().status(&hurried).await;
    assert!(matches!(answer, Err(OutboundFault::TooSlow(_))), "{answer:?}");
}

#[tokio::test]
async fn a_post_says_its_type_and_its_headers_and_its_answer_is_bounded_like_any_other() {
    let answer = |length: usize| {
        let body = "x".repeat(length);
        format!(
            "HTTP/1.1 400 No\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    let limits = FetchLimits { octets: 100, time: Duration::from_secs(60) };
    let request = |server: &Server| {
        FetchRequest::post(server.url(), "application/json", b"{}".to_vec(), "text/plain", limits)
            .with_header("authorization", "Bearer b".to_owned().into())
    };
    let server = Server::start(answer(100).into_bytes(), true).await;
    let fetched = ask(&request(&server)).await.unwrap();
    assert_eq!((fetched.status, fetched.body.len()), (400, 100));
    assert!(fetched.is_of("application/json"));
    let heard = server.heard.lock().unwrap().to_ascii_lowercase();
    for line in [
        "post /metadata http/1.1",
        "content-type: application/json",
        "accept: text/plain",
        "accept-encoding: identity",
        "authorization: bearer b",
    ] {
        assert!(heard.contains(line), "{line}: {heard}");
    }
    assert!(heard.ends_with("\r\n\r\n{}"), "{heard}");
    let server = Server::start(answer(101).into_bytes(), true).await;
    assert_eq!(ask(&request(&server)).await, Err(OutboundFault::TooLarge(100)));
    let split = request(&server).with_header("x-note", "a\r\nhost: b".to_owned().into());
    assert!(matches!(ask(&split).await, Err(OutboundFault::Address(_))));
    assert_eq!(server.connections(), 1, "no header is smuggled in");
}

/// A server that answers whatever is asked, for as long as the connection stands. How many stood.
async fn patient() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let (mut octets, mut heard) = ([0; 4096], Vec::new());
                while let Ok(read @ 1..) = stream.read(&mut octets).await {
                    heard.extend_from_slice(&octets[..read]);
                    // Whatever is asked here ends so.
                    if heard.ends_with(b"\r\n\r\n") || heard.ends_with(b"logout_token=a") {
                        heard.clear();
                        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
                        stream.write_all(answer).await.unwrap();
                    }
                }
            });
        }
    });
    (port, connections)
}

#[tokio::test]
async fn what_is_asked_of_one_server_in_a_moment_goes_over_one_connection() {
    let ((port, connections), (other, others)) = (patient().await, patient().await);
    let url =
        |port: u16| FetchUrl::parse(&format!("http://127.0.0.1:{port}/token"), &[], true).unwrap();
    let outbound = HttpOutbound::default();
    let mut form = form(url(port), Duration::from_secs(60));
    form.limits.octets = 100;
    for _ in 0..3 {
        assert_eq!(outbound.fetch(&form).await.unwrap().body, b"a");
        assert_eq!(outbound.fetch(&request(url(port))).await.unwrap().body, b"a");
    }
    assert_eq!(outbound.fetch(&request(url(other))).await.unwrap().body, b"a");
    assert_eq!((connections.load(Ordering::SeqCst), others.load(Ordering::SeqCst)), (1, 1));
    // An answer that was not read to its end leaves nothing to be read by the next one.
    form.limits.octets = 0;
    assert_eq!(outbound.fetch(&form).await, Err(OutboundFault::TooLarge(0)));
    form.limits.octets = 100;
    assert_eq!(outbound.fetch(&form).await.unwrap().body, b"a");
}
