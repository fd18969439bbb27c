//! The fold from events and blobs to a history.

use super::model::{
    Author, AwaitOutcome, AwaitRecord, Exchange, History, MessageRecord, Payload, QuestionOutcome, QuestionRecord,
    Sending, StopRecord, TransportOutcome, TriggerRecord,
};
use crate::blob::{BlobError, Blobs};
use crate::event::{Event, MailSent, Recorded, Seq, TransportFailure};
use std::collections::HashMap;
use wire::business;
use wire::cms::{self, ContentKey};
use wire::ebxml::MessageKind;
use wire::message::Message;
use wire::mime::{Entity, mail};

/// Folds a log into its history.
///
/// # Errors
/// [`BlobError`] when a blob that the log names is missing or altered: the evidence is broken.
pub fn of(events: &[Recorded], blobs: &dyn Blobs) -> Result<History, BlobError> {
    let mut fold = Fold {
        history: History::default(),
        blobs,
        epoch: 0,
        epoch_base: 0,
        last_ms: 0,
        is_down: false,
        index: HashMap::new(),
    };
    for recorded in events {
        fold.take(recorded)?;
    }
    fold.history.exchanges = pair(&fold.history.messages);
    Ok(fold.history)
}

struct Fold<'b> {
    history: History,
    blobs: &'b dyn Blobs,
    epoch: u32,
    epoch_base: u64,
    /// Milliseconds on the run's own clock at the last event.
    last_ms: u64,
    /// Whether the subject is known to be down: absence says nothing then.
    is_down: bool,
    index: HashMap<Seq, usize>,
}

