//! Products against messages, and who can exchange what with whom.

use super::human::assurance;
use super::table::harmless;
use crate::because::Verdict;
use crate::matrix::{Cell, Matrix, Row};
use certify::certificate::Direction;
use serde_json::{Value, json};

/// For people: a line a product and message, then a line a pair.
pub fn matrix_human(matrix: &Matrix<'_>) -> String {
    let mut out = format!("CERTIFIED on {}\n", matrix.on);
    for row in &matrix.rows {
        out.push_str(&format!("\n{}\n", title(row)));
        for ((column, direction), cell) in &row.cells {
            let numbers: Vec<&str> = cell.cites.iter().map(|cite| cite.standing.certificate.number.as_str()).collect();
            out.push_str(&format!(
                "  {:<7} {:<32} {:<28} {:<16} {}\n",
                direction.to_string(),
                matrix.column(*column),
                word(cell),
                if cell.apprec.is_empty() { String::new() } else { format!("AppRec {}", apprec(cell, ", ")) },
                numbers.join(", ")
            ));
        }
    }
    let pairs = matrix.pairs();
    out.push_str("\nWHO CAN EXCHANGE WHAT: both ends certified, the same carrier, a common AppRec version\n");
    if pairs.is_empty() {
        out.push_str("  nobody with anybody\n");
    }
    for pair in pairs {
        let names: Vec<String> = pair.messages.iter().map(|column| matrix.column(*column)).collect();
        out.push_str(&format!(
            "  {} -> {}\n    {}\n",
            title(&matrix.rows[pair.from]),
            title(&matrix.rows[pair.to]),
            names.join(", ")
        ));
    }
    out
}

/// For programs.
pub fn matrix_json(matrix: &Matrix<'_>, is_verified: bool) -> String {
    let products: Vec<Value> = matrix
        .rows
        .iter()
        .map(|row| {
            let cells: Vec<Value> =
                row.cells.iter().map(|((column, way), one)| cell(matrix, *column, *way, one)).collect();
            json!({
                "supplier": row.product.supplier,
                "system": row.product.system,
                "version": row.product.version,
                "handler": row.product.handler,
                "handler_version": row.product.handler_version,
                "carrier": row.product.carrier,
                "certified": cells,
            })
        })
        .collect();
    let pairs: Vec<Value> = matrix
        .pairs()
        .iter()
        .map(|pair| {
            let names: Vec<String> = pair.messages.iter().map(|column| matrix.column(*column)).collect();
            json!({ "from": pair.from, "to": pair.to, "messages": names })
        })
        .collect();
    let document =
        json!({ "format": 1, "is_verified": is_verified, "on": matrix.on, "products": products, "exchanges": pairs });
    format!("{document:#}\n")
}

fn cell(matrix: &Matrix<'_>, column: usize, direction: Direction, cell: &Cell<'_>) -> Value {
    let (message, version) = &matrix.messages[column];
    json!({
        "message": message,
        "version": version,
        "direction": direction,
        "answer": cell.because.verdict(),
        "because": cell.because,
        "apprec": cell.apprec,
        "certificates": cell.cites.iter().map(|cite| json!({
            "number": cite.standing.certificate.number,
            "issuer": cite.standing.certificate.issuer,
            "assurance": assurance(cite.standing.certificate.assurance),
            "certified": cite.overridden.as_ref().map(|one| one.certified),
            "overridden_by": cite.overridden.as_ref().map(|one| &one.by),
        })).collect::<Vec<_>>(),
    })
}

/// For spreadsheets: a line a product, message and direction.
///
/// # Panics
/// Never: the writer writes to memory.
pub fn matrix_csv(matrix: &Matrix<'_>) -> String {
    let head = [
        "supplier",
        "system",
        "version",
        "handler",
        "handler_version",
        "carrier",
        "message",
        "direction",
        "on",
        "answer",
        "because",
        "apprec",
        "certificates",
    ];
    let records = matrix.rows.iter().flat_map(|row| {
        let product = &row.product;
        row.cells.iter().map(|((column, direction), cell)| {
            let numbers: Vec<&str> = cell.cites.iter().map(|cite| cite.standing.certificate.number.as_str()).collect();
            [
                product.supplier.clone(),
                product.system.clone(),
                product.version.clone(),
                product.handler.clone().unwrap_or_default(),
                product.handler_version.clone().unwrap_or_default(),
                product.carrier.map(|carrier| carrier.to_string()).unwrap_or_default(),
                matrix.column(*column),
                direction.to_string(),
                matrix.on.to_string(),
                cell.because.verdict().word().to_owned(),
                cell.because.to_string(),
                apprec(cell, " "),
                numbers.join(" "),
            ]
        })
    });
    super::table::lines(&head, records.map(|record| record.map(|field| harmless(&field))))
}

fn title(row: &Row<'_>) -> String {
    let carrier = row.product.carrier.map(|carrier| format!(" over {carrier}")).unwrap_or_default();
    format!("{} · {}{carrier}", row.product.supplier, row.product)
}

fn apprec(cell: &Cell<'_>, between: &str) -> String {
    cell.apprec.iter().copied().collect::<Vec<_>>().join(between)
}

fn word(cell: &Cell<'_>) -> String {
    let word = match cell.because.verdict() {
        Verdict::NotEstablished => format!("open: {}", cell.because),
        verdict => verdict.to_string(),
    };
    if cell.is_overridden() { format!("{word} (override)") } else { word }
}
