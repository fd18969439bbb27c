//! `init`: the first hour of a vendor: a subject file, a scenario of their own and a CI job, each commented.

use super::terminal::say;
use crate::args::{CiSystem, Init};
use crate::failure::Failure;
use checks::exit::Exit;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

const SUBJECT: &str = include_str!("../../../../fixtures/init/subject.yaml");
const SCENARIO: &str = include_str!("../../../../fixtures/init/scenario.yaml");
const GITHUB: &str = include_str!("../../../../fixtures/init/github.yml");
const GITLAB: &str = include_str!("../../../../fixtures/init/gitlab.yml");
const AZURE: &str = include_str!("../../../../fixtures/init/azure.yml");

/// What does not belong in a repository: keys, and what runs leave.
const IGNORED: &str = "/kit/\n/reports/\n";

/// What the three questions are about.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answers {
    supplier: String,
    system: String,
    version: String,
    start: Start,
    ci: CiSystem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Start {
    Running,
    Command(String),
    Image(String),
}

/// Writes.
///
/// # Errors
/// 20 when something is there already or cannot be written, or when a question has no answer.
pub fn run(args: &Init) -> Result<Exit, Failure> {
    if let Err(error) = args.url.parse::<carrier::http::Url>() {
        return Err(Failure::new(Exit::USAGE, format!("--url {}: {error}", args.url))
            .hint("write where it listens, as in http://127.0.0.1:8481/"));
    }
    let answers = answers(args)?;
    let files = files(&answers, &args.url);
    let there: Vec<String> = files
        .iter()
        .map(|(path, _)| args.dir.join(path))
        .filter(|path| path.exists())
        .map(|path| path.display().to_string())
        .collect();
    if !there.is_empty() {
        return Err(Failure::new(Exit::USAGE, format!("{} is there already; nothing was written", there.join(", ")))
            .hint("remove it, or choose another folder: `provestein init DIR`"));
    }
    for (path, text) in &files {
        write(&args.dir.join(path), text)?;
        say(format!("written  {}", args.dir.join(path).display()));
    }
    ignore(&args.dir)?;
    next(&answers);
    Ok(Exit::MET)
}

/// The path and the text of each file.
fn files(answers: &Answers, url: &str) -> Vec<(PathBuf, String)> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let subject = fill(
        SUBJECT,
        &[
            ("@supplier@", quoted(&answers.supplier)),
            ("@system@", quoted(&answers.system)),
            ("@version@", quoted(&answers.version)),
            ("@url@", quoted(url)),
            ("@start@", start(&answers.start, url)),
        ],
    );
    let (ci, workflow) = match answers.ci {
        CiSystem::Github => (".github/workflows/provestein.yml", GITHUB),
        CiSystem::Gitlab => (".gitlab-ci.yml", GITLAB),
        CiSystem::Azure => ("azure-pipelines.yml", AZURE),
    };
    vec![
        ("subject.yaml".into(), subject),
        ("scenarios/own/first.yaml".into(), SCENARIO.to_owned()),
        (ci.into(), workflow.to_owned()),
    ]
}

/// Fills the template once: what was filled in is not looked at again.
fn fill(template: &str, values: &[(&str, String)]) -> String {
    let (mut out, mut rest) = (String::new(), template);
    while let Some(at) = rest.find('@') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((name, value)) = values.iter().find(|(name, _)| rest.starts_with(name)) {
            out.push_str(value);
            rest = &rest[name.len()..];
        } else {
            out.push('@');
            rest = &rest[1..];
        }
    }
    out + rest
}

