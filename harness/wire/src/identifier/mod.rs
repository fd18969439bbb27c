//! The identifiers of the field: who a party is, who a patient is, which message it is.
//!
//! Each is parsed once, at the edge, and is then known to be right; a parse error says what is wrong in a
//! sentence that can stand in a report.
//!
//! ```
//! use provestein_wire::identifier::{HerId, NationalId, is_uuid};
//! assert_eq!("79768".parse::<HerId>().expect("digits").get(), 79768);
//! assert_eq!("079768".parse::<HerId>().expect_err("zero in front").to_string(), "HER-id `079768` begins with zero");
//! let line: NationalId = "13116900216".parse().expect("an official test person");
//! assert_eq!(line.to_string(), "131169*****");
//! assert!(is_uuid("7f2c9ad6-0ff4-4b43-9bd1-8ba6c0a7a5a1"));
//! ```

mod message_id;
mod national_id;
mod party;
mod test_person;

pub use message_id::{MessageId, MessageIdError, MessageIdForm, is_uuid};
pub use national_id::{ControlRule, NationalId, NationalIdError, NationalIdKind, SyntheticSeries};
pub use party::{HerId, HerIdError, HprNumber, HprNumberError, OrgNumber, OrgNumberError};
