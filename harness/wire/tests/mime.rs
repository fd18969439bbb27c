//! MIME entities: shapes of the field, and properties over generated and mutated ones.

use proptest::collection::vec;
use proptest::prelude::*;
use provestein_wire::mime::{BodyDraft, Entity, EntityDraft, NESTING_MAX, PARTS_MAX, PartDraft, TransferEncoding};

const RELATED: &str = "Subject: x\r\nmime-version: 1.0\r\nSOAPAction: \"ebXML\"\r\n\
Content-Type: multipart/related;\r\n\tboundary=\"b 1\"; type=text/xml;\r\n start=\"<soap@a>\"\r\n\r\n\
for people without MIME\r\n--b 1  \r\nContent-Id: <att@a>\r\nContent-type: application/pkcs7-mime; smime-type=enveloped-data\r\n\
Content-transfer-encoding: Base64\r\n\r\nAQI\r\nD\r\n--b 1\r\nContent-ID: <soap@a>\r\nContent-Type: text/xml; charset=\"UTF-8\"\r\n\r\n<a/>\r\n--b 1--\r\nend";

fn pairs(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
}

#[test]
fn reads_a_related_entity() {
    for text in [RELATED.to_owned(), RELATED.replace("\r\n", "\n")] {
        let entity = Entity::decode(text.as_bytes());
        assert!(entity.multipart && entity.all_defects().is_empty(), "{:?}", entity.all_defects());
        assert_eq!((&entity.preamble[..], &entity.epilogue[..]), (&b"for people without MIME"[..], &b"end"[..]));
        let soap = entity.soap_part().unwrap();
        assert_eq!(soap.content, b"<a/>");
        assert_eq!(soap.charset(), Some("UTF-8"));
        assert_eq!(soap.content_type.as_ref().unwrap().place.path, "MIME part 2, Content-Type");
        assert_eq!(soap.content_type.as_ref().unwrap().place.line, 18);
        assert_eq!(soap.place.path, "MIME part 2");
        let attachments = entity.attachments();
        assert_eq!((attachments.len(), &attachments[0].content[..]), (1, &[1, 2, 3][..]));
        assert_eq!(attachments[0].transfer_encoding.as_ref().unwrap().value, "Base64");
        for id in ["att@a", "<att@a>", "cid:att@a", "att%40a", "cid:%3Catt@a%3E"] {
            assert!(entity.part_by_content_id(id).is_some(), "{id}");
        }
        assert!(entity.part_by_content_id("ATT@a").is_none());
    }
}

#[test]
fn a_single_part_has_the_headers_of_the_entity() {
    let entity = Entity::decode(b"Content-Type: text/xml\nContent-Transfer-Encoding: base64\n\nPGEv\nPg==\n");
    assert!(!entity.multipart && entity.all_defects().is_empty());
    assert_eq!(entity.parts.len(), 1);
    assert_eq!(entity.parts[0].headers, entity.headers);
    assert_eq!(entity.soap_part().unwrap().content, b"<a/>");
    assert!(entity.attachments().is_empty());
}

#[test]
fn without_start_the_first_text_xml_part_is_the_envelope() {
    let related = |first: &str, second: &str| {
        let text = format!(
            "Content-Type: multipart/related; boundary=b; start=gone\r\n\r\n--b\r\nContent-Type: {first}\r\n\r\n1\r\n--b\r\n\
             Content-Type: {second}\r\n\r\n2\r\n--b--"
        );
        Entity::decode(text.as_bytes()).soap_part().map(|p| p.content.clone())
    };
    assert_eq!(related("text/xml", "text/xml").unwrap(), b"1");
    assert_eq!(related("application/xml", "text/xml").unwrap(), b"2");
    assert_eq!(related("application/xml", "text/plain").unwrap(), b"1", "the root by RFC 2387");
    assert!(Entity::decode(b"Content-Type: text/plain\n\nhei").soap_part().is_none());
}

#[test]
fn broken_multiparts_are_values_with_defects() {
    for (text, code) in [
        ("Content-Type: multipart/related\r\n\r\n--b\r\n\r\nx\r\n--b--", "boundary-missing"),
        ("Content-Type: multipart/related; boundary=c\r\n\r\n--b\r\n\r\nx\r\n--b--", "boundary-not-found"),
        ("Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--bc--", "closing-boundary-missing"),
        ("Content-Type: multipart/related; boundary=b\r\n\r\n--b--", "parts-missing"),
        (
            "Content-Type: multipart/related; boundary=b\r\nContent-type: text/xml\r\n\r\n--b\r\n\r\nx\r\n--b--",
            "header-repeated",
        ),
        ("Content-ID: x\r\n\r\n", "content-id-bare"),
        ("", ""),
    ] {
        let entity = Entity::decode(text.as_bytes());
        let codes: Vec<_> = entity.all_defects().iter().map(|d| d.code).collect();
        assert_eq!(codes.first().copied().unwrap_or_default(), code, "{text}");
    }
}

