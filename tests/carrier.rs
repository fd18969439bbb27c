//! Real HTTP and HTTPS: client certificates both ways, and peers that are no peers.

use provestein::carrier::http::{self, FailureKind, Inbox, Limits, Reply, Url};
use provestein::carrier::tls::{ClientTls, Credentials, ServerTls};
use provestein::embedded::demo_pki;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const LOOPBACK: &str = "127.0.0.1:0";
const ENTITY: &[u8] = b"SOAPAction: \"ebXML\"\r\nContent-Type: text/xml\r\n\r\n<a/>";

fn pki(name: &str) -> String {
    demo_pki(name).unwrap().to_owned()
}

fn credentials(name: &str) -> Credentials {
    Credentials { chain: pki(&format!("{name}.pem")), key: pki(&format!("{name}.key.pem")) }
}

fn short() -> Limits {
    Limits {
        read: Duration::from_millis(400),
        connect: Duration::from_secs(2),
        head_bytes: 4096,
        body_bytes: 64 * 1024,
        connections: 8,
        bytes_in_flight: 0,
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// An inbox that answers everything with what came in.
async fn echo(tls: Option<ServerTls>, limits: Limits) -> (Inbox, SocketAddr) {
    let (inbox, mut arrivals) = Inbox::open(LOOPBACK.parse().unwrap(), tls, limits).await.unwrap();
    let address = inbox.address();
    tokio::spawn(async move {
        while let Some(arrival) = arrivals.recv().await {
            let _ = arrival.reply.send(Reply { status: 200, entity: arrival.entity });
        }
    });
    (inbox, address)
}

#[test]
fn the_entity_arrives_byte_for_byte_over_mutual_tls() {
    runtime().block_on(async {
        let server = ServerTls::new(&credentials("tls-server"), Some(&pki("ca.pem"))).unwrap();
        let (_inbox, address) = echo(Some(server), Limits::default()).await;
        let url: Url = format!("https://localhost:{}/ebxml", address.port()).parse().unwrap();
        let known = ClientTls::new(&pki("ca.pem"), Some(&credentials("tls-client"))).unwrap();
        let answer = http::post(&url, ENTITY, Some(&known), &Limits::default()).await.unwrap();
        assert_eq!((answer.status, answer.entity.as_slice()), (200, ENTITY));
        let stranger = ClientTls::new(&pki("ca.pem"), None).unwrap();
        let refused = http::post(&url, ENTITY, Some(&stranger), &Limits::default()).await.unwrap_err();
        assert!(matches!(refused.kind, FailureKind::Tls | FailureKind::ClosedEarly), "{refused}");
        let distrustful = ClientTls::new(&pki("hospital-sign.pem"), None).unwrap();
        let refused = http::post(&url, ENTITY, Some(&distrustful), &Limits::default()).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Tls, "{refused}");
        let missing = http::post(&url, ENTITY, None, &Limits::default()).await.unwrap_err();
        assert!(missing.detail.contains("no trust is configured"), "{missing}");
    });
}

/// What a client that means no good sends, and what it is answered at most.
#[test]
fn a_hostile_client_is_bounded_and_others_go_on() {
    let hostile: [&[u8]; 6] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 999999\r\n\r\nab",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n",
        b"POST / HTTP/1.1\r\nX: ",
    ];
    runtime().block_on(async {
        let (_inbox, address) = echo(None, short()).await;
        let url: Url = format!("http://{address}/").parse().unwrap();
        for bytes in hostile {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(bytes).await.unwrap();
            let answer = http::post(&url, ENTITY, None, &Limits::default()).await.unwrap();
            assert_eq!(answer.entity, ENTITY, "while {:?} hangs on", bytes.escape_ascii().to_string());
            let mut rest = Vec::new();
            // Closed by the inbox at the latest when its patience ends; the content does not matter.
            let closed = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
            assert!(closed.is_ok(), "{:?} is held open", bytes.escape_ascii().to_string());
        }
        // An endless header line ends when the limit is reached.
        let mut stream = TcpStream::connect(address).await.unwrap();
        let written = async { while stream.write_all(&[b'x'; 1024]).await.is_ok() {} };
        assert!(tokio::time::timeout(Duration::from_secs(5), written).await.is_ok());
        let answer = http::post(&url, ENTITY, None, &Limits::default()).await.unwrap();
        assert_eq!(answer.status, 200);
    });
}

/// A server that does one thing to whoever connects.
async fn server(answer: &'static [u8], hold: bool) -> Url {
    let listener = TcpListener::bind(LOOPBACK).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut read = [0; 1024];
                let _ = stream.read(&mut read).await;
                let _ = stream.write_all(answer).await;
                if hold {
                    std::future::pending::<()>().await;
                }
            });
        }
    });
    url
}

