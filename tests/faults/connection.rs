//! Rows about ports, names, TLS and whether the subject is there.

use super::table::Row;
use super::wired::{Wired, http_answer, kit};
use crate::support::process::{Background, text};
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const URL: &str = "url: \"http://127.0.0.1:";

pub fn port_in_use(row: &Row) {
    let wired = Wired::new(&[]);
    let _subject: Background = wired.reference();
    let _taken = TcpListener::bind(("127.0.0.1", wired.harness)).unwrap();
    row.holds(Some(&wired.doctor(&[])), Some(&wired.run()));
}

pub fn subject_there_already(row: &Row) {
    let wired = Wired::new(&[("carrier:", "start: { process: { command: [sleep, \"60\"] } }\ncarrier:")]);
    let _forgotten = TcpListener::bind(("127.0.0.1", wired.listen)).unwrap();
    row.holds(Some(&wired.doctor(&[])), Some(&wired.run()));
}

pub fn refused(row: &Row) {
    let wired = Wired::new(&[]);
    row.holds(Some(&wired.doctor(&[])), Some(&wired.run()));
}

/// A socket whose queue of connections is full takes no more, and Linux drops the packets of the next, as a firewall does.
pub fn firewall(row: &Row) {
    let program = "import socket, sys\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.listen(0)\n\
                   print(s.getsockname()[1], flush=True)\nsys.stdin.read()\n";
    let child = Command::new("python3").args(["-c", program]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        eprintln!("skipped: no python3 here, to open a port with a short queue");
        return;
    };
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let port: u16 = line.trim().parse().unwrap();
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let mut held = Vec::new();
    let is_full = (0..8).any(|_| {
        let connected = TcpStream::connect_timeout(&address, std::time::Duration::from_millis(200));
        connected.map(|stream| held.push(stream)).is_err()
    });
    if is_full {
        let url = format!("url: \"http://127.0.0.1:{port}/\" }} }} # ");
        let wired = Wired::new(&[(URL, &url)]);
        row.holds(Some(&wired.doctor(&["--within", "1"])), Some(&wired.run()));
    } else {
        eprintln!("skipped: this system does not drop connections to a full queue");
    }
    drop(child.stdin.take());
    child.wait().unwrap();
}

pub fn unknown_name(row: &Row) {
    // RFC 6761 6.4: a name below `invalid` never has an address.
    let wired = Wired::new(&[(URL, "url: \"http://epj.invalid:")]);
    row.holds(Some(&wired.doctor(&[])), Some(&wired.run()));
}

pub fn not_http(row: &Row) {
    let wired = Wired::new(&[]);
    http_answer(wired.listen, || "220 mail.test ESMTP ready\r\n\r\n".to_owned());
    row.holds(Some(&wired.doctor(&[])), Some(&wired.run()));
}

/// OpenSSL's own server, with a certificate and its key; ends with the test.
struct Tls(Child);

impl Tls {
    fn start(port: u16, certificate: &Path, key: &Path) -> Option<Self> {
        let child = Command::new("openssl")
            .args(["s_server", "-www", "-accept", &format!("127.0.0.1:{port}"), "-cert"])
            .arg(certificate)
            .arg("-key")
            .arg(key)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = child else {
            eprintln!("skipped: no openssl here");
            return None;
        };
        let mut server = Self(child);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(server.0.try_wait().unwrap().is_none(), "openssl s_server ended");
            std::thread::yield_now();
        }
        Some(server)
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn fixture(name: &str) -> std::path::PathBuf {
    crate::support::root().join("fixtures/pki/demo").join(name)
}

/// The subject speaks HTTPS under this host name, and is trusted by what is written here.
fn with_tls(row: &Row, host: &str, trust: &Path, certificate: &Path, key: &Path) {
    let url = format!("trust: {:?}, url: \"https://{host}:", trust.display().to_string());
    let wired = Wired::new(&[(URL, &url)]);
    let Some(_server) = Tls::start(wired.listen, certificate, key) else { return };
    row.holds(Some(&wired.doctor(&[])), Some(&wired.run()));
}

pub fn tls_unknown_issuer(row: &Row) {
    let other = kit().join("ca.pem");
    with_tls(row, "127.0.0.1", &other, &fixture("tls-server.pem"), &fixture("tls-server.key.pem"));
}

pub fn tls_other_name(row: &Row) {
    let folder = tempfile::tempdir().unwrap();
    let Some((ca, certificate, key)) = issued(folder.path(), "DNS:epj.test", "20491231235959Z") else { return };
    with_tls(row, "127.0.0.1", &ca, &certificate, &key);
}

pub fn tls_expired(row: &Row) {
    let folder = tempfile::tempdir().unwrap();
    let Some((ca, certificate, key)) = issued(folder.path(), "IP:127.0.0.1", "20200201000000Z") else { return };
    with_tls(row, "127.0.0.1", &ca, &certificate, &key);
}

/// A certificate by OpenSSL for a name, valid from 2020 until then, with the CA that issued it.
fn issued(
    folder: &Path,
    name: &str,
    until: &str,
) -> Option<(std::path::PathBuf, std::path::PathBuf, std::path::PathBuf)> {
    let config = format!(
        "[ca]\ndefault_ca = own\n[own]\ndatabase = index\nnew_certs_dir = .\nrand_serial = yes\ndefault_md = sha256\n\
         policy = any\nx509_extensions = server\n[any]\ncommonName = supplied\n[server]\nsubjectAltName = {name}\n\
         basicConstraints = CA:FALSE\n"
    );
    std::fs::write(folder.join("ca.cnf"), config).unwrap();
    std::fs::write(folder.join("index"), "").unwrap();
    let own = "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=CA";
    let request = "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=server";
    let issue = format!(
        "ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -in server.csr -out server.pem -notext \
         -startdate 20200101000000Z -enddate {until}"
    );
    for line in [own, request, &issue] {
        let Ok(output) =
            Command::new("openssl").args(line.split(' ').filter(|a| !a.is_empty())).current_dir(folder).output()
        else {
            eprintln!("skipped: no openssl here");
            return None;
        };
        assert!(output.status.success(), "openssl {line}: {}", text(&output));
    }
    Some((folder.join("ca.pem"), folder.join("server.pem"), folder.join("server.key")))
}

pub fn process_exits(row: &Row) {
    let start =
        "start: { process: { command: [sh, -c, \"echo no licence; exit 3\"], ready: { log: never } } }\ncarrier:";
    let wired = Wired::new(&[("carrier:", start)]);
    row.holds(Some(&wired.doctor(&[])), Some(&wired.run()));
}

/// Needs a container engine and a build with containers.
pub fn container_exits(row: &Row) {
    if !crate::container::available() {
        return;
    }
    row.holds(None, Some(&crate::container::one_that_exits()));
}
