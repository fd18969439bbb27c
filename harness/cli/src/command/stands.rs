//! How a certificate stands in a register on a day, for people at a terminal.

use certify::certificate::Condition;
use certify::standing::{Compared, Dispute, Override, Standing};
use certify::treatment;
use jiff::civil::Date;

/// In a few words: whether it holds.
pub(super) fn briefly(standing: &Standing, today: Date) -> String {
    let validity = standing.certificate.validity;
    if let Some(withdrawal) = &standing.withdrawn {
        return format!("withdrawn from {}: {}", withdrawal.on, withdrawal.reason);
    }
    let holds = if validity.covers(today) { "holds until" } else { "does not hold today; last day" };
    let superseded = standing.superseded.as_ref().map(|s| format!(", superseded by {} from {}", s.by, s.on));
    format!("{holds} {}{}", validity.until, superseded.unwrap_or_default())
}

/// What stands beside it: conditions, declarations, overrides with what they do on the day, disputes. A line each.
pub(super) fn beside(standing: &Standing, day: Date) -> Vec<String> {
    let equivalents = standing.equivalents.iter().map(|one| {
        let handler = one.handler_version.as_ref().map(|version| format!(", handler {version}")).unwrap_or_default();
        let compared = Compared::said_en(one.compared.as_ref());
        format!("equivalent   version {}{handler} from {}: {} ({compared})", one.version, one.on, one.reason)
    });
    let overrides = standing.overrides.iter().map(|one| format!("override     {}", of_override(one, day)));
    let treated = standing.certificate.scope.iter().filter_map(|certified| {
        let treated = treatment::treat(standing, certified, day);
        (!treated.by.is_empty()).then(|| {
            let (scope, stated, comes_to) = (&certified.scope, certified.outcome.word(), treated.outcome.word());
            let claim = format!("{} {} by {}", scope.name(), scope.direction, scope.carrier);
            format!("  by that    {claim} counts as {comes_to} on {day}; certified is {stated}")
        })
    });
    let disputes = standing.disputes.iter().map(|one| format!("disputed     {}", of_dispute(one)));
    let conditions = standing.certificate.conditions.iter().map(|one| format!("condition    {}", condition(one)));
    conditions.chain(equivalents).chain(overrides).chain(treated).chain(disputes).collect()
}

/// A condition with what limits it.
pub(super) fn condition(one: &Condition) -> String {
    let about = if one.messages.is_empty() { String::new() } else { format!(" (for {})", one.messages.join(", ")) };
    let until = one.until.map(|until| format!(" (until {until})")).unwrap_or_default();
    format!("{}{about}{until}", one.en)
}

fn of_override(one: &Override, day: Date) -> String {
    format!(
        "{}: {} is treated as {} from {} to {}, answered for by {}: {}",
        one.stands(day),
        one.requirement,
        one.status,
        one.on,
        one.until,
        one.by.join(" and "),
        one.reason
    )
}

fn of_dispute(one: &Dispute) -> String {
    format!(
        "{} disputes {}, event {} of run {}, since {}: {}",
        one.by, one.requirement, one.event, one.run, one.on, one.reason
    )
}
