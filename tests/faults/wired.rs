//! A subject file that is right, and what can be made wrong in it.

use crate::support::process::{Background, free_port, provestein_in};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Output;
use std::sync::OnceLock;
use std::thread;

/// One message is enough to show what is wrong.
pub const PLAIN: &str = "receive/accepted/log-innlagt";

/// One kit for all rows: nothing is written into it.
pub fn kit() -> PathBuf {
    static KIT: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = KIT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        assert!(provestein_in(folder.path(), &["kit", "kit"]).output().unwrap().status.success());
        folder
    });
    folder.path().join("kit")
}

pub struct Wired {
    pub folder: tempfile::TempDir,
    /// Where the subject is to listen.
    pub listen: u16,
    /// Where the harness listens.
    pub harness: u16,
}

impl Wired {
    /// With a subject file in which each of `edits` was replaced.
    pub fn new(edits: &[(&str, &str)]) -> Self {
        let wired = Self { folder: tempfile::tempdir().unwrap(), listen: free_port(), harness: free_port() };
        let text = format!(
            "subject: {{ supplier: Prøvestein, system: reference, version: \"1\" }}\npurpose: test\n\
             profile: plo-receive-nhn\nclaims: {{ messages: {{ LOG_INNLAGT@1.6: [receive] }} }}\n\
             carrier: {{ http: {{ url: \"http://127.0.0.1:{}/\" }} }}\ninbox: {{ http: {}, bind: 127.0.0.1 }}\n\
             parties:\n  municipality:\n    \
             organisation: {{ her: 990000020, name: Nordvik kommune (syntetisk), number: \"310000027\" }}\n    \
             service: {{ her: 990000021, name: Pleie- og omsorgstjeneste, edi: municipality@edi.test }}\n    \
             certificates: {{ sign: municipality-sign.pem, encrypt: municipality-encrypt.pem }}\n\
             partners: {:?}\npatience: {{ transport: 2 s, apprec: 1 s, quiet: 200 ms, poll: 1 s }}\n",
            wired.listen,
            wired.harness,
            kit().display().to_string(),
        );
        for name in ["municipality-sign.pem", "municipality-encrypt.pem"] {
            fs::copy(kit().join("subject").join(name), wired.folder.path().join(name)).unwrap();
        }
        let text = edits.iter().fold(text, |text, (from, to)| {
            assert!(text.contains(from), "`{from}` is not in the subject file:\n{text}");
            text.replace(from, to)
        });
        fs::write(wired.folder.path().join("subject.yaml"), text).unwrap();
        wired
    }

    /// Replaces how both are reached.
    pub fn carrier(&self, instead: &str) {
        let path = self.folder.path().join("subject.yaml");
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with("inbox:"));
        let lines = lines.map(|line| if line.starts_with("carrier:") { instead } else { line });
        fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
        fs::write(self.folder.path().join("password"), "hemmelig\n").unwrap();
    }

    /// The built-in reference, as the subject.
    pub fn reference(&self) -> Background {
        let kit = kit().display().to_string();
        let listen = format!("127.0.0.1:{}", self.listen);
        let harness = format!("http://127.0.0.1:{}/", self.harness);
        let args = ["reference", "--listen", &listen, "--harness", &harness, "--kit", &kit];
        Background::start(self.folder.path(), &args, "listening at")
    }

    pub fn doctor(&self, more: &[&str]) -> Output {
        provestein_in(self.folder.path(), &["doctor", "--subject", "subject.yaml"]).args(more).output().unwrap()
    }

    pub fn run(&self) -> Output {
        provestein_in(self.folder.path(), &["run", "--subject", "subject.yaml", PLAIN]).output().unwrap()
    }
}

/// A port that answers each HTTP request with the same bytes, when it has come in whole.
pub fn http_answer(port: u16, answer: impl Fn() -> String + Send + 'static) {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            if read_request(&mut stream) {
                let _ = stream.write_all(answer().as_bytes());
            }
        }
    });
}

/// Whether a request came: a probe only connects.
fn read_request(stream: &mut TcpStream) -> bool {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return false;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            return reader.read_exact(&mut vec![0; length]).is_ok();
        }
    }
}

/// A mail server as a script: a greeting, and a reply to each line.
pub fn scripted(greeting: &'static str, reply: fn(&str) -> &'static str) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut out = stream.try_clone().unwrap();
                let _ = write!(out, "{greeting}\r\n");
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    if write!(out, "{}\r\n", reply(&line)).is_err() {
                        break;
                    }
                }
            });
        }
    });
    port
}

/// The edits for a subject that brings these mail servers.
pub fn by_mail(smtp: u16, pop3: u16) -> String {
    format!(
        "{{ mail: {{ smtp: \"127.0.0.1:{smtp}\", pop3: \"127.0.0.1:{pop3}\", user: epj, password: pw, poll: 1 s }} }}\n\
         secrets: {{ pw: {{ file: password }} }}"
    )
}
