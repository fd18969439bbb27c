//! The fictitious persons of the national test packages.

/// Identity numbers of the official test actors (*Testaktører* 3.5 and 3.7), of the test packages built on
/// them, and the example of HIS 1001, as far as their control digits are right. They are built like real
/// numbers, so only a list can tell them from real ones. Sorted.
pub(super) const NUMBERS: [&str; 56] = [
    "01015000232",
    "01017112364",
    "02039000183",
    "02117800213",
    "03117000205",
    "03117800252",
    "04056600324",
    "04129700489",
    "05073500186",
    "08077000292",
    "11028600374",
    "11064700342",
    "11079500412",
    "12050050295",
    "12057900499",
    "12119000465",
    "13046700125",
    "13116800114",
    "13116900216",
    "13416900250",
    "14019800513",
    "14076800236",
    "14077700162",
    "15040650560",
    "15045400112",
    "15070100522",
    "15072500552",
    "15076500565",
    "15476500548",
    "16126800464",
    "17108300566",
    "18118500284",
    "19079800468",
    "19095800273",
    "19128600143",
    "20086600138",
    "21016400952",
    "21030550231",
    "22047800106",
    "23077200290",
    "24048600332",
    "28027000608",
    "28096900254",
    "29019900248",
    "43116900239",
    "45076500588",
    "52057900482",
    "55076500559",
    "61016400946",
    "70019950032",
    "80001443511",
    "80005045804",
    "80005484026",
    "80008117075",
    "80008621423",
    "80009001259",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::NationalId;

    #[test]
    fn the_list_is_sorted_and_valid() {
        assert!(NUMBERS.is_sorted());
        for number in NUMBERS {
            assert!(number.parse::<NationalId>().unwrap().is_official_test_person());
        }
    }
}
