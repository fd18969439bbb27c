//! The blocks of a document, placed on sheets.

use super::face::Faces;
use super::lines::{Colour, Look, broken, width};
use super::sheets::{Backing, Jump, Kind, Node, Placed, SIDE, WIDTH};
use super::table;
use crate::document::{Block, Document, Item, Notice, Style, Text, Tone};
use std::num::NonZeroU16;

pub(super) const INK: Colour = [27, 32, 39];
pub(super) const SOFT: Colour = [77, 88, 102];
pub(super) const RULE: Colour = [118, 129, 143];
const SHADE: Colour = [238, 241, 245];
/// Colours of good, open, bad and neutral things: of letters, and of what stands behind them. Contrast 4.5 to 1 and more.
pub(super) const GOOD_BAD_OPEN: [Colour; 4] = [[13, 102, 56], [122, 74, 0], [164, 22, 31], [61, 72, 84]];
const BEHIND: [Colour; 4] = [[227, 243, 233], [253, 240, 213], [252, 232, 232], SHADE];

/// Size of the letters.
pub(super) const BODY: f32 = 9.4;
const TEXT: Look = Look { size: BODY, leading: 13.2, colour: INK, is_bold: false };
const CLAIM: Look = Look { size: 11.5, leading: 16.0, colour: INK, is_bold: false };
const TITLE: Look = Look { size: 18.0, leading: 24.0, colour: INK, is_bold: true };
const CHAPTER: Look = Look { size: 13.0, leading: 18.0, colour: INK, is_bold: true };
const SECTION: Look = Look { size: 10.4, leading: 14.5, colour: INK, is_bold: true };
const COMMAND: Look = Look { size: BODY, leading: 12.0, colour: INK, is_bold: false };
/// How far the text of a list is moved in.
const INDENT: f32 = 16.0;
/// Width of the names of facts.
const NAMES: f32 = 92.0;

const ONE: NonZeroU16 = NonZeroU16::MIN;
const TWO: NonZeroU16 = ONE.saturating_add(1);
const THREE: NonZeroU16 = ONE.saturating_add(2);

/// The colour of a tone.
pub(super) fn tone_colour(tone: Tone, colours: &[Colour; 4]) -> Colour {
    match tone {
        Tone::Good => colours[0],
        Tone::Open => colours[1],
        Tone::Bad => colours[2],
        Tone::Neutral => colours[3],
    }
}

/// Places a document.
pub(super) fn place<'f>(document: &Document, faces: &'f Faces) -> Placed<'f> {
    let mut placed = Placed::new(faces);
    heading(&mut placed, ONE, &document.title, TITLE, 0.0);
    for block in &document.blocks {
        one(&mut placed, block);
    }
    placed
}

fn one(placed: &mut Placed<'_>, block: &Block) {
    let node = match block {
        Block::Chapter(title) => {
            placed.skip(16.0);
            placed.need(90.0);
            placed.chapters.push(Jump { title: title.clone(), sheet: placed.sheets.len() - 1, y: placed.y });
            return heading(placed, TWO, title, CHAPTER, 3.0);
        }
        Block::Section(title) => {
            placed.skip(8.0);
            placed.need(70.0);
            return heading(placed, THREE, title, SECTION, 2.0);
        }
        Block::Claim(text) => {
            placed.skip(4.0);
            let node = paragraph(placed, text, CLAIM, SIDE, WIDTH);
            placed.y += 8.0;
            node
        }
        Block::Paragraph(text) => {
            let node = paragraph(placed, text, TEXT, SIDE, WIDTH);
            placed.y += 5.0;
            node
        }
        Block::Notice(notice) => notice_box(placed, notice),
        Block::List { is_ordered, items } => list(placed, *is_ordered, items),
        Block::Facts(facts) => facts_table(placed, facts),
        Block::Table(rows) => table::place(placed, rows),
    };
    placed.structure.push(node);
}

fn heading(placed: &mut Placed<'_>, level: NonZeroU16, title: &str, look: Look, after: f32) {
    let leaf = placed.leaf();
    let lines = broken(placed.faces, &Text::plain(title), look, WIDTH, Some(leaf));
    placed.flow(SIDE, lines, None);
    placed.y += after;
    let title = placed.faces.settable(title, Style::Strong);
    placed.structure.push(Node::Group(Kind::Heading(level, title), vec![Node::Leaf(leaf)]));
}

fn paragraph(placed: &mut Placed<'_>, text: &Text, look: Look, x: f32, width: f32) -> Node {
    let leaf = placed.leaf();
    let lines = broken(placed.faces, text, look, width, Some(leaf));
    placed.flow(x, lines, None);
    Node::Group(Kind::Paragraph, vec![Node::Leaf(leaf)])
}

