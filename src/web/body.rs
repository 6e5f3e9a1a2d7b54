//! What every request may bring: a body that nothing has to be done to, and that arrives in time.
//!
//! Not how long it may be: each address says that itself. What is encoded is refused before it is read,
//! so nothing is ever inflated (RFC 9110, section 15.5.16); what trickles is given up.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpResponse};
use futures_core::Stream;
use tokio::time::Sleep;

use crate::fault::Fault;

/// The request with a body that ends in time.
///
/// # Errors
/// The answer to a request whose body is encoded.
pub fn admit(mut request: ServiceRequest) -> Result<ServiceRequest, Box<ServiceResponse>> {
    let mut encodings = request.headers().get_all(header::CONTENT_ENCODING);
    if encodings.any(|how| !how.as_bytes().eq_ignore_ascii_case(b"identity")) {
        let refusal = HttpResponse::UnsupportedMediaType()
            .insert_header((header::ACCEPT_ENCODING, "identity"))
            .finish();
        return Err(Box::new(request.into_response(refusal)));
    }
    let payload = request.take_payload();
    if !matches!(payload, Payload::None) {
        let payload = Box::pin(Timely { payload, limit: TIME, end: None });
        request.set_payload(Payload::Stream { payload });
    }
    Ok(request)
}

/// Why a body could not be read.
#[must_use]
pub fn unread(cause: &actix_web::Error) -> Fault {
    let slug = match cause.as_error() {
        Some(PayloadError::Overflow) => "request-too-large",
        _ => "malformed-request",
    };
    Fault::of_slug(slug).with_detail("the body was not read")
}

/// A body that ends with a fault when it takes too long. Most arrive with their head: only one that has
/// to be waited for costs a timer.
struct Timely {
    payload: Payload,
    limit: Duration,
    end: Option<Pin<Box<Sleep>>>,
}

impl Stream for Timely {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Poll::Ready(item) = Pin::new(&mut this.payload).poll_next(context) {
            return Poll::Ready(item);
        }
        let limit = this.limit;
        let end = this.end.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        let late = || Some(Err(PayloadError::Io(std::io::ErrorKind::TimedOut.into())));
        end.as_mut().poll(context).map(|()| late())
    }
}

/// From the head of a request to the end of its body.
const TIME: Duration = Duration::from_secs(15);

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives an octet whenever it is asked for one, or never anything.
    struct Slow {
        trickles: bool,
        now: bool,
    }

    impl Stream for Slow {
        type Item = Result<Bytes, PayloadError>;

        fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            let this = self.get_mut();
            this.now = this.trickles && !this.now;
            if this.now {
                return Poll::Ready(Some(Ok(Bytes::from_static(b"x"))));
            }
            if this.trickles {
                context.waker().wake_by_ref();
            }
            Poll::Pending
        }
    }

    #[actix_web::test]
    async fn a_body_that_never_ends_is_given_up() {
        for trickles in [false, true] {
            let slow: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> =
                Box::pin(Slow { trickles, now: false });
            let payload = Payload::Stream { payload: slow };
            let mut body = Timely { payload, limit: Duration::from_millis(5), end: None };
            loop {
                match std::future::poll_fn(|context| Pin::new(&mut body).poll_next(context)).await {
                    Some(Ok(octet)) => assert!(trickles && octet.len() == 1),
                    Some(Err(PayloadError::Io(cause))) => {
                        assert_eq!(cause.kind(), std::io::ErrorKind::TimedOut);
                        break;
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}
