//! SPID's anomaly codes: what an answer other than `Success` says (SPID rules, table of error
//! messages).
//!
//! Not texts for people: those stand in `locales/`. The number is read from the message, never from
//! the sub-code: the rules themselves misspell the sub-codes.

macro_rules! anomalies {
    ($($variant:ident = $number:literal $slug:literal $cause:literal),* $(,)?) => {
        /// What a provider's error answer says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Anomaly {
            $(#[doc = concat!("`", $slug, "`")] $variant,)*
            /// A number that the rules do not assign, or none.
            Unknown,
        }

        impl Anomaly {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)* Self::Unknown];

            /// The anomaly of that number.
            #[must_use]
            pub const fn of_number(number: u32) -> Self {
                match number { $($number => Self::$variant,)* _ => Self::Unknown }
            }

            /// The slug of its row in the fault catalogue.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug,)* Self::Unknown => "spid-nr-unknown" }
            }

            /// The cause that the rules give, for operators.
            #[must_use]
            pub const fn cause(self) -> &'static str {
                match self {
                    $(Self::$variant => $cause,)*
                    Self::Unknown => "the provider answered with an error that the rules do not number",
                }
            }
        }
    };
}

anomalies! {
    Malformed = 8 "spid-nr08" "the request does not conform to SAML",
    Version = 9 "spid-nr09" "the version of the request is not 2.0",
    RequestId = 11 "spid-nr11" "the ID of the request is malformed",
    AuthnContext = 12 "spid-nr12" "the RequestedAuthnContext of the request is wrong",
    IssueInstant = 13 "spid-nr13" "the IssueInstant of the request is malformed or our clock is wrong: check NTP",
    Destination = 14 "spid-nr14" "the Destination of the request is wrong",
    Passive = 15 "spid-nr15" "the request carries IsPassive",
    Consumer = 16 "spid-nr16" "the AssertionConsumerService of the request is not in our metadata",
    NameIdPolicy = 17 "spid-nr17" "the NameIDPolicy of the request is wrong",
    AttributeSet = 18 "spid-nr18" "the provider does not know our attribute set: metadata not yet propagated",
    Credentials = 19 "spid-nr19" "too many wrong credentials",
    Level = 20 "spid-nr20" "the identity lacks the level asked",
    Timeout = 21 "spid-nr21" "the person took too long at the provider",
    Consent = 22 "spid-nr22" "the person did not consent to the transfer of data",
    Suspended = 23 "spid-nr23" "the identity is suspended or revoked, or its credentials are blocked",
    Cancelled = 25 "spid-nr25" "the person cancelled",
    Purpose = 30 "spid-nr30" "the kind of identity is not the one asked",
}

impl Anomaly {
    /// The anomaly that a `StatusMessage` or `StatusDetail` names: `ErrorCode nrNN`, whatever the
    /// case, the blanks between the two words (at least one) and the leading zeros.
    #[must_use]
    pub fn of_message(text: &str) -> Self {
        text.char_indices()
            .filter_map(|(place, _)| text.get(place..))
            .find_map(number)
            .map_or(Self::Unknown, Self::of_number)
    }
}

/// The number of a text that begins with `ErrorCode nrNN`.
fn number(text: &str) -> Option<u32> {
    let rest = after(text, "errorcode")?;
    let words = rest.trim_start();
    if words.len() == rest.len() {
        return None;
    }
    let rest = after(words, "nr")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

fn after<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(word.len())?;
    head.eq_ignore_ascii_case(word).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::Anomaly;

    #[test]
    fn every_assigned_number_is_read_from_its_message() {
        for number in [8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 25, 30] {
            let found = Anomaly::of_message(&format!("ErrorCode nr{number:02}"));
            assert_eq!(found.slug(), format!("spid-nr{number:02}"));
        }
        assert_eq!(Anomaly::ALL.len(), 18);
    }

    #[test]
    fn the_message_is_matched_loosely() {
        for text in [
            "ErrorCode nr8",
            "errorcode NR08",
            "  ErrorCode\n nr008 ",
            "Errore: ErrorCode nr08 - formato",
            "ErrorCode ErrorCode nr08",
            "perché ErrorCode nr08",
        ] {
            assert_eq!(Anomaly::of_message(text), Anomaly::Malformed, "{text}");
        }
    }

    #[test]
    fn other_numbers_and_other_messages_are_unknown() {
        for text in [
            "",
            "ErrorCode",
            "ErrorCode nr",
            "ErrorCodenr08",
            "ErrorCode nr-8",
            "ErrorCode nr24",
            "ErrorCode nr26",
            "ErrorCode nr10",
            "ErrorCode nr1",
            "ErrorCode nr800",
            "ErrorCode nr99999999999999999999",
            "Error nr08",
        ] {
            assert_eq!(Anomaly::of_message(text), Anomaly::Unknown, "{text}");
        }
    }
}
