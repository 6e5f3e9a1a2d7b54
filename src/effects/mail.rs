//! Sending mail: a server by SMTP, or a folder. The only door to `lettre`.
//!
//! Not the outbox: whoever sends decides when to try again.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

/// A mail on its way out: plain text, no tracking.
#[derive(Clone, Copy)]
pub struct OutgoingMail<'a> {
    /// The address.
    pub to: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// What it says.
    pub text: &'a str,
}

/// Why a mail was not sent. It names no address.
#[derive(Debug, thiserror::Error)]
pub enum MailFault {
    /// It will not be: trying again does not help.
    #[error("refused: {0}")]
    Refused(String),
    /// Not now.
    #[error("not sent: {0}")]
    Unreachable(String),
}

/// What sending ends in, some time later.
pub type Mailing<'a> = Pin<Box<dyn Future<Output = Result<(), MailFault>> + Send + 'a>>;

/// Whatever sends mail.
pub trait Mailer: Send + Sync {
    /// Sends one.
    fn send<'a>(&'a self, mail: &'a OutgoingMail<'a>) -> Mailing<'a>;
}

/// How the way to the server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// TLS from the first octet (RFC 8314).
    Tls,
    /// STARTTLS, or nothing is sent.
    StartTls,
    /// Nothing: a server on this machine.
    None,
}

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// A server that takes mail.
pub struct SmtpMailer {
    transport: Transport,
    from: Mailbox,
}

impl SmtpMailer {
    /// The server at `host`; `login`: user name and password.
    ///
    /// # Errors
    /// What is wrong with the sender or with the host.
    pub fn new(
        (host, port): (&str, u16),
        security: MailSecurity,
        login: Option<(&str, &str)>,
        from: &str,
    ) -> Result<Self, String> {
        let from = from.parse::<Mailbox>().map_err(|cause| cause.to_string())?;
        let builder = match security {
            MailSecurity::Tls => Transport::relay(host),
            MailSecurity::StartTls => Transport::starttls_relay(host),
            MailSecurity::None => Ok(Transport::builder_dangerous(host)),
        };
        let builder = builder.map_err(|cause| cause.to_string())?;
        let mut builder = builder.port(port).timeout(Some(PATIENCE));
        if let Some((user, password)) = login {
            let credentials = Credentials::new(user.to_owned(), password.to_owned());
            builder = builder.credentials(credentials);
        }
        Ok(Self { transport: builder.build(), from })
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, mail: &'a OutgoingMail<'a>) -> Mailing<'a> {
        Box::pin(async move {
            let message = composed(self.from.clone(), mail)?;
            let sent = self.transport.send(message).await;
            sent.map(|_| ()).map_err(|cause| {
                // What the server says may name the address: only its code is told.
                let code = cause.status().map(|code| code.to_string());
                let told = code.unwrap_or_else(|| "no answer".to_owned());
                if cause.is_permanent() {
                    MailFault::Refused(told)
                } else {
                    MailFault::Unreachable(told)
                }
            })
        })
    }
}

fn composed(from: Mailbox, mail: &OutgoingMail<'_>) -> Result<Message, MailFault> {
    let refused = || MailFault::Refused("it cannot be composed".to_owned());
    let to = mail.to.parse::<Mailbox>().map_err(|_| refused())?;
    let message = Message::builder().from(from).to(to).subject(mail.subject);
    message.body(mail.text.to_owned()).map_err(|_| refused())
}

/// A folder: one file for each mail.
pub struct FileMailer {
    folder: PathBuf,
    from: Mailbox,
    sent: AtomicU64,
}

impl FileMailer {
    /// Files in `folder`.
    ///
    /// # Errors
    /// What is wrong with the sender.
    pub fn new(folder: PathBuf, from: &str) -> Result<Self, String> {
        let from = from.parse::<Mailbox>().map_err(|cause| cause.to_string())?;
        Ok(Self { folder, from, sent: AtomicU64::default() })
    }
}

impl Mailer for FileMailer {
    fn send<'a>(&'a self, mail: &'a OutgoingMail<'a>) -> Mailing<'a> {
        Box::pin(async move {
            let message = composed(self.from.clone(), mail)?;
            let number = self.sent.fetch_add(1, Ordering::Relaxed);
            let path = self.folder.join(format!("{}-{number}.eml", std::process::id()));
            std::fs::write(path, message.formatted())
                .map_err(|cause| MailFault::Unreachable(cause.kind().to_string()))
        })
    }
}

/// Remembers what it was given, and refuses as long as it is told to: for tests.
#[derive(Default)]
pub struct ScriptedMailer {
    sent: Mutex<Vec<(String, String, String)>>,
    fails: AtomicU64,
}

impl ScriptedMailer {
    /// The next `times` are not sent.
    pub fn fail(&self, times: u64) {
        self.fails.store(times, Ordering::SeqCst);
    }

    /// Address, subject and text of everything that was sent.
    #[must_use]
    pub fn sent(&self) -> Vec<(String, String, String)> {
        self.sent.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

impl Mailer for ScriptedMailer {
    fn send<'a>(&'a self, mail: &'a OutgoingMail<'a>) -> Mailing<'a> {
        let less = |left: u64| left.checked_sub(1);
        let fails = self.fails.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok();
        if !fails {
            let mut sent = self.sent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            sent.push((mail.to.to_owned(), mail.subject.to_owned(), mail.text.to_owned()));
        }
        let done = if fails { Err(MailFault::Unreachable("scripted".to_owned())) } else { Ok(()) };
        Box::pin(std::future::ready(done))
    }
}

/// How long a server is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
