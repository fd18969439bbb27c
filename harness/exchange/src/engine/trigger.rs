//! Makes the subject send: by a request, by a command, or by asking a person.

use super::arrived::Pulled;
use super::run::EngineError;
use super::step::Scene;
use crate::cast::{CastParty, Patient};
use crate::scenario::{PatientKind, TriggerStep};
use crate::subject::{DEFAULT_TRIGGER, Trigger};
use carrier::command;
use carrier::http::{self, Limits, Url};
use carrier::tls::ClientTls;
use evidence::digest::Digest;
use evidence::event::{self, Event, Question, Seq, TriggerOutcome};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// What is kept of an answer or of a command's output.
const OUTPUT_MAX: usize = 64 * 1024;

/// A trigger's outcome and what it printed.
type Outcome = (bool, String, Vec<u8>);

impl Scene<'_> {
    /// Makes the subject send; returns why the scenario cannot go on, if it cannot.
    pub async fn trigger(&self, step: &TriggerStep, line: u32) -> Result<Option<String>, EngineError> {
        let triggers = &self.run.plan.subject.triggers;
        let trigger = triggers.get(&step.message).or_else(|| triggers.get(DEFAULT_TRIGGER));
        let known = self.known(step);
        match trigger {
            None | Some(Trigger::Person) => self.by_person(step, line, &known).await,
            Some(Trigger::Inside(inside)) => {
                let seq = self.pull(step, line, "inside this process".to_owned(), None).await?;
                let outcome = inside.0.pull(&known.document).await;
                self.pulled(seq, outcome).await
            }
            Some(Trigger::Post { url, json, tls, within }) => {
                let body = json.as_ref().map_or_else(|| known.document.clone(), |json| known.fill_all(json));
                let url = known.fill(url);
                let entity = format!("Content-Type: application/json; charset=UTF-8\r\n\r\n{body}").into_bytes();
                let seq = self.pull(step, line, format!("POST {url}"), Some(entity.clone())).await?;
                let outcome = post(&url, &entity, tls.as_ref(), *within).await;
                self.pulled(seq, outcome).await
            }
            Some(Trigger::Command { line: words, folder, within }) => {
                let words: Vec<String> = words.iter().map(|word| known.fill(word)).collect();
                let input = known.document.to_string().into_bytes();
                let seq = self.pull(step, line, format!("command {}", words.join(" ")), Some(input.clone())).await?;
                let outcome = run_command(&words, folder, &input, *within).await;
                self.pulled(seq, outcome).await
            }
        }
    }

    /// Recorded and remembered before it is done: what comes while it is done was asked for.
    async fn pull(
        &self,
        step: &TriggerStep,
        line: u32,
        how: String,
        request: Option<Vec<u8>>,
    ) -> Result<Seq, EngineError> {
        let event = Event::TriggerPulled(event::Trigger {
            scenario: self.loaded.id.clone(),
            label: step.label.clone(),
            line,
            message: step.message.clone(),
            how,
            request: request.as_deref().map(Digest::of),
        });
        let seq = self.run.record(event, Some(self.started), request.into_iter().collect()).await?.seq;
        let function = step.message.split('@').next().unwrap_or_default().to_owned();
        let pulled = Pulled {
            function,
            message: step.message.clone(),
            from: step.from.clone(),
            to: step.to.clone(),
            seq,
            first: None,
        };
        let mut desk = self.run.desk();
        desk.pulled.insert(step.label.clone(), pulled);
        desk.inward.expect(step.transport.clone());
        Ok(seq)
    }

    async fn pulled(&self, seq: Seq, (done, detail, output): Outcome) -> Result<Option<String>, EngineError> {
        let kept = (!output.is_empty()).then(|| Digest::of(&output));
        let event = Event::TriggerAnswered(TriggerOutcome { done, detail: detail.clone(), output: kept });
        self.run.record(event, Some(seq), if output.is_empty() { Vec::new() } else { vec![output] }).await?;
        Ok((!done).then(|| format!("the subject could not be made to send: {detail}")))
    }

    async fn by_person(&self, step: &TriggerStep, line: u32, known: &Known) -> Result<Option<String>, EngineError> {
        let seq = self.pull(step, line, "person".to_owned(), None).await?;
        let case = |word: &str| step.case.as_ref().map_or_else(String::new, |case| format!(" {word}: {case}."));
        let (message, patient, to) = (&step.message, &known.patient, &known.receiver);
        let question = Question {
            label: step.label.clone(),
            who: "sender".to_owned(),
            nb: format!(
                "Send {message} om pasienten {patient} til {to}.{} Svar «done» når meldingen er sendt, «cannot» hvis det ikke lar seg gjøre.",
                case("Innhold")
            ),
            en: format!(
                "Send {message} about the patient {patient} to {to}.{} Answer `done` when it is sent, `cannot` if that cannot be done.",
                case("Content")
            ),
            choices: vec!["done".to_owned(), "cannot".to_owned()],
            ..self.question(line)
        };
        let outcome = match self.put(question).await? {
            Some((seq, answer)) => (answer.answer == "done", format!("event {seq}: `{}`", answer.answer), Vec::new()),
            None => (false, "nobody was there to send it".to_owned(), Vec::new()),
        };
        self.pulled(seq, outcome).await
    }

    fn known(&self, step: &TriggerStep) -> Known {
        let subject = &self.run.plan.subject;
        let (from, to) = (&subject.parties[&step.from].cast, &subject.partners[&step.to].cast);
        let kind = match step.patient.unwrap_or(PatientKind::Known) {
            PatientKind::Known => "known",
            PatientKind::Unknown => "unknown",
        };
        let patient = &subject.patients[kind];
        let answered = step.answers.as_ref().and_then(|label| self.run.desk().sent.get(label).cloned());
        let (function, version) = step.message.split_once('@').unwrap_or((&step.message, ""));
        let answers = answered.as_ref().map(|sent| {
            json!({ "msg_id": sent.msg_id, "message_id": sent.message_id, "conversation_id": sent.conversation })
        });
        let document = json!({
            "format": 1,
            "scenario": self.loaded.id,
            "label": step.label,
            "message": step.message,
            "case": step.case,
            "patient": patient_json(patient),
            "from": party_json(from),
            "to": party_json(to),
            "answers": answers,
        });
        let values = vec![
            ("message", step.message.clone()),
            ("function", function.to_owned()),
            ("version", version.to_owned()),
            ("scenario", self.loaded.id.clone()),
            ("label", step.label.clone()),
            ("case", step.case.clone().unwrap_or_default()),
            ("patient", patient.id.clone()),
            ("from", from.service.her.to_string()),
            ("to", to.service.her.to_string()),
            ("to_organisation", to.organisation.her.to_string()),
            ("answers", answered.map(|sent| sent.msg_id).unwrap_or_default()),
        ];
        Known {
            document,
            values,
            patient: format!("{} {} ({})", patient.given_name, patient.family_name, patient.id),
            receiver: format!("{}, {} (HER {})", to.organisation.name, to.service.name, to.service.her),
        }
    }
}

