//! `inspect`: judges captured messages. They are imported as an ordinary log and judged by the same checks.

use super::terminal::{Places, conclude, print, say};
use crate::args::{Format, Inspect};
use crate::failure::Failure;
use crate::run_folder::Judged;
use crate::{TOOL, embedded};
use checks::catalogue::Catalogue;
use checks::exit::Exit;
use evidence::blob::MemoryBlobs;
use evidence::digest::Digest;
use evidence::event::{Assurance, Event, Recorded, RunStarted};
use evidence::format;
use evidence::history::{self, MessageRecord};
use evidence::read::Stored;
use jiff::Timestamp;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use wire::certificate::Certificate;
use wire::cms;
use wire::defect::Defect;
use wire::ebxml::MessageKind;
use wire::key::PrivateKey;
use wire::message::Message;

/// A file larger than this is no message: EDI 2.0 caps a request at 35 MB.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// So many defects of one message are listed.
const DEFECTS_MAX: usize = 10;

/// Inspects.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Inspect) -> Result<Exit, Failure> {
    let profile = embedded::profile(&args.profile)?;
    let keys = args.key.as_deref().map(keys).transpose()?;
    let Captured { files, empty } = files(&args.files)?;
    let (events, blobs) = import(&files, &profile.id(), keys.as_ref());
    let history = history::of(&events, &blobs).map_err(|error| Failure::of(Exit::HARNESS_BUG, &error))?;
    let catalogue = Catalogue::embedded();
    let judgement = checks::judge(&history, &profile, &catalogue);
    let stored = Stored { folder: PathBuf::new(), head: head(&events), events, whole_bytes: 0, torn: None };
    let judged = Judged { stored, history, profile, catalogue, judgement, name: "inspection".to_owned() };
    match args.format {
        Format::Json => print(&report::json::render(&judged.view())),
        Format::Human => {
            say(format!("{TOOL}: {} captured, judged by {}", plural(files.len()), judged.profile.id()));
            for (index, (name, bytes)) in files.iter().enumerate() {
                say(format!("  event {:<4} {name}", index + 1));
                if let Some(missing) = missing(bytes) {
                    say(format!(
                        "             incomplete: {missing} bytes that its Content-Length names were not captured"
                    ));
                }
                judged.history.messages.iter().filter(|m| m.seq == index as u64 + 1).for_each(as_read);
            }
            for name in &empty {
                say(format!("  empty      {}: there is no message in it", report::clean(name)));
            }
            let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
            let key = args.key.as_ref().map(|path| format!(" --key {}", path.display())).unwrap_or_default();
            let command = format!("provestein inspect {} --profile {}{key}", names.join(" "), judged.profile.id());
            conclude(&judged, &Places::of_inspection(command));
        }
    }
    Ok(judged.exit())
}

/// What the decoders say of a message that no requirement is about, and whether its payload was seen at all.
fn as_read(record: &MessageRecord) {
    let message = &record.message;
    let envelope = message.soap().map(|e| e.defects.as_slice()).unwrap_or_default();
    let defects: Vec<&Defect> = message.entity.all_defects().into_iter().chain(envelope).collect();
    for defect in defects.iter().take(DEFECTS_MAX) {
        say(format!("             as read: {}", report::clean(&defect.to_string())));
    }
    if defects.len() > DEFECTS_MAX {
        say(format!("             as read: {} more of these", defects.len() - DEFECTS_MAX));
    }
    for (part, _) in message.attachments().filter(|_| message.kind() == MessageKind::Payload) {
        let opened = record.payloads.iter().find(|(number, _)| *number == part);
        let state = match opened.map(|(_, payload)| payload) {
            None => "not opened, so what is in it is not judged: `--key` names the receiver's key".to_owned(),
            Some(Ok(_)) => "opened".to_owned(),
            Some(Err(reason)) => format!("not opened, so what is in it is not judged: {}", report::clean(reason)),
        };
        say(format!("             payload, MIME part {}: {state}", part + 1));
    }
}

fn plural(count: usize) -> String {
    if count == 1 { "1 message".to_owned() } else { format!("{count} messages") }
}

/// What was named: entities by their file, and files that hold nothing.
#[derive(Default)]
struct Captured {
    files: Vec<(String, Vec<u8>)>,
    empty: Vec<String>,
}

