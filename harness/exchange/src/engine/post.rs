//! Mail to the subject: into its mailbox here, or to its own server; and what becomes of it.

use super::outbound::{Posting, Transmitted};
use super::run::{CONNECT, LOGIN, Run};
use crate::message::stamp_mail;
use crate::subject::{Servers, Way};
use carrier::mail::{Limits, Mailbox, Notice, Trouble, TroubleKind, pop3, smtp};
use carrier::port::Pending;
use evidence::digest::Digest;
use evidence::event::{Event, MailSent, Seq, TransportFailure};
use evidence::log::LogError;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use wire::message::Message;
use wire::mime::Entity;
use wire::mime::mail::{self, MailDraft};

/// Mail addresses of both ends of a message. Over HTTP nobody looks at them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Ends {
    /// Our party's.
    pub from: String,
    /// The subject's.
    pub to: String,
}

/// Refused logins that are recorded: whoever tries for ever says nothing new.
const REFUSALS_RECORDED: usize = 50;

/// Where mail to the subject goes, and what is known about it.
pub(super) struct PostOffice {
    exit: Exit,
    limits: Limits,
    state: Mutex<State>,
    logins: AtomicUsize,
    refused: AtomicUsize,
}

enum Exit {
    /// It fetches.
    Mailbox(Mailbox),
    /// We bring.
    Servers(Box<Servers>),
}

#[derive(Default)]
struct State {
    /// In the mailbox, not fetched yet.
    lying: BTreeSet<Seq>,
    /// When the others were fetched, as the log has it.
    fetched_ms: BTreeMap<Seq, u64>,
    /// The sending of every Message-ID and ENVID.
    sendings: BTreeMap<String, Seq>,
}

