//! `answer`: answers, after the run, what people were asked during it. The answer is one more event of the log.

use super::people::{choices_fit, lacks_attachment};
use super::terminal::{MachineClock, Places, conclude, say};
use crate::answers::{Answers, attachment};
use crate::args::Answer;
use crate::failure::Failure;
use crate::{run_folder, stated};
use checks::exit::Exit;
use evidence::digest::Digest;
use evidence::event::{Event, OperatorAnswer, Seq};
use evidence::history::{self, History, QuestionRecord};
use evidence::log::Log;
use exchange::engine::Reply;
use std::path::Path;

/// An answer to a question, with the bytes of what is attached.
type Given = (Seq, OperatorAnswer, Vec<Vec<u8>>);

/// Answers.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Answer) -> Result<Exit, Failure> {
    let folder = run_folder::find(&args.run, &args.out)?;
    let stored = run_folder::open(&folder)?;
    stated::not_cut(&stored)?;
    let history = history::of(&stored.events, &stored.blobs());
    let history = history.map_err(|error| Failure::of(Exit::EVIDENCE_BROKEN, &error))?;
    let given = given(args, &history, &folder)?;
    if given.is_empty() {
        open_questions(&history, &folder.display().to_string()).into_iter().for_each(say);
        return Ok(Exit::MET);
    }
    let log = Log::resume(&folder, MachineClock::start()).map_err(|error| super::resume::not_resumed(&error))?;
    let disk = |error: evidence::log::LogError| Failure::of_disk(&error);
    for (question, answer, blobs) in given {
        say(format!("event {question}: {} ({})", answer.answer, answer.by));
        log.append_blocking(Event::OperatorAnswered(answer), Some(question), blobs).map_err(disk)?;
    }
    if history.ended {
        log.append_blocking(Event::RunEnded { reason: "answered".to_owned() }, None, Vec::new()).map_err(disk)?;
    }
    drop(log);
    let judged = run_folder::judge(&folder, None)?;
    run_folder::write_reports(&folder, &judged, &run_folder::ALL, args.lang)?;
    Ok(conclude(&judged, &Places::of_run(&folder)))
}

/// What is answered: by the file, or by the arguments.
fn given(args: &Answer, history: &History, folder: &Path) -> Result<Vec<Given>, Failure> {
    if let Some(path) = &args.answers {
        let answers = Answers::read(path)?;
        let open = open(history).filter_map(|asked| {
            let reply = answers.to(&asked.question.scenario, &asked.question.label)?;
            Some(of_reply(asked, reply))
        });
        return open.collect();
    }
    let (Some(event), Some(answer)) = (args.question, &args.answer) else { return Ok(Vec::new()) };
    let asked = open(history).find(|asked| asked.seq == event).ok_or_else(|| {
        let reason = format!("event {event} of {} is no question that waits for an answer", folder.display());
        Failure::new(Exit::USAGE, reason).hint(format!("`provestein answer {}` lists those that do", folder.display()))
    })?;
    let attached: Result<Vec<_>, String> = args.attach.iter().map(|path| attachment(path)).collect();
    let attachments = attached.map_err(|reason| Failure::new(Exit::USAGE, reason))?;
    let (by, comment) = (args.by.clone(), args.comment.clone().unwrap_or_default());
    let reply = Reply::Answered { answer: answer.clone(), by, comment, attachments };
    of_reply(asked, reply).map(|given| vec![given])
}

fn of_reply(asked: &QuestionRecord, reply: Reply) -> Result<Given, Failure> {
    let usage = |reason: String| Failure::new(Exit::USAGE, reason);
    let Reply::Answered { answer, by, comment, attachments } = reply else {
        return Err(usage(format!("event {}: an attachment cannot be read", asked.seq)));
    };
    if !choices_fit(&asked.question, &answer) {
        let choices = asked.question.choices.join(", ");
        return Err(usage(format!("event {}: `{answer}` is no answer; known are {choices}", asked.seq)));
    }
    if lacks_attachment(&asked.question, &answer, attachments.len()) {
        let reason = format!("event {}: `{answer}` says nothing without the {}", asked.seq, asked.question.attach);
        return Err(usage(reason).hint(
            "add `--attach FILE`, or `attach: [FILE]` in a file of answers; without one, leave the question open: nothing is \
             held against anybody for it",
        ));
    }
    let named = attachments.iter().map(|(name, bytes)| (name.clone(), Digest::of(bytes))).collect();
    let blobs = attachments.into_iter().map(|(_, bytes)| bytes).collect();
    Ok((asked.seq, OperatorAnswer { answer, by, comment, attachments: named }, blobs))
}

/// Questions that an answer would still settle. Whoever was to send something was asked at that moment and for it.
pub fn open(history: &History) -> impl Iterator<Item = &QuestionRecord> {
    history.questions.iter().filter(|asked| asked.answer().is_none() && !asked.question.requirements.is_empty())
}

/// Each open question with the command that answers it; `run` is how a command names the run.
pub fn open_questions(history: &History, run: &str) -> Vec<String> {
    let lines = open(history).flat_map(|asked| {
        let question = &asked.question;
        let attach = if question.attach.is_empty() { "" } else { " --attach FILE" };
        let answer = question.good.first().map_or("TEXT", String::as_str);
        [
            format!("open question {} · {} ({})", question.scenario, question.label, question.who),
            format!("    {}", question.en),
            format!("    provestein answer {run} {} {answer} --by NAME{attach}", asked.seq),
        ]
    });
    lines.collect()
}
