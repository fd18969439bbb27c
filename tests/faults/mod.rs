//! Every row of `docs/faults.md`, walked from outside.

mod connection;
mod mailed;
mod paired;
mod table;
mod wired;

use std::collections::BTreeSet;
use table::rows;

/// Declares the test of each row, and that these are all rows there are.
macro_rules! walk {
    ($($test:ident: $name:literal => $walk:path,)*) => {
        $(#[test] fn $test() { $walk(&table::row($name)); })*

        #[test]
        fn every_row_is_walked_and_every_walk_has_a_row() {
            let walked: BTreeSet<String> = [$($name.to_owned()),*].into();
            let written: BTreeSet<String> = rows().into_iter().map(|row| row.name).collect();
            assert_eq!(walked, written);
        }
    };
}

walk! {
    wrong_password: "wrong-password" => mailed::wrong_password,
    wrong_password_at_our_mailbox: "wrong-password-at-our-mailbox" => mailed::wrong_password_at_our_mailbox,
    mailbox_full: "mailbox-full" => mailed::mailbox_full,
    expired_certificate: "expired-certificate" => paired::expired_certificate,
    swapped_certificates: "swapped-certificates" => paired::swapped_certificates,
    unknown_her_id: "unknown-her-id" => paired::unknown_her_id,
    her_id_of_ours: "her-id-of-ours" => paired::her_id_of_ours,
    silent_subject: "silent-subject" => paired::silent_subject,
    other_message_handler: "other-message-handler" => paired::other_message_handler,
    clock_an_hour_off: "clock-an-hour-off" => paired::clock_an_hour_off,
    harness_killed: "harness-killed" => paired::harness_killed,
    port_in_use: "port-in-use" => connection::port_in_use,
    subject_there_already: "subject-there-already" => connection::subject_there_already,
    refused: "refused" => connection::refused,
    firewall: "firewall" => connection::firewall,
    unknown_name: "unknown-name" => connection::unknown_name,
    not_http: "not-http" => connection::not_http,
    tls_unknown_issuer: "tls-unknown-issuer" => connection::tls_unknown_issuer,
    tls_other_name: "tls-other-name" => connection::tls_other_name,
    tls_expired: "tls-expired" => connection::tls_expired,
    process_exits: "process-exits" => connection::process_exits,
    container_exits: "container-exits" => connection::container_exits,
}

/// 12 and 13 say whose fault it is, and 10 is no row: nothing here is held against the subject.
#[test]
fn codes_and_faults_agree() {
    for row in rows() {
        for code in [row.doctor, row.run].into_iter().flatten() {
            let fits = match code {
                0 => true,
                12 => row.fault == "configuration",
                13 => row.fault == "environment",
                11 => row.fault == "harness",
                _ => false,
            };
            assert!(fits, "{}: {code} and {}", row.name, row.fault);
        }
    }
}
