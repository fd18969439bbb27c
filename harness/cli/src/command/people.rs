//! Who answers for the people at the system: a file, the terminal, nobody.

use super::terminal::say;
use crate::answers::{Answers, attachment};
use crate::args::{Ask, PeopleArgs};
use crate::failure::Failure;
use carrier::port::Pending;
use checks::exit::Exit;
use evidence::blob::{BlobError, Blobs as _};
use evidence::event::Question;
use evidence::history;
use evidence::read::Stored;
use exchange::engine::{Operator, People, Reply};
use std::collections::BTreeMap;
use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;

/// How much longer is waited when somebody asks for it without saying how long.
const MORE_MINUTES: u64 = 10;

/// Whom the arguments say to ask.
///
/// # Errors
/// What is wrong with the file of answers.
pub fn of(args: &PeopleArgs) -> Result<People, Failure> {
    let answers = args.answers.as_deref().map(Answers::read).transpose()?.unwrap_or_default();
    let asks = match args.ask {
        Ask::Always => true,
        Ask::Never => false,
        Ask::Auto => std::io::stdin().is_terminal(),
    };
    let lines = asks.then(|| Mutex::new(lines()));
    Ok(People(Arc::new(Asked { answers, lines })))
}

/// The same for a run that goes on: a question of a scenario that begins anew, and that was answered before, is
/// not asked again. What somebody was to do in it has to be done again, and is asked again.
///
/// # Errors
/// What is wrong with the file of answers, or with the evidence.
pub fn of_run(args: &PeopleArgs, stored: &Stored) -> Result<People, Failure> {
    let broken = |error: BlobError| Failure::of(Exit::EVIDENCE_BROKEN, &error);
    let (blobs, mut before) = (stored.blobs(), BTreeMap::new());
    let history = history::of(&stored.events, &blobs).map_err(broken)?;
    for asked in history.questions.iter().filter(|asked| !asked.question.requirements.is_empty()) {
        let Some((_, given)) = asked.answer() else { continue };
        let attached = given.attachments.iter().map(|(name, digest)| Ok((name.clone(), blobs.get(*digest)?)));
        let reply = Reply::Answered {
            answer: given.answer.clone(),
            by: given.by.clone(),
            comment: given.comment.clone(),
            attachments: attached.collect::<Result<_, _>>().map_err(broken)?,
        };
        before.insert((asked.question.scenario.clone(), asked.question.label.clone()), reply);
    }
    Ok(People(Arc::new(Before { before, then: of(args)? })))
}

struct Before {
    before: BTreeMap<(String, String), Reply>,
    then: People,
}

impl Operator for Before {
    fn ask<'a>(&'a self, question: &'a Question) -> Pending<'a, Reply> {
        match self.before.get(&(question.scenario.clone(), question.label.clone())) {
            Some(reply) => Box::pin(async { reply.clone() }),
            None => self.then.0.ask(question),
        }
    }
}

struct Asked {
    answers: Answers,
    lines: Option<Mutex<mpsc::Receiver<String>>>,
}

/// Lines of standard input. A thread of its own: a read that waits for a person can be given up by nobody.
fn lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

impl Operator for Asked {
    fn ask<'a>(&'a self, question: &'a Question) -> Pending<'a, Reply> {
        Box::pin(async move {
            if let Some(reply) = self.answers.to(&question.scenario, &question.label) {
                return checked(question, reply);
            }
            let Some(lines) = &self.lines else {
                return Reply::Passed("nobody was there to answer".to_owned());
            };
            let mut lines = lines.lock().await;
            prompt(question).into_iter().for_each(say);
            converse(question, &mut lines).await
        })
    }
}

/// Whether an answer is nothing without what the question wants attached: a yes that nobody can look at is not shown. A no
/// stands by itself.
pub fn lacks_attachment(question: &Question, answer: &str, attached: usize) -> bool {
    !question.attach.is_empty() && attached == 0 && question.good.iter().any(|good| good == answer)
}

/// An answer that the question does not know is none.
fn checked(question: &Question, reply: Reply) -> Reply {
    match &reply {
        Reply::Answered { answer, .. } if !choices_fit(question, answer) => {
            Reply::Passed(format!("the file answers `{answer}`; the question knows {}", question.choices.join(", ")))
        }
        Reply::Answered { answer, attachments, .. } if lacks_attachment(question, answer, attachments.len()) => {
            Reply::Passed(format!("the file answers `{answer}` without the {} that is asked for", question.attach))
        }
        _ => reply,
    }
}

/// Whether a question knows this answer; one without choices takes any.
pub fn choices_fit(question: &Question, answer: &str) -> bool {
    question.choices.is_empty() || question.choices.iter().any(|choice| choice == answer)
}

/// One screen: what is asked in both languages, and what can be typed.
fn prompt(question: &Question) -> Vec<String> {
    let minutes = question.patience_ms / 60_000;
    let choices = if question.choices.is_empty() { "…".to_owned() } else { question.choices.join(" | ") };
    let mut lines = vec![
        String::new(),
        format!("-- {} · {} · {} ({} min)", question.scenario, question.label, question.who, minutes),
        format!("   nb  {}", question.nb),
        format!("   en  {}", question.en),
    ];
    if !question.attach.is_empty() {
        lines.push(format!("   vedlegg / attach: {}", question.attach));
    }
    if !question.requirements.is_empty() {
        lines.push(format!("   krav / requirement: {}", question.requirements.join(", ")));
    }
    lines.push(format!("   svar / answer: {choices}"));
    lines.push("   name WHO · attach FILE · comment TEXT · more MINUTES · skip · later".to_owned());
    lines.push("   navn HVEM · vedlegg FIL · merknad TEKST · mer MINUTTER · hopp · senere".to_owned());
    lines
}

