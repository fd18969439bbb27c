//! The registers, asked by other people's software over real sockets.

use crate::support::python;
use crate::support::registers::Registers;
use provestein::carrier::mail::Password;
use provestein::carrier::stand_in::Fault;
use provestein::registers::stand::Login;
use serde_json::Value;
use std::process::Command;

fn fault(register: &str, name: &str, about: Option<u32>) -> Fault {
    Fault { register: register.to_owned(), call: None, name: name.to_owned(), about, delay: None }
}

fn openssl(registers: &Registers, arguments: &[&str]) -> Option<String> {
    let output = Command::new("openssl").args(arguments).current_dir(registers.kit()).output();
    let Ok(output) = output else {
        eprintln!("skipped: openssl is not here");
        return None;
    };
    Some(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

fn ocsp(registers: &Registers, certificate: &str, more: &[&str]) -> Option<String> {
    let url = format!("{}/ocsp", registers.url());
    let arguments = ["-issuer", "issuing.pem", "-CAfile", "chain.pem", "-cert", certificate, "-url", &url];
    openssl(registers, &[&["ocsp"][..], more, &arguments].concat())
}

#[test]
fn openssl_is_told_good_revoked_and_unknown() {
    let registers = Registers::open();
    for more in [&[][..], &["-no_nonce"], &["-sha256"]] {
        let Some(said) = ocsp(&registers, "hospital-sign.pem", more) else { return };
        assert!(said.contains("Response verify OK") && said.contains("hospital-sign.pem: good"), "{said}");
    }
    let said = ocsp(&registers, "scenario-keys/hospital-sign-revoked.pem", &[]).unwrap();
    assert!(said.contains("Response verify OK") && said.contains("revoked.pem: revoked"), "{said}");
    let said = ocsp(&registers, "hospital-sign.pem", &["-issuer", "issuing.pem", "-serial", "12345"]).unwrap();
    assert!(said.contains("12345: unknown"), "{said}");
    // The root's key is gone: nobody here can speak for what it issued.
    let url = format!("{}/ocsp", registers.url());
    let said = openssl(&registers, &["ocsp", "-issuer", "ca.pem", "-cert", "issuing.pem", "-url", &url]).unwrap();
    assert!(said.contains("unauthorized"), "{said}");
}

#[test]
fn ocsp_is_answered_to_a_get_too() {
    use base64::Engine as _;
    if !python::available() {
        return;
    }
    let registers = Registers::open();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (request, response) = (at("request.der"), at("response.der"));
    let issued = ["-issuer", "issuing.pem", "-cert", "hospital-sign.pem"];
    let Some(_) = openssl(&registers, &[&["ocsp", "-no_nonce", "-reqout", &request][..], &issued].concat()) else {
        return;
    };
    let base64 = base64::engine::general_purpose::STANDARD.encode(std::fs::read(&request).unwrap());
    // RFC 6960 A.1: base64, then what a URL does not bear as %XX.
    let path = base64.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let program = "import sys, urllib.request as u; open(sys.argv[2], 'wb').write(u.urlopen(sys.argv[1]).read())";
    let url = format!("{}/ocsp/{path}", registers.url());
    assert!(Command::new("python3").args(["-c", program, &url, &response]).status().unwrap().success());
    let arguments = ["ocsp", "-no_nonce", "-respin", &response, "-CAfile", "chain.pem"];
    let said = openssl(&registers, &[&arguments[..], &issued].concat()).unwrap();
    assert!(said.contains("Response verify OK") && said.contains("hospital-sign.pem: good"), "{said}");
}

#[test]
fn openssl_fetches_the_lists_from_where_the_certificates_say() {
    let registers = Registers::open();
    let verify = |certificate: &str| {
        let arguments = ["verify", "-crl_download", "-crl_check", "-CAfile", "ca.pem", "-untrusted", "issuing.pem"];
        openssl(&registers, &[&arguments[..], &[certificate]].concat())
    };
    let Some(said) = verify("hospital-encrypt.pem") else { return };
    assert!(said.contains("OK"), "{said}");
    assert!(verify("scenario-keys/hospital-sign-revoked.pem").unwrap().contains("certificate revoked"));
    // The issuing CA names the list of the root.
    assert!(verify("issuing.pem").unwrap().contains("OK"));
    let asked = registers.asked();
    assert!(
        asked.iter().any(|asked| asked.operation == "crl" && asked.about.as_deref() == Some("issuing")),
        "{asked:?}"
    );
    assert!(asked.iter().any(|asked| asked.operation == "crl" && asked.about.as_deref() == Some("root")));
}

#[test]
fn revocation_is_wrong_only_while_a_scenario_wants_it() {
    let registers = Registers::open();
    let good = || Some(ocsp(&registers, "hospital-sign.pem", &[])?.contains("hospital-sign.pem: good"));
    let Some(true) = good() else { return };
    registers.stand.faults.switch(&fault("revocation", "revoked", Some(990_000_011))).unwrap();
    let said = ocsp(&registers, "hospital-sign.pem", &[]).unwrap();
    assert!(said.contains("hospital-sign.pem: revoked"), "{said}");
    let arguments = ["verify", "-crl_download", "-crl_check", "-CAfile", "ca.pem", "-untrusted", "issuing.pem"];
    let said = openssl(&registers, &[&arguments[..], &["hospital-sign.pem"]].concat()).unwrap();
    assert!(said.contains("certificate revoked"), "{said}");
    registers.stand.faults.reset();
    registers.stand.faults.switch(&fault("revocation", "stale", None)).unwrap();
    let said = openssl(&registers, &[&arguments[..], &["hospital-sign.pem"]].concat()).unwrap();
    assert!(said.contains("CRL has expired"), "{said}");
    registers.stand.faults.reset();
    registers.stand.faults.switch(&fault("revocation", "unreachable", None)).unwrap();
    let said = ocsp(&registers, "hospital-sign.pem", &[]).unwrap();
    assert!(!said.contains("good") && !said.contains("revoked"), "{said}");
    let last = registers.asked().pop().unwrap();
    assert_eq!((last.mode.as_deref(), last.status), (Some("unreachable"), None));
    assert_eq!(last.about.as_deref(), Some("hospital-sign"));
    registers.stand.faults.reset();
    assert_eq!(good(), Some(true));
}

/// Asks as a client in Python does.
fn ask(registers: &Registers, url: &str, more: &[&str]) -> Value {
    let arguments = [&["--url", url][..], more].concat();
    serde_json::from_str(&python::script("register.py", &registers.kit(), &arguments)).unwrap()
}

/// The text of the first element with this name below a tree.
fn find<'v>(tree: &'v Value, name: &str) -> Option<&'v Value> {
    if tree[0] == name {
        return Some(&tree[1]);
    }
    tree[1].as_array()?.iter().find_map(|child| find(child, name))
}

