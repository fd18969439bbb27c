//! `show`: what happened, as a list, or one event in full. Payloads are shown by path, length and digest only, and what
//! the subject wrote never reaches the terminal as it is.

use super::terminal::{print_bytes, say};
use crate::args::Show;
use crate::failure::Failure;
use crate::run_folder;
use checks::exit::Exit;
use evidence::blob::Blobs as _;
use evidence::event::{Event, Recorded};
use evidence::format;
use evidence::history::{self, MessageRecord};
use evidence::register::RegisterAsked;
use report::clean;

/// Shows.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Show) -> Result<Exit, Failure> {
    let folder = run_folder::find(&args.run, &args.out)?;
    let (stored, broken_later) = run_folder::open_as_far_as_whole(&folder)?;
    let ends = |failure: Option<Failure>| failure.map_or(Ok(Exit::MET), Err);
    let Some(number) = args.event else {
        for recorded in &stored.events {
            say(line(recorded));
        }
        return ends(broken_later);
    };
    let last = stored.events.len().saturating_sub(1);
    let Some(recorded) = stored.events.get(usize::try_from(number).unwrap_or(usize::MAX)) else {
        let none = Failure::new(Exit::USAGE, format!("there is no event {number}; the last is {last}"));
        return Err(broken_later.unwrap_or(none));
    };
    let broken = |error: &dyn std::error::Error| Failure::of(Exit::EVIDENCE_BROKEN, error);
    if args.raw {
        let blobs = format::blobs_of(&recorded.event);
        if blobs.is_empty() {
            let message = format!("event {number} has no bytes of its own: {}", what(&recorded.event));
            return Err(Failure::new(Exit::USAGE, message).hint(
                "MessageComposed, MessageArrived, TransportAnswered and RegisterAsked have; `provestein show RUN` lists the events",
            ));
        }
        for digest in blobs {
            let bytes = stored.blobs().get(digest).map_err(|error| broken(&error))?;
            print_bytes(&bytes);
        }
        return ends(broken_later);
    }
    say(line(recorded));
    for digest in format::blobs_of(&recorded.event) {
        say(format!("  blob   {}", stored.blobs().path(digest).display()));
    }
    let history = history::of(&stored.events, &stored.blobs()).map_err(|error| broken(&error))?;
    if let Some(record) = history.message(number) {
        message(record);
    }
    ends(broken_later)
}

fn line(recorded: &Recorded) -> String {
    let cause = recorded.cause.map(|cause| format!(" (after {cause})")).unwrap_or_default();
    format!("{:>5}  {}  {}{cause}", recorded.seq, recorded.at.strftime("%H:%M:%S%.3f"), clean(&what(&recorded.event)))
}

fn what(event: &Event) -> String {
    match event {
        Event::RunStarted(run) => format!("RunStarted {} by {}, profile {}", run.run, run.tool, run.profile),
        Event::SubjectDescribed(s) => {
            format!("SubjectDescribed {} {} {} at {}", s.supplier, s.system, s.version, s.endpoint)
        }
        Event::PreflightObserved { probe, ok, detail } => {
            format!("PreflightObserved {probe} {}: {detail}", if *ok { "ok" } else { "failed" })
        }
        Event::Looked(looked) => format!("Looked {}, {}: {}", looked.what, looked.outcome.code(), looked.found),
        Event::ScenarioStarted(s) => format!("ScenarioStarted {}", s.scenario),
        Event::MessageComposed(c) => {
            let label = c.label.as_ref().map(|label| format!(" as `{label}`")).unwrap_or_default();
            let altered =
                if c.deviations.is_empty() { String::new() } else { format!(", altered: {}", c.deviations.join("; ")) };
            format!("MessageComposed {}{label}{altered}", c.what)
        }
        Event::MessageSent { composed, to, attempt, .. } => {
            format!("MessageSent {composed} to {to}, attempt {attempt}")
        }
        Event::MailFetched { from, user } => format!("MailFetched by {user} from {from}"),
        Event::MailPosted { talk } => format!("MailPosted: {}", talk.last().map_or("", String::as_str)),
        Event::LoginRefused { service, from, user, reason } => {
            format!("LoginRefused at {service} of {user} from {from}: {reason}")
        }
        Event::MailboxFailed { address, failure, detail } => {
            format!("MailboxFailed {address} {}: {detail}", failure.code())
        }
        Event::TransportAnswered { status, .. } => format!("TransportAnswered {status}"),
        Event::TransportFailed { failure, detail } => format!("TransportFailed {}: {detail}", failure.code()),
        Event::MessageArrived { carrier, from, .. } => format!("MessageArrived by {carrier} from {from}"),
        Event::PayloadOpened { message, part, .. } => format!("PayloadOpened of {message}, MIME part {}", part + 1),
        Event::PayloadSealed { message, reason, .. } => format!("PayloadSealed of {message}: {reason}"),
        Event::AwaitOpened(a) => format!(
            "AwaitOpened {}{} of `{}`, {} ms",
            if a.quiet { "silence about " } else { "" },
            a.what,
            a.label,
            a.patience_ms
        ),
        Event::AwaitMet { awaited } => format!("AwaitMet {awaited}"),
        Event::AwaitLapsed { awaited, reason } => format!("AwaitLapsed {awaited}: {reason}"),
        Event::SilenceObserved { awaited, quiet_ms } => format!("SilenceObserved {awaited}, {quiet_ms} ms"),
        Event::ReceiptIgnored { message } => format!("ReceiptIgnored {message}"),
        Event::RegisterAsked(asked) => format!("RegisterAsked {}", asked_words(asked)),
        Event::ModeSet(set) => {
            let call = set.call.as_ref().map(|call| format!(" on {call}")).unwrap_or_default();
            let about = set.about.map(|her| format!(" about {her}")).unwrap_or_default();
            format!("ModeSet {} of register {}{call}{about}", set.mode, set.register)
        }
        Event::TriggerPulled(t) => format!("TriggerPulled {} as `{}`, {}", t.message, t.label, t.how),
        Event::TriggerAnswered(outcome) => format!("TriggerAnswered {}", outcome.detail),
        Event::OperatorAsked(question) => {
            format!("OperatorAsked {} `{}`: {}", question.who, question.label, question.en)
        }
        Event::OperatorAnswered(answer) => format!("OperatorAnswered {} {}", answer.answer, answer.comment),
        Event::OperatorPassed { reason } => format!("OperatorPassed: {reason}"),
        Event::InboxReopened { until } => format!("InboxReopened until {until}"),
        Event::SubjectStarted(s) => format!("SubjectStarted {} {}: {}", s.how, s.what, s.ready),
        Event::SubjectStopped(s) => format!("SubjectStopped {}: {}", s.reason.code(), s.detail),
        Event::ScenarioEnded { scenario, outcome } => format!("ScenarioEnded {scenario}: {outcome:?}"),
        Event::RunResumed { tool } => format!("RunResumed by {tool}"),
        Event::TailRecovered { bytes, .. } => format!("TailRecovered, {bytes} bytes set aside"),
        Event::RunEnded { reason } => format!("RunEnded, {reason}"),
    }
}

