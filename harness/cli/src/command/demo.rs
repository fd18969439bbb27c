//! `demo`: the whole profile against the built-in reference over real loopback, then one defect.

use super::run::{Prepared, opening, plan, random};
use super::terminal::{MachineClock, Places, Teller, conclude, runtime, say};
use crate::args::{CarrierKind, Demo};
use crate::failure::Failure;
use crate::journal::CastJournal;
use crate::{TOOL, embedded, run_folder};
use ::reference::defect::Defect;
use ::reference::mailed::{self, MailWiring};
use ::reference::memory::Memory;
use ::reference::serve::{self, Wiring};
use ::reference::system::System;
use carrier::mail::{Password, Route, Security};
use carrier::port::Pending;
use checks::Totals;
use checks::exit::Exit;
use checks::profile::Profile;
use evidence::event::{self, Assurance};
use evidence::log::Log;
use exchange::cast::CastParty;
use exchange::engine::{self, Options, People, Progress, Recorder};
use exchange::plan::Plan;
use exchange::subject::{
    self, DEFAULT_TRIGGER, HarnessParty, Inside, Patience, Ports, Pull, Subject, SubjectParty, Trigger, Way,
};
use msh::state::RetryPolicy;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;
use wire::certificate::Certificate;
use wire::key::PrivateKey;
use wire::mime::TransferEncoding;
use wire::signature::Algorithms;

/// The profile that the demo shows.
const PROFILE: &str = "plo-receive-nhn";
/// The profile that a defect of sending shows in.
const SENDING_PROFILE: &str = "plo-send-nhn";
/// Who of the cast the reference is.
const OWN_ROLE: &str = "municipality";
/// How the reference sends again here: in the clock of a demo, not in that of the standard.
const RETRY: event::Retry = event::Retry { interval_ms: 1000, count: 2 };
/// Scenarios that show a defect in a second: those in which some defect appears first.
const DEFECT_SCENARIOS: [&str; 1] = ["receive/accepted/log-innlagt"];

/// Runs the demo.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Demo) -> Result<Exit, Failure> {
    let defect: Defect = args.defect.parse().map_err(|error| Failure::of(Exit::USAGE, &error))?;
    run_folder::check_out(&args.out)?;
    say(format!("{TOOL}: two passes against the built-in reference, over real HTTP on this machine"));
    say("");
    say("1. The conforming system. Everything should be in order.");
    let (clean, totals) = pass(args, "demo", Vec::new(), &[])?;
    if clean.code != 0 {
        return Ok(clean);
    }
    say("");
    say(format!("2. The same system with the defect `{defect}`: it {}.", defect.description()));
    say("   The finding below is what a vendor would see.");
    let selection = scenarios_for(defect);
    let (defective, _) = pass(args, "demo-defect", vec![defect], &selection)?;
    if defective.code != Exit::VIOLATED.code {
        return Err(Failure::new(
            Exit::HARNESS_BUG,
            format!("the defect `{defect}` was not found (exit {})", defective.code),
        ));
    }
    say("");
    say("The first pass met every obligation, and the second found the defect: the demo is as it should be.");
    say("To test a system of your own: `provestein kit kit`, then `provestein run --subject subject.yaml`.");
    say(format!(
        "{} passed, {} failed, {} skipped",
        totals.scenarios_passed, totals.scenarios_failed, totals.scenarios_not_established
    ));
    Ok(Exit::MET)
}

/// Where a defect shows: most in the plain case, the rest in the scenario that provokes it.
fn scenarios_for(defect: Defect) -> Vec<String> {
    let scenarios: &[&str] = match defect {
        Defect::AckNotRepeated => &["receipts/acknowledgment/lost"],
        Defect::AckDespiteBrokenSignature => &["receive/accepted/log-innlagt", "envelope/broken-signature"],
        Defect::AppRecTwiceForCopiedMsgId => &["receipts/duplicate/msgid-in-new-envelope"],
        Defect::MsgIdReused => &["send/accepted/innleggelsesrapport", "send/accepted/helseopplysninger-lege"],
        Defect::RetryWithNewMessageId | Defect::RetryForEver => &["send/retry/never-acknowledged"],
        Defect::AppRecForAppRec => &["send/accepted/innleggelsesrapport"],
        _ if defect.is_of_sending() => &["send/accepted/innleggelsesrapport"],
        _ => &DEFECT_SCENARIOS,
    };
    scenarios.iter().map(|s| (*s).to_owned()).collect()
}