impl PostOffice {
    /// Of a subject that is reached by mail; `None` when it is not.
    pub fn of(way: &Way, mailbox: &Mailbox, limits: Limits) -> Option<Self> {
        let exit = match way {
            Way::Http { .. } => return None,
            Way::Mailbox => Exit::Mailbox(mailbox.clone()),
            Way::Servers(servers) => Exit::Servers(servers.clone()),
        };
        let (state, logins, refused) = (Mutex::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        Some(Self { exit, limits, state, logins, refused })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sending that a SOAP Fault or a bounce is about.
    pub fn sending_of(&self, message: &Message) -> Option<Seq> {
        let mut named = mail::answered_by_fault(message);
        if let Some(bounce) = mail::bounce(&message.entity) {
            named.extend(bounce.envelope_id);
            named.extend(bounce.message_ids);
        }
        let state = self.state();
        named.iter().find_map(|id| state.sendings.get(id).copied())
    }

    /// Whether the subject can be reached, in words; if not, which probe found that out.
    pub async fn probe(&self, run: &Run) -> Result<String, (&'static str, String)> {
        match &self.exit {
            Exit::Servers(servers) => {
                // A password that is not taken is a matter of configuration, and nobody's network.
                let told = |trouble: Trouble| {
                    let probe = if trouble.kind == TroubleKind::Login { LOGIN } else { CONNECT };
                    (probe, trouble.to_string())
                };
                smtp::probe(&servers.smtp, &self.limits).await.map_err(told)?;
                pop3::probe(&servers.pop3, servers.apop, &self.limits).await.map_err(told)?;
                Ok(format!("{} and {} answer and take us in", servers.smtp, servers.pop3))
            }
            Exit::Mailbox(_) => {
                let patience = run.plan.subject.patience.fetch();
                let came = run.until(patience, || self.logins.load(Ordering::SeqCst) > 0).await;
                if came {
                    return Ok("the subject looks into its mailbox".to_owned());
                }
                let refused = self.refused.load(Ordering::SeqCst);
                let detail = format!(
                    "nobody has logged in to the mailbox within {} s ({refused} logins were refused): does the subject know \
                     our POP3 port, user and password?",
                    patience.as_secs()
                );
                Err((CONNECT, detail))
            }
        }
    }

    /// Waits until every mail has been fetched, or patience ends.
    pub async fn emptied(&self, run: &Run) {
        run.until(run.plan.subject.patience.fetch(), || self.state().lying.is_empty()).await;
    }

    /// Waits until a mail has been fetched. When nobody does so in time, that is recorded, and said.
    ///
    /// # Errors
    /// When it cannot be recorded.
    pub async fn fetched(&self, run: &Run, seq: Seq) -> Result<Option<String>, LogError> {
        let patience = run.plan.subject.patience.fetch();
        if run.until(patience, || !self.state().lying.contains(&seq)).await {
            return Ok(None);
        }
        let detail = format!("nobody fetched the mail from the mailbox within {} s", patience.as_secs());
        let event = Event::TransportFailed { failure: TransportFailure::NotFetched, detail: detail.clone() };
        run.record(event, Some(seq), Vec::new()).await?;
        Ok(Some(detail))
    }

    /// Whether a mail lies in the mailbox.
    pub fn lies(&self, seq: Seq) -> bool {
        self.state().lying.contains(&seq)
    }

    /// When the last mail was fetched; 0 when none was.
    pub fn last_fetched(&self) -> u64 {
        self.state().fetched_ms.values().copied().max().unwrap_or_default()
    }

    /// When a mail was fetched, on the run's clock: the moment from which judging counts how long an answer took.
    pub fn fetched_at(&self, seq: Seq) -> Option<u64> {
        self.state().fetched_ms.get(&seq).copied()
    }
}

/// The header fields of a mail from here to there.
pub(super) fn draft(run: &Run, ends: &Ends, subject: &str) -> MailDraft {
    MailDraft {
        from: ends.from.clone(),
        to: ends.to.clone(),
        date: stamp_mail(run.wall()),
        message_id: message_id(run, &ends.from),
        subject: subject.to_owned(),
        in_reply_to: None,
    }
}

fn message_id(run: &Run, from: &str) -> String {
    let domain = from.split_once('@').map_or("provestein.test", |(_, domain)| domain);
    format!("{}@{domain}", run.uuid())
}

/// Sends a mail; each sending is a new SMTP message (HITS 1172 4.2.3.2).
pub(super) async fn transmit(
    run: &Arc<Run>,
    office: &PostOffice,
    posting: Posting<'_>,
) -> Result<Transmitted, LogError> {
    let Posting { composed, attempt, entity, ends } = posting;
    let entity = if attempt == 1 {
        entity.to_vec()
    } else {
        mail::again(entity, &message_id(run, &ends.from), &stamp_mail(run.wall()))
    };
    let headers = Entity::decode(&entity).headers;
    let sent = MailSent {
        from: ends.from.clone(),
        recipients: vec![ends.to.clone()],
        message_id: mail::ids(&headers, "Message-ID").into_iter().next().unwrap_or_default(),
        envelope_id: run.uuid(),
        entity: (attempt > 1).then(|| Digest::of(&entity)),
    };
    let blobs = if attempt > 1 { vec![entity.clone()] } else { Vec::new() };
    let to = match &office.exit {
        Exit::Mailbox(_) => format!("the mailbox of {}", ends.to),
        Exit::Servers(servers) => format!("{} by {}", ends.to, servers.smtp),
    };
    let ids = [sent.message_id.clone(), sent.envelope_id.clone()];
    let event = Event::MessageSent { composed, to, attempt, mail: Some(sent.clone()) };
    let seq = run.record(event, Some(composed), blobs).await?.seq;
    let named = ids.into_iter().filter(|id| !id.is_empty()).map(|id| (id, seq));
    office.state().sendings.extend(named);
    let failure = match &office.exit {
        Exit::Mailbox(mailbox) => {
            office.state().lying.insert(seq);
            mailbox.put(seq, &entity);
            return Ok(Transmitted { seq, failure: None });
        }
        Exit::Servers(servers) => {
            let outgoing = smtp::Outgoing {
                from: &sent.from,
                recipients: &sent.recipients,
                envelope_id: Some(&sent.envelope_id),
                mail: &entity,
            };
            match smtp::send(&servers.smtp, &outgoing, &office.limits).await {
                Ok(talk) => {
                    let talk = talk.iter().map(ToString::to_string).collect();
                    run.record(Event::MailPosted { talk }, Some(seq), Vec::new()).await?;
                    return Ok(Transmitted { seq, failure: None });
                }
                Err(trouble) => (kind_of(trouble.kind), trouble.to_string()),
            }
        }
    };
    let event = Event::TransportFailed { failure: failure.0, detail: failure.1.clone() };
    run.record(event, Some(seq), Vec::new()).await?;
    Ok(Transmitted { seq, failure: Some(failure) })
}

fn kind_of(kind: TroubleKind) -> TransportFailure {
    match kind {
        TroubleKind::Unreachable => TransportFailure::Unreachable,
        TroubleKind::TimedOut => TransportFailure::TimedOut,
        TroubleKind::ClosedEarly => TransportFailure::ClosedEarly,
        TroubleKind::NotMail => TransportFailure::NotMail,
        TroubleKind::TooLarge => TransportFailure::TooLarge,
        TroubleKind::Tls => TransportFailure::Tls,
        TroubleKind::Login => TransportFailure::LoginRefused,
        TroubleKind::Refused => TransportFailure::Refused,
    }
}

/// Records what our servers see, for as long as they are open.
pub(super) async fn watch(run: Arc<Run>, mut notices: mpsc::Receiver<Notice>) {
    while let Some(notice) = notices.recv().await {
        if let Err(error) = noticed(&run, notice).await {
            run.aside.fail(error.into());
        }
        run.news.notify_waiters();
    }
}

async fn noticed(run: &Run, notice: Notice) -> Result<(), LogError> {
    let Some(office) = run.road.office() else { return Ok(()) };
    match notice {
        Notice::LoggedIn { service, .. } => {
            office.logins.fetch_add(usize::from(service == "pop3"), Ordering::SeqCst);
        }
        Notice::LoginRefused { service, from, user, reason } => {
            if office.refused.fetch_add(1, Ordering::SeqCst) < REFUSALS_RECORDED {
                let (service, from) = (service.to_owned(), from.to_string());
                run.record(Event::LoginRefused { service, from, user, reason }, None, Vec::new()).await?;
            }
        }
        Notice::Fetched { from, user, number } => {
            // Fetched again and again is fetched.
            if office.state().lying.contains(&number) {
                let event = Event::MailFetched { from: from.to_string(), user };
                let at_ms = run.record(event, Some(number), Vec::new()).await?.elapsed_ms;
                let mut state = office.state();
                state.lying.remove(&number);
                state.fetched_ms.insert(number, at_ms);
            }
        }
        Notice::Deleted { .. } => {}
    }
    Ok(())
}

/// Keeps the mails of the subject's mailbox in the log.
struct Keeping<'a> {
    run: &'a Arc<Run>,
    from: String,
    known: BTreeSet<String>,
}

impl pop3::Keeper for Keeping<'_> {
    fn knows(&self, uid: &str) -> bool {
        self.known.contains(uid)
    }

