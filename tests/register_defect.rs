//! What a register does that no scenario wanted is the harness's own defect, and ends the run.

use provestein::carrier::port::Pending;
use provestein::carrier::stand_in::{Asked, Book, Fault, OpenPorts, StandIns};
use provestein::command::{demo, run};
use provestein::embedded;
use provestein::exchange::engine::Quiet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Registers that were asked one thing, and could not answer it.
#[derive(Debug)]
struct Defective;

struct Nothing;

impl OpenPorts for Nothing {}

impl StandIns for Defective {
    fn places(&self) -> Vec<SocketAddr> {
        vec!["127.0.0.1:1".parse().unwrap()]
    }

    fn open(&self, book: Book) -> Pending<'_, io::Result<Box<dyn OpenPorts>>> {
        Box::pin(async move {
            let (recorded, _) = oneshot::channel();
            let asked = Asked {
                register: "address",
                operation: "Ping".to_owned(),
                about: None,
                from: "127.0.0.1:2".parse().unwrap(),
                mode: None,
                status: Some(500),
                request: b"POST / HTTP/1.1\r\n\r\n".to_vec(),
                response: b"\r\n".to_vec(),
                defect: Some("made for this test".to_owned()),
                recorded,
            };
            book.send(asked).await.unwrap();
            Ok(Box::new(Nothing) as Box<dyn OpenPorts>)
        })
    }

    fn switch(&self, _: &Fault) -> Result<(), String> {
        Ok(())
    }

    fn reset(&self) {}
}

#[test]
fn a_register_that_cannot_answer_ends_the_run() {
    let profile = embedded::profile("plo-receive-nhn").unwrap();
    let subject = demo::subject(&profile).unwrap();
    let selection = ["receive/accepted/log-innlagt".to_owned()];
    let mut prepared = run::plan(subject, profile, &selection, Vec::new()).unwrap();
    prepared.plan.registers = Some(Arc::new(Defective));
    let folder = tempfile::tempdir().unwrap();
    let id = "00000000-0000-4000-8000-000000000001".to_owned();
    let failure = demo::execute(prepared, Vec::new(), id, folder.path(), &Quiet).unwrap_err();
    assert_eq!(failure.exit.code, 70, "{failure:?}");
    let log = std::fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    assert!(log.contains("\"RegisterAsked\""), "what was asked is in the log all the same");
}
