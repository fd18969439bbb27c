//! People who answer: from a file, later, or on another day.

use crate::support::process::{Background, code, free_port, provestein_in, text};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

/// The scenario that asks two things.
const ASKS: &str = "send/people/rejection-shown";

struct Bench {
    folder: tempfile::TempDir,
    reference: Option<Background>,
}

impl Bench {
    fn new() -> Self {
        Self::with("400", "0")
    }

    fn with(retry_interval: &str, apprec_after: &str) -> Self {
        let mut bench = Self { folder: tempfile::tempdir().unwrap(), reference: None };
        let [harness, listen, orders] = [(); 3].map(|()| free_port());
        let mut kit =
            provestein_in(bench.path(), &["kit", "kit", "--harness", &format!("http://127.0.0.1:{harness}/")]);
        assert_eq!(code(&kit.output().unwrap()), 0);
        bench.reference = Some(Background::start(
            bench.path(),
            &[
                "reference",
                "--kit",
                "kit",
                "--harness",
                &format!("http://127.0.0.1:{harness}/"),
                "--listen",
                &format!("127.0.0.1:{listen}"),
                "--orders",
                &format!("127.0.0.1:{orders}"),
                "--retry-interval",
                retry_interval,
                "--apprec-after",
                apprec_after,
                "--write-subject",
                "ref",
            ],
            "reference listening",
        ));
        bench
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, args: &[&str]) -> Output {
        provestein_in(self.path(), args).stdin(Stdio::null()).output().unwrap()
    }

