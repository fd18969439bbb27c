//! Sheets drawn by krilla, with the structure beside them.

use super::PdfError;
use super::face::Faces;
use super::lines::{Colour, Line, Look, Run, broken, width};
use super::sheets::{Kind, Mark, Node, PAGE, Placed, SIDE, WIDTH};
use crate::document::{Document, Style, Text};
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::validate::{Accessibility, Archival};
use krilla::configure::{Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree,
};
use krilla::text::{GlyphId, KrillaGlyph};

const FOOT: Look = Look { size: 7.6, leading: 10.0, colour: [77, 88, 102], is_bold: false };

/// Draws everything.
pub(super) fn draw(document: &Document, faces: &Faces, placed: &Placed<'_>) -> Result<Vec<u8>, PdfError> {
    let settings = SerializeSettings { configuration: configuration()?, enable_tagging: true, ..Default::default() };
    let mut pdf = krilla::Document::new_with(settings);
    let mut drawn: Vec<Vec<Identifier>> = vec![Vec::new(); placed.leaves()];
    for (index, sheet) in placed.sheets.iter().enumerate() {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| impossible("the size of a page"))?;
        let mut page = pdf.start_page_with(settings);
        let mut surface = page.surface();
        for mark in sheet {
            match mark {
                Mark::Area { place, colour } => area(&mut surface, *place, *colour),
                Mark::Line { x, y, line } => text(&mut surface, faces, (*x, *y), line, &mut drawn),
            }
        }
        foot(&mut surface, document, faces, (index + 1, placed.sheets.len()));
        surface.finish();
        page.finish();
    }
    pdf.set_metadata(metadata(document, faces));
    pdf.set_outline(outline(placed));
    let mut tree = TagTree::new().with_lang(Some(document.lang.code().to_owned()));
    for node in &placed.structure {
        if let Node::Group(kind, children) = node {
            tree.push(group(kind, children, &drawn));
        }
    }
    pdf.set_tag_tree(tree);
    pdf.finish().map_err(|error| PdfError::Forbidden(said(&error)))
}

/// What krilla says, without the font that it would print at length.
fn said(error: &KrillaError) -> String {
    error.to_string().chars().take(300).collect()
}

fn impossible(what: &str) -> PdfError {
    PdfError::Forbidden(format!("{what} was refused"))
}

fn configuration() -> Result<Configuration, PdfError> {
    let builder = ConfigurationBuilder::new().with_archival_validator(Archival::A2_A);
    builder.with_accessibility_validator(Accessibility::UA1).finish().map_err(|_| impossible("PDF/A-2a with PDF/UA-1"))
}

fn metadata(document: &Document, faces: &Faces) -> Metadata {
    // XML, in which the metadata are written, does not have every character either.
    let settable = |text: &str| faces.settable(text, Style::Plain);
    let number = |n: i8| u8::try_from(n).unwrap_or(1);
    let year = u16::try_from(document.on.year()).unwrap_or_default();
    let on = DateTime::new(year).month(number(document.on.month())).day(number(document.on.day()));
    Metadata::new()
        .title(settable(&document.title))
        .authors(vec![settable(&document.author)])
        .creator(document.tool.clone())
        .producer(document.tool.clone())
        .language(document.lang.code().to_owned())
        // The day that it is about, so that the same report is the same bytes.
        .creation_date(on.hour(0).minute(0).second(0).utc_offset_hour(0))
}

fn outline(placed: &Placed<'_>) -> Outline {
    let mut outline = Outline::new();
    for chapter in &placed.chapters {
        let destination = XyzDestination::new(chapter.sheet, Point::from_xy(SIDE, chapter.y));
        outline.push_child(OutlineNode::new(chapter.title.clone(), destination));
    }
    outline
}

