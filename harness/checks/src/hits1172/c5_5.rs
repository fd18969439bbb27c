//! HITS 1172 5.5.2: MIME. Of bare XML nothing of this can be told, and nothing is.
//!
//! The document writes of mail; over HTTP the same header fields stand in the request. Where HTTP has no such
//! field of its own (Content-Transfer-Encoding of an entity without parts), its absence there is a remark.

use crate::check::{Finding, MessageCheck, Seen, message, shown, shown_or_absent};
use wire::ebxml::MessageKind;
use wire::message::Message;
use wire::mime::{ContentType, Entity, Part};
use wire::place::Place;

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HITS1172-21", "header MIME-Version", |s| top_header(s, "MIME-Version")),
    message("HITS1172-82", "MIME-Version 1.0", mime_version),
    message("HITS1172-22", "header SOAPAction", |s| top_header(s, "SOAPAction")),
    message("HITS1172-51", "SOAPAction \"ebXML\"", soap_action),
    message("HITS1172-252", "a Content-Type that is not text/plain", content_type),
    message("HITS1172-66", "Content-Type multipart/related or text/xml", media_type),
    message("HITS1172-253", "parameter type=\"text/xml\" of multipart/related", related_type),
    message("HITS1172-5.5.2.2-u1", "parameter start names the SOAP part, if it is there", start),
    message("HITS1172-67", "a part of type text/xml that holds the SOAP document", soap_part_present),
    message("HITS1172-255", "Content-Type text/xml of the SOAP part", soap_part_type),
    message("HITS1172-256", "charset UTF-8 of the SOAP part", soap_part_charset),
    message("HITS1172-257", "Content-Transfer-Encoding of the SOAP part", transfer_encoding_present),
    message("HITS1172-258", "8bit, binary, quoted-printable or base64", transfer_encoding),
    message("HITS1172-259", "Content-Transfer-Encoding base64", attachment_encoding),
    message("HITS1172-260", "application/pkcs7-mime; smime-type=enveloped-data", attachment_type),
];

/// The entity, when the message has one of its own and is not a SOAP Fault. What came on the connection of a
/// message of ours and holds no SOAP is no message, but the carrier's own answer; so is a report of a mail that
/// could not be delivered. What bears no sign of ebXML at all (a probe of the network, a scanner) is nobody's message.
fn entity<'h>(seen: &Seen<'h>) -> Option<&'h Entity> {
    let message = &seen.record.message;
    let entity = &message.entity;
    let media_type = entity.content_type.as_ref().map(|c| c.media_type.as_str());
    let is_carriers_own =
        message.soap().is_none() && seen.record.carrier == "http-response" || media_type == Some("multipart/report");
    let judged = bears_ebxml(message) && !message.bare && !is_carriers_own && message.kind() != MessageKind::Fault;
    judged.then_some(entity)
}

/// Whether anything about a message says that it is meant to be ebXML.
pub(super) fn bears_ebxml(message: &Message) -> bool {
    let entity = &message.entity;
    message.soap().is_some() || entity.multipart || entity.headers.get("SOAPAction").is_some()
}

fn top_header(seen: &Seen<'_>, name: &str) -> Option<Finding> {
    let entity = entity(seen)?;
    let place = Place::named(format!("MIME header {name}"));
    Some(match entity.headers.get(name) {
        Some(field) => Finding::satisfied(&field.place, shown(&field.value)),
        None if seen.record.carrier == "http-response" => Finding::remark(&place, "absent", OF_REQUESTS),
        None => Finding::violated(&place, "absent"),
    })
}

/// SOAPAction is a field of HTTP requests (SOAP 1.1, 6.1.1), and HTTP answers need no MIME-Version.
const OF_REQUESTS: &str = "the answer to a request on its own connection; the header is one of requests and mail";

/// Rule 82. RFC 2045 section 4 allows comments in the value.
fn mime_version(seen: &Seen<'_>) -> Option<Finding> {
    let field = entity(seen)?.headers.get("MIME-Version")?;
    let plain = field.value.split('(').next().unwrap_or_default().trim();
    Some(Finding::when(plain == "1.0", &field.place, shown(&field.value)))
}