/// What was typed.
#[derive(Debug, PartialEq, Eq)]
enum Typed<'a> {
    Name(&'a str),
    Attach(&'a str),
    Comment(&'a str),
    More(u64),
    Skip,
    Later,
    Answer(&'a str),
}

fn typed(line: &str) -> Typed<'_> {
    let line = line.trim();
    let (word, rest) = line.split_once(char::is_whitespace).map_or((line, ""), |(word, rest)| (word, rest.trim()));
    match word {
        "name" | "navn" => Typed::Name(rest),
        "attach" | "vedlegg" => Typed::Attach(rest),
        "comment" | "merknad" => Typed::Comment(rest),
        "more" | "mer" => Typed::More(rest.parse().unwrap_or(MORE_MINUTES)),
        "skip" | "hopp" => Typed::Skip,
        "later" | "senere" => Typed::Later,
        _ => Typed::Answer(line),
    }
}

async fn converse(question: &Question, lines: &mut mpsc::Receiver<String>) -> Reply {
    let mut deadline = Instant::now() + Duration::from_millis(question.patience_ms);
    let (mut by, mut comment, mut attachments) = (String::new(), String::new(), Vec::new());
    loop {
        let line = match tokio::time::timeout_at(deadline, lines.recv()).await {
            Err(_) => return Reply::Passed("nobody answered in time".to_owned()),
            // The terminal is gone, and with it whoever sat there: they may come back another day.
            Ok(None) => return Reply::PutOff,
            Ok(Some(line)) => line,
        };
        match typed(&line) {
            Typed::Name(name) => name.clone_into(&mut by),
            Typed::Comment(text) => text.clone_into(&mut comment),
            Typed::Attach(path) => match attachment(Path::new(path)) {
                Ok(found) => {
                    say(format!("   {} ({} bytes)", found.0, found.1.len()));
                    attachments.push(found);
                }
                Err(reason) => say(format!("   {reason}")),
            },
            Typed::More(minutes) => {
                deadline += Duration::from_secs(minutes.min(7 * 24 * 60) * 60);
                say(format!("   +{minutes} min"));
            }
            Typed::Skip => return Reply::Passed("skipped by the operator".to_owned()),
            Typed::Later => return Reply::PutOff,
            Typed::Answer("") => {}
            Typed::Answer(answer) if lacks_attachment(question, answer, attachments.len()) => {
                say(format!("   `{answer}` needs the {}: attach FILE / vedlegg FIL first, or skip", question.attach));
            }
            Typed::Answer(answer) if choices_fit(question, answer) => {
                return Reply::Answered { answer: answer.to_owned(), by, comment, attachments };
            }
            Typed::Answer(other) => {
                say(format!("   `{other}`? {}", question.choices.join(" | ")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> Question {
        Question {
            choices: vec!["yes".into(), "no".into()],
            patience_ms: 60_000,
            nb: "Vises den?".into(),
            en: "Is it shown?".into(),
            ..Question::default()
        }
    }

    async fn said(lines: &[&str]) -> Reply {
        let (sender, mut receiver) = mpsc::channel(20);
        for line in lines {
            sender.send((*line).to_owned()).await.unwrap();
        }
        drop(sender);
        converse(&question(), &mut receiver).await
    }

    #[tokio::test]
    async fn an_answer_takes_what_was_typed_before_it_with_it() {
        let reply = said(&["navn Kari", "perhaps", "comment as it should", "attach /no/such", "yes"]).await;
        let wanted = Reply::Answered {
            answer: "yes".into(),
            by: "Kari".into(),
            comment: "as it should".into(),
            attachments: Vec::new(),
        };
        assert_eq!(reply, wanted);
    }

    #[tokio::test]
    async fn a_yes_without_the_picture_is_not_taken_and_a_no_is() {
        let question = Question { attach: "screenshot".into(), good: vec!["yes".into()], ..question() };
        let given = |answer: &str| Reply::Answered {
            answer: answer.into(),
            by: String::new(),
            comment: String::new(),
            attachments: Vec::new(),
        };
        let refused = Reply::Passed("the file answers `yes` without the screenshot that is asked for".into());
        assert_eq!(checked(&question, given("yes")), refused);
        assert_eq!(checked(&question, given("no")), given("no"));
        let (sender, mut receiver) = mpsc::channel(20);
        for line in ["yes", "no"] {
            sender.send(line.to_owned()).await.unwrap();
        }
        assert_eq!(converse(&question, &mut receiver).await, given("no"));
    }

    #[tokio::test]
    async fn somebody_can_skip_or_come_back_another_day() {
        assert_eq!(said(&["hopp"]).await, Reply::Passed("skipped by the operator".into()));
        assert_eq!(said(&["senere"]).await, Reply::PutOff);
        assert_eq!(said(&[]).await, Reply::PutOff, "the terminal was closed");
    }

    #[tokio::test(start_paused = true)]
    async fn patience_runs_out_and_can_be_extended() {
        let (sender, mut receiver) = mpsc::channel(20);
        assert_eq!(converse(&question(), &mut receiver).await, Reply::Passed("nobody answered in time".into()));
        sender.send("more 5".to_owned()).await.unwrap();
        let begun = Instant::now();
        converse(&question(), &mut receiver).await;
        assert_eq!(begun.elapsed().as_secs(), 6 * 60);
    }

    #[test]
    fn the_prompt_is_one_screen_in_both_languages() {
        let lines = prompt(&question());
        assert!(lines.len() <= 12);
        let text = lines.join("\n");
        assert!(text.contains("Vises den?") && text.contains("Is it shown?") && text.contains("yes | no"), "{text}");
    }
}