/// Everything that is known about a step, for whoever carries it out.
struct Known {
    document: Value,
    values: Vec<(&'static str, String)>,
    patient: String,
    receiver: String,
}

impl Known {
    /// `text` with `{{name}}` replaced.
    fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.values {
            text = text.replace(&format!("{{{{{name}}}}}"), value);
        }
        text
    }

    /// The same in every text of a JSON value.
    fn fill_all(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Array(list) => Value::Array(list.iter().map(|v| self.fill_all(v)).collect()),
            Value::Object(map) => Value::Object(map.iter().map(|(k, v)| (k.clone(), self.fill_all(v))).collect()),
            other => other.clone(),
        }
    }
}

fn patient_json(patient: &Patient) -> Value {
    json!({
        "id": patient.id,
        "kind": patient.kind,
        "given_name": patient.given_name,
        "family_name": patient.family_name,
        "date_of_birth": patient.date_of_birth,
        "sex": patient.sex.code,
    })
}

fn party_json(party: &CastParty) -> Value {
    json!({
        "organisation": { "her": party.organisation.her, "name": party.organisation.name,
                          "number": party.organisation.number },
        "service": { "her": party.service.her, "name": party.service.name },
        "edi": party.edi,
    })
}

async fn post(url: &str, entity: &[u8], tls: Option<&ClientTls>, within: Duration) -> Outcome {
    let limits = Limits { read: within, body_bytes: OUTPUT_MAX, ..Limits::default() };
    let url: Url = match url.parse() {
        Ok(url) => url,
        Err(error) => return (false, format!("{error}"), Vec::new()),
    };
    match http::post(&url, entity, tls, &limits).await {
        Ok(answer) => ((200..300).contains(&answer.status), format!("HTTP {}", answer.status), answer.entity),
        Err(failure) => (false, failure.to_string(), Vec::new()),
    }
}

async fn run_command(words: &[String], folder: &Path, input: &[u8], within: Duration) -> Outcome {
    let Some((program, arguments)) = words.split_first() else {
        return (false, "the command is empty".to_owned(), Vec::new());
    };
    let ran = command::run(program, arguments, folder, input, within, OUTPUT_MAX).await;
    match ran {
        Ok(ended) => (ended.code == Some(0), ended.to_string(), ended.output),
        Err(reason) => (false, reason, Vec::new()),
    }
}
