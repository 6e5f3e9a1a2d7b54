//! A mail on its way through a real SMTP dialogue (RFC 5321), with a server that keeps what it hears.
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use varco::effects::{MailFault, MailSecurity, Mailer as _, OutgoingMail, SmtpMailer};

/// Answers one connection, line by line; `recipients` is what it says to `RCPT`.
async fn server(recipients: &'static str) -> (u16, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (reading, mut writing) = stream.split();
        let mut lines = BufReader::new(reading).lines();
        let mut heard = Vec::new();
        let mut inside = false;
        writing.write_all(b"220 sink\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match line.split(' ').next().unwrap_or_default() {
                "." if inside => {
                    inside = false;
                    "250 taken"
                }
                _ if inside => "",
                "DATA" => {
                    inside = true;
                    "354 go on"
                }
                "RCPT" => recipients,
                "QUIT" => "221 bye",
                _ => "250 sink",
            };
            heard.push(line);
            if !answer.is_empty() {
                writing.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            }
        }
        heard
    });
    (port, heard)
}

const MAIL: OutgoingMail<'static> = OutgoingMail {
    to: "anne@example.ch",
    subject: "Credenziale: è attiva",
    text: "Non è stato lei?\n\n.una riga che comincia con un punto",
};

fn mailer(port: u16) -> SmtpMailer {
    let from = "Sportello <sportello@example.it>";
    SmtpMailer::new(("127.0.0.1", port), MailSecurity::None, None, from).unwrap()
}

#[tokio::test]
async fn a_mail_goes_through_a_dialogue_of_smtp() {
    let (port, heard) = server("250 ok").await;
    let mailer = mailer(port);
    mailer.send(&MAIL).await.unwrap();
    drop(mailer);
    let heard = heard.await.unwrap();
    let has = |start: &str| heard.iter().any(|line| line.starts_with(start));
    assert!(has("MAIL FROM:<sportello@example.it>") && has("RCPT TO:<anne@example.ch>"));
    assert!(has("Subject: ") && has("From: "), "{heard:?}");
}

#[tokio::test]
async fn a_server_that_refuses_for_good_is_told_apart_from_one_that_waits() {
    let (port, _heard) = server("550 no such user anne@example.ch").await;
    let refused = mailer(port).send(&MAIL).await.unwrap_err();
    assert!(matches!(refused, MailFault::Refused(_)));
    assert!(!refused.to_string().contains("anne"));
    let (port, _heard) = server("451 later").await;
    assert!(matches!(mailer(port).send(&MAIL).await, Err(MailFault::Unreachable(_))));
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert!(matches!(mailer(gone).send(&MAIL).await, Err(MailFault::Unreachable(_))));
}
