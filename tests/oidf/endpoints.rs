//! What relying parties serve themselves: the address at which the broker tells of logouts.
//!
//! Not what browsers visit: they stop before they reach a relying party.

use std::net::TcpListener;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

/// Everything that was posted, with the path it came to.
static POSTED: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// Where it listens: `http://localhost:40123`.
static BASE: LazyLock<String> = LazyLock::new(|| {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://localhost:{}", socket.local_addr().unwrap().port());
    // In a thread of its own: it lives as long as the process.
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            let app = || App::new().default_service(web::to(answer));
            HttpServer::new(app).workers(1).disable_signals().listen(socket)?.run().await
        })
    });
    base
});

/// The address of a path.
pub(crate) fn address(path: &str) -> String {
    format!("{}{path}", *BASE)
}

/// What was posted to a path and holds `wanted`: waits for it at most ten seconds.
pub(crate) async fn posted(path: &str, wanted: impl Fn(&str) -> bool) -> String {
    for _ in 0..500 {
        let found = POSTED
            .lock()
            .unwrap()
            .iter()
            .find_map(|(place, body)| (place == path && wanted(body)).then(|| body.clone()));
        if let Some(body) = found {
            return body;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nothing was posted to {path}");
}

async fn answer(request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let path = request.path().to_owned();
    if request.method() == actix_web::http::Method::POST {
        let body = String::from_utf8(body.to_vec()).unwrap();
        POSTED.lock().unwrap().push((path, body));
        return HttpResponse::Ok().finish();
    }
    HttpResponse::NotFound().finish()
}