impl Fold<'_> {
    fn take(&mut self, recorded: &Recorded) -> Result<(), BlobError> {
        if recorded.epoch != self.epoch {
            self.epoch = recorded.epoch;
            self.epoch_base = self.last_ms;
        }
        let at_ms = self.epoch_base + recorded.elapsed_ms;
        self.last_ms = self.last_ms.max(at_ms);
        if !self.is_down {
            self.history.horizon_ms = self.history.horizon_ms.max(at_ms);
        }
        self.life(recorded)?;
        let history = &mut self.history;
        history.started.get_or_insert(recorded.at);
        history.events += 1;
        history.event_names.insert(recorded.seq, name_of(&recorded.event));
        match &recorded.event {
            Event::RunStarted(run) => history.run = Some(run.clone()),
            Event::SubjectDescribed(subject) => history.subject = Some(subject.clone()),
            Event::PreflightObserved { probe, ok, detail } => {
                history.preflight.push((probe.clone(), *ok, detail.clone(), recorded.seq));
            }
            Event::Looked(looked) => history.looks.push((looked.clone(), recorded.seq)),
            Event::ScenarioStarted(scenario) => {
                // A scenario that an interruption cut short begins anew; the attempt before is no outcome of its own.
                history.scenarios.retain(|(earlier, ..)| earlier.scenario != scenario.scenario);
                history.awaits.retain(|await_| await_.awaited.scenario != scenario.scenario);
                history.triggers.retain(|pulled| pulled.trigger.scenario != scenario.scenario);
                history.questions.retain(|asked| asked.question.scenario != scenario.scenario);
                let of_attempt = |m: &&mut MessageRecord| {
                    m.composed.as_ref().is_some_and(|c| c.scenario.as_ref() == Some(&scenario.scenario))
                };
                history.messages.iter_mut().filter(of_attempt).for_each(|m| m.interrupted = true);
                history.scenarios.push((scenario.clone(), recorded.seq, None));
            }
            Event::ScenarioEnded { scenario, outcome } => {
                let started = history.scenarios.iter_mut().rev().find(|(s, ..)| s.scenario == *scenario);
                if let Some((.., end)) = started {
                    *end = Some(outcome.clone());
                }
            }
            Event::RunEnded { .. } => history.ended = true,
            Event::RegisterAsked(asked) => history.asked.push((asked.clone(), recorded.seq)),
            Event::ModeSet(set) => history.modes.push((set.clone(), recorded.seq)),
            Event::AwaitOpened(awaited) => {
                history.awaits.push(AwaitRecord { seq: recorded.seq, awaited: awaited.clone(), outcome: None });
            }
            Event::AwaitMet { awaited } => self.settle(*awaited, AwaitOutcome::Met(recorded.cause.unwrap_or_default())),
            Event::AwaitLapsed { awaited, reason } => self.settle(*awaited, AwaitOutcome::Lapsed(reason.clone())),
            Event::SilenceObserved { awaited, quiet_ms } => self.settle(*awaited, AwaitOutcome::Quiet(*quiet_ms)),
            Event::TriggerPulled(_)
            | Event::TriggerAnswered(_)
            | Event::OperatorAsked(_)
            | Event::OperatorAnswered(_)
            | Event::OperatorPassed { .. } => self.acting(recorded),
            _ => self.message(recorded, at_ms)?,
        }
        Ok(())
    }

    /// Whether the subject is up, where the harness starts it.
    fn life(&mut self, recorded: &Recorded) -> Result<(), BlobError> {
        match &recorded.event {
            Event::SubjectStarted(start) => {
                self.is_down = false;
                self.history.starts.push((start.clone(), recorded.seq));
            }
            Event::SubjectStopped(stop) => {
                self.is_down = true;
                let output = stop.output.map(|digest| self.blobs.get(digest)).transpose()?.unwrap_or_default();
                let last_lines = last_lines(&output);
                self.history.stops.push(StopRecord { seq: recorded.seq, stop: stop.clone(), last_lines });
            }
            _ => {}
        }
        Ok(())
    }

    fn acting(&mut self, recorded: &Recorded) {
        let history = &mut self.history;
        let cause = recorded.cause.unwrap_or_default();
        let outcome = match &recorded.event {
            Event::TriggerPulled(trigger) => {
                let record = TriggerRecord { seq: recorded.seq, trigger: trigger.clone(), outcome: None };
                return history.triggers.push(record);
            }
            Event::TriggerAnswered(outcome) => {
                if let Some(pulled) = history.triggers.iter_mut().rev().find(|t| t.seq == cause) {
                    pulled.outcome = Some(outcome.clone());
                }
                return;
            }
            Event::OperatorAsked(question) => {
                let record = QuestionRecord { seq: recorded.seq, question: question.clone(), outcome: None };
                return history.questions.push(record);
            }
            Event::OperatorAnswered(answer) => QuestionOutcome::Answered(recorded.seq, answer.clone()),
            Event::OperatorPassed { reason } => QuestionOutcome::Passed(reason.clone()),
            _ => return,
        };
        if let Some(asked) = history.questions.iter_mut().rev().find(|q| q.seq == cause) {
            asked.outcome = Some(outcome);
        }
    }

    fn settle(&mut self, awaited: Seq, outcome: AwaitOutcome) {
        if let Some(record) = self.history.awaits.iter_mut().rev().find(|a| a.seq == awaited) {
            record.outcome = Some(outcome);
        }
    }

    fn message(&mut self, recorded: &Recorded, at_ms: u64) -> Result<(), BlobError> {
        match &recorded.event {
            Event::MessageComposed(composed) => {
                let entity = self.blobs.get(composed.entity)?;
                let record = new_record(recorded, at_ms, Author::Harness, Message::decode(&entity));
                self.push(MessageRecord { composed: Some(composed.clone()), ..record });
            }
            Event::MessageArrived { carrier, entity, mail, .. } => {
                let entity = self.blobs.get(*entity)?;
                let message = if carrier == "file" && business::is_bare(&entity) {
                    Message::decode_bare(&entity)
                } else {
                    Message::decode(&entity)
                };
                let mut record = new_record(recorded, at_ms, Author::Subject, message);
                record.carrier.clone_from(carrier);
                record.answers = recorded.cause;
                record.mail.clone_from(mail);
                open_unencrypted(&mut record);
                let bounce = mail::bounce(&record.message.entity);
                self.push(record);
                if let Some(bounce) = bounce {
                    self.came_back(&bounce, recorded.seq);
                }
            }
            Event::MessageSent { composed, mail, .. } => {
                let sending =
                    Sending { seq: recorded.seq, at_ms, reached_ms: at_ms, outcome: None, mail: mail.clone() };
                self.with(*composed, |record| record.sendings.push(sending));
            }
            Event::TransportAnswered { status, .. } => {
                let outcome = TransportOutcome::Answered { status: *status, seq: recorded.seq };
                self.answer(recorded.cause, outcome);
            }
            Event::TransportFailed { failure, detail } => {
                let (failure, detail) = (*failure, detail.clone());
                self.answer(recorded.cause, TransportOutcome::Failed { failure, detail, seq: recorded.seq });
            }
            Event::PayloadOpened { message, part, key } => {
                let key = self.blobs.get(*key)?;
                self.with(*message, |record| {
                    let opened = open_part(&record.message.entity, *part, &key);
                    record.payloads.push((*part, opened));
                });
            }
            Event::PayloadSealed { message, part, reason } => {
                let reason = reason.clone();
                self.with(*message, |record| record.payloads.push((*part, Err(reason))));
            }
            Event::ReceiptIgnored { message } => self.with(*message, |record| record.ignored = true),
            _ => self.mailed(recorded, at_ms),
        }
        Ok(())
    }

    /// What happened to mails, and to those who wanted to fetch them.
    fn mailed(&mut self, recorded: &Recorded, at_ms: u64) {
        match &recorded.event {
            Event::MailFetched { .. } => {
                // From here on the subject had it: what it took to answer counts from now.
                if let Some(sending) = recorded.cause.and_then(|seq| self.sending(seq)) {
                    sending.reached_ms = at_ms;
                }
                let outcome = TransportOutcome::Taken { how: "fetched from the mailbox".to_owned(), seq: recorded.seq };
                self.answer(recorded.cause, outcome);
            }
            Event::LoginRefused { service, user, reason, .. } => {
                let told = format!("a login at our {service} server as `{user}` was refused: {reason}");
                self.history.mail_troubles.push((TransportFailure::LoginRefused, told, recorded.seq));
            }
            Event::MailboxFailed { address, failure, detail } => {
                let told = format!("the mailbox at {address} could not be visited: {detail}");
                self.history.mail_troubles.push((*failure, told, recorded.seq));
            }
            Event::MailPosted { .. } => {
                let how = "taken by the mail server".to_owned();
                self.answer(recorded.cause, TransportOutcome::Taken { how, seq: recorded.seq });
            }
            _ => {}
        }
    }

    fn push(&mut self, record: MessageRecord) {
        self.index.insert(record.seq, self.history.messages.len());
        self.history.messages.push(record);
    }

    fn with(&mut self, seq: Seq, change: impl FnOnce(&mut MessageRecord)) {
        if let Some(&index) = self.index.get(&seq) {
            change(&mut self.history.messages[index]);
        }
    }

    /// A mail of ours came back: the sending that the bounce names has failed (HITS 1172 4.2.3.2).
    fn came_back(&mut self, bounce: &mail::Bounce, seq: Seq) {
        let is_named = |mail: &MailSent| {
            bounce.envelope_id.as_ref() == Some(&mail.envelope_id) || bounce.message_ids.contains(&mail.message_id)
        };
        let mut sendings = self.history.messages.iter_mut().rev().flat_map(|m| m.sendings.iter_mut());
        if let Some(found) = sendings.find(|s| s.mail.as_ref().is_some_and(is_named)) {
            let detail = format!("the mail came back: {}", bounce.diagnosis);
            found.outcome = Some(TransportOutcome::Failed { failure: TransportFailure::Bounced, detail, seq });
        }
    }

    fn sending(&mut self, seq: Seq) -> Option<&mut Sending> {
        self.history.messages.iter_mut().rev().flat_map(|m| m.sendings.iter_mut()).find(|s| s.seq == seq)
    }

    fn answer(&mut self, sending: Option<Seq>, outcome: TransportOutcome) {
        if let Some(found) = sending.and_then(|seq| self.sending(seq)) {
            found.outcome = Some(outcome);
        }
    }
}