#[test]
fn every_call_is_answered_in_both_versions_plain_and_by_tls() {
    if !python::available() {
        return;
    }
    let registers = Registers::open();
    let tls = registers.kit().join("tls/ca.pem").display().to_string();
    let plain = registers.url();
    let secure = registers.url_tls();
    for (base, trust) in [(&plain, &[][..]), (&secure, &["--trust", &tls][..])] {
        for (soap, path, kind) in [
            ("1.1", "/v1/AR/Basic", "text/xml"),
            ("1.2", "/v1/AR", "application/soap+xml"),
            ("1.2", "/V1/ar/", "application/soap+xml"),
        ] {
            let url = format!("{base}{path}");
            let asked = |more: &[&str]| ask(&registers, &url, &[&["--soap", soap][..], trust, more].concat());
            let party = asked(&["--call", "GetCommunicationPartyDetails", "--herId", "990000011"]);
            assert_eq!(party["status"], 200, "{party}");
            assert!(party["type"].as_str().unwrap().starts_with(kind), "{party}");
            let tree = &party["tree"];
            assert_eq!(find(tree, "Name").unwrap(), "Medisinsk avdeling");
            assert_eq!(find(tree, "ParentHerId").unwrap(), "990000010");
            assert_eq!(find(tree, "Address").unwrap(), "hospital@edi.test");
            assert_eq!(find(tree, "DisplayName").unwrap(), &Value::Null);
            let certificate = asked(&["--call", "GetCertificateDetailsForEncryption", "--herId", "990000011"]);
            let pem = std::fs::read_to_string(registers.kit().join("hospital-encrypt.pem")).unwrap();
            let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            assert_eq!(find(&certificate["tree"], "Certificate").unwrap(), &base64);
            let found = asked(&["--call", "SearchById", "--id", "310000019"]);
            assert_eq!(find(&found["tree"], "HerId").unwrap(), "990000010");
            let organisation = asked(&["--call", "GetOrganizationDetails", "--herId", "990000010"]);
            assert_eq!(find(&organisation["tree"], "OrganizationNumber").unwrap(), "310000019");
            assert_eq!(asked(&["--call", "Ping"])["status"], 200);
            // WS-Addressing comes back where it came.
            assert_eq!(party["text"].as_str().unwrap().contains("<a:RelatesTo>urn:uuid:0<"), soap == "1.2");
        }
    }
    let asked = registers.asked();
    assert!(asked.iter().all(|asked| asked.register == "address" && asked.mode.is_none()));
    assert!(asked.iter().any(|asked| asked.about.as_deref() == Some("310000019") && asked.operation == "SearchById"));
}