fn files(arguments: &[PathBuf]) -> Result<Captured, Failure> {
    let mut captured = Captured::default();
    for path in arguments {
        if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            let read = std::io::stdin().take(FILE_BYTES_MAX).read_to_end(&mut bytes);
            read.map_err(|error| Failure::new(Exit::USAGE, format!("failed to read standard input: {error}")))?;
            captured.files.push(("-".to_owned(), entity("standard input", bytes)?));
        } else {
            collect(path, &mut captured)?;
        }
    }
    // Nothing but empty files is what the caller did not mean.
    if let ([], [name, ..]) = (captured.files.as_slice(), captured.empty.as_slice()) {
        return Err(nothing_in(name));
    }
    if captured.files.is_empty() {
        return Err(Failure::new(Exit::NOTHING_SELECTED, "there is no file in what was named"));
    }
    Ok(captured)
}

/// How many bytes of a body the capture lacks, by its own Content-Length.
fn missing(entity: &[u8]) -> Option<usize> {
    let body = entity.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&entity[..body]).ok()?;
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = fields.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let named: usize = lengths.next()?.1.trim().parse().ok()?;
    named.checked_sub(entity.len() - body).filter(|missing| *missing > 0)
}

fn nothing_in(name: &str) -> Failure {
    Failure::new(Exit::USAGE, format!("{name} is empty: there is no message in it to judge"))
}

fn collect(path: &Path, captured: &mut Captured) -> Result<(), Failure> {
    let wrong =
        |error: std::io::Error| Failure::new(Exit::USAGE, format!("failed to read {}: {error}", path.display()));
    let metadata = fs::metadata(path).map_err(wrong)?;
    if metadata.is_dir() {
        let mut inner: Vec<PathBuf> = fs::read_dir(path).map_err(wrong)?.flatten().map(|entry| entry.path()).collect();
        inner.sort();
        return inner.iter().try_for_each(|path| collect(path, captured));
    }
    if metadata.len() > FILE_BYTES_MAX {
        let reason = format!("{} has {} bytes; a message has at most {FILE_BYTES_MAX}", path.display(), metadata.len());
        return Err(Failure::new(Exit::USAGE, reason));
    }
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(wrong)?;
    if bytes.trim_ascii().is_empty() {
        captured.empty.push(name);
        return Ok(());
    }
    let entity = entity(&name, bytes)?;
    captured.files.push((name, entity));
    Ok(())
}

/// A capture of a whole HTTP message begins with its request or status line, which is no part of the entity, and its body
/// may still be in chunks. Nothing at all is no message, and accuses nobody.
fn entity(name: &str, bytes: Vec<u8>) -> Result<Vec<u8>, Failure> {
    if bytes.trim_ascii().is_empty() {
        return Err(nothing_in(name));
    }
    let end = bytes.iter().position(|&b| b == b'\n').map_or(bytes.len(), |at| at + 1);
    let line = String::from_utf8_lossy(&bytes[..end]);
    let line = line.trim_end();
    let is_request = line.ends_with(" HTTP/1.1") || line.ends_with(" HTTP/1.0");
    if !is_request && !line.starts_with("HTTP/1.") {
        return Ok(bytes);
    }
    let whole = carrier::http::put_together(&bytes).map_err(|reason| {
        Failure::new(Exit::USAGE, format!("{name} is an HTTP message whose chunks cannot be put together: {reason}"))
            .hint("save the message again, from its first byte to its last")
    })?;
    Ok(whole.unwrap_or_else(|| bytes[end..].to_vec()))
}

/// The key, and the certificate that names it in a CMS object: in the same file, or beside it.
fn keys(path: &Path) -> Result<(Certificate, PrivateKey), Failure> {
    let read = |path: &Path| {
        fs::read_to_string(path)
            .map_err(|error| Failure::new(Exit::USAGE, format!("failed to read {}: {error}", path.display())))
    };
    let text = read(path)?;
    let key = PrivateKey::from_pem(&text).map_err(|error| {
        Failure::of(Exit::USAGE, &error)
            .hint(format!("{} must hold an RSA key in PEM form, without password", path.display()))
    })?;
    let beside = PathBuf::from(path.display().to_string().replace(".key.pem", ".pem"));
    let certificate = if text.contains("BEGIN CERTIFICATE") || beside == path { text } else { read(&beside)? };
    let certificate = Certificate::from_pem(&certificate).map_err(|error| {
        Failure::of(Exit::USAGE, &error)
            .hint("the certificate of the key is looked for in the same file, and in NAME.pem beside NAME.key.pem")
    })?;
    Ok((certificate, key))
}

