//! HITS 1172 5.14.4 with HITS 1210: which software wrote the envelope, and which message lies in it.
//!
//! The rules of 5.14.4 are for payload messages. HITS 1210 requirement 2 has no such condition, so signals are
//! looked at by it alone.

use crate::check::{Finding, MessageCheck, Seen, message, place_or, shown, shown_or_absent};
use serde_json::{Map, Value};
use wire::ebxml::{MessageKind, SchemaBlock};
use wire::place::Located;

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HITS1172-265", "eb:Schema/@eb:location", |s| schema_attribute(s, "@eb:location", |b| b.location.as_ref())),
    message("HITS1172-266", "eb:Schema/@eb:version", |s| schema_attribute(s, "@eb:version", |b| b.version.as_ref())),
    message("HITS1172-271", "key MSH-system", |s| key_present(s, "MSH-system")),
    message("HITS1172-272", "key MSH-versjon", |s| key_present(s, "MSH-versjon")),
    message("HITS1172-273", "a text in MSH-system", |s| key_filled(s, "MSH-system")),
    message("HITS1172-274", "a text in MSH-versjon", |s| key_filled(s, "MSH-versjon")),
    message("HITS1172-279", "eb:Description in the header and eb:Schema in the manifest", both),
    message("HITS1210-2", "MSH-system and MSH-versjon in eb:Description", signal_software),
    message("HITS1210-6.2.2-1", "a JSON object", json_object),
];

fn schemas<'h>(seen: &Seen<'h>) -> Vec<&'h SchemaBlock> {
    let manifests = seen.of_kind(MessageKind::Payload).into_iter().flat_map(|e| &e.manifests);
    manifests.flat_map(|m| &m.references).flat_map(|r| &r.schemas).collect()
}

fn schema_attribute(
    seen: &Seen<'_>,
    name: &str,
    attribute: fn(&SchemaBlock) -> Option<&Located<String>>,
) -> Option<Finding> {
    let schemas = schemas(seen);
    let is_given = |b: &&&SchemaBlock| attribute(b).is_some_and(|v| !v.value.trim().is_empty());
    let block = schemas.iter().find(|b| !is_given(b)).or_else(|| schemas.first())?;
    let value = attribute(block);
    Some(Finding::when(is_given(&block), &place_or(value, &block.place, name), shown_or_absent(value)))
}

fn description<'h>(seen: &Seen<'h>) -> Option<&'h Located<String>> {
    seen.header()?.description.first().filter(|d| !d.value.trim().is_empty())
}

fn parsed(description: &Located<String>) -> Result<Map<String, Value>, String> {
    match serde_json::from_str(&description.value) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err("JSON, but no object".to_owned()),
        Err(error) => Err(format!("{}: {error}", shown(description.value.trim()))),
    }
}

fn json_object(seen: &Seen<'_>) -> Option<Finding> {
    let description = description(seen)?;
    Some(match parsed(description) {
        Ok(_) => Finding::satisfied(&description.place, "a JSON object"),
        Err(why) => Finding::violated(&description.place, why),
    })
}

fn key_present(seen: &Seen<'_>, key: &str) -> Option<Finding> {
    seen.of_kind(MessageKind::Payload)?;
    let description = description(seen)?;
    let map = parsed(description).ok()?;
    let got = map.get(key).map_or_else(|| "absent".to_owned(), |v| shown(&v.to_string()));
    Some(Finding::when(map.contains_key(key), &description.place, got))
}

fn key_filled(seen: &Seen<'_>, key: &str) -> Option<Finding> {
    seen.of_kind(MessageKind::Payload)?;
    let description = description(seen)?;
    let map = parsed(description).ok()?;
    let value = map.get(key)?;
    Some(Finding::when(is_text(value), &description.place, shown(&value.to_string())))
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

/// Rule 279: the two halves of what HITS 1210 asks for. Silent where there is no manifest reference to hold a
/// schema: other rules say so.
fn both(seen: &Seen<'_>) -> Option<Finding> {
    let envelope = seen.of_kind(MessageKind::Payload)?;
    let reference = envelope.manifests.first()?.references.first()?;
    let header = seen.header()?;
    Some(match (description(seen), schemas(seen).first()) {
        (None, _) => Finding::violated(&header.place.child("eb:Description"), "absent"),
        (_, None) => Finding::violated(&reference.place.child("eb:Schema"), "absent"),
        (Some(description), Some(_)) => Finding::satisfied(&description.place, "both"),
    })
}

fn signal_software(seen: &Seen<'_>) -> Option<Finding> {
    let header = seen.header().filter(|_| seen.kind().is_signal())?;
    let Some(description) = description(seen) else {
        return Some(Finding::violated(&header.place.child("eb:Description"), "absent"));
    };
    let map = parsed(description).ok()?;
    let holds = ["MSH-system", "MSH-versjon"].iter().all(|key| map.get(*key).is_some_and(is_text));
    Some(Finding::when(holds, &description.place, shown(description.value.trim())))
}
