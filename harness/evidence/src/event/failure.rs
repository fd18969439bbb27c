//! Why a sending failed.

/// Why a sending failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportFailure {
    /// No connection: refused, no route, name unknown.
    Unreachable,
    /// Connected, but no answer in time.
    TimedOut,
    /// The connection closed before the answer was complete.
    ClosedEarly,
    /// What came is not HTTP.
    NotHttp,
    /// The answer is larger than is read.
    TooLarge,
    /// TLS could not be agreed.
    Tls,
    /// What came is neither SMTP nor POP3.
    NotMail,
    /// A mail server did not take user or password.
    LoginRefused,
    /// A mail server refused the mail.
    Refused,
    /// Nobody fetched the mail from the mailbox in time.
    NotFetched,
    /// The mail came back.
    Bounced,
}

impl TransportFailure {
    /// Every failure there is.
    pub const ALL: [Self; 11] = [
        Self::Unreachable,
        Self::TimedOut,
        Self::ClosedEarly,
        Self::NotHttp,
        Self::TooLarge,
        Self::Tls,
        Self::NotMail,
        Self::LoginRefused,
        Self::Refused,
        Self::NotFetched,
        Self::Bounced,
    ];

    /// The word in logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed-out",
            Self::ClosedEarly => "closed-early",
            Self::NotHttp => "not-http",
            Self::TooLarge => "too-large",
            Self::Tls => "tls",
            Self::NotMail => "not-mail",
            Self::LoginRefused => "login-refused",
            Self::Refused => "refused",
            Self::NotFetched => "not-fetched",
            Self::Bounced => "bounced",
        }
    }

    /// Reads the word.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.code() == code)
    }
}