fn pass(args: &Demo, kind: &str, defects: Vec<Defect>, selection: &[String]) -> Result<(Exit, Totals), Failure> {
    let is_of_sending = defects.iter().any(|defect| defect.is_of_sending());
    let profile = embedded::profile(if is_of_sending { SENDING_PROFILE } else { PROFILE })?;
    let subject = subject(&profile)?;
    let subject = if args.carrier == CarrierKind::Mail { over_mail(subject) } else { subject };
    let prepared = plan(subject, profile, selection, Vec::new())?;
    let run = uuid::Builder::from_random_bytes(random()).into_uuid().to_string();
    let folder = run_folder::new_path(&args.out, kind, &run);
    run_folder::make(&folder)?;
    execute(prepared, defects, run, &folder, &Teller::new())?;
    let judged = run_folder::judge(&folder, None)?;
    run_folder::write_reports(&folder, &judged, &run_folder::ALL, args.lang)?;
    let exit = conclude(&judged, &Places::of_run(&folder));
    Ok((exit, judged.judgement.totals))
}

/// Executes a plan against the reference, inside this process but over real sockets.
///
/// # Errors
/// [`Failure`].
pub fn execute(
    prepared: Prepared,
    defects: Vec<Defect>,
    run: String,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<(), Failure> {
    let system = system(defects, &prepared)?;
    let inbox = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let options = Options {
        run,
        tool: TOOL.to_owned(),
        assurance: Assurance::Demo,
        seed: u64::from_le_bytes(random()),
        resume: None,
        inbox: Some(inbox),
        people: People::default(),
        collect: None,
    };
    let clock = MachineClock::start();
    opening(&prepared, &options, folder);
    let log = Log::create(folder, clock.clone()).map_err(|error| Failure::of_disk(&error))?;
    let runtime = runtime()?;
    let (served, by_mail) = (std::sync::Mutex::new(None), std::sync::Mutex::new(None));
    let outcome = runtime.block_on(engine::execute(
        prepared.plan,
        Recorder { log, clock },
        &options,
        progress,
        async |listening, plan| {
            if let (Some(smtp), Some(pop3)) = (listening.smtp, listening.pop3) {
                let chance = Box::new(rsa::rand_core::UnwrapErr(getrandom::SysRng));
                let started = mailed::serve(system, mail_wiring(plan, smtp, pop3, DEMO_POLL), chance);
                takes_orders(plan, started.orders_inside());
                *by_mail.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(started);
                return;
            }
            let Some(address) = listening.http else { return };
            let url = format!("http://{address}/");
            let partners = plan.subject.partners.values().map(|p| p.identity.her);
            let wiring = Wiring {
                partners: partners.filter_map(|her| url.parse().ok().map(|url| (her, url))).collect(),
                tick: Some(Duration::from_millis(RETRY.interval_ms / 4)),
                ..Wiring::default()
            };
            let chance = Box::new(rsa::rand_core::UnwrapErr(getrandom::SysRng));
            // Should the reference not come up, the preflight finds nobody there and says so.
            if let Ok(started) = serve::serve(system, inbox, wiring, Memory::default(), chance).await {
                if let Ok(url) = format!("http://{}/", started.address()).parse() {
                    plan.subject.way = Way::Http { url, tls: None };
                }
                takes_orders(plan, started.orders_inside());
                *served.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(started);
            }
        },
    ));
    outcome.map_err(|error| Failure::of(Exit::HARNESS_BUG, &error))
}

/// How often the demo's reference looks into its mailbox.
pub const DEMO_POLL: Duration = Duration::from_millis(50);

/// Where the reference finds its mail, and its partners.
pub fn mail_wiring(plan: &Plan, smtp: SocketAddr, pop3: SocketAddr, poll: Duration) -> MailWiring {
    let login = Some(("municipality".to_owned(), Password::new("demo")));
    let route = |at: SocketAddr| Route {
        host: at.ip().to_string(),
        port: at.port(),
        security: Security::Plain,
        login: login.clone(),
    };
    let partners = plan.subject.partners.values();
    MailWiring {
        smtp: route(smtp),
        pop3: route(pop3),
        address: plan.subject.parties.values().next().map(|party| party.cast.edi.clone()).unwrap_or_default(),
        partners: partners.map(|party| (party.identity.her, party.cast.edi.clone())).collect(),
        poll,
    }
}

/// The demo's subject over mail: we are its mail exchange and mailbox.
pub fn over_mail(mut subject: Subject) -> Subject {
    let free = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    subject.ports = Ports { smtp: free, pop3: free, ..Ports::default() };
    subject.way = Way::Mailbox;
    for partner in subject.partners.values_mut() {
        partner.identity.envelope_encoding = TransferEncoding::Base64;
    }
    subject
}

/// Has the triggers of a plan go to a reference inside this process.
pub fn takes_orders(plan: &mut Plan, orders: serve::Orders) {
    let trigger = Trigger::Inside(Inside(std::sync::Arc::new(Ordered(orders))));
    plan.subject.triggers.insert(DEFAULT_TRIGGER.to_owned(), trigger);
}

/// The reference, as a subject that can be told to send.
struct Ordered(serve::Orders);

impl Pull for Ordered {
    fn pull<'a>(&'a self, order: &'a serde_json::Value) -> Pending<'a, (bool, String, Vec<u8>)> {
        Box::pin(async move {
            match self.0.order(order.to_string().as_bytes()) {
                Ok(()) => (true, "on its way".to_owned(), Vec::new()),
                Err(reason) => (false, reason, Vec::new()),
            }
        })
    }
}

/// The reference system that the demo's plan is about.
///
/// # Errors
/// Never with what ships.
pub fn system(defects: Vec<Defect>, prepared: &Prepared) -> Result<System, Failure> {
    let municipality = own_party("municipality", super::run::algorithms(&prepared.profile))?;
    let peers = prepared.plan.subject.partners.values().map(|party| msh::identity::Peer {
        her: party.identity.her,
        encrypt_certificate: party.identity.encrypt_certificate.clone(),
    });
    let mut identity = municipality.identity;
    identity.software.msh = "Prøvestein reference".to_owned();
    if prepared.plan.subject.way.is_mail() {
        identity.envelope_encoding = TransferEncoding::Base64;
    }
    let retry = RetryPolicy { retries: RETRY.count, interval_ms: RETRY.interval_ms };
    let journal = CastJournal::of(OWN_ROLE, embedded::cast()?)?;
    Ok(System::with_retry(identity, peers, defects, retry).writing(Box::new(journal)))
}

/// The demo's subject: the municipality of the cast, with the keys that serve the demo only.
///
/// # Errors
/// Never with what ships.
pub fn subject(profile: &Profile) -> Result<Subject, Failure> {
    let algorithms = super::run::algorithms(profile);
    let cast = embedded::cast()?;
    let municipality = own_party("municipality", algorithms)?;
    let mut partners = std::collections::BTreeMap::new();
    for role in cast.parties.keys().filter(|role| *role != OWN_ROLE) {
        partners.insert(role.clone(), own_party(role, algorithms)?);
    }
    let claims = profile
        .messages
        .iter()
        .flat_map(|(message, directions)| directions.iter().map(move |direction| (message.clone(), direction.clone())));
    let party = SubjectParty {
        cast: municipality.cast.clone(),
        encrypt: municipality.identity.encrypt_certificate.clone(),
        sign: municipality.identity.sign_certificate.clone(),
    };
    let nowhere = "http://127.0.0.1:9/".parse().map_err(|error| Failure::of(Exit::HARNESS_BUG, &error))?;
    Ok(Subject {
        registers: None,
        next_keys: Vec::new(),
        signers: std::collections::BTreeMap::new(),
        description: event::Subject {
            supplier: "Prøvestein".to_owned(),
            system: "built-in reference".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            message_handler: None,
            message_handler_version: None,
            parties: vec![(municipality.identity.organisation_her, municipality.identity.her)],
            claims: claims.collect(),
            unknown_service: Some("accept".to_owned()),
            endpoint: "inside this process".to_owned(),
            retry: Some(RETRY),
        },
        profile: profile.id(),
        way: Way::Http { url: nowhere, tls: None },
        ports: Ports { http: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))), ..Ports::default() },
        start: None,
        parties: [("municipality".to_owned(), party)].into(),
        partners,
        patients: cast.patients,
        patience: Patience {
            transport: Duration::from_secs(5),
            apprec: Duration::from_secs(5),
            quiet: Duration::from_millis(profile.quiet_ms),
            poll: Duration::from_secs(1),
            ..Patience::default()
        },
        triggers: std::collections::BTreeMap::new(),
    })
}

/// A party of the cast with the keys that ship.
///
/// # Errors
/// Never with what ships.
pub fn own_party(role: &str, algorithms: Algorithms) -> Result<HarnessParty, Failure> {
    let cast = embedded::cast()?;
    let bug = |what: String| Failure::new(Exit::HARNESS_BUG, what);
    let party: &CastParty = cast.parties.get(role).ok_or_else(|| bug(format!("the cast has no `{role}`")))?;
    let file = |name: &str| {
        embedded::demo_pki(&format!("{role}-{name}.pem"))
            .ok_or_else(|| bug(format!("no {role}-{name}.pem is embedded")))
    };
    let certificate =
        |name: &str| Certificate::from_pem(file(name)?).map_err(|error| Failure::of(Exit::HARNESS_BUG, &error));
    let key = |name: &str| {
        PrivateKey::from_pem(file(&format!("{name}.key"))?).map_err(|error| Failure::of(Exit::HARNESS_BUG, &error))
    };
    Ok(subject::harness_party(
        party,
        certificate("sign")?,
        key("sign")?,
        certificate("encrypt")?,
        key("encrypt")?,
        algorithms,
    ))
}
