//! What is written on a mail: HITS 1172 5.5.1.

use crate::play::Change::{self, Carrier, Entity};
use crate::play::On::{self, Ack};

/// Before which field of the entity the mail's own are put.
const ANCHOR: &str = "MIME-Version: 1.0\r\n";

/// The acknowledgment as a mail with exactly these fields in front.
fn ack(with: &'static str) -> Vec<(On, Change)> {
    vec![(Ack, Carrier("mail")), (Ack, Entity(ANCHOR, with))]
}

/// A mail with everything.
pub fn whole() -> Vec<(On, Change)> {
    ack("From: Nordvik <m@edi.test>\r\nTo: h@edi.test\r\nDate: x\r\nMessage-ID: <1@edi.test>\r\nMIME-Version: 1.0\r\n")
}

/// One field missing or empty, and exactly what that violates.
pub fn cases() -> Vec<(Vec<(On, Change)>, &'static str)> {
    [
        ("To: h@edi.test\r\nDate: x\r\nMessage-ID: <1@edi.test>\r\nMIME-Version: 1.0\r\n", "HITS1172-18"),
        ("From: a\r\nDate: x\r\nMessage-ID: <1@edi.test>\r\nMIME-Version: 1.0\r\n", "HITS1172-19"),
        ("From: a\r\nTo: b\r\nMessage-ID: <1@edi.test>\r\nMIME-Version: 1.0\r\n", "HITS1172-20"),
        ("From: a\r\nTo: b\r\nDate: x\r\nMIME-Version: 1.0\r\n", "HITS1172-250"),
        ("From:\r\nTo: b\r\nDate: x\r\nMessage-ID: <1@b>\r\nMIME-Version: 1.0\r\n", "HITS1172-80"),
        ("From: a\r\nTo: \t \r\nDate: x\r\nMessage-ID: <1@b>\r\nMIME-Version: 1.0\r\n", "HITS1172-81"),
        ("From: a\r\nTo: b\r\nDate:\r\nMessage-ID: <1@b>\r\nMIME-Version: 1.0\r\n", "HITS1172-83"),
        ("From: a\r\nTo: b\r\nDate: x\r\nMessage-ID: \r\nMIME-Version: 1.0\r\n", "HITS1172-251"),
    ]
    .into_iter()
    .map(|(fields, id)| (ack(fields), id))
    .collect()
}