fn import(
    files: &[(String, Vec<u8>)],
    profile: &str,
    keys: Option<&(Certificate, PrivateKey)>,
) -> (Vec<Recorded>, MemoryBlobs) {
    let mut blobs = MemoryBlobs::default();
    let inputs = files.iter().map(|(name, bytes)| (name.clone(), Digest::of(bytes))).collect();
    let mut events = vec![Event::RunStarted(RunStarted {
        run: "inspection".to_owned(),
        tool: TOOL.to_owned(),
        suite: embedded::suite_digest(),
        profile: profile.to_owned(),
        assurance: Assurance::Inspection,
        seed: 0,
        inputs,
    })];
    let mut opened = Vec::new();
    for (name, bytes) in files {
        let entity = blobs.put(bytes.clone());
        let arrived = events.len() as u64;
        events.push(Event::MessageArrived { carrier: "file".to_owned(), from: name.clone(), entity, mail: None });
        if let Some((certificate, key)) = keys {
            opened.extend(open(arrived, bytes, (certificate, key), &mut blobs));
        }
    }
    events.extend(opened);
    events.push(Event::RunEnded { reason: "finished".to_owned() });
    // An inspection has no time of its own: the same files give the same bytes.
    let record = |(seq, event): (usize, Event)| Recorded {
        seq: seq as u64,
        at: Timestamp::UNIX_EPOCH,
        epoch: 0,
        elapsed_ms: 0,
        cause: None,
        event,
    };
    (events.into_iter().enumerate().map(record).collect(), blobs)
}

fn open(arrived: u64, bytes: &[u8], keys: (&Certificate, &PrivateKey), blobs: &mut MemoryBlobs) -> Vec<Event> {
    let message = Message::decode(bytes);
    let event = |(part, attachment): (usize, &wire::mime::Part)| match cms::open(&attachment.content, &[keys]) {
        Ok(opened) => {
            let key = blobs.put(opened.key.to_bytes());
            Event::PayloadOpened { message: arrived, part, key }
        }
        Err(error) => Event::PayloadSealed { message: arrived, part, reason: error.to_string() },
    };
    message.attachments().map(event).collect()
}

fn head(events: &[Recorded]) -> Digest {
    events.iter().fold(Digest::ZERO, |prev, recorded| Digest::of(format::write_line(recorded, prev).as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_no_message() {
        for bytes in ["", "\r\n \n"] {
            let failure = entity("in/a.mime", bytes.into()).unwrap_err();
            assert_eq!(failure.exit.code, 20);
            assert!(failure.message.starts_with("in/a.mime is empty"), "{failure}");
        }
    }

    #[test]
    fn a_capture_that_ends_early_is_incomplete() {
        let of = |text: &str| missing(text.as_bytes());
        assert_eq!(of("A: b\r\ncontent-length: 9\r\n\r\n<a/>"), Some(5));
        assert_eq!(of("Content-Length: 4\r\n\r\n<a/>"), None);
        assert_eq!(of("Content-Length: 3\r\n\r\n<a/>"), None);
        assert_eq!(of("A: b\r\n\r\n<a/>"), None);
    }

    #[test]
    fn a_capture_is_the_entity_that_was_carried() {
        let of = |text: &str| String::from_utf8(entity("a", text.into()).unwrap()).unwrap();
        assert_eq!(of("POST / HTTP/1.1\r\nA: b\r\n\r\n<a/>"), "A: b\r\n\r\n<a/>");
        assert_eq!(of("HTTP/1.1 200 OK\nA: b\n\n<a/>"), "A: b\n\n<a/>");
        assert_eq!(of("A: b\n\n<a/>"), "A: b\n\n<a/>");
        let chunked = "POST / HTTP/1.1\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n<a\r\n2\r\n/>\r\n0\r\n\r\n";
        assert_eq!(of(chunked), "A: b\r\n\r\n<a/>");
        let failure = entity("a", chunked[..chunked.len() - 5].into()).unwrap_err();
        assert_eq!(failure.exit.code, 20);
        assert!(failure.to_string().contains("a is an HTTP message whose chunks"), "{failure}");
    }
}
