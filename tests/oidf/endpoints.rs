//! What relying parties serve themselves: documents that the broker fetches, and the address at which
//! it tells of logouts.
//!
//! Not what browsers visit: they stop before they reach a relying party.

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

/// Documents by path, and everything that was posted, with the path it came to.
#[derive(Default)]
struct Site {
    documents: Mutex<HashMap<String, String>>,
    posted: Mutex<Vec<(String, String)>>,
}

static SITE: LazyLock<Site> = LazyLock::new(Site::default);

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

/// Serves JSON, or other text, at a path from now on.
pub(crate) fn serve(path: &str, text: &str) -> String {
    SITE.documents.lock().unwrap().insert(path.to_owned(), text.to_owned());
    address(path)
}

/// What was posted to a path and holds `wanted`: waits for it at most ten seconds.
pub(crate) async fn posted(path: &str, wanted: impl Fn(&str) -> bool) -> String {
    for _ in 0..500 {
        let found = SITE
            .posted
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
        SITE.posted.lock().unwrap().push((path, body));
        return HttpResponse::Ok().finish();
    }
    let document = SITE.documents.lock().unwrap().get(&path).cloned();
    match document {
        Some(text) if text.starts_with(['{', '[']) => {
            HttpResponse::Ok().content_type("application/json").body(text)
        }
        Some(text) => HttpResponse::Ok().content_type("application/oauth-authz-req+jwt").body(text),
        None => HttpResponse::NotFound().finish(),
    }
}