/// What is turned away is kept, so that it does not look like silence.
#[test]
fn an_inbox_knows_what_it_turned_away() {
    let knocks: [(&[u8], &str, bool); 4] = [
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "405: GET", false),
        (b"SSH-2.0-OpenSSH\r\n", "400: what came is not HTTP", false),
        (b"POST / HTTP/1.1\r\nContent-Length: 999999\r\n\r\n", "413: more than 65536 bytes", true),
        (b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nab", "a request was not complete", true),
    ];
    runtime().block_on(async {
        let (inbox, address) = echo(None, short()).await;
        let refusals = inbox.refusals();
        for (bytes, reason, may_be_message) in knocks {
            let before = refusals.count();
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(bytes).await.unwrap();
            let _ = stream.read_to_end(&mut Vec::new()).await;
            let refused = refusals.since(before);
            assert_eq!(refused.len(), 1, "{reason}: {refused:?}");
            assert!(refused[0].reason.starts_with(reason), "{reason}: {refused:?}");
            assert_eq!(refused[0].may_be_message, may_be_message, "{reason}");
        }
        let server = ServerTls::new(&credentials("tls-server"), Some(&pki("ca.pem"))).unwrap();
        let (inbox, address) = echo(Some(server), short()).await;
        let url: Url = format!("https://localhost:{}/", address.port()).parse().unwrap();
        let distrustful = ClientTls::new(&pki("hospital-sign.pem"), None).unwrap();
        http::post(&url, ENTITY, Some(&distrustful), &short()).await.unwrap_err();
        tokio::time::timeout(Duration::from_secs(5), async {
            while inbox.refusals().count() == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .unwrap();
        let refused = inbox.refusals().since(0);
        assert!(refused[0].reason.starts_with("no TLS could be agreed") && refused[0].may_be_message, "{refused:?}");
        let (inbox, address) = echo(None, short()).await;
        let url: Url = format!("http://{address}/").parse().unwrap();
        http::post(&url, ENTITY, None, &short()).await.unwrap();
        assert_eq!(inbox.refusals().count(), 0, "what is taken is not turned away");
    });
}

/// Some HTTP stacks hold the body back until they are told to go on.
#[test]
fn whoever_waits_for_100_continue_is_told_to_go_on() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    runtime().block_on(async {
        let (_inbox, address) = echo(None, short()).await;
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = b"POST / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-Continue\r\nConnection: close\r\n\r\n";
        stream.write_all(head).await.unwrap();
        let mut interim = [0; 25];
        stream.read_exact(&mut interim).await.unwrap();
        assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(b"hello").await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert!(rest.starts_with(b"HTTP/1.1 200") && rest.ends_with(b"hello"), "{}", rest.escape_ascii());
    });
}

#[test]
fn interim_answers_are_read_over() {
    let table: [(&'static [u8], Result<u16, FailureKind>); 4] = [
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Ok(200)),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nX: y\r\n\r\nHTTP/1.1 500 No\r\n\r\n", Ok(500)),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", Ok(101)),
        (b"HTTP/1.1 100 Continue\r\n\r\n", Err(FailureKind::ClosedEarly)),
    ];
    runtime().block_on(async {
        for (answer, expected) in table {
            let url = server(answer, false).await;
            let seen = http::post(&url, ENTITY, None, &short()).await;
            assert_eq!(seen.map(|a| a.status).map_err(|f| f.kind), expected, "{:?}", answer.escape_ascii().to_string());
        }
    });
}

#[test]
fn every_failure_of_a_server_has_its_name() {
    let table: [(&'static [u8], bool, FailureKind); 6] = [
        (b"", true, FailureKind::TimedOut),
        (b"", false, FailureKind::ClosedEarly),
        (b"SSH-2.0-OpenSSH\r\n", true, FailureKind::NotHttp),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab", false, FailureKind::ClosedEarly),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n", true, FailureKind::TooLarge),
        (b"HTTP/1.1 OK\r\n\r\n", true, FailureKind::NotHttp),
    ];
    runtime().block_on(async {
        for (answer, hold, kind) in table {
            let url = server(answer, hold).await;
            let failure = http::post(&url, ENTITY, None, &short()).await.unwrap_err();
            assert_eq!(failure.kind, kind, "{:?}: {failure}", answer.escape_ascii().to_string());
            assert!(failure.to_string().contains(&url.to_string()), "the address is named: {failure}");
        }
        let nobody: Url = "http://127.0.0.1:1/".parse().unwrap();
        let failure = http::post(&nobody, ENTITY, None, &short()).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unreachable);
    });
}