#[test]
fn nesting_and_number_of_parts_are_bounded() {
    let mut text = "Content-Type: multipart/mixed; boundary=b0\r\n\r\n".to_owned();
    for level in 0..8 {
        text += &format!("--b{level}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n", level + 1);
    }
    let entity = Entity::decode(text.as_bytes());
    assert!(entity.all_defects().iter().any(|d| d.code == "nested-too-deep"));
    let (mut depth, mut part) = (1, &entity.parts[0]);
    while let Some(inner) = part.nested.first() {
        (depth, part) = (depth + 1, inner);
    }
    assert_eq!(depth, NESTING_MAX);

    let many = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\n".repeat(PARTS_MAX + 10));
    let entity = Entity::decode(many.as_bytes());
    assert_eq!(entity.parts.len(), PARTS_MAX);
    assert!(entity.defects.iter().any(|d| d.code == "parts-too-many"));
}

#[test]
fn a_nested_envelope_is_found() {
    let text = "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/related; boundary=i\n\n--i\n\
                Content-Type: text/xml\n\n<a/>\n--i--\n--o\nContent-Type: text/plain\n\nfooter\n--o--\n";
    let entity = Entity::decode(text.as_bytes());
    assert_eq!(entity.soap_part().unwrap().place.path, "MIME part 1.1");
}

#[test]
fn writes_exact_bytes() {
    let draft = EntityDraft {
        headers: pairs(&[("SOAPAction", "\"ebXML\""), ("Content-Type", "multipart/related;\r\n boundary=b")]),
        body: BodyDraft::Multipart {
            boundary: "b".into(),
            preamble: b"p".to_vec(),
            parts: vec![PartDraft {
                headers: pairs(&[("Content-ID", "<a>")]),
                content: b"abc".to_vec(),
                encoding: TransferEncoding::Base64,
            }],
            epilogue: b"e".to_vec(),
        },
    };
    let body = "p\r\n--b\r\nContent-ID: <a>\r\n\r\nYWJj\r\n--b--\r\ne";
    let head = "SOAPAction: \"ebXML\"\r\nContent-Type: multipart/related;\r\n boundary=b\r\n\r\n";
    assert_eq!(String::from_utf8(draft.encode()).unwrap(), format!("{head}{body}"));
    let (headers, split) = draft.encode_split();
    assert_eq!((headers[1].1.as_str(), split), ("multipart/related; boundary=b", body.into()));
}

fn encodings() -> impl Strategy<Value = TransferEncoding> {
    prop_oneof![
        Just(TransferEncoding::Base64),
        Just(TransferEncoding::EightBit),
        Just(TransferEncoding::Binary),
        Just(TransferEncoding::QuotedPrintable),
    ]
}

/// Bytes with many line breaks, blanks and hyphens, where the mistakes are.
fn contents() -> impl Strategy<Value = Vec<u8>> {
    let awkward = prop::sample::select(b"\r\n\t -=b<a>\xe6".to_vec());
    prop_oneof![vec(any::<u8>(), 0..300), vec(awkward, 0..300)]
}

fn drafts() -> impl Strategy<Value = EntityDraft> {
    let part = (contents(), encodings());
    (vec(part, 1..5), vec(any::<u8>(), 0..20), vec(any::<u8>(), 0..20)).prop_map(|(parts, preamble, epilogue)| {
        let parts = parts
            .into_iter()
            .enumerate()
            .map(|(i, (content, encoding))| PartDraft {
                headers: vec![
                    ("Content-ID".into(), format!("<part{i}@edi.test>")),
                    ("Content-Transfer-Encoding".into(), encoding.name().into()),
                ],
                content,
                encoding,
            })
            .collect();
        EntityDraft {
            headers: pairs(&[("Content-Type", "multipart/related; boundary=\"=_limit 1_=\"; type=\"text/xml\"")]),
            body: BodyDraft::Multipart { boundary: "=_limit 1_=".into(), preamble, parts, epilogue },
        }
    })
}

proptest! {
    #[test]
    fn parts_come_back_byte_for_byte(draft in drafts()) {
        let entity = Entity::decode(&draft.encode());
        let BodyDraft::Multipart { parts, preamble, epilogue, .. } = &draft.body else { unreachable!() };
        prop_assert!(entity.all_defects().is_empty(), "{:?}", entity.all_defects());
        prop_assert_eq!(entity.parts.len(), parts.len());
        for (read, written) in entity.parts.iter().zip(parts) {
            prop_assert_eq!(&read.content, &written.content);
        }
        prop_assert_eq!(&entity.preamble, preamble);
        prop_assert_eq!(&entity.epilogue, epilogue);
    }

    #[test]
    fn a_single_content_comes_back(content in contents(), encoding in encodings()) {
        let headers = pairs(&[("Content-Type", "text/xml"), ("Content-Transfer-Encoding", encoding.name())]);
        let draft = EntityDraft { headers, body: BodyDraft::Single { content: content.clone(), encoding } };
        let entity = Entity::decode(&draft.encode());
        prop_assert_eq!(&entity.parts[0].content, &content);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..2000)) {
        let entity = Entity::decode(&bytes);
        let _ = (entity.soap_part(), entity.attachments(), entity.part_by_content_id("cid:%"));
    }

    #[test]
    fn mutated_entities_never_panic(changes in vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..20)) {
        let mut bytes = RELATED.as_bytes().to_vec();
        for (at, byte, how) in changes {
            if bytes.is_empty() { break; }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        let entity = Entity::decode(&bytes);
        for part in &entity.parts {
            prop_assert!(part.raw.end <= bytes.len());
        }
        let _ = (entity.soap_part(), entity.attachments());
    }
}
