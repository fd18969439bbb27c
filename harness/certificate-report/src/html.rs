//! The document as one HTML file: no script, nothing fetched, WCAG 2.2 AA, for desktop, telephone and paper.

use crate::document::{Block, Document, Style};
use askama::Template;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'d> {
    document: &'d Document,
    css: &'static str,
    chapters: Vec<&'d str>,
    contents: &'static str,
    skip: &'static str,
    foot: String,
}

/// Writes the file.
///
/// # Panics
/// Never: writing to memory cannot fail.
pub fn render(document: &Document) -> String {
    let lang = document.lang;
    let chapter = |block: &'_ Block| match block {
        Block::Chapter(title) => Some(title.clone()),
        _ => None,
    };
    let chapters: Vec<String> = document.blocks.iter().filter_map(chapter).collect();
    let day = lang.day(document.on);
    let page = Page {
        document,
        css: include_str!("../templates/report.css"),
        chapters: chapters.iter().map(String::as_str).collect(),
        contents: lang.pick("Innhold", "Contents"),
        skip: lang.pick("Til innholdet", "To the content"),
        foot: lang.pick(
            format!("{} · laget av {} · gjelder {day}", document.running, document.tool),
            format!("{} · made by {} · about {day}", document.running, document.tool),
        ),
    };
    page.render().expect("writing to memory cannot fail")
}
