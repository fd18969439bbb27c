//! Tables: columns by their shares, rows that stay together where they can, the header again on each sheet.

use super::blocks::{BODY, GOOD_BAD_OPEN, INK, RULE, SOFT, tone_colour};
use super::lines::{Colour, Line, Look, broken};
use super::sheets::{Kind, Mark, Node, Placed, SIDE, TOP, WIDTH};
use crate::document::{Cell, Table, Text};

/// Between the rule and the letters.
const PAD: f32 = 3.5;
/// Between rows.
const FINE: Colour = [203, 209, 217];
const HEAD: Look = Look { size: 7.8, leading: 10.5, colour: SOFT, is_bold: true };
const CELL: Look = Look { size: BODY - 1.0, leading: 11.6, colour: INK, is_bold: false };

/// A row whose cells are broken into lines.
struct Set {
    cells: Vec<Vec<Line>>,
    height: f32,
}

/// Left edge and width of each column.
fn columns(table: &Table) -> Vec<(f32, f32)> {
    let all: f32 = table.columns.iter().map(|column| f32::from(column.share)).sum();
    let mut left = SIDE;
    let place = |column: &crate::document::Column| {
        let width = WIDTH * f32::from(column.share) / all.max(1.0);
        let place = (left, width);
        left += width;
        place
    };
    table.columns.iter().map(place).collect()
}

fn set(cells: Vec<Vec<Line>>) -> Set {
    let height = |lines: &Vec<Line>| lines.iter().map(|line| line.leading).sum::<f32>();
    let height = cells.iter().map(height).fold(0.0, f32::max) + 2.0 * PAD;
    Set { cells, height }
}

/// Places a table, and gives its part of the structure.
pub(super) fn place(placed: &mut Placed<'_>, table: &Table) -> Node {
    let columns = columns(table);
    let (head, heads) = header(placed, table, &columns);
    placed.need(head.height + 40.0);
    row(placed, &columns, head.cells, head.height, true);
    let mut rows = Vec::new();
    for cells in &table.rows {
        let (lines, node) = body(placed, cells, &columns);
        rows.push(node);
        let room = placed.room();
        if lines.height > room && placed.y > TOP {
            placed.turn();
            repeat(placed, table, &columns);
        }
        split(placed, table, &columns, lines);
    }
    placed.y += 8.0;
    let head = Node::Group(Kind::Head, vec![Node::Group(Kind::Row, heads)]);
    Node::Group(Kind::Table(table.caption.clone()), vec![head, Node::Group(Kind::Rows, rows)])
}

fn header(placed: &mut Placed<'_>, table: &Table, columns: &[(f32, f32)]) -> (Set, Vec<Node>) {
    let mut nodes = Vec::new();
    let mut cells = Vec::new();
    for (column, (_, width)) in table.columns.iter().zip(columns) {
        let leaf = placed.leaf();
        nodes.push(Node::Group(Kind::ColumnHeader, vec![Node::Leaf(leaf)]));
        cells.push(broken(placed.faces, &Text::plain(&column.name), HEAD, width - 2.0 * PAD, Some(leaf)));
    }
    (set(cells), nodes)
}

/// The header once more, on another sheet: whoever has the table read aloud has heard it.
fn repeat(placed: &mut Placed<'_>, table: &Table, columns: &[(f32, f32)]) {
    let lines =
        table.columns.iter().zip(columns).map(|(column, (_, width))| {
            broken(placed.faces, &Text::plain(&column.name), HEAD, width - 2.0 * PAD, None)
        });
    let head = set(lines.collect());
    row(placed, columns, head.cells, head.height, true);
}

fn body(placed: &mut Placed<'_>, cells: &[Cell], columns: &[(f32, f32)]) -> (Set, Node) {
    let mut nodes = Vec::new();
    let mut lines = Vec::new();
    for (index, (cell, (_, width))) in cells.iter().zip(columns).enumerate() {
        let leaf = placed.leaf();
        let kind = if index == 0 { Kind::RowHeader } else { Kind::Cell };
        nodes.push(Node::Group(kind, vec![Node::Leaf(leaf)]));
        let (text, look) = match cell.tone {
            Some(tone) => {
                let sign = if tone.sign().is_empty() { String::new() } else { format!("{} ", tone.sign()) };
                let look = Look { colour: tone_colour(tone, &GOOD_BAD_OPEN), is_bold: true, ..CELL };
                (Text::plain(sign).then(cell.text.clone()), look)
            }
            None => (cell.text.clone(), CELL),
        };
        lines.push(broken(placed.faces, &text, look, width - 2.0 * PAD, Some(leaf)));
    }
    (set(lines), Node::Group(Kind::Row, nodes))
}

/// A row, over more than one sheet where it is taller than one.
fn split(placed: &mut Placed<'_>, table: &Table, columns: &[(f32, f32)], set: Set) {
    let Set { mut cells, height } = set;
    if height <= placed.room() {
        row(placed, columns, cells, height, false);
        return;
    }
    while cells.iter().any(|lines| !lines.is_empty()) {
        let room = placed.room() - 2.0 * PAD;
        let fits = |lines: &mut Vec<Line>| -> Vec<Line> {
            let mut used = 0.0;
            let number = lines.iter().take_while(|line| {
                used += line.leading;
                used <= room
            });
            let number = number.count();
            lines.drain(..number).collect()
        };
        let here: Vec<Vec<Line>> = cells.iter_mut().map(fits).collect();
        let here_height = here.iter().map(|lines| lines.iter().map(|line| line.leading).sum()).fold(0.0, f32::max);
        if here_height > 0.0 {
            row(placed, columns, here, here_height + 2.0 * PAD, false);
        }
        if cells.iter().any(|lines| !lines.is_empty()) {
            placed.turn();
            repeat(placed, table, columns);
        }
    }
}

fn row(placed: &mut Placed<'_>, columns: &[(f32, f32)], cells: Vec<Vec<Line>>, height: f32, is_head: bool) {
    for (lines, (left, _)) in cells.into_iter().zip(columns) {
        let mut y = placed.y + PAD;
        for line in lines {
            let leading = line.leading;
            placed.set(left + PAD, y, line);
            y += leading;
        }
    }
    placed.y += height;
    let (thickness, colour) = if is_head { (0.9, RULE) } else { (0.5, FINE) };
    placed.mark(Mark::Area { place: [SIDE, placed.y - thickness, WIDTH, thickness], colour });
}