    /// Runs with lines for the prompt.
    fn typing(&self, args: &[&str], lines: &str) -> Output {
        let mut command = provestein_in(self.path(), args);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Status and counts of each requirement: what the ledger says.
    fn ledger(&self) -> serde_json::Value {
        let judged = self.run(&["judge", "latest", "--format", "json"]);
        let result: serde_json::Value = serde_json::from_slice(&judged.stdout).unwrap();
        let rows = result["requirements"].as_array().unwrap().iter();
        rows.map(|row| serde_json::json!([row["id"], row["status"], row["satisfied"], row["cannot_tell"]])).collect()
    }
}

/// The newest run folder.
fn latest(reports: &Path) -> std::path::PathBuf {
    fs::read_dir(reports).unwrap().map(|entry| entry.unwrap().path()).max().unwrap()
}

const RUN: [&str; 5] = ["run", "--subject", "ref/subject.yaml", ASKS, "--ask"];

#[test]
fn without_answers_each_question_is_open_and_has_a_command_that_answers_it() {
    let bench = Bench::new();
    let output = bench.run(&[&RUN[..], &["never"]].concat());
    let screen = text(&output);
    assert_eq!(code(&output), 11, "{screen}");
    let commands: Vec<&str> = screen.lines().filter(|line| line.contains("provestein answer ")).collect();
    assert!(commands.len() >= 2, "{screen}");
    fs::write(bench.path().join("shot.png"), b"a picture").unwrap();
    let said: Vec<Vec<String>> = commands
        .iter()
        .filter(|line| line.contains("--by NAME"))
        .map(|line| {
            line.split_whitespace().skip(1).map(|w| w.replace("NAME", "Kari").replace("FILE", "shot.png")).collect()
        })
        .collect();
    let bare: Vec<&str> = said
        .iter()
        .find(|words| words.iter().any(|word| word == "--attach"))
        .unwrap()
        .iter()
        .map(String::as_str)
        .take_while(|word| *word != "--attach")
        .collect();
    let refused = bench.run(&bare);
    assert_eq!(code(&refused), 20, "{}", text(&refused));
    assert!(text(&refused).contains("`--attach FILE`"), "{}", text(&refused));
    for words in &said {
        let answered = bench.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(matches!(code(&answered), 0 | 11), "{}", text(&answered));
    }
    let verified = bench.run(&["verify", "latest"]);
    assert_eq!(code(&verified), 0, "{}", text(&verified));
    let judged = bench.run(&["judge", "latest"]);
    assert_eq!(code(&judged), 0, "{}", text(&judged));
    let listed = bench.run(&["answer", "latest"]);
    assert!(!text(&listed).contains("open question"), "{}", text(&listed));
    let twice = bench.run(&said[0].iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(code(&twice), 20, "an answer is not given twice: {}", text(&twice));
}

#[test]
fn a_prompt_that_was_put_off_is_answered_another_day_with_the_same_ledger() {
    let bench = Bench::new();
    fs::write(bench.path().join("shot.png"), b"a picture").unwrap();
    let whole = bench.typing(&[&RUN[..], &["always"]].concat(), "navn Kari\nyes\nname Kari\nattach shot.png\nyes\n");
    assert_eq!(code(&whole), 0, "{}", text(&whole));
    assert!(text(&whole).contains("Står den som avvist") && text(&whole).contains("Is it shown as rejected"));
    let unbroken = bench.ledger();
    let stopped = bench.typing(&[&RUN[..], &["always"]].concat(), "navn Kari\nyes\nsenere\n");
    assert_eq!(code(&stopped), 11, "{}", text(&stopped));
    assert!(text(&stopped).contains("provestein resume"), "{}", text(&stopped));
    let resumed = bench.typing(&["resume", "latest", "--ask", "always"], "name Kari\nattach shot.png\nyes\n");
    assert_eq!(code(&resumed), 0, "{}", text(&resumed));
    // A day later absences have been watched for longer: what was not exercised may be seen by then, nothing else differs.
    let (resumed, unbroken) = (bench.ledger(), unbroken);
    for (now, then) in resumed.as_array().unwrap().iter().zip(unbroken.as_array().unwrap()) {
        assert!(now == then || then[1] == "not-exercised" && now[1] == "verified", "{now} {then}");
    }
    let log = fs::read_to_string(latest(&bench.path().join("reports")).join("events.jsonl")).unwrap();
    assert_eq!(log.matches("{\"ScenarioStarted\"").count(), 1, "it goes on where it stood");
}

#[test]
fn answers_come_from_a_file_and_a_no_is_a_violation() {
    let bench = Bench::new();
    fs::write(bench.path().join("shot.png"), b"a picture").unwrap();
    let file = format!(
        "answers:\n  {ASKS}:\n    rejected: {{ answer: yes, by: Kari }}\n    text: {{ answer: no, by: Kari, comment: only the code }}\n"
    );
    fs::write(bench.path().join("answers.yaml"), file).unwrap();
    let output = bench.run(&[&RUN[..], &["never", "--answers", "answers.yaml"]].concat());
    let screen = text(&output);
    assert_eq!(code(&output), 10, "{screen}");
    assert!(screen.contains("HITS1168-7-4"), "{screen}");
}

#[test]
fn collecting_waits_for_nothing_that_has_come() {
    let bench = Bench::new();
    let output = bench.run(&["run", "--subject", "ref/subject.yaml", "receive/accepted/log-innlagt"]);
    assert_eq!(code(&output), 0, "{}", text(&output));
    let collected = bench.run(&["collect", "latest", "--wait", "1"]);
    assert_eq!(code(&collected), 0, "{}", text(&collected));
    assert!(text(&collected).contains("nothing is due"), "{}", text(&collected));
}

#[test]
fn an_apprec_that_comes_after_the_run_is_collected_and_settles_it() {
    let bench = Bench::with("60000", "3000");
    let subject = fs::read_to_string(bench.path().join("ref/subject.yaml")).unwrap();
    let impatient = subject.replace("apprec: 10 s", "apprec: 200 ms");
    assert_ne!(impatient, subject);
    fs::write(bench.path().join("ref/impatient.yaml"), impatient).unwrap();
    let output = bench.run(&["run", "--subject", "ref/impatient.yaml", "receive/accepted/log-innlagt"]);
    assert_eq!(code(&output), 11, "{}", text(&output));
    let collected = bench.run(&["collect", "latest", "--wait", "2"]);
    assert_eq!(code(&collected), 0, "{}", text(&collected));
    assert!(text(&collected).contains("1 AppRecs are due"), "{}", text(&collected));
    assert_eq!(code(&bench.run(&["verify", "latest"])), 0);
    let log = fs::read_to_string(latest(&bench.path().join("reports")).join("events.jsonl")).unwrap();
    assert!(log.contains("InboxReopened") && log.ends_with('\n'));
    assert_eq!(log.matches("\"reason\":\"collected\"").count(), 1);
}