fn start(start: &Start, url: &str) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match start {
        Start::Running => "start: running".to_owned(),
        Start::Command(command) => {
            format!("start:\n  process:\n    command: [sh, -c, {}]\n    within: 60 s", quoted(command))
        }
        Start::Image(image) => {
            let port = url.parse::<carrier::http::Url>().map_or(80, |url| url.port);
            format!(
                "start:\n  container:\n    image: {}\n    ports: [\"{port}:{port}\"]\n    mount: {{ /kit: \"{{{{kit}}}}\" }}\n    \
                 env: {{ HARNESS: \"http://{{{{harness.host}}}}:{{{{harness.http}}}}/\" }}\n    within: 60 s",
                quoted(image)
            )
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let wrong = |error: io::Error| Failure::new(Exit::USAGE, format!("failed to write {}: {error}", path.display()));
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(wrong)?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(wrong)?;
    file.write_all(text.as_bytes()).map_err(wrong)
}

/// Keys and reports stay out of the repository; what is ignored already stays so.
fn ignore(dir: &Path) -> Result<(), Failure> {
    let path = dir.join(".gitignore");
    let before = fs::read_to_string(&path).unwrap_or_default();
    let missing: String =
        IGNORED.lines().filter(|line| !before.lines().any(|l| l == *line)).map(|l| format!("{l}\n")).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let newline = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let text = format!("{before}{newline}{missing}");
    fs::write(&path, text)
        .map_err(|error| Failure::new(Exit::USAGE, format!("failed to write {}: {error}", path.display())))?;
    say(format!("written  {}", path.display()));
    Ok(())
}

fn next(answers: &Answers) {
    say("");
    say("next, on this machine:");
    say(
        "  provestein kit kit                                  keys and certificates; kit/README.md for your partner table",
    );
    if answers.start == Start::Running {
        say("  (start your system)");
    }
    say("  provestein run --subject subject.yaml receive/accepted/log-innlagt     one message first");
    say("  provestein run --subject subject.yaml                                  then all");
    say(
        "in CI: commit what was written. The job fetches `provestein` from the address in its variable PROVESTEIN_URL,",
    );
    say("which you set: there is no public download.");
}

/// From the flags, and for what they leave open from the three questions, or with `--yes` the defaults.
fn answers(args: &Init) -> Result<Answers, Failure> {
    let asking = !args.yes && io::stdin().is_terminal();
    let named = args.supplier.is_some() || args.system.is_some();
    let starts = args.command.is_some() || args.image.is_some() || args.running;
    let open = [
        (!named, "--supplier and --system"),
        (!starts, "--command, --image or --running"),
        (args.ci.is_none(), "--ci"),
    ];
    let missing: Vec<&str> = open.iter().filter(|(missing, _)| *missing).map(|(_, flag)| *flag).collect();
    if !asking && !args.yes && !missing.is_empty() {
        return Err(Failure::new(Exit::USAGE, "there is no terminal to ask at".to_owned())
            .hint(format!("give {}, or --yes for the defaults", missing.join("; "))));
    }
    let (mut supplier, mut system, mut version) =
        (args.supplier.clone(), args.system.clone(), args.system_version.clone());
    if asking && !named {
        let (one, other, last) = ask("1/3  Supplier, system and version, e.g. Nordlys AS, Nordlys EPJ, 5.2: ", names)?;
        (supplier, system, version) = (Some(one), Some(other), version.or(Some(last)));
    }
    let start = match (&args.command, &args.image) {
        (Some(command), _) => Start::Command(command.clone()),
        (None, Some(image)) => Start::Image(image.clone()),
        _ if asking && !args.running => ask("2/3  The command that starts it (empty: it runs already): ", |line| {
            Ok(if line.is_empty() { Start::Running } else { Start::Command(line.to_owned()) })
        })?,
        _ => Start::Running,
    };
    let ci = match args.ci {
        Some(ci) => ci,
        None if asking => ask("3/3  CI system: github, gitlab or azure (empty: github): ", ci)?,
        None => CiSystem::Github,
    };
    Ok(Answers {
        supplier: supplier.unwrap_or_else(|| "Our company".to_owned()),
        system: system.unwrap_or_else(|| "Our system".to_owned()),
        version: version.unwrap_or_else(|| "0".to_owned()),
        start,
        ci,
    })
}

/// Supplier, system and version, two commas between them.
fn names(line: &str) -> Result<(String, String, String), String> {
    let parts: Vec<&str> = line.split(',').map(str::trim).collect();
    match parts.as_slice() {
        [supplier, system, version] if parts.iter().all(|part| !part.is_empty()) => {
            Ok(((*supplier).to_owned(), (*system).to_owned(), (*version).to_owned()))
        }
        _ => Err("three things with two commas between them: SUPPLIER, SYSTEM, VERSION (a name with a comma in it: \
                  --supplier, --system and --system-version)"
            .to_owned()),
    }
}

fn ci(line: &str) -> Result<CiSystem, String> {
    match line.to_lowercase().as_str() {
        "" | "github" => Ok(CiSystem::Github),
        "gitlab" => Ok(CiSystem::Gitlab),
        "azure" => Ok(CiSystem::Azure),
        other => Err(format!("`{other}` is none of github, gitlab and azure")),
    }
}

/// So often a question is asked before it is given up.
const TRIES: usize = 3;

/// Asks until the answer is understood: a slip of the finger loses nothing that was answered before.
fn ask<T>(question: &str, understood: impl Fn(&str) -> Result<T, String>) -> Result<T, Failure> {
    for _ in 0..TRIES {
        match understood(&line(question)?) {
            Ok(answer) => return Ok(answer),
            Err(reason) => say(format!("     {reason}")),
        }
    }
    Err(Failure::new(Exit::USAGE, format!("{TRIES} answers were not understood; nothing was written"))
        .hint("each question has a flag, too: `provestein init --help`"))
}

fn line(question: &str) -> Result<String, Failure> {
    let mut out = anstream::stdout();
    let asked = write!(out, "{question}").and_then(|()| out.flush());
    let mut line = String::new();
    let read = asked.and_then(|()| io::stdin().lock().read_line(&mut line));
    match read {
        Ok(1..) => Ok(line.trim().to_owned()),
        Ok(0) => Err(Failure::new(Exit::USAGE, "the answers ended; nothing was written".to_owned())),
        Err(error) => Err(Failure::new(Exit::USAGE, format!("failed to ask: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exchange::subject;

    /// Whatever a name or a command holds, the file reads back as it was meant.
    #[test]
    fn a_subject_file_is_valid_whatever_was_answered() {
        for start in [
            Start::Running,
            Start::Command("exec java -jar \"epj\\x.jar\" --kit={{kit}} # æ: [\"".to_owned()),
            Start::Image("nordlys/epj:5.2".to_owned()),
        ] {
            let hostile = "Nordlys \"AS\" }, #: \\ @url@ æøå";
            let answers = Answers {
                supplier: hostile.to_owned(),
                system: "on".to_owned(),
                version: "5.10".to_owned(),
                start,
                ci: CiSystem::Gitlab,
            };
            let files = files(&answers, "http://127.0.0.1:8481/ebxml");
            let file = subject::parse("subject.yaml", &files[0].1).unwrap();
            assert_eq!((file.subject.system.as_str(), file.subject.version.as_str()), ("on", "5.10"));
            assert!(file.subject.supplier.starts_with("Nordlys \"AS\" }, #: \\ "));
        }
    }
}
