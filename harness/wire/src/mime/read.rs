//! Bytes to entity.

use super::model::{ContentType, Entity, Headers, Part, bare_id};
use super::source::{Label, Source};
use super::{BYTES_MAX, NESTING_MAX, PARTS_MAX, content_type, header, transfer};
use crate::defect::{Defect, Layer};
use crate::place::{Located, Place, Span};

impl Entity {
    /// Decodes an entity: header block, blank line, body. Never fails; see [`Entity::all_defects`].
    pub fn decode(bytes: &[u8]) -> Self {
        let mut entity = Self::default();
        if bytes.len() > BYTES_MAX {
            let message = format!("{} bytes, more than the {BYTES_MAX} that are read", bytes.len());
            let place = Place::named("MIME entity");
            entity.defects.push(Defect::new(Layer::Mime, "entity-too-large", message, place));
            return entity;
        }
        let source = Source::new(bytes);
        let mut reader = Reader { source, parts: 0 };
        let whole = Span::new(0, bytes.len());
        let mut block = header::read(&reader.source, whole, &Label::Entity);
        let body = Span::new(block.body, whole.end);
        entity.content_type = content_type_of(&block.headers, &mut block.defects);
        entity.multipart = entity.content_type.as_ref().is_some_and(ContentType::is_multipart);
        entity.headers = block.headers;
        entity.defects = block.defects;
        if entity.multipart {
            let split = reader.split(body, entity.content_type.as_ref(), &Label::Entity, &mut entity.defects);
            entity.preamble = reader.source.slice(split.preamble).to_vec();
            entity.epilogue = reader.source.slice(split.epilogue).to_vec();
            entity.parts = reader.parts(&split.parts, &Label::Entity, 1, &mut entity.defects);
        } else {
            let content_type = entity.content_type.clone();
            entity.parts = vec![reader.part_of(entity.headers.clone(), content_type, body, &Label::Entity, Vec::new())];
        }
        entity
    }
}

struct Reader<'a> {
    source: Source<'a>,
    parts: usize,
}

/// Where the pieces of a multipart body stand.
struct Split {
    preamble: Span,
    parts: Vec<Span>,
    epilogue: Span,
}

impl Reader<'_> {
    fn parts(&mut self, spans: &[Span], outer: &Label, depth: usize, defects: &mut Vec<Defect>) -> Vec<Part> {
        let mut parts = Vec::new();
        for (i, span) in spans.iter().enumerate() {
            let label = outer.inner(i + 1);
            if self.parts >= PARTS_MAX {
                let message = format!("more than the {PARTS_MAX} parts that are read");
                let place = self.source.place(label.whole(), *span);
                defects.push(Defect::new(Layer::Mime, "parts-too-many", message, place));
                break;
            }
            self.parts += 1;
            parts.push(self.part(*span, &label, depth));
        }
        parts
    }

    fn part(&mut self, span: Span, label: &Label, depth: usize) -> Part {
        let mut block = header::read(&self.source, span, label);
        let content_type = content_type_of(&block.headers, &mut block.defects);
        let body = Span::new(block.body, span.end);
        let mut part = self.part_of(block.headers, content_type, body, label, block.defects);
        part.place.span = span;
        if part.content_type.as_ref().is_some_and(ContentType::is_multipart) {
            if depth < NESTING_MAX {
                let split = self.split(body, part.content_type.as_ref(), label, &mut part.defects);
                part.nested = self.parts(&split.parts, label, depth + 1, &mut part.defects);
            } else {
                let message = format!("multipart nested deeper than {NESTING_MAX} levels");
                let place = part.place.clone();
                part.defects.push(Defect::new(Layer::Mime, "nested-too-deep", message, place));
            }
        }
        part
    }

    fn part_of(
        &self,
        headers: Headers,
        content_type: Option<ContentType>,
        raw: Span,
        label: &Label,
        mut defects: Vec<Defect>,
    ) -> Part {
        let transfer_encoding =
            headers.get("Content-Transfer-Encoding").map(|f| Located::new(f.value.clone(), f.place.clone()));
        let content_id = headers.get("Content-ID").map(|f| {
            let bare = bare_id(&f.value);
            if bare.len() == f.value.len() {
                let message = "Content-ID without angle brackets";
                defects.push(Defect::new(Layer::Mime, "content-id-bare", message, f.place.clone()));
            }
            Located::new(bare.to_owned(), f.place.clone())
        });
        let place = self.source.place(label.whole(), raw);
        let mut faults = Vec::new();
        let name = transfer_encoding.as_ref().map_or("", |e| e.value.as_str());
        let content = transfer::decode(name, self.source.slice(raw), &mut faults);
        for (code, message) in faults {
            defects.push(Defect::new(Layer::Mime, code, message, place.clone()));
        }
        Part { headers, content_type, content_id, transfer_encoding, raw, content, nested: Vec::new(), defects, place }
    }

    /// Finds the boundaries. The line break before a boundary belongs to it (RFC 2046 5.1.1).
    fn split(&self, body: Span, content_type: Option<&ContentType>, label: &Label, defects: &mut Vec<Defect>) -> Split {
        let mut split = Split { preamble: body, parts: Vec::new(), epilogue: Span::new(body.end, body.end) };
        let place = content_type.map_or_else(|| Place::named(label.whole()), |c| c.place.clone());
        let mut defect = |code, message: &str| defects.push(Defect::new(Layer::Mime, code, message, place.clone()));
        let boundary = content_type.and_then(|c| c.param("boundary")).unwrap_or_default();
        if boundary.is_empty() {
            defect("boundary-missing", "Content-Type is multipart and has no boundary");
            return split;
        }
        let marker = format!("--{boundary}");
        let mut open: Option<usize> = None;
        let mut before_break = body.start;
        for line in self.source.lines(body) {
            let text = self.source.slice(Span::new(line.start, line.end));
            let rest = text.strip_prefix(marker.as_bytes()).map(<[u8]>::trim_ascii_end);
            let Some(rest) = rest.filter(|r| r.is_empty() || *r == b"--") else {
                before_break = line.end;
                continue;
            };
            match open {
                None => split.preamble = Span::new(body.start, before_break),
                Some(start) => split.parts.push(Span::new(start, before_break.max(start))),
            }
            if rest == b"--" {
                split.epilogue = Span::new(line.next, body.end);
                if open.is_none() {
                    defect("parts-missing", "the closing boundary stands before any part");
                }
                return split;
            }
            open = Some(line.next);
            before_break = line.next;
        }
        if let Some(start) = open {
            split.parts.push(Span::new(start, body.end));
            defect("closing-boundary-missing", "the closing boundary is missing");
        } else {
            defect("boundary-not-found", "the boundary that Content-Type names occurs nowhere");
        }
        split
    }
}

fn content_type_of(headers: &Headers, defects: &mut Vec<Defect>) -> Option<ContentType> {
    for name in ["Content-Type", "Content-Transfer-Encoding", "Content-ID", "MIME-Version", "SOAPAction"] {
        if let Some(again) = headers.all(name).nth(1) {
            let message = format!("{name} occurs more than once");
            defects.push(Defect::new(Layer::Mime, "header-repeated", message, again.place.clone()));
        }
    }
    let field = headers.get("Content-Type")?;
    Some(content_type::read(field, defects))
}