/// Rule 51. The quotes are part of the value in the document's example and of SOAP 1.1's grammar, without them
/// it is the same URI to every receiver: both are accepted. The case is not: ebMS 2.0 B.2.2 prints `ebXML`, and
/// no document allows to fold it.
fn soap_action(seen: &Seen<'_>) -> Option<Finding> {
    let field = entity(seen)?.headers.get("SOAPAction")?;
    let plain = field.value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(&field.value);
    let finding = Finding::when(plain == "ebXML", &field.place, shown(&field.value));
    Some(if plain.eq_ignore_ascii_case("ebXML") && finding.is_violation() {
        finding.hint("the value is compared case by case; an official sample writes it in lower case by mistake")
    } else {
        finding
    })
}

fn content_type(seen: &Seen<'_>) -> Option<Finding> {
    let entity = entity(seen)?;
    Some(match &entity.content_type {
        Some(found) => Finding::when(found.media_type != "text/plain", &found.place, shown(&found.media_type)),
        None => Finding::violated(&Place::named("MIME header Content-Type"), "absent"),
    })
}

/// Rule 66 is silent where rule 252 speaks.
fn media_type(seen: &Seen<'_>) -> Option<Finding> {
    let found = top_type(entity(seen)?)?;
    let is_right = matches!(found.media_type.as_str(), "multipart/related" | "text/xml");
    Some(Finding::when(is_right, &found.place, shown(&found.media_type)))
}

fn top_type(entity: &Entity) -> Option<&ContentType> {
    entity.content_type.as_ref().filter(|c| c.media_type != "text/plain")
}

fn related(entity: &Entity) -> Option<&ContentType> {
    entity.content_type.as_ref().filter(|c| c.media_type == "multipart/related")
}

/// Rule 253 does not say what an absent parameter means. RFC 2387 3.1 requires it, and absent is not text/xml.
fn related_type(seen: &Seen<'_>) -> Option<Finding> {
    let found = related(entity(seen)?)?;
    let value = found.param("type");
    let is_right = value.is_some_and(|v| v.eq_ignore_ascii_case("text/xml"));
    Some(Finding::when(is_right, &found.place, value.map_or_else(|| "no parameter type".to_owned(), shown)))
}

fn start(seen: &Seen<'_>) -> Option<Finding> {
    let entity = entity(seen)?;
    let found = related(entity)?;
    let start = found.param("start")?;
    Some(Finding::when(start_fits(entity, start), &found.place, format!("start={}", shown(start))))
}

/// `start` agrees when it names a part that can be the SOAP part: one of type text/xml, or any part where no
/// part is of that type (then rule 255 speaks).
fn start_fits(entity: &Entity, start: &str) -> bool {
    let Some(named) = entity.part_by_content_id(start) else { return false };
    named.is("text/xml") || !entity.parts.iter().any(|p| p.is("text/xml"))
}

/// The part that has to hold the SOAP document, whatever type it says it has.
fn soap_part<'h>(seen: &Seen<'h>) -> Option<&'h Part> {
    let entity = entity(seen)?;
    let is_soap_type = matches!(top_type(entity)?.media_type.as_str(), "multipart/related" | "text/xml");
    let fits = related(entity).and_then(|c| c.param("start")).is_none_or(|start| start_fits(entity, start));
    let part = entity.soap_part().filter(|_| is_soap_type && fits)?;
    (part.is("text/xml") || seen.record.message.soap().is_some()).then_some(part)
}

/// Rule 67 is silent where rule 66 or the rule about `start` speaks.
fn soap_part_present(seen: &Seen<'_>) -> Option<Finding> {
    let entity = entity(seen)?;
    let found = top_type(entity)?;
    if !matches!(found.media_type.as_str(), "multipart/related" | "text/xml") {
        return None;
    }
    if related(entity).and_then(|c| c.param("start")).is_some_and(|start| !start_fits(entity, start)) {
        return None;
    }
    Some(match soap_part(seen) {
        Some(part) => Finding::satisfied(&part.place, "the SOAP part"),
        None => Finding::violated(&found.place, "no part that holds a SOAP document"),
    })
}

