//! Our own kit and the registers that are open during a run: in date, free, and where the kit's certificates lead.

use crate::command::kit;
use exchange::preflight::{Look, bindable};
use exchange::subject::Subject;
use jiff::Timestamp;
use registers::pki::list_address;

/// Looks.
pub fn looks(subject: &Subject) -> Vec<Look> {
    let mut looks: Vec<Look> = kit_in_date(subject, Timestamp::now()).into_iter().collect();
    looks.extend(registers(subject));
    looks
}

/// Until when our own certificates are valid.
fn kit_in_date(subject: &Subject, now: Timestamp) -> Option<Look> {
    let (role, until) = kit::expires(subject)?;
    let (what, day) = (format!("our kit, `{role}` first"), until.strftime("%Y-%m-%d"));
    Some(if until < now {
        Look::misfit(what, format!("expired {day}"), "make another kit, import it, and point `partners` at it")
    } else {
        Look::fine(what, format!("valid until {day} ({} days left)", until.duration_since(now).as_hours() / 24))
    })
}

/// The ports of the registers, and whether the kit's certificates lead there.
fn registers(subject: &Subject) -> Vec<Look> {
    let Some(registers) = &subject.registers else { return Vec::new() };
    let places = std::iter::once(registers.http).chain(registers.https.as_ref().map(|(address, _)| *address));
    let advice = "stop that program, or choose another port under `registers`";
    let mut looks: Vec<Look> =
        places.map(|place| bindable(&format!("our registers at {place}"), place, advice)).collect();
    let what = "revocation of our certificates";
    let advice = "give `registers.http` the port of the kit, or make a kit with `--registers` and import that";
    let ours = subject.partners.values().next();
    let named = ours.and_then(|party| list_address(party.identity.sign_certificate.der()));
    let url = named.as_deref().and_then(|address| address.parse::<carrier::http::Url>().ok());
    looks.push(match (named, url) {
        (None, _) => Look::misfit(what, "the kit's certificates name no revocation list", advice),
        (Some(address), Some(url)) if url.port == registers.http.port() => {
            Look::fine(what, format!("named as {address}"))
        }
        (Some(address), _) => {
            let found = format!("the certificates say {address}, which is another port than `registers.http`");
            Look::misfit(what, found, advice)
        }
    });
    looks
}
