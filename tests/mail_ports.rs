//! Mail over real sockets: against Python's smtplib, poplib and smtpd, against each other, and against clients that mean
//! no good.

use provestein::carrier::http::Refusals;
use provestein::carrier::mail::smtp::{self, Outgoing, Posted, Verdict};
use provestein::carrier::mail::{
    Account, Accounts, Limits, Mailbox, Notice, Password, Route, Security, TroubleKind, pop3,
};
use provestein::carrier::port::Pending;
use provestein::carrier::tls::{ClientTls, Credentials, ServerTls};
use provestein::embedded::demo_pki;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

const LOOPBACK: &str = "127.0.0.1:0";

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn pki(name: &str) -> String {
    demo_pki(name).unwrap().to_owned()
}

fn server_tls() -> ServerTls {
    ServerTls::new(&Credentials { chain: pki("tls-server.pem"), key: pki("tls-server.key.pem") }, None).unwrap()
}

fn accounts() -> (Accounts, Mailbox) {
    let mailbox = Mailbox::named("box");
    let account = Account { user: "epj".to_owned(), password: Password::new("hemmelig"), mailbox: mailbox.clone() };
    (Accounts { known: vec![account], anybody: None }, mailbox)
}

/// Both servers with one mailbox; what is posted is kept and taken.
struct Both {
    smtp: smtp::Server,
    pop3: pop3::Server,
    mailbox: Mailbox,
    posted: mpsc::UnboundedReceiver<Posted>,
    notices: mpsc::Receiver<Notice>,
}

impl Both {
    async fn open(tls: Option<ServerTls>, limits: Limits) -> Self {
        let (told, notices) = mpsc::channel(10_000);
        let (accounts, mailbox) = accounts();
        let at: SocketAddr = LOOPBACK.parse().unwrap();
        let name = "localhost".to_owned();
        let settings = smtp::Settings {
            name: name.clone(),
            tls: tls.clone(),
            implicit: false,
            accounts: accounts.clone(),
            limits,
        };
        let opened = smtp::Server::open(at, settings, told.clone(), Refusals::default()).await;
        let (smtp, mut inbox) = opened.unwrap();
        let settings = pop3::Settings { name, tls, implicit: false, accounts, limits };
        let pop3 = pop3::Server::open(at, settings, told, Refusals::default()).await.unwrap();
        let (kept, posted) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(mut mail) = inbox.recv().await {
                let (reply, _) = tokio::sync::oneshot::channel();
                let reply = std::mem::replace(&mut mail.reply, reply);
                let refused = mail.envelope.from == "refused@edi.test";
                let _ = kept.send(mail);
                let verdict =
                    if refused { Verdict::Refused(550, "5.7.1 no\r\n250 yes".to_owned()) } else { Verdict::Taken };
                let _ = reply.send(verdict);
            }
        });
        Self { smtp, pop3, mailbox, posted, notices }
    }

    fn smtp_route(&self, security: Security) -> Route {
        Route { host: "localhost".to_owned(), port: self.smtp.address().port(), security, login: login("hemmelig") }
    }

    fn pop3_route(&self, security: Security) -> Route {
        Route { port: self.pop3.address().port(), ..self.smtp_route(security) }
    }

    fn notices(&mut self) -> Vec<Notice> {
        std::iter::from_fn(|| self.notices.try_recv().ok()).collect()
    }
}

#[allow(clippy::unnecessary_wraps, reason = "a route wants it so")]
fn login(password: &str) -> Option<(String, Password)> {
    Some(("epj".to_owned(), Password::new(password)))
}

fn client_tls() -> ClientTls {
    ClientTls::new(&pki("ca.pem"), None).unwrap()
}

/// Keeps mails in memory.
#[derive(Default)]
struct Shelf {
    found: Vec<pop3::Found>,
    known: Vec<String>,
    is_full: bool,
}

impl pop3::Keeper for Shelf {
    fn knows(&self, uid: &str) -> bool {
        self.known.iter().any(|known| known == uid)
    }

    fn keep(&mut self, found: pop3::Found) -> Pending<'_, bool> {
        self.found.push(found);
        Box::pin(async { !self.is_full })
    }
}

