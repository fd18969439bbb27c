//! The website that `register publish` writes: every link leads somewhere, it can be read without a script, and what accessibility
//! rules a program can see are kept.

use crate::support::{files, root, standings};
use base64::Engine as _;
use provestein::certify::key::SecretKey;
use provestein::certify::signed;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");

fn published(folder: &Path, roster: &str) -> PathBuf {
    let fixtures = root().join("fixtures/readiness");
    let register = folder.join("certificates.json");
    let all = standings::read(&fs::read_to_string(fixtures.join("standings.yaml")).unwrap());
    fs::write(&register, standings::file(&all)).unwrap();
    fs::write(folder.join("roster.yaml"), roster).unwrap();
    let site = folder.join("site");
    let output = Command::new(BINARY)
        .args(["register", "publish"])
        .arg(&register)
        .arg(&site)
        .args(["--on", "2027-02-15", "--roster"])
        .arg(folder.join("roster.yaml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    site
}

fn roster() -> String {
    fs::read_to_string(root().join("fixtures/readiness/roster.yaml")).unwrap()
}

/// The values of an attribute, in order.
fn attributes<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let begin = format!(" {name}=\"");
    page.split(begin.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn pages(site: &Path) -> BTreeMap<PathBuf, String> {
    files(site, ".html").into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn every_link_leads_to_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let site = published(folder.path(), &roster());
    let pages = pages(&site);
    assert!(pages.len() > 60, "{}", pages.len());
    let mut reached: BTreeSet<PathBuf> = BTreeSet::new();
    for (path, page) in &pages {
        for link in attributes(page, "href").into_iter().chain(attributes(page, "src")) {
            if link.starts_with('#') {
                continue;
            }
            assert!(
                !link.contains(':') && !link.starts_with('/'),
                "{}: {link} leads out of the folder",
                path.display()
            );
            let target = path.parent().unwrap().join(link).canonicalize();
            let target = target.unwrap_or_else(|error| panic!("{}: {link}: {error}", path.display()));
            reached.insert(target);
        }
    }
    let alone: Vec<&PathBuf> = pages.keys().filter(|page| !reached.contains(&page.canonicalize().unwrap())).collect();
    assert_eq!(alone, Vec::<&PathBuf>::new(), "nothing leads to these");
}

#[test]
fn pages_keep_the_rules_of_accessibility_that_a_program_sees() {
    let folder = tempfile::tempdir().unwrap();
    let site = published(folder.path(), &roster());
    let mut titles = BTreeSet::new();
    for (path, page) in pages(&site) {
        let name = path.strip_prefix(&site).unwrap().display().to_string();
        assert!(page.contains("<html lang=\"nb\">"), "{name}: WCAG 3.1.1 wants the language");
        let title = page.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0.to_owned();
        assert!(titles.insert(title.clone()), "{name}: WCAG 2.4.2: two pages are called {title}");
        assert_eq!(page.matches("<h1>").count(), 1, "{name}: one main heading");
        let levels: Vec<u8> =
            page.split("<h").skip(1).filter_map(|rest| rest.bytes().next()).filter(u8::is_ascii_digit).collect();
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name}: WCAG 1.3.1: headings skip a level");
        assert!(page.contains("class=\"skip\" href=\"#innhold\""), "{name}: WCAG 2.4.1 wants a way past the menu");
        let ids = attributes(&page, "id");
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{name}: an id stands twice");
        for reference in
            ["aria-labelledby", "for", "data-filter", "data-count"].iter().flat_map(|a| attributes(&page, a))
        {
            assert!(known.contains(reference), "{name}: {reference} names nothing");
        }
        assert_eq!(
            page.matches("<input").count() + page.matches("<textarea").count(),
            page.matches("<label for=").count(),
            "{name}: WCAG 3.3.2: fields have labels"
        );
        for header in page.split("<th").skip(1).filter(|rest| !rest.starts_with("ead")) {
            assert!(
                header.starts_with(" scope="),
                "{name}: WCAG 1.3.1: a header of no cells: {}",
                &header[..header.len().min(40)]
            );
        }
        assert!(!page.contains(" style=") && !page.contains("onclick"), "{name}: the content policy forbids it");
    }
}

#[test]
fn an_answer_is_read_without_a_script() {
    let folder = tempfile::tempdir().unwrap();
    let site = published(folder.path(), &roster());
    let page = fs::read_to_string(site.join("kommune/9002.html")).unwrap();
    let row = page.split("<tr role=\"row\">").find(|row| row.contains("LOG_INNLAGT@1.6")).unwrap();
    for expected in
        ["Melding om innlagt pasient", "Ikke avklart", "En test av én versjon sier ikke noe om en annen", "H-100"]
    {
        assert!(row.contains(expected), "`{expected}` is missing in {row}");
    }
    // What only a script makes useful is not shown without one.
    assert!(page.contains("<p class=\"filter\" hidden>"), "{page}");
    let certificate = fs::read_to_string(site.join("sertifikat/h-120.html")).unwrap();
    assert!(certificate.contains("Trukket tilbake") && certificate.contains("the runs were made with another build"));
}

#[test]
fn pages_of_an_earlier_roster_do_not_stay() {
    let folder = tempfile::tempdir().unwrap();
    let site = published(folder.path(), &roster());
    fs::write(site.join("notes.txt"), "ours").unwrap();
    assert!(site.join("kommune/9020.html").exists());
    published(folder.path(), &roster().replace("\"9020\"", "\"9120\""));
    assert!(!site.join("kommune/9020.html").exists() && site.join("kommune/9120.html").exists());
    assert!(site.join("notes.txt").exists(), "what is not ours stays");
}

#[test]
fn names_are_text_on_every_page() {
    let folder = tempfile::tempdir().unwrap();
    let evil = roster()
        .replace("Nordvik kommune (syntetisk)", "<img src=x onerror=alert(1)>")
        .replace("Havfylke", "\\\"><script>");
    let site = published(folder.path(), &evil.replace("county: \\\"><script> (syntetisk)", "county: '\"><script>'"));
    let mut seen = 0;
    for (path, page) in pages(&site) {
        assert!(!page.contains("<img") && page.matches("<script").count() <= 2, "{}", path.display());
        seen += usize::from(page.contains("onerror=alert(1)"));
    }
    assert!(seen > 3, "{seen}");
}

/// A page as a real browser has it after its scripts ran, opened from the folder. `None` where there is no browser.
fn browsed(page: &Path, folder: &Path) -> Option<String> {
    let browser = "chromium";
    if Command::new(browser).arg("--version").output().is_err() {
        eprintln!("skipped: {browser} is not here");
        return None;
    }
    let output = Command::new(browser)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.join("browser").display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!page.trim().is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(page)
}

/// In a real browser, from a folder: the script runs, and the search fields appear.
#[test]
fn a_browser_shows_the_search_fields() {
    let folder = tempfile::tempdir().unwrap();
    let site = published(folder.path(), &roster());
    let Some(page) = browsed(&site.join("index.html"), folder.path()) else { return };
    assert!(page.contains("Nordvik kommune (syntetisk)"), "{page}");
    assert_eq!(page.matches("class=\"filter\" hidden").count(), 0, "the script did not run");
    assert!(page.matches("class=\"filter\"").count() >= 3);
}

fn provestein(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(BINARY);
    command.args(arguments).current_dir(folder).env("PROVESTEIN_PASSPHRASE", "a word for this test");
    command.output().unwrap()
}

/// From signed certificates to the website: the register lies beside it, and holds.
#[test]
fn a_register_is_published_with_its_pages() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let run = |arguments: &[&str], code: i32| {
        let output = provestein(at, arguments);
        let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        told
    };
    fs::write(at.join("roster.yaml"), roster()).unwrap();
    run(&["certify", "key", "new", "--key", "register.secret"], 0);
    let issuer = SecretKey::of_seed([7; 32]);
    fs::write(at.join("issuer.pub"), issuer.public_key().to_pem()).unwrap();
    let named = "Direktoratet (syntetisk)=issuer.pub";
    let key = ["--key", "register.secret", "--on", "2026-11-26"];
    run(
        &[
            &["register", "init", "reg", "--origin", "register.test/helse", "--title", "Register", "--issuer", named],
            &key[..],
        ]
        .concat(),
        0,
    );
    let all = standings::read(&fs::read_to_string(root().join("fixtures/readiness/standings.yaml")).unwrap());
    for number in ["H-100", "H-200"] {
        let standing = all.iter().find(|standing| standing.certificate.number == number).unwrap();
        fs::write(at.join(format!("{number}.json")), signed::sign(&standing.certificate, &[&issuer])).unwrap();
    }
    run(&[&["register", "add", "reg", "H-100.json", "H-200.json"], &key[..]].concat(), 0);
    fs::copy(at.join("reg/register.key"), at.join("from-elsewhere.key")).unwrap();
    let publish = ["register", "publish", "reg", "site", "--roster", "roster.yaml", "--on", "2027-02-15"];
    assert!(run(&publish, 0).contains("nothing was verified"));
    run(&[&publish[..], &["--trust", "from-elsewhere.key"]].concat(), 0);
    let page = fs::read_to_string(at.join("site/kommune/9001.html")).unwrap();
    assert!(!page.contains("Ikke kontrollert"), "{page}");
    let certificate = fs::read_to_string(at.join("site/sertifikat/h-100.html")).unwrap();
    let link =
        attributes(&certificate, "href").into_iter().find(|link| link.contains("register/certificates/")).unwrap();
    let file = fs::read(at.join("site/sertifikat").join(link)).unwrap();
    assert_eq!(file, fs::read(at.join("H-100.json")).unwrap(), "the signed file lies where the page says");
    // What is published is a register that holds, and it answers as the pages do.
    run(&["register", "verify", "site/register", "--trust", "from-elsewhere.key"], 0);
    let ask = ["ready", "LOG_INNLAGT@1.6", "--municipality", "9001", "--on", "2027-02-15", "--roster", "roster.yaml"];
    run(&[&ask[..], &["--register", "site/register", "--trust", "from-elsewhere.key"]].concat(), 0);
    // Published again after a withdrawal, nothing of the old register stays, and the page says why.
    run(&[&["register", "revoke", "reg", "H-100", "--reason", "feil bygg"], &key[..]].concat(), 0);
    run(&[&publish[..], &["--trust", "from-elsewhere.key"]].concat(), 0);
    run(&["register", "verify", "site/register", "--trust", "from-elsewhere.key"], 0);
    assert!(fs::read_to_string(at.join("site/kommune/9001.html")).unwrap().contains("«feil bygg»"));
    // Into the register itself nothing is published.
    run(&["register", "publish", "reg", "reg/site", "--roster", "roster.yaml"], 20);
    assert!(!at.join("reg/site").exists());
}

/// The check in the page is other software than ours: the browser's. It must accept what we sign, and nothing else.
#[test]
fn a_browser_checks_a_signature_and_finds_what_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let site = published(folder.path(), &roster());
    let (issuer, other) = (SecretKey::of_seed([7; 32]), SecretKey::of_seed([8; 32]));
    let all = standings::read(&fs::read_to_string(root().join("fixtures/readiness/standings.yaml")).unwrap());
    let signed = String::from_utf8(signed::sign(&all[0].certificate, &[&issuer])).unwrap();
    // Another letter in the payload: `H-100` is `H-200` then.
    let mut envelope: serde_json::Value = serde_json::from_str(&signed).unwrap();
    let payload = base64::engine::general_purpose::STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
    let forged = String::from_utf8(payload).unwrap().replace("H-100", "H-200");
    envelope["payload"] = base64::engine::general_purpose::STANDARD.encode(forged).into();
    let cases = serde_json::json!([
        [signed, issuer.public_key().to_pem()],
        [envelope.to_string(), issuer.public_key().to_pem()],
        [signed, other.public_key().to_pem()],
    ]);
    let page = format!(
        "<!doctype html><meta charset=utf-8><p id=out></p><script src=verify.js></script><script>(async () => {{\
         const out = []; for (const [file, key] of {cases}) {{ const found = await checkCertificate(new TextEncoder().encode(file), key);\
         out.push(found.number + ' ' + found.signed + ' ' + found.digest); }}\
         document.getElementById('out').textContent = out.join(';'); }})();</script>"
    );
    fs::write(site.join("check.html"), page).unwrap();
    let Some(page) = browsed(&site.join("check.html"), folder.path()) else { return };
    let digest = provestein::evidence::digest::Digest::of(signed.as_bytes());
    let told = page.split_once("<p id=\"out\">").unwrap().1.split_once("</p>").unwrap().0;
    let told: Vec<&str> = told.split(';').collect();
    assert_eq!(told[0], format!("H-100 yes {digest}"), "{page}");
    assert!(told[1].starts_with("H-200 broken ") && told[2].starts_with("H-100 other-key "), "{told:?}");
}
