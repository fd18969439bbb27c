//! The website: plain pages in bokmål that work from a folder, without a server and without a script.
//!
//! ```text
//! index.html            municipalities, systems, messages
//! landet.html           how far each message has come, by size and county, and what it depends on
//! matrise.html          which product is certified for what, who can exchange with whom
//! sertifikater.html     the certificates
//! om.html               how an answer comes about, how to check it
//! kommune/NUMBER.html   a municipality's answers, with reasons
//! system/NAME.html      a product: its certificates, who uses it, with whom it can exchange
//! melding/NAME.html     a message: who is ready, by size, county and municipality
//! sertifikat/NAME.html  a certificate, and how to check it
//! ```
//!
//! A page is written as soon as it is made: memory does not grow with the number of pages.

mod certificate;
mod frame;
mod matrix;
mod message;
mod municipality;
mod overview;
mod product;
mod shelf;

use crate::answer::answer;
use crate::because::{Because, Verdict};
use crate::evidence::Evidence;
use crate::national::{self, Progress};
use crate::roster::Roster;
use jiff::civil::Date;
use shelf::Shelf;
use std::io;

/// What a website is made from.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The certificates.
    pub evidence: &'a Evidence,
    /// Who has which systems in use.
    pub roster: &'a Roster,
    /// The day that every answer is about.
    pub on: Date,
    /// Whether signatures were checked when the certificates were read.
    pub is_verified: bool,
    /// Where the signed files lie, as seen from the site's first page, with `/` at the end; a file is called by its SHA-256
    /// with `.json`. `None`: they are not published beside it.
    pub files: Option<&'a str>,
}

/// The folders that hold nothing but pages.
pub const FOLDERS: [&str; 4] = ["kommune", "system", "melding", "sertifikat"];

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Files.
    pub files: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

/// What came out for a municipality and a question.
type Short = (Verdict, Because);

/// Makes all pages and gives each to `put`, by its path.
///
/// # Errors
/// What `put` answered.
pub fn publish(site: Site<'_>, put: &mut dyn FnMut(&str, &str) -> io::Result<()>) -> io::Result<Written> {
    let mut written = Written::default();
    let mut put = |path: &str, text: &str| {
        written.files += 1;
        written.bytes += text.len() as u64;
        put(path, text)
    };
    put("site.css", include_str!("../templates/site/site.css"))?;
    put("search.js", include_str!("../templates/site/search.js"))?;
    put("verify.js", include_str!("../templates/site/verify.js"))?;
    let shelf = Shelf::of(site);
    let mut progress: Vec<Progress> = shelf.questions.iter().cloned().map(Progress::new).collect();
    let mut short: Vec<Vec<Short>> = vec![Vec::new(); progress.len()];
    let mut counts = Vec::new();
    for party in site.roster.municipalities() {
        let answers: Vec<_> =
            shelf.questions.iter().map(|question| answer(site.evidence, site.roster, party, question)).collect();
        for (index, answer) in answers.iter().enumerate() {
            progress[index].add(answer);
            short[index].push((answer.verdict, answer.because()));
        }
        let count = |wanted| answers.iter().filter(|answer| answer.verdict == wanted).count();
        counts.push([Verdict::Yes, Verdict::NotEstablished, Verdict::No].map(count));
        put(&format!("kommune/{}.html", party.id), &municipality::page(&shelf, party, &answers))?;
    }
    put("index.html", &overview::first(&shelf, &counts, &progress))?;
    put("landet.html", &overview::country(&shelf, &progress))?;
    for (index, one) in progress.iter().enumerate() {
        put(&format!("melding/{}.html", shelf.question_slugs[index]), &message::page(&shelf, one, &short[index]))?;
    }
    for product in shelf.products.values() {
        put(&format!("system/{}.html", product.slug), &product::page(&shelf, product))?;
    }
    put("matrise.html", &matrix::page(&shelf))?;
    put("sertifikater.html", &certificate::index(&shelf))?;
    for standing in site.evidence.all() {
        let slug = shelf.certificate_slug(standing);
        put(&format!("sertifikat/{slug}.html"), &certificate::page(&shelf, standing))?;
    }
    put("om.html", &overview::about(&shelf))?;
    Ok(written)
}

/// The questions of a website, in the order of its pages.
fn questions(site: Site<'_>) -> Vec<crate::question::Question> {
    national::questions(site.evidence, site.on)
}