/// Runs a Python program; false, visibly, when there is no Python.
async fn python(program: &str, arguments: &[String]) -> bool {
    let mut command = Command::new("python3");
    command.args(["-W", "ignore", "-c", program]).args(arguments).stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap();
    let Ok(output) = output else {
        eprintln!("skipped: python3 is not here");
        return false;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    true
}

/// Every line that could be taken for something else, and a mail with 8-bit bytes.
const MAIL: &[u8] =
    b"Subject: x\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\r\n.\r\n..\r\n.a\r\nQUIT\r\n\xc3\xb8 \r\n\t\r\n";

const SMTPLIB: &str = r#"
import smtplib, ssl, sys
port, ca, mail = int(sys.argv[1]), sys.argv[2], bytes.fromhex(sys.argv[3])
def session(method, tls):
    s = smtplib.SMTP("localhost", port, timeout=20)
    s.ehlo("peer.test")
    assert s.has_extn("8bitmime") and s.has_extn("dsn") and s.has_extn("size"), s.esmtp_features
    if tls:
        s.starttls(context=ssl.create_default_context(cafile=ca))
        s.ehlo("peer.test")
        assert not s.has_extn("starttls")
    s.user, s.password = "epj", "hemmelig"
    s.auth(method, getattr(s, "auth_" + method.lower()))
    s.sendmail("a@edi.test", ["b@edi.test", "c@redirected.test"], mail,
               ["BODY=8BITMIME", "RET=HDRS", "ENVID=id+2B1"], ["NOTIFY=FAILURE,DELAY", "ORCPT=rfc822;b@edi.test"])
    s.quit()
session("PLAIN", False)
session("LOGIN", True)
s = smtplib.SMTP("localhost", port, timeout=20)
try:
    s.login("epj", "feil")
    sys.exit("logged in with a wrong password")
except smtplib.SMTPAuthenticationError as fault:
    assert fault.smtp_code == 535, fault
try:
    s.sendmail("refused@edi.test", ["b@edi.test"], b"x: y\r\n\r\nz\r\n")
    sys.exit("a refused mail was taken")
except smtplib.SMTPDataError as fault:
    assert fault.smtp_code == 550 and b"250 yes" in fault.smtp_error, fault
s.quit()
"#;

#[test]
fn smtplib_posts_byte_for_byte() {
    runtime().block_on(async {
        let mut both = Both::open(Some(server_tls()), Limits::default()).await;
        let folder = tempfile::tempdir().unwrap();
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, pki("ca.pem")).unwrap();
        let mail = MAIL.iter().fold(String::new(), |mut hex, b| {
            let _ = write!(hex, "{b:02x}");
            hex
        });
        let arguments = [both.smtp.address().port().to_string(), ca.display().to_string(), mail];
        if !python(SMTPLIB, &arguments).await {
            return;
        }
        for secured in [false, true] {
            let posted = both.posted.recv().await.unwrap();
            assert_eq!(posted.mail.escape_ascii().to_string(), MAIL.escape_ascii().to_string());
            assert!(!posted.bare_lf);
            let envelope = posted.envelope;
            assert_eq!((envelope.helo.as_str(), envelope.from.as_str()), ("peer.test", "a@edi.test"));
            let to: Vec<&str> = envelope.recipients.iter().map(|r| r.address.as_str()).collect();
            assert_eq!(to, ["b@edi.test", "c@redirected.test"]);
            assert_eq!(envelope.recipients[0].notify.as_deref(), Some("FAILURE,DELAY"));
            assert_eq!(envelope.recipients[0].original.as_deref(), Some("rfc822;b@edi.test"));
            assert_eq!((envelope.envelope_id.as_deref(), envelope.ret.as_deref()), (Some("id+1"), Some("HDRS")));
            assert_eq!((envelope.body.as_deref(), envelope.size), (Some("8BITMIME"), Some(MAIL.len())));
            assert_eq!((envelope.user.as_deref(), envelope.secured), (Some("epj"), secured));
        }
        let mut refused = both.notices();
        refused.retain(|n| !matches!(n, Notice::LoggedIn { .. }));
        // smtplib tries one mechanism after the other.
        assert!(!refused.is_empty());
        assert!(
            refused.iter().all(|n| matches!(n, Notice::LoginRefused { service: "smtp", user, .. } if user == "epj"))
        );
    });
}

const POPLIB: &str = r#"
import poplib, ssl, sys
port, ca = int(sys.argv[1]), sys.argv[2]
def raw(lines):
    return b"".join(line + b"\r\n" for line in lines)
s = poplib.POP3("localhost", port, timeout=20)
assert "TOP" in s.capa() and "STLS" in s.capa() and "UIDL" in s.capa()
s.stls(ssl.create_default_context(cafile=ca))
try:
    s.user("epj"); s.pass_("feil")
    sys.exit("logged in with a wrong password")
except poplib.error_proto as fault:
    assert b"[AUTH]" in fault.args[0], fault