/// The end of what a subject printed: enough to see why it ended.
fn last_lines(output: &[u8]) -> Vec<String> {
    const LINES: usize = 10;
    const CHARACTERS: usize = 300;
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let last = lines.iter().skip(lines.len().saturating_sub(LINES));
    last.map(|line| line.chars().take(CHARACTERS).collect()).collect()
}

fn new_record(recorded: &Recorded, at_ms: u64, author: Author, message: Message) -> MessageRecord {
    MessageRecord {
        seq: recorded.seq,
        author,
        at: recorded.at,
        at_ms,
        carrier: String::new(),
        answers: None,
        mail: None,
        composed: None,
        sendings: Vec::new(),
        ignored: false,
        interrupted: false,
        message,
        payloads: Vec::new(),
    }
}

/// A fagmelding that stands bare (a captured AppRec or hodemelding), or in an attachment without encryption.
fn open_unencrypted(record: &mut MessageRecord) {
    let bare_business = record.message.bare && record.message.soap().is_none_or(|e| e.root.value != "SOAP:Envelope");
    if bare_business {
        if let Some(part) = record.message.entity.parts.first() {
            let content = part.content.clone();
            let payload = Payload { business: business::read(&content), content };
            record.payloads.push((0, Ok(payload)));
        }
        return;
    }
    let mut plain = Vec::new();
    for (index, part) in record.message.attachments() {
        let media = part.content_type.as_ref().map(|c| c.media_type.as_str());
        if matches!(media, Some("application/xml" | "text/xml")) {
            let content = part.content.clone();
            plain.push((index, Ok(Payload { business: business::read(&content), content })));
        }
    }
    record.payloads.extend(plain);
}

