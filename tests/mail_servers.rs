//! A subject that brings its own mail servers: the harness posts to one and polls the other, and a mail can come back.

use provestein::carrier::http::Refusals;
use provestein::carrier::mail::smtp::{Posted, Verdict};
use provestein::carrier::mail::{Account, Accounts, Limits, Mailbox, Password, Route, Security, pop3, smtp};
use provestein::carrier::tls::{ClientTls, Credentials, ServerTls};
use provestein::checks::verdict::Cause;
use provestein::command::{demo, run as planned};
use provestein::embedded::{self, demo_pki};
use provestein::evidence::event::{Event, TransportFailure};
use provestein::evidence::history::TransportOutcome;
use provestein::exchange::engine::Quiet;
use provestein::exchange::subject::{Ports, Servers, Way};
use provestein::reference::mailed::{self, MailWiring};
use provestein::run_folder::{self, Judged};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

const PLAIN: &str = "receive/accepted/log-innlagt";

/// What the subject's mail system does with mail to the subject.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Delivers,
    Refuses,
    Bounces,
}

/// A mail system: two users, two mailboxes.
struct PostOffice {
    smtp: SocketAddr,
    pop3: SocketAddr,
    _servers: (smtp::Server, pop3::Server),
}

fn pki(name: &str) -> String {
    demo_pki(name).unwrap().to_owned()
}

async fn post_office(mood: Mood) -> PostOffice {
    let tls =
        ServerTls::new(&Credentials { chain: pki("tls-server.pem"), key: pki("tls-server.key.pem") }, None).unwrap();
    let (municipality, harness) = (Mailbox::named("m"), Mailbox::named("h"));
    let account = |user: &str, mailbox: &Mailbox| Account {
        user: user.to_owned(),
        password: Password::new("hemmelig"),
        mailbox: mailbox.clone(),
    };
    let known = vec![account("municipality", &municipality), account("harness", &harness)];
    let accounts = Accounts { known, anybody: None };
    let (told, mut notices) = mpsc::channel(64);
    tokio::spawn(async move { while notices.recv().await.is_some() {} });
    let at: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let (name, limits) = ("localhost".to_owned(), Limits::default());
    let settings = smtp::Settings {
        name: name.clone(),
        tls: Some(tls.clone()),
        implicit: false,
        accounts: accounts.clone(),
        limits,
    };
    let (smtp, mut posted) = smtp::Server::open(at, settings, told.clone(), Refusals::default()).await.unwrap();
    let settings = pop3::Settings { name, tls: Some(tls), implicit: false, accounts, limits };
    let pop3 = pop3::Server::open(at, settings, told, Refusals::default()).await.unwrap();
    tokio::spawn(async move {
        let mut number = 0;
        while let Some(Posted { envelope, mail, reply, .. }) = posted.recv().await {
            number += 1;
            let is_to_subject = envelope.recipients.iter().any(|r| r.address == "municipality@edi.test");
            let verdict = match (is_to_subject, mood) {
                (false, _) => {
                    harness.put(number, &mail);
                    Verdict::Taken
                }
                (true, Mood::Delivers) => {
                    municipality.put(number, &mail);
                    Verdict::Taken
                }
                (true, Mood::Refuses) => Verdict::Refused(550, "5.1.1 nobody of that name".to_owned()),
                (true, Mood::Bounces) => {
                    harness.put(number, bounce(&envelope.envelope_id.unwrap_or_default()).as_bytes());
                    Verdict::Taken
                }
            };
            let _ = reply.send(verdict);
        }
    });
    PostOffice { smtp: smtp.address(), pop3: pop3.address(), _servers: (smtp, pop3) }
}

fn bounce(envelope_id: &str) -> String {
    format!(
        "From: postmaster@edi.test\r\nTo: hospital@edi.test\r\nDate: Thu, 15 Jan 2026 09:30:00 +0000\r\n\
         Message-ID: <b@edi.test>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; edi.test\r\nOriginal-Envelope-Id: {envelope_id}\r\n\r\n\
         Final-Recipient: rfc822; municipality@edi.test\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--\r\n"
    )
}