s.user("epj"); s.pass_("hemmelig")
assert s.stat()[0] == 3, s.stat()
uids = [line.split()[1] for line in s.uidl()[1]]
assert len(set(uids)) == 3 and s.uidl(2).split()[2] == uids[1]
assert raw(s.retr(1)[1]) == bytes.fromhex(sys.argv[3]), s.retr(1)
assert s.top(1, 0)[1] == [b"Subject: x", b"Content-Type: text/plain;", b" charset=utf-8", b""], s.top(1, 0)
s.dele(1); s.rset(); s.dele(2)
assert s.stat()[0] == 2 and [line.split()[0] for line in s.list()[1]] == [b"1", b"3"]
other = poplib.POP3("localhost", port, timeout=20)
other.apop("epj", "hemmelig")
assert other.stat()[0] == 3, "deleted only at QUIT"
s.quit()
other.retr(2); other.dele(2); other.dele(3); other.quit()
broken = poplib.POP3("localhost", port, timeout=20)
broken.user("epj"); broken.pass_("hemmelig")
assert [line.split()[1] for line in broken.uidl()[1]] == uids[:1]
broken.dele(1)
broken.close()
"#;

#[test]
fn poplib_fetches_byte_for_byte_and_two_at_once_survive() {
    runtime().block_on(async {
        let mut both = Both::open(Some(server_tls()), Limits::default()).await;
        let folder = tempfile::tempdir().unwrap();
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, pki("ca.pem")).unwrap();
        for number in [5, 6, 9] {
            both.mailbox.put(number, MAIL);
        }
        let mail: String = MAIL.iter().map(|b| format!("{b:02x}")).collect();
        let arguments = [both.pop3.address().port().to_string(), ca.display().to_string(), mail];
        if !python(POPLIB, &arguments).await {
            return;
        }
        let left: Vec<u64> = both.mailbox.list().iter().map(|letter| letter.number).collect();
        assert_eq!(left, [5], "what was marked on a connection that broke is kept");
        let mut notices = both.notices();
        notices.retain(|n| !matches!(n, Notice::LoggedIn { .. }));
        let fetched: Vec<u64> = notices
            .iter()
            .filter_map(|n| if let Notice::Fetched { number, .. } = n { Some(*number) } else { None })
            .collect();
        assert_eq!(fetched, [5, 6], "TOP is no fetching");
        assert!(matches!(&notices[0], Notice::LoginRefused { service: "pop3", user, .. } if user == "epj"));
        let deleted = notices.iter().filter(|n| matches!(n, Notice::Deleted { .. })).count();
        assert_eq!(deleted, 3);
    });
}

#[test]
fn our_clients_and_our_servers_understand_each_other() {
    runtime().block_on(async {
        let mut both = Both::open(Some(server_tls()), Limits::default()).await;
        let limits = Limits::default();
        let recipients = ["b@edi.test".to_owned()];
        let outgoing =
            Outgoing { from: "a@edi.test", recipients: &recipients, envelope_id: Some("id =+1"), mail: MAIL };
        for security in [Security::Plain, Security::Upgrade(client_tls())] {
            let talk = smtp::send(&both.smtp_route(security.clone()), &outgoing, &limits).await.unwrap();
            let said = format!("{talk:?}");
            assert!(said.contains("AUTH PLAIN (masked)") && !said.contains("aGVtbWVsaWc"), "{said}");
            let posted = both.posted.recv().await.unwrap();
            assert_eq!(posted.mail, MAIL);
            assert_eq!(posted.envelope.envelope_id.as_deref(), Some("id =+1"));
            both.mailbox.put(u64::from(posted.envelope.secured), &posted.mail);
            let mut shelf = Shelf::default();
            let route = both.pop3_route(security.clone());
            let digest = matches!(security, Security::Plain);
            let collected = pop3::collect(&route, digest, &limits, &mut shelf).await.unwrap();
            let found = shelf.found;
            assert_eq!((collected.kept, found.len()), (1, 1));
            assert_eq!(found[0].mail, MAIL);
            assert!(!format!("{collected:?}").contains("hemmelig"));
            assert!(both.mailbox.list().is_empty());
        }
        let mut wrong = both.smtp_route(Security::Plain);
        wrong.login = login("feil");
        assert_eq!(smtp::send(&wrong, &outgoing, &limits).await.unwrap_err().kind, TroubleKind::Login);
        wrong.port = both.pop3.address().port();
        let refused = pop3::collect(&wrong, false, &limits, &mut Shelf::default()).await.unwrap_err();
        assert_eq!(refused.kind, TroubleKind::Login, "{refused}");
        let confused = smtp::send(&wrong, &outgoing, &limits).await.unwrap_err();
        assert_eq!(confused.kind, TroubleKind::NotMail, "{confused}");
    });
}

