//! What ships inside the binary: scenarios, templates, the cast, the demo's keys. A folder given on the command line
//! wins.

use crate::failure::Failure;
use checks::catalogue::Catalogue;
use checks::exit::Exit;
use checks::profile::{self, Profile};
use evidence::digest::Digest;
use exchange::cast::Cast;
use exchange::message::MessageTypes;
use exchange::scenario::{self, Loaded};
use include_dir::{Dir, File, include_dir};
use std::path::Path;

static SCENARIOS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");
static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/templates");
static DEMO_PKI: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/pki/demo");
static CAST: &str = include_str!("../../../fixtures/cast.yaml");

/// The built-in cast.
///
/// # Errors
/// Never with what ships; the type is that of a folder on disk.
pub fn cast() -> Result<Cast, Failure> {
    Cast::parse("fixtures/cast.yaml", CAST).map_err(|mistakes| Failure::of(Exit::HARNESS_BUG, &mistakes))
}

/// The text of the built-in cast.
pub fn cast_text() -> &'static str {
    CAST
}

/// The message types and their templates.
///
/// # Errors
/// Never with what ships.
pub fn messages() -> Result<MessageTypes, Failure> {
    let table = text(&TEMPLATES, "messages.yaml").unwrap_or_default();
    MessageTypes::parse("fixtures/templates/messages.yaml", table, &|name| {
        text(&TEMPLATES, &format!("{name}.xml")).map(str::to_owned)
    })
    .map_err(|mistakes| Failure::of(Exit::HARNESS_BUG, &mistakes))
}

/// A file of the demo's PKI.
pub fn demo_pki(name: &str) -> Option<&'static str> {
    text(&DEMO_PKI, name)
}

/// Every scenario that ships, by id.
///
/// # Errors
/// The mistakes of all of them.
pub fn scenarios() -> Result<Vec<Loaded>, Failure> {
    let mut files = Vec::new();
    collect(&SCENARIOS, &mut files);
    files.sort_by_key(|file| file.path());
    let mut loaded = Vec::new();
    for file in files {
        let path = file.path().display().to_string();
        let id = path.trim_end_matches(".yaml").replace('\\', "/");
        let text = file.contents_utf8().unwrap_or_default();
        let scenario = scenario::parse(&id, &format!("scenarios/{path}"), text);
        loaded.push(scenario.map_err(|mistakes| Failure::of(Exit::HARNESS_BUG, &mistakes))?);
    }
    Ok(loaded)
}

/// The text of a scenario that ships.
pub fn scenario_text(id: &str) -> Option<&'static str> {
    text(&SCENARIOS, &format!("{id}.yaml"))
}

/// The text of a scenario that ships, by the file name that its events carry.
pub fn scenario_text_of_file(file: &str) -> Option<&'static str> {
    text(&SCENARIOS, file.strip_prefix("scenarios/")?)
}

/// The title in bokmål of a scenario's text.
pub fn title_nb(text: &str) -> Option<String> {
    scenario::parse("scenario", "scenario.yaml", text).ok().map(|scenario| scenario.scenario.title.nb)
}

/// A profile by `name` or `name@version`.
///
/// # Errors
/// 21, with the names there are.
pub fn profile(name: &str) -> Result<Profile, Failure> {
    profile::find(name).ok_or_else(|| {
        let known: Vec<String> = profile::shipped().iter().map(Profile::id).collect();
        Failure::new(Exit::INPUT_INVALID, format!("there is no profile `{name}`"))
            .hint(format!("the profiles are {}", known.join(", ")))
    })
}

/// The digest over everything that ships: scenarios, templates, cast, profiles, catalogue.
pub fn suite_digest() -> Digest {
    let mut files = Vec::new();
    collect(&SCENARIOS, &mut files);
    collect(&TEMPLATES, &mut files);
    files.sort_by_key(|file| file.path());
    let mut sum = String::new();
    for file in files {
        sum.push_str(&format!("{} {}\n", Digest::of(file.contents()), file.path().display()));
    }
    sum.push_str(&format!("{} cast.yaml\n", Digest::of(CAST.as_bytes())));
    for profile in profile::shipped() {
        sum.push_str(&format!("{} {}\n", profile.digest, profile.id()));
    }
    sum.push_str(&format!("{} catalogue\n", Catalogue::embedded().digest()));
    Digest::of(sum.as_bytes())
}

fn text(dir: &'static Dir<'static>, name: &str) -> Option<&'static str> {
    dir.get_file(Path::new(name)).and_then(File::contents_utf8)
}

fn collect(dir: &'static Dir<'static>, files: &mut Vec<&'static File<'static>>) {
    let wanted = |file: &&File<'_>| file.path().extension().is_some_and(|e| e == "yaml" || e == "xml");
    files.extend(dir.files().filter(wanted));
    for inner in dir.dirs() {
        collect(inner, files);
    }
}