    fn keep(&mut self, found: pop3::Found) -> Pending<'_, bool> {
        Box::pin(async move {
            let pop3::Found { uid, mail } = found;
            let kept = super::inbox::keep(self.run, mail, self.from.clone(), uid.clone()).await;
            self.known.extend(uid.filter(|_| kept));
            kept
        })
    }
}

/// The shortest time between two visits, whatever a subject file says.
const VISIT_PAUSE: Duration = Duration::from_millis(50);

/// Looks into the subject's mailbox again and again, when it brings one.
pub(super) async fn visit(run: Arc<Run>) {
    let Some(PostOffice { exit: Exit::Servers(servers), limits, .. }) = run.road.office() else { return };
    let mut keeping = Keeping { run: &run, from: servers.pop3.to_string(), known: BTreeSet::new() };
    let mut last = None;
    loop {
        let visited = pop3::collect(&servers.pop3, servers.apop, limits, &mut keeping).await;
        let trouble = visited.err().map(|trouble| (kind_of(trouble.kind), trouble.detail));
        if let Some((failure, detail)) = trouble.clone().filter(|_| trouble != last) {
            let event = Event::MailboxFailed { address: servers.pop3.to_string(), failure, detail };
            if let Err(error) = run.record(event, None, Vec::new()).await {
                run.aside.fail(error.into());
            }
            run.news.notify_waiters();
        }
        last = trouble;
        tokio::time::sleep(servers.poll.max(VISIT_PAUSE)).await;
    }
}