#[test]
fn faults_have_the_code_and_the_text_that_clients_go_by() {
    if !python::available() {
        return;
    }
    let registers = Registers::open();
    let url = format!("{}/v1/AR", registers.url());
    for soap in ["1.1", "1.2"] {
        let arguments = ["--soap", soap, "--call", "GetCommunicationPartyDetails", "--herId", "4711"];
        let fault = ask(&registers, &url, &arguments);
        let text = fault["text"].as_str().unwrap();
        assert_eq!(fault["status"], 500);
        assert!(text.contains("<ErrorCode>InvalidHerIdSupplied</ErrorCode>"), "{text}");
        assert!(text.contains("Kommunikasjonspart med oppgitt HER-id"), "{text}");
        assert!(text.contains(if soap == "1.1" { "<faultcode>s:Client<" } else { "<s:Value>s:Sender<" }), "{text}");
        let unknown = ask(&registers, &url, &["--soap", soap, "--call", "GetEverything"]);
        assert!(unknown["text"].as_str().unwrap().contains("Operation GetEverything is not part of"), "{unknown}");
    }
    let last = registers.asked().pop().unwrap();
    assert_eq!((last.operation.as_str(), last.about.as_deref()), ("unknown", Some("GetEverything")));
}

#[test]
fn whoever_shows_no_credentials_is_asked_for_them() {
    if !python::available() {
        return;
    }
    let registers = Registers::open_for(Some(Login { user: "tester".into(), password: Password::new("p:ssord") }));
    let url = format!("{}/v1/AR", registers.url());
    let refused = ask(&registers, &url, &["--call", "Ping"]);
    assert_eq!(refused["status"], 401);
    assert!(refused["challenge"].as_str().unwrap().starts_with("Basic realm="), "{refused}");
    let let_in = ask(&registers, &url, &["--call", "Ping", "--user", "tester", "--password", "p:ssord"]);
    assert_eq!(let_in["status"], 200, "{let_in}");
    let wrong = ask(&registers, &url, &["--call", "Ping", "--user", "tester", "--password", "x"]);
    assert_eq!(wrong["status"], 401);
    let asked = registers.asked();
    assert!(
        asked.iter().any(|asked| asked.operation == "login" && asked.about.as_deref() == Some("wrong credentials"))
    );
    assert!(asked.iter().all(|asked| !asked.request.contains("cDpzc29yZA")), "no password is recorded");
    assert!(asked.iter().any(|asked| asked.request.contains("Authorization: ***")), "{asked:?}");
}

