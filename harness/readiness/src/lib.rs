//! Floor 5: may this municipality switch this message on, with this system, on that day?
//!
//! Pure: certificates, roster, question and day are arguments. An answer is `yes`, `no` or `not established`, with its
//! reasons; empty evidence is never `yes`.