fn fill(colour: Colour) -> Fill {
    let [red, green, blue] = colour;
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn rectangle([left, top, width, height]: [f32; 4]) -> Option<(Rect, Path)> {
    let rect = Rect::from_xywh(left, top, width, height)?;
    let mut path = PathBuilder::new();
    path.push_rect(rect);
    Some((rect, path.finish()?))
}

/// Colour behind text and rules mean nothing to whoever does not see them.
fn area(surface: &mut Surface<'_>, place: [f32; 4], colour: Colour) {
    let Some((rect, path)) = rectangle(place) else { return };
    surface.start_tagged(ContentTag::Artifact(Artifact::new(ArtifactType::Layout, Some(rect))));
    surface.set_fill(Some(fill(colour)));
    surface.draw_path(&path);
    surface.end_tagged();
}

fn text(surface: &mut Surface<'_>, faces: &Faces, (x, y): (f32, f32), line: &Line, drawn: &mut [Vec<Identifier>]) {
    for run in line.runs.iter().filter(|run| !run.text.is_empty()) {
        let tag = match line.leaf {
            Some(_) => ContentTag::Span(SpanTag::empty().with_lang(run.lang.map(crate::Lang::code))),
            None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
        };
        let identifier = surface.start_tagged(tag);
        glyphs(surface, faces, (x + run.x, y), run);
        surface.end_tagged();
        if let Some(leaf) = line.leaf.and_then(|leaf| drawn.get_mut(leaf)) {
            leaf.push(identifier);
        }
    }
}

fn glyphs(surface: &mut Surface<'_>, faces: &Faces, (x, y): (f32, f32), run: &Run) {
    let face = faces.of(run.style);
    let glyph = |(at, c): (usize, char)| {
        let glyph = face.glyph(c)?;
        let range = at..at + c.len_utf8();
        Some(KrillaGlyph::new(GlyphId::new(glyph.id), glyph.advance, 0.0, 0.0, 0.0, range, None))
    };
    let glyphs: Vec<KrillaGlyph> = run.text.char_indices().filter_map(glyph).collect();
    surface.set_fill(Some(fill(run.colour)));
    surface.draw_glyphs(Point::from_xy(x, y), &glyphs, face.font.clone(), &run.text, run.size, false);
}

/// Which certificate it is about, whether that was verified, and the number of the page: on every sheet.
fn foot(surface: &mut Surface<'_>, document: &Document, faces: &Faces, (page, pages): (usize, usize)) {
    let y = PAGE.1 - 40.0;
    let lang = document.lang;
    let number = Text::plain(format!("{} {page} {} {pages}", lang.pick("Side", "Page"), lang.pick("av", "of")));
    let room = width(faces, &number, FOOT);
    area(surface, [SIDE, y - 12.0, WIDTH, 0.5], [118, 129, 143]);
    let mut nothing = Vec::new();
    let mut put = |x: f32, text_of: &Text, room: f32| {
        for line in broken(faces, text_of, FOOT, room, None).into_iter().take(1) {
            text(surface, faces, (x, y), &line, &mut nothing);
        }
    };
    put(SIDE, &Text::plain(&document.running), WIDTH - room - 20.0);
    put(SIDE + WIDTH - room, &number, room + 1.0);
}

fn group(kind: &Kind, children: &[Node], drawn: &[Vec<Identifier>]) -> TagGroup {
    let mut group = match kind {
        Kind::Heading(level, title) => TagGroup::new(Tag::Hn(*level, Some(title.clone()))),
        Kind::Paragraph => TagGroup::new(Tag::P),
        Kind::Division => TagGroup::new(Tag::Div),
        Kind::List { is_ordered } => {
            TagGroup::new(Tag::L(if *is_ordered { ListNumbering::Decimal } else { ListNumbering::Disc }))
        }
        Kind::Item => TagGroup::new(Tag::LI),
        Kind::Label => TagGroup::new(Tag::Lbl),
        Kind::Body => TagGroup::new(Tag::LBody),
        Kind::Table(caption) => TagGroup::new(Tag::Table.with_summary((!caption.is_empty()).then(|| caption.clone()))),
        Kind::Head => TagGroup::new(Tag::THead),
        Kind::Rows => TagGroup::new(Tag::TBody),
        Kind::Row => TagGroup::new(Tag::TR),
        Kind::ColumnHeader => TagGroup::new(Tag::TH(TableHeaderScope::Column)),
        Kind::RowHeader => TagGroup::new(Tag::TH(TableHeaderScope::Row)),
        Kind::Cell => TagGroup::new(Tag::TD),
    };
    for child in children {
        match child {
            Node::Group(kind, children) => group.push(self::group(kind, children, drawn)),
            Node::Leaf(leaf) => drawn.get(*leaf).into_iter().flatten().for_each(|one| group.push(*one)),
        }
    }
    group
}