fn asked_words(asked: &RegisterAsked) -> String {
    let about = asked.about.as_ref().map(|about| format!(" about {about}")).unwrap_or_default();
    let status = asked.status.map_or("no answer".to_owned(), |status| format!("HTTP {status}"));
    let mode = asked.mode.as_ref().map(|mode| format!(", {mode} as the scenario wants it")).unwrap_or_default();
    format!("{} {}{about} by {}: {status}{mode}", asked.register, asked.operation, asked.from)
}

fn message(record: &MessageRecord) {
    say(format!("  kind   {}", record.message.kind().name()));
    for field in record.message.entity.headers.iter() {
        say(format!("  header {}: {}", clean(&field.name), clean(&field.value)));
    }
    for defect in record.message.entity.all_defects() {
        say(format!("  defect {}", clean(&defect.to_string())));
    }
    match &record.message.envelope {
        Err(reason) => say(format!("  envelope none: {}", clean(&reason.to_string()))),
        Ok(envelope) => {
            let parts = [
                ("MessageId", envelope.message_id()),
                ("ConversationId", envelope.conversation_id()),
                ("Service", envelope.service()),
                ("Action", envelope.action()),
                ("about", envelope.about()),
            ];
            for (name, value) in parts {
                say(format!("  {name:<14} {}", clean(value.unwrap_or("-"))));
            }
            for defect in &envelope.defects {
                say(format!("  defect {}", clean(&defect.to_string())));
            }
        }
    }
    if let Some(signature) = &record.message.signature {
        say(format!("  signature      {}", if signature.is_valid() { "verifies" } else { "does not verify" }));
        for reference in &signature.references {
            say(format!("    reference {:?}: {:?}", reference.uri.as_deref().unwrap_or("(none)"), reference.verdict));
        }
    }
    for (part, payload) in &record.payloads {
        match payload {
            Ok(payload) => say(format!(
                "  payload        MIME part {}, {} bytes, {}",
                part + 1,
                payload.content.len(),
                payload.business.namespace().unwrap_or("no XML")
            )),
            Err(reason) => say(format!("  payload        MIME part {} is sealed: {}", part + 1, clean(reason))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evidence::event::TransportFailure;

    #[test]
    fn a_hostile_answer_does_not_write_on_the_terminal() {
        let detail = "it begins with \u{1b}[2J\u{202e}".to_owned();
        let event = Event::TransportFailed { failure: TransportFailure::NotHttp, detail };
        let recorded =
            Recorded { seq: 1, at: jiff::Timestamp::UNIX_EPOCH, epoch: 0, elapsed_ms: 0, cause: None, event };
        let text = line(&recorded);
        assert!(text.contains("␛[2J<U+202E>"), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    }
}