/// A run by way of the subject's own servers, judged.
fn run(mood: Mood, password: &str, selection: &[&str]) -> (Judged, tempfile::TempDir) {
    let runtime = Runtime::new().unwrap();
    let office = runtime.block_on(post_office(mood));
    let route = |at: SocketAddr, user: &str, password: &str| Route {
        host: "localhost".to_owned(),
        port: at.port(),
        security: Security::Upgrade(ClientTls::new(&pki("ca.pem"), None).unwrap()),
        login: Some((user.to_owned(), Password::new(password))),
    };
    let profile = embedded::profile("plo-receive-nhn").unwrap();
    let mut subject = demo::over_mail(demo::subject(&profile).unwrap());
    subject.ports = Ports::default();
    subject.way = Way::Servers(Box::new(Servers {
        smtp: route(office.smtp, "harness", password),
        pop3: route(office.pop3, "harness", password),
        apop: true,
        poll: Duration::from_millis(50),
    }));
    let selection: Vec<String> = selection.iter().map(|s| (*s).to_owned()).collect();
    let prepared = planned::plan(subject, profile, &selection, Vec::new()).unwrap();
    let partners = prepared.plan.subject.partners.values();
    let wiring = MailWiring {
        smtp: route(office.smtp, "municipality", "hemmelig"),
        pop3: route(office.pop3, "municipality", "hemmelig"),
        address: "municipality@edi.test".to_owned(),
        partners: partners.map(|party| (party.identity.her, party.cast.edi.clone())).collect(),
        poll: Duration::from_millis(50),
    };
    let system = demo::system(Vec::new(), &prepared).unwrap();
    let chance = Box::new(rsa::rand_core::UnwrapErr(getrandom::SysRng));
    let _served = runtime.block_on(async { mailed::serve(system, wiring, chance) });
    let folder = tempfile::tempdir().unwrap();
    let id = "00000000-0000-4000-8000-000000000002".to_owned();
    demo::execute(prepared, Vec::new(), id, folder.path(), &Quiet).unwrap();
    (run_folder::judge(folder.path(), None).unwrap(), folder)
}

fn assert_nothing_is_held_against_the_subject(judged: &Judged) {
    assert!(judged.judgement.ledger.rows().all(|row| row.violated == 0));
}

#[test]
fn mail_goes_by_the_servers_that_the_subject_brings() {
    let (judged, folder) = run(Mood::Delivers, "hemmelig", &[]);
    let totals = &judged.judgement.totals;
    assert_eq!((totals.violated, totals.not_established, totals.scenarios_passed), (0, 0, 15));
    assert_eq!(judged.judgement.exit.code, 0);
    let log = std::fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    assert!(!log.contains("hemmelig") && log.contains("MailPosted") && log.contains("AUTH PLAIN (masked)"));
}

#[test]
fn a_mail_that_comes_back_is_a_matter_of_the_environment() {
    let (judged, _folder) = run(Mood::Bounces, "hemmelig", &[PLAIN]);
    assert_nothing_is_held_against_the_subject(&judged);
    assert_eq!(judged.judgement.exit.code, 13);
    let bounced = judged.judgement.conditions.iter().find(|c| c.detail.starts_with("bounced")).unwrap();
    assert_eq!((bounced.cause, bounced.detail.contains("5.1.1")), (Cause::Environment, true));
    let sendings = judged.history.messages.iter().flat_map(|m| &m.sendings);
    let outcomes: Vec<_> = sendings.filter_map(|s| s.outcome.clone()).collect();
    let is_bounced =
        |o: &TransportOutcome| matches!(o, TransportOutcome::Failed { failure: TransportFailure::Bounced, .. });
    assert!(!outcomes.is_empty() && outcomes.iter().all(is_bounced), "{outcomes:?}");
    let arrived = judged.stored.events.iter().filter(|r| matches!(r.event, Event::MessageArrived { .. })).count();
    let composed = judged.stored.events.iter().filter(|r| matches!(r.event, Event::MessageComposed(_))).count();
    assert_eq!((arrived, composed), (1, 1), "a bounce is answered by nothing");
}

#[test]
fn a_server_that_refuses_is_one_too_and_a_wrong_password_is_configuration() {
    let (judged, _folder) = run(Mood::Refuses, "hemmelig", &[PLAIN]);
    assert_nothing_is_held_against_the_subject(&judged);
    assert_eq!(judged.judgement.exit.code, 13);
    let refused = judged.judgement.conditions.iter().any(|c| c.detail.contains("550 5.1.1 nobody of that name"));
    assert!(refused, "{:?}", judged.judgement.conditions);
    let (judged, _folder) = run(Mood::Delivers, "feil", &[PLAIN]);
    assert_nothing_is_held_against_the_subject(&judged);
    assert_eq!(judged.judgement.exit.code, 12, "{:?}", judged.judgement.conditions);
}
