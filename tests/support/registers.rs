//! Registers of a kit of their own, open on free ports, with everything that they were asked.

use provestein::carrier::stand_in::Asked;
use provestein::carrier::tls::{Credentials, ServerTls};
use provestein::exchange::cast::Cast;
use provestein::registers::party::{Pair, Party};
use provestein::registers::stand::{self, Login, Open, Ports, Stand};
use provestein::stand_ins;
use provestein::wire::certificate::Certificate;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// What a register was asked, without what waits for the record.
#[derive(Debug, Clone)]
pub struct Noted {
    pub register: &'static str,
    pub operation: String,
    pub about: Option<String>,
    pub mode: Option<String>,
    pub status: Option<u16>,
    pub request: String,
}

/// Registers that are open.
pub struct Registers {
    pub stand: Arc<Stand>,
    asked: Arc<Mutex<Vec<Noted>>>,
    open: Open,
    folder: tempfile::TempDir,
    _runtime: Runtime,
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Registers {
    /// Opens registers that everybody may ask.
    pub fn open() -> Self {
        Self::open_for(None)
    }

    /// Opens registers, the address register behind a login.
    pub fn open_for(login: Option<Login>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kit = folder.path().join("kit");
        let port = free_port();
        let made = Command::new(env!("CARGO_BIN_EXE_provestein"))
            .arg("kit")
            .arg(&kit)
            .args(["--registers", &format!("http://127.0.0.1:{port}")])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let stand = Arc::new(stand_ins::stand(&kit, parties(&kit), login).unwrap());
        let read = |name: &str| fs::read_to_string(kit.join("tls").join(name)).unwrap();
        let credentials = Credentials { chain: read("server.pem"), key: read("server.key.pem") };
        let tls = ServerTls::new(&credentials, None).unwrap();
        let runtime = Runtime::new().unwrap();
        let (book, mut told) = mpsc::channel::<Asked>(16);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let notes = asked.clone();
        runtime.spawn(async move {
            while let Some(asked) = told.recv().await {
                notes.lock().unwrap().push(note(&asked));
                let _ = asked.recorded.send(());
            }
        });
        let ports = Ports { http: ([127, 0, 0, 1], port).into(), https: Some((([127, 0, 0, 1], 0).into(), tls)) };
        let open = runtime.block_on(stand::open(stand.clone(), &ports, book)).unwrap();
        Self { stand, asked, open, folder, _runtime: runtime }
    }

    pub fn kit(&self) -> PathBuf {
        self.folder.path().join("kit")
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.open.http())
    }

    pub fn url_tls(&self) -> String {
        format!("https://localhost:{}", self.open.https().unwrap().port())
    }

    pub fn asked(&self) -> Vec<Noted> {
        self.asked.lock().unwrap().clone()
    }
}

fn note(asked: &Asked) -> Noted {
    Noted {
        register: asked.register,
        operation: asked.operation.clone(),
        about: asked.about.clone(),
        mode: asked.mode.clone(),
        status: asked.status,
        request: String::from_utf8_lossy(&asked.request).into_owned(),
    }
}

/// The parties of a kit's partner table.
fn parties(kit: &Path) -> Vec<Party> {
    let cast = Cast::parse("partners.yaml", &fs::read_to_string(kit.join("partners.yaml")).unwrap()).unwrap();
    let certificate = |name: &str| Certificate::from_pem(&fs::read_to_string(kit.join(name)).unwrap()).unwrap();
    let known = cast.parties.iter().filter(|(role, _)| *role != "stranger");
    known
        .map(|(role, party)| {
            let sign = certificate(&format!("{role}-sign.pem"));
            stand_ins::of_cast(role, party, Pair { sign, encrypt: certificate(&format!("{role}-encrypt.pem")) })
        })
        .collect()
}