fn open_part(entity: &Entity, part: usize, key: &[u8]) -> Result<Payload, String> {
    let part = entity.parts.get(part).ok_or_else(|| format!("the message has no MIME part {part}"))?;
    let key = ContentKey::from_bytes(key).map_err(|e| e.to_string())?;
    let clear = cms::open_with(&part.content, &key).map_err(|e| e.to_string())?;
    let content = business::inside(&clear);
    Ok(Payload { business: business::read(&content), content })
}

/// Pairs messages with their receipts, by reference. A receipt whose reference names nothing that was sent is
/// paired by ConversationId with the last message of the other side in that conversation: what it should
/// have named is then for a check to say.
fn pair(messages: &[MessageRecord]) -> Vec<Exchange> {
    let mut pairing = Pairing { messages, ..Pairing::default() };
    for index in 0..messages.len() {
        pairing.stimulus(index);
    }
    for (index, record) in messages.iter().enumerate() {
        match record.message.kind() {
            MessageKind::Acknowledgment | MessageKind::ErrorList => pairing.signal(index),
            // A Fault names no message. Over HTTP it comes on the connection of the message it answers, over mail it
            // names the Message-ID of the mail (HITS 1172 4.2.3.2).
            MessageKind::Fault => pairing.fault(index),
            MessageKind::Payload => pairing.apprec(index),
            _ => {}
        }
    }
    // Nobody was there to hear the answer to a message that an interruption cut short: its absence says nothing.
    pairing.exchanges.retain(|e| !messages[e.stimulus].interrupted || !e.signals.is_empty());
    pairing.exchanges
}

#[derive(Default)]
struct Pairing<'m> {
    messages: &'m [MessageRecord],
    exchanges: Vec<Exchange>,
    by_message_id: HashMap<String, Vec<usize>>,
    by_msg_id: HashMap<String, Vec<usize>>,
    by_conversation: HashMap<String, Vec<usize>>,
}

