//! Products against messages, and products against each other.

use super::frame::{Frame, Link};
use super::product::carrier;
use super::shelf::Shelf;
use crate::because::Verdict;
use crate::sheet::{role, sign};
use crate::words::nb::system;
use askama::Template;
use certify::certificate::Direction;
use std::collections::HashMap;

/// Rows of the table of products against each other: of more, each product's own page says it.
const PAIRS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "site/matrix.html")]
struct Page {
    frame: Frame,
    columns: Vec<(String, String)>,
    rows: Vec<Row>,
    pairs: Option<Vec<(Link, Vec<usize>)>>,
}

struct Row {
    link: Link,
    carrier: &'static str,
    cells: Vec<Cell>,
}

/// Sending and receiving of one message.
struct Cell {
    send: Option<Mark>,
    receive: Option<Mark>,
}

struct Mark {
    role: &'static str,
    sign: &'static str,
    words: &'static str,
}

pub(super) fn page(shelf: &Shelf<'_>) -> String {
    let matrix = &shelf.matrix;
    let link = |row: &crate::matrix::Row<'_>| {
        let product = shelf.product(&row.product);
        let href = product.map(|product| format!("system/{}.html", product.slug)).unwrap_or_default();
        Link { href, text: system(&super::shelf::key(&row.product)) }
    };
    let row = |row: &crate::matrix::Row<'_>| {
        let mark = |column: usize, direction| {
            row.cells.get(&(column, direction)).map(|cell| mark(cell.because.verdict(), direction))
        };
        let cell = |column| Cell { send: mark(column, Direction::Send), receive: mark(column, Direction::Receive) };
        Row {
            link: link(row),
            carrier: carrier(row.product.carrier),
            cells: (0..matrix.messages.len()).map(cell).collect(),
        }
    };
    let counts: HashMap<(usize, usize), usize> =
        shelf.pairs.iter().map(|pair| ((pair.from, pair.to), pair.messages.len())).collect();
    let all = || 0..matrix.rows.len();
    let pairs = || {
        let numbers = |from: usize| all().map(|to| counts.get(&(from, to)).copied().unwrap_or_default()).collect();
        let named = |row: &crate::matrix::Row<'_>| {
            let Link { href, text } = link(row);
            Link { href, text: format!("{text}, {}", carrier(row.product.carrier)) }
        };
        all().map(|from| (named(&matrix.rows[from]), numbers(from))).collect()
    };
    let columns = (0..matrix.messages.len()).map(|column| (shelf.columns[column].clone(), matrix.column(column)));
    let page = Page {
        frame: Frame::top(shelf, "Systemer og meldinger"),
        columns: columns.collect(),
        rows: matrix.rows.iter().map(row).collect(),
        pairs: (matrix.rows.len() <= PAIRS_MAX).then(pairs),
    };
    page.render().expect("writing to memory cannot fail")
}

fn mark(verdict: Verdict, direction: Direction) -> Mark {
    let words = match (direction, verdict) {
        (Direction::Send, Verdict::Yes) => "sende: ja",
        (Direction::Send, Verdict::NotEstablished) => "sende: ikke avklart",
        (Direction::Send, Verdict::No) => "sende: nei",
        (Direction::Receive, Verdict::Yes) => "ta imot: ja",
        (Direction::Receive, Verdict::NotEstablished) => "ta imot: ikke avklart",
        (Direction::Receive, Verdict::No) => "ta imot: nei",
    };
    Mark { role: role(verdict), sign: sign(verdict), words }
}