#[test]
fn what_is_not_kept_is_not_deleted_and_what_was_kept_is_not_fetched_again() {
    runtime().block_on(async {
        let both = Both::open(None, Limits::default()).await;
        both.mailbox.put(1, MAIL);
        both.mailbox.put(2, MAIL);
        let route = both.pop3_route(Security::Plain);
        let limits = Limits::default();
        let mut shelf = Shelf { is_full: true, known: vec!["box-1".to_owned()], ..Shelf::default() };
        assert_eq!(pop3::collect(&route, false, &limits, &mut shelf).await.unwrap().kept, 0);
        let left: Vec<u64> = both.mailbox.list().iter().map(|letter| letter.number).collect();
        assert_eq!(left, [2]);
    });
}

/// Python's smtpd: a server that we did not write, to which our client posts.
const SMTPD: &str = r"
import asyncore, smtpd, sys
class Server(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **options):
        with open(sys.argv[1] + '/mail', 'wb') as out:
            out.write(data)
        with open(sys.argv[1] + '/envelope', 'w') as out:
            out.write(f'{mailfrom} {rcpttos} {options}')
        sys.stdout.flush()
        raise asyncore.ExitNow()
server = Server(('127.0.0.1', int(sys.argv[2])), None)
open(sys.argv[1] + '/ready', 'w').close()
try:
    asyncore.loop()
except asyncore.ExitNow:
    pass
";

#[test]
fn smtpd_gets_what_our_client_posts() {
    runtime().block_on(async {
        let probe = Command::new("python3").args(["-W", "ignore", "-c", "import smtpd"]).output();
        if !probe.is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: python3 with smtpd (up to 3.11) is not here");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind(LOOPBACK).unwrap().local_addr().unwrap().port();
        let mut child = Command::new("python3")
            .args(["-W", "ignore", "-c", SMTPD])
            .args([folder.path().display().to_string(), port.to_string()])
            .spawn()
            .unwrap();
        while !folder.path().join("ready").exists() {
            assert!(child.try_wait().unwrap().is_none(), "smtpd has ended");
            tokio::task::yield_now().await;
        }
        let route = Route { host: "127.0.0.1".to_owned(), port, security: Security::Plain, login: None };
        let recipients = ["b@edi.test".to_owned()];
        let outgoing = Outgoing { from: "a@edi.test", recipients: &recipients, envelope_id: Some("i"), mail: MAIL };
        // The server goes away without a word when it has the mail: only what it wrote down counts.
        let _ = smtp::send(&route, &outgoing, &Limits::default()).await;
        let status = tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
        assert!(status.success());
        // smtpd gives the mail with LF, and without the last line end.
        let got = std::fs::read(folder.path().join("mail")).unwrap();
        let expected = String::from_utf8(MAIL.to_vec()).unwrap().replace("\r\n", "\n");
        assert_eq!(String::from_utf8(got).unwrap(), expected.strip_suffix('\n').unwrap());
        let envelope = std::fs::read_to_string(folder.path().join("envelope")).unwrap();
        assert!(envelope.starts_with("a@edi.test ['b@edi.test']"), "{envelope}");
    });
}

fn short() -> Limits {
    Limits {
        line_bytes: 4096,
        mail_bytes: 256 * 1024,
        command: Duration::from_millis(400),
        mail: Duration::from_millis(400),
        connect: Duration::from_secs(2),
        session: Duration::from_secs(3),
        mistakes: 5,
        connections: 16,
        bytes_in_flight: 0,
        ..Limits::default()
    }
}

/// Sends bytes and reads until the other side closes.
async fn say(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let _ = stream.write_all(bytes).await;
    let mut heard = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut heard)).await;
    assert!(closed.is_ok(), "{} is held open", bytes[..bytes.len().min(40)].escape_ascii());
    String::from_utf8_lossy(&heard).into_owned()
}