impl Pairing<'_> {
    fn stimulus(&mut self, index: usize) {
        let record = &self.messages[index];
        let labelled = record.composed.as_ref().is_some_and(|c| c.label.is_some());
        if record.message.kind() != MessageKind::Payload && !labelled {
            return;
        }
        let exchange = self.exchanges.len();
        let envelope = record.message.soap();
        if let Some(id) = envelope.and_then(|e| e.message_id()) {
            self.by_message_id.entry(id.to_ascii_lowercase()).or_default().push(exchange);
        }
        if let Some(id) = envelope.and_then(|e| e.conversation_id()) {
            self.by_conversation.entry(id.to_ascii_lowercase()).or_default().push(exchange);
        }
        let mut same_msg_id = Vec::new();
        if let Some(id) = record.head().and(record.msg_id()) {
            let known = self.by_msg_id.entry(id.to_ascii_lowercase()).or_default();
            same_msg_id.extend(known.iter().map(|&e| self.exchanges[e].stimulus));
            known.push(exchange);
        }
        self.exchanges.push(Exchange { stimulus: index, same_msg_id, ..Exchange::default() });
    }

    fn signal(&mut self, index: usize) {
        let about = self.messages[index].message.soap().and_then(|e| e.about());
        let named = self.found(&self.by_message_id, about, index);
        let paired = if named.is_empty() { self.by_conversation(index).into_iter().collect() } else { named };
        for exchange in paired {
            self.exchanges[exchange].signals.push(index);
        }
    }

    fn fault(&mut self, index: usize) {
        let answers = self.messages[index].answers;
        let messages = self.messages;
        let named = mail::answered_by_fault(&messages[index].message);
        let is_named = |mail: &MailSent| named.contains(&mail.message_id);
        let is_about = |s: &Sending| Some(s.seq) == answers || s.mail.as_ref().is_some_and(is_named);
        let sent = |e: &&mut Exchange| messages[e.stimulus].sendings.iter().any(is_about);
        if let Some(exchange) = self.exchanges.iter_mut().find(sent) {
            exchange.signals.push(index);
        }
    }

    fn apprec(&mut self, index: usize) {
        let Some(apprec) = self.messages[index].apprec() else { return };
        let named = self.found(&self.by_msg_id, apprec.original_id(), index);
        let paired = if named.is_empty() { self.by_conversation(index).into_iter().collect() } else { named };
        for exchange in paired {
            // The same envelope again is the carrier's repeat (or a resend), not a second AppRec.
            let id = |index: usize| self.messages[index].message.soap().and_then(|e| e.message_id());
            let repeated = id(index).is_some() && self.exchanges[exchange].apprecs.iter().any(|&a| id(a) == id(index));
            if !repeated {
                self.exchanges[exchange].apprecs.push(index);
            }
        }
    }

    /// Exchanges begun by the other side before this message, found by an id.
    fn found(&self, by: &HashMap<String, Vec<usize>>, id: Option<&str>, index: usize) -> Vec<usize> {
        let listed = id.and_then(|id| by.get(&id.to_ascii_lowercase())).into_iter().flatten().copied();
        listed.filter(|&e| self.is_other_side(e, index)).collect()
    }

    fn by_conversation(&self, index: usize) -> Option<usize> {
        let id = self.messages[index].message.soap().and_then(|e| e.conversation_id());
        let is_message = |&e: &usize| {
            let stimulus = &self.messages[self.exchanges[e].stimulus];
            stimulus.message.kind() == MessageKind::Payload && self.exchanges[e].stimulus < index
        };
        self.found(&self.by_conversation, id, index).into_iter().rfind(is_message)
    }

    fn is_other_side(&self, exchange: usize, index: usize) -> bool {
        self.messages[self.exchanges[exchange].stimulus].author != self.messages[index].author
    }
}

fn name_of(event: &Event) -> &'static str {
    match event {
        Event::RunStarted(_) => "RunStarted",
        Event::SubjectDescribed(_) => "SubjectDescribed",
        Event::PreflightObserved { .. } => "PreflightObserved",
        Event::Looked(_) => "Looked",
        Event::ScenarioStarted(_) => "ScenarioStarted",
        Event::MessageComposed(_) => "MessageComposed",
        Event::MessageSent { .. } => "MessageSent",
        Event::TransportAnswered { .. } => "TransportAnswered",
        Event::TransportFailed { .. } => "TransportFailed",
        Event::MailFetched { .. } => "MailFetched",
        Event::MailPosted { .. } => "MailPosted",
        Event::LoginRefused { .. } => "LoginRefused",
        Event::MailboxFailed { .. } => "MailboxFailed",
        Event::MessageArrived { .. } => "MessageArrived",
        Event::PayloadOpened { .. } => "PayloadOpened",
        Event::PayloadSealed { .. } => "PayloadSealed",
        Event::AwaitOpened(_) => "AwaitOpened",
        Event::AwaitMet { .. } => "AwaitMet",
        Event::AwaitLapsed { .. } => "AwaitLapsed",
        Event::SilenceObserved { .. } => "SilenceObserved",
        Event::ReceiptIgnored { .. } => "ReceiptIgnored",
        Event::RegisterAsked(_) => "RegisterAsked",
        Event::ModeSet(_) => "ModeSet",
        Event::TriggerPulled(_) => "TriggerPulled",
        Event::TriggerAnswered(_) => "TriggerAnswered",
        Event::OperatorAsked(_) => "OperatorAsked",
        Event::OperatorAnswered(_) => "OperatorAnswered",
        Event::OperatorPassed { .. } => "OperatorPassed",
        Event::InboxReopened { .. } => "InboxReopened",
        Event::SubjectStarted(_) => "SubjectStarted",
        Event::SubjectStopped(_) => "SubjectStopped",
        Event::ScenarioEnded { .. } => "ScenarioEnded",
        Event::RunResumed { .. } => "RunResumed",
        Event::TailRecovered { .. } => "TailRecovered",
        Event::RunEnded { .. } => "RunEnded",
    }
}