fn soap_part_type(seen: &Seen<'_>) -> Option<Finding> {
    let part = soap_part(seen)?;
    let media = part.content_type.as_ref().map(|c| c.media_type.as_str());
    let place = part.content_type.as_ref().map_or_else(|| part.place.child("Content-Type"), |c| c.place.clone());
    Some(Finding::when(media == Some("text/xml"), &place, media.map_or_else(|| "absent".to_owned(), shown)))
}

/// Rule 256 does not say what an absent parameter means; the chapter's example has it. Silent where rule 255
/// speaks of the whole field.
fn soap_part_charset(seen: &Seen<'_>) -> Option<Finding> {
    let found = soap_part(seen)?.content_type.as_ref()?;
    if found.media_type != "text/xml" {
        return None;
    }
    Some(match found.param("charset") {
        Some(charset) => Finding::when(charset.eq_ignore_ascii_case("UTF-8"), &found.place, shown(charset)),
        None => Finding::remark(
            &found.place,
            "no parameter charset",
            "HITS 1172 rule 256 does not say whether the parameter may be left out; the XML declaration decides",
        ),
    })
}

/// Rule 257 takes its header field from mail. An HTTP entity without parts has none by itself.
fn transfer_encoding_present(seen: &Seen<'_>) -> Option<Finding> {
    let part = soap_part(seen)?;
    let place = part.place.child("Content-Transfer-Encoding");
    Some(match &part.transfer_encoding {
        Some(value) => Finding::satisfied(&value.place, shown(&value.value)),
        None if !entity(seen)?.multipart && !seen.over_mail() => Finding::remark(
            &place,
            "absent",
            "HTTP has no Content-Transfer-Encoding of its own (RFC 9110); HITS 1172 rule 257 is written for mail",
        ),
        None => Finding::violated(&place, "absent"),
    })
}

fn transfer_encoding(seen: &Seen<'_>) -> Option<Finding> {
    let value = soap_part(seen)?.transfer_encoding.as_ref()?;
    let allowed = ["8bit", "binary", "quoted-printable", "base64"];
    let is_right = allowed.iter().any(|a| value.value.trim().eq_ignore_ascii_case(a));
    Some(Finding::when(is_right, &value.place, shown(&value.value)))
}

/// The first attachment of a payload message that is not as it has to be, else the first.
fn attachment<'h>(seen: &Seen<'h>, is_right: fn(&Part) -> bool) -> Option<(&'h Part, bool)> {
    entity(seen)?;
    seen.of_kind(MessageKind::Payload)?;
    let parts: Vec<&Part> = seen.record.message.attachments().map(|(_, part)| part).collect();
    let wrong = parts.iter().find(|part| !is_right(part));
    wrong.map(|part| (*part, false)).or_else(|| parts.first().map(|part| (*part, true)))
}

fn attachment_encoding(seen: &Seen<'_>) -> Option<Finding> {
    let is_base64 =
        |part: &Part| part.transfer_encoding.as_ref().is_some_and(|v| v.value.trim().eq_ignore_ascii_case("base64"));
    let (part, is_right) = attachment(seen, is_base64)?;
    let value = part.transfer_encoding.as_ref();
    let place = value.map_or_else(|| part.place.child("Content-Transfer-Encoding"), |v| v.place.clone());
    Some(Finding::when(is_right, &place, shown_or_absent(value)))
}

fn attachment_type(seen: &Seen<'_>) -> Option<Finding> {
    let is_enveloped = |part: &Part| {
        let found = part.content_type.as_ref().filter(|c| c.media_type == "application/pkcs7-mime");
        let kind = found.and_then(|c| c.param("smime-type"));
        kind.is_some_and(|k| k.eq_ignore_ascii_case("enveloped-data"))
    };
    let (part, is_right) = attachment(seen, is_enveloped)?;
    let got = part.content_type.as_ref().map_or_else(
        || "absent".to_owned(),
        |c| {
            let kind = c.param("smime-type").map(|k| format!("; smime-type={k}"));
            format!("{}{}", c.media_type, kind.unwrap_or_default())
        },
    );
    let place = part.content_type.as_ref().map_or_else(|| part.place.child("Content-Type"), |c| c.place.clone());
    Some(Finding::when(is_right, &place, got))
}