#[test]
fn answers_are_valid_by_the_description_of_the_service() {
    if !python::available() || !python::runs("xmllint", "--version") {
        return;
    }
    let registers = Registers::open();
    let url = format!("{}/v1/AR", registers.url());
    for arguments in [
        &["--call", "GetCommunicationPartyDetails", "--herId", "990000010"][..],
        &["--call", "GetCommunicationPartyDetails", "--herId", "990000011"],
        &["--call", "GetCertificateDetailsForValidatingSignature", "--herId", "990000011"],
        &["--call", "GetOrganizationDetails", "--herId", "990000010"],
        &["--call", "SearchById", "--id", "310000019"],
        &["--call", "Ping"],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let save = folder.path().display().to_string();
        let answer = ask(&registers, &url, &[arguments, &["--save", &save]].concat());
        let output = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema", answer["schema"].as_str().unwrap(), "answer.xml"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_address_register_is_wrong_in_the_way_that_a_scenario_wants() {
    if !python::available() {
        return;
    }
    let registers = Registers::open();
    let url = format!("{}/v1/AR", registers.url());
    let encryption =
        || ask(&registers, &url, &["--call", "GetCertificateDetailsForEncryption", "--herId", "990000011"]);
    let content = |answer: &Value| find(&answer["tree"], "Certificate").cloned().unwrap_or_default();
    let present = content(&encryption());
    let hospital = Some(990_000_011);
    registers.stand.faults.switch(&fault("address", "empty-certificate", hospital)).unwrap();
    assert_eq!(content(&encryption()), "");
    registers.stand.faults.reset();
    registers.stand.faults.switch(&fault("address", "replaced-certificate", hospital)).unwrap();
    let next = std::fs::read_to_string(registers.kit().join("scenario-keys/hospital-encrypt-next.pem")).unwrap();
    let next: String = next.lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(content(&encryption()), next);
    registers.stand.faults.reset();
    registers.stand.faults.switch(&fault("address", "unknown-party", hospital)).unwrap();
    assert!(encryption()["text"].as_str().unwrap().contains("InvalidHerIdSupplied"));
    registers.stand.faults.reset();
    registers.stand.faults.switch(&fault("address", "unavailable", hospital)).unwrap();
    assert_eq!(encryption()["status"], 503);
    registers.stand.faults.reset();
    assert_eq!(content(&encryption()), present);
    let modes: Vec<_> = registers.asked().iter().map(|asked| asked.mode.clone()).collect();
    assert_eq!(modes.iter().flatten().count(), 4, "{modes:?}");
}

#[test]
fn whoever_only_holds_a_connection_keeps_nobody_else_out() {
    use std::io::Write as _;
    let registers = Registers::open();
    let address = registers.url().trim_start_matches("http://").to_owned();
    let mut held = Vec::new();
    for beginning in
        ["", "G", "POST /ocsp HTTP/1.1\r\n", "POST /v1/AR HTTP/1.1\r\nContent-Length: 100000\r\n\r\n<", "\u{1}\u{2}"]
    {
        for _ in 0..6 {
            let mut stream = std::net::TcpStream::connect(&address).unwrap();
            stream.write_all(beginning.as_bytes()).unwrap();
            held.push(stream);
        }
    }
    let Some(said) = ocsp(&registers, "hospital-sign.pem", &[]) else { return };
    assert!(said.contains("hospital-sign.pem: good"), "{said}");
    drop(held);
}

#[test]
fn a_kit_of_before_there_was_revocation_has_the_address_register_all_the_same() {
    let registers = Registers::open();
    let kit = registers.kit();
    for folder in ["ca", "crl", "scenario-keys", "tls"] {
        std::fs::remove_dir_all(kit.join(folder)).unwrap();
    }
    let stand = provestein::stand_ins::stand(&kit, registers.stand.parties.clone(), None).unwrap();
    assert!(stand.revocation.is_none() && stand.replacements.is_empty());
    assert_eq!(stand.parties.len(), registers.stand.parties.len());
}