#[test]
fn nothing_survives_the_handshake_of_starttls() {
    runtime().block_on(async {
        let mut both = Both::open(Some(server_tls()), short()).await;
        let injected = b"EHLO a\r\nSTARTTLS\r\nMAIL FROM:<evil@a>\r\nRCPT TO:<b@c>\r\nDATA\r\nx\r\n.\r\n";
        let heard = say(both.smtp.address(), injected).await;
        assert!(heard.ends_with("501 5.5.1 nothing may follow STARTTLS before the handshake\r\n"), "{heard}");
        let heard = say(both.pop3.address(), b"STLS\r\nUSER epj\r\nPASS hemmelig\r\n").await;
        assert!(heard.ends_with("-ERR nothing may follow STLS before the handshake\r\n"), "{heard}");
        // What comes after the reply is taken for TLS, and is none.
        let mut stream = TcpStream::connect(both.smtp.address()).await.unwrap();
        stream.write_all(b"EHLO a\r\nMAIL FROM:<a@b>\r\nSTARTTLS\r\n").await.unwrap();
        let mut heard = Vec::new();
        while !heard.ends_with(b"220 2.0.0 begin\r\n") {
            assert_ne!(stream.read_buf(&mut heard).await.unwrap(), 0);
        }
        stream.write_all(b"RCPT TO:<b@c>\r\nDATA\r\nx\r\n.\r\n").await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        assert!(!String::from_utf8_lossy(&rest).contains("250 "), "{}", rest.escape_ascii());
        assert!(both.smtp.refusals().since(0).iter().any(|r| r.reason.contains("behind STARTTLS")));
        assert!(both.posted.try_recv().is_err(), "no mail came of it");
        // What was said before TLS is forgotten: the greeting has to be said again.
        let recipients = ["b@c".to_owned()];
        let outgoing = Outgoing { from: "a@b", recipients: &recipients, envelope_id: None, mail: b"\r\nx\r\n" };
        let route = both.smtp_route(Security::Upgrade(client_tls()));
        smtp::send(&route, &outgoing, &short()).await.unwrap();
        assert_eq!(both.posted.recv().await.unwrap().envelope.from, "a@b");
    });
}

#[test]
fn hostile_clients_are_bounded_and_others_go_on() {
    runtime().block_on(async {
        let mut both = Both::open(Some(server_tls()), short()).await;
        let (smtp, pop3) = (both.smtp.address(), both.pop3.address());
        let begun = b"EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<b@c>\r\nDATA\r\n".to_vec();
        let huge = [begun.clone(), vec![b'x'; 600 * 1024], b"\r\n.\r\n".to_vec()].concat();
        let endless = vec![b'x'; 20_000];
        let garbage: Vec<u8> = (0..40_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let mistakes = b"WHAT\r\n".repeat(40);
        let smuggled = [begun.clone(), b"a\n.\nMAIL FROM:<evil@a>\r\n.\r\nQUIT\r\n".to_vec()].concat();
        for bytes in
            [&huge, &endless, &garbage, &mistakes, &begun, &b"EHLO a\r\nMAIL FROM:<a@b> SIZE=99999999\r\n".to_vec()]
        {
            say(smtp, bytes).await;
            say(pop3, bytes).await;
        }
        assert!(say(smtp, &mistakes).await.ends_with("421 4.7.0 too many mistakes\r\n"));
        assert!(say(smtp, &smuggled).await.ends_with("221 2.0.0 good bye\r\n"));
        let posted = both.posted.recv().await.unwrap();
        assert_eq!((posted.mail.as_slice(), posted.bare_lf), (&b"a\n.\nMAIL FROM:<evil@a>\r\n"[..], true));
        assert!(both.posted.try_recv().is_err(), "one mail, not two");
        // As many who say nothing as there are places, and more: they are sent away, and then others get in.
        let mut silent = Vec::new();
        for _ in 0..40 {
            silent.push((TcpStream::connect(smtp).await.unwrap(), TcpStream::connect(pop3).await.unwrap()));
        }
        let patient = Limits { command: Duration::from_secs(20), ..Limits::default() };
        let recipients = ["b@c".to_owned()];
        let outgoing = Outgoing { from: "a@b", recipients: &recipients, envelope_id: None, mail: MAIL };
        smtp::send(&both.smtp_route(Security::Plain), &outgoing, &patient).await.unwrap();
        both.mailbox.put(1, MAIL);
        let route = both.pop3_route(Security::Plain);
        let visit = pop3::collect(&route, true, &patient, &mut Shelf::default()).await.unwrap();
        assert_eq!(visit.kept, 1);
        // A byte now and then keeps nobody for ever.
        let mut slow = TcpStream::connect(smtp).await.unwrap();
        let dripping = async { while slow.write_all(b"NOOP\r\n").await.is_ok() {} };
        let reading = tokio::time::timeout(Duration::from_secs(20), dripping);
        assert!(reading.await.is_ok(), "the session ends");
    });
}