/// A box. Its title and its texts are paragraphs of one division.
fn notice_box(placed: &mut Placed<'_>, notice: &Notice) -> Node {
    const PADDING: f32 = 7.0;
    let colour = tone_colour(notice.tone, &GOOD_BAD_OPEN);
    let sign = if notice.tone.sign().is_empty() { String::new() } else { format!("{} ", notice.tone.sign()) };
    let title = Text::plain(sign).and(&notice.title);
    let inner = WIDTH - 2.0 * PADDING;
    let mut lines = Vec::new();
    let mut nodes = Vec::new();
    let titled = std::iter::once((&title, Look { colour, is_bold: true, ..TEXT }));
    for (text, look) in titled.chain(notice.texts.iter().map(|text| (text, TEXT))) {
        let leaf = placed.leaf();
        lines.extend(broken(placed.faces, text, look, inner, Some(leaf)));
        nodes.push(Node::Group(Kind::Paragraph, vec![Node::Leaf(leaf)]));
    }
    let height: f32 = lines.iter().map(|line| line.leading).sum();
    placed.need(if height < 200.0 { height + 2.0 * PADDING } else { 60.0 });
    let behind = tone_colour(notice.tone, &BEHIND);
    let backing = Backing { colour: behind, bar: Some(colour), padding: PADDING };
    placed.flow(SIDE + PADDING, lines, Some((backing, inner)));
    placed.y += 7.0;
    Node::Group(Kind::Division, nodes)
}

fn list(placed: &mut Placed<'_>, is_ordered: bool, items: &[Item]) -> Node {
    let mut nodes = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let label = if is_ordered { format!("{}.", index + 1) } else { "•".to_owned() };
        let (label_leaf, leaf) = (placed.leaf(), placed.leaf());
        placed.need(if item.commands.is_empty() { TEXT.leading } else { 60.0 });
        for line in broken(placed.faces, &Text::plain(label), TEXT, INDENT, Some(label_leaf)) {
            placed.set(SIDE, placed.y, line);
        }
        let lines = broken(placed.faces, &item.text, TEXT, WIDTH - INDENT, Some(leaf));
        placed.flow(SIDE + INDENT, lines, None);
        let mut body = vec![Node::Group(Kind::Paragraph, vec![Node::Leaf(leaf)])];
        for command in &item.commands {
            placed.y += 2.0;
            let leaf = placed.leaf();
            let inner = WIDTH - INDENT - 10.0;
            let lines = broken(placed.faces, &Text::code(command), COMMAND, inner, Some(leaf));
            let backing = Backing { colour: SHADE, bar: None, padding: 4.0 };
            placed.flow(SIDE + INDENT + 5.0, lines, Some((backing, inner)));
            body.push(Node::Group(Kind::Paragraph, vec![Node::Leaf(leaf)]));
        }
        placed.y += 4.0;
        let label = Node::Group(Kind::Label, vec![Node::Leaf(label_leaf)]);
        nodes.push(Node::Group(Kind::Item, vec![label, Node::Group(Kind::Body, body)]));
    }
    placed.y += 4.0;
    Node::Group(Kind::List { is_ordered }, nodes)
}

/// Names and values are a table whose rows have headers.
fn facts_table(placed: &mut Placed<'_>, facts: &[(String, Text)]) -> Node {
    let mut rows = Vec::new();
    for (name, value) in facts {
        let (name_leaf, leaf) = (placed.leaf(), placed.leaf());
        let name = Text::plain(name);
        let look = Look { colour: SOFT, ..TEXT };
        let names = NAMES.max(width(placed.faces, &name, look) + 6.0).min(WIDTH / 2.0);
        placed.need(TEXT.leading);
        for line in broken(placed.faces, &name, look, names, Some(name_leaf)).into_iter().take(1) {
            placed.set(SIDE, placed.y, line);
        }
        let lines = broken(placed.faces, value, TEXT, WIDTH - names, Some(leaf));
        placed.flow(SIDE + names, lines, None);
        placed.y += 2.0;
        let name = Node::Group(Kind::RowHeader, vec![Node::Leaf(name_leaf)]);
        rows.push(Node::Group(Kind::Row, vec![name, Node::Group(Kind::Cell, vec![Node::Leaf(leaf)])]));
    }
    placed.y += 4.0;
    Node::Group(Kind::Table(String::new()), vec![Node::Group(Kind::Rows, rows)])
}
