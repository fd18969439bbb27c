//! Whether a run has heard the subject at all: one message that came in shows that it knows our address.

use super::Look;
use evidence::history::{Author, History};

const WHAT: &str = "a message from the subject";

/// Looks into a run.
pub fn look(history: &History) -> Look {
    let mut of_subject = history.messages.iter().filter(|m| m.author == Author::Subject);
    if let Some(first) = of_subject.next() {
        let more = of_subject.count();
        return Look::fine(WHAT, format!("the first came at {} by {}, {more} after it", first.at, first.carrier));
    }
    if let Some((_, detail, _)) = history.mail_troubles.first() {
        return Look::misfit(WHAT, format!("none came: {detail}"), "compare user and password with `inbox.login`");
    }
    let sent = history.messages.iter().filter(|m| !m.sendings.is_empty()).count();
    if sent == 0 {
        return Look::unknown(WHAT, "the run sent none of ours either", "run a scenario first");
    }
    Look::misfit(
        WHAT,
        format!("none came, though {sent} of ours went out"),
        "give its partner table our HER-ids, our certificates and the address of our inbox as it sees it (not `localhost` from a \
         container or another machine), and open the inbox port in the firewall",
    )
}
