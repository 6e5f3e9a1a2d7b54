//! The values of registers that stand in a contact: each type is made only by its own check.
//!
//! Not the registers: whether a code is assigned to that body is for AgID, or the Ministry, to say.
//! Avviso 29 v3, section 2.1 (SPID); technical manual of CIE, federation; `FatturaPA` 1.2 (billing).

use std::fmt;

/// Why a text is not the value it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{wrong}: {remedy}")]
pub struct Malformed {
    /// What is wrong with it.
    pub wrong: &'static str,
    /// What to write instead.
    pub remedy: &'static str,
}

macro_rules! values {
    ($($(#[$doc:meta])* $name:ident: $holds:expr, $wrong:literal, $remedy:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Checks the text.
            ///
            /// # Errors
            /// [`Malformed`] says what is wrong and what to write instead.
            pub fn parse(text: &str) -> Result<Self, Malformed> {
                let holds: fn(&str) -> bool = $holds;
                if holds(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(Malformed { wrong: $wrong, remedy: $remedy })
                }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

values! {
    /// Code of a body in the index of public administrations (IPA).
    IpaCode: |text| {
        (1..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    }, "is not a code of the index of public administrations",
       "write the code as indicepa.gov.it has it, such as \"c_h501\"";

    /// Category of a body in the index of public administrations: `L6`.
    IpaCategory: |text| {
        let (letter, number) = text.split_at_checked(1).unwrap_or_default();
        letter.bytes().all(|b| b.is_ascii_uppercase()) && (1..=3).contains(&number.len()) && is_digits(number)
    }, "is not a category of the index of public administrations",
       "write the code of the category, such as \"L6\"";

    /// VAT number with the code of the state: `IT` and 11 digits, the last one a check.
    VatNumber: |text| text.strip_prefix("IT").is_some_and(is_vat),
       "is not an Italian VAT number",
       "write \"IT\" and the 11 digits of the partita IVA";

    /// Fiscal code of a body: 11 digits, or 16 letters and digits for a sole trader.
    BodyFiscalCode: |text| is_vat(text)
            || text.len() == 16 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()),
       "is not the fiscal code of a body",
       "write 11 digits, or 16 upper-case letters and digits";

    /// An office's mailbox.
    Email: |text| {
        let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        text.split_once('@').is_some_and(|(office, domain)| {
            let (name, top) = domain.rsplit_once('.').unwrap_or_default();
            !office.is_empty()
                && !name.is_empty()
                && (2..=8).contains(&top.len())
                && top.bytes().all(|b| b.is_ascii_alphanumeric())
                && (office.bytes().chain(name.bytes())).all(known)
        })
    }, "is not a mail address that the checkers of metadata accept",
       "write an office's mailbox, such as \"spid@ente.example\"";

    /// Telephone number with the Italian prefix, without blanks.
    Telephone: |text| text
            .strip_prefix("+39")
            .is_some_and(|rest| (5..=12).contains(&rest.len()) && is_digits(rest)),
       "is not an Italian telephone number",
       "write \"+39\" and the digits, without blanks";

    /// Code of a town in the land register (codice Belfiore): `H501`.
    Municipality: |text| {
        let (letter, number) = text.split_at_checked(1).unwrap_or_default();
        letter.bytes().all(|b| b.is_ascii_uppercase()) && number.len() == 3 && is_digits(number)
    }, "is not the Belfiore code of a town",
       "write one upper-case letter and 3 digits, such as \"H501\"";

    /// Code of a province: `RM`.
    Province: |text| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()),
       "is not the code of a province",
       "write its two upper-case letters, such as \"RM\"";

    /// Code of a state (ISO 3166-1 alpha-2).
    State: |text| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()),
       "is not the code of a state",
       "write its two upper-case letters, such as \"IT\"";

    /// Code of a trade (NACE Rev. 2, ATECO): `62.01`.
    Nace: |text| {
        let mut parts = text.split('.');
        parts.next().is_some_and(|division| division.len() == 2 && is_digits(division))
            && parts.clone().count() <= 2
            && parts.all(|part| (1..=2).contains(&part.len()) && is_digits(part))
    }, "is not a NACE code",
       "write the code of the body's trade, such as \"62.01\"";

    /// Postal code: 5 digits.
    Cap: |text| text.len() == 5 && is_digits(text),
       "is not a postal code",
       "write its 5 digits";

    /// A name on an invoice: at most 80 letters of the Latin-1 alphabet.
    InvoiceName: |text| is_latin(text, 80),
       "does not fit an invoice",
       "write 1 to 80 letters of the Latin-1 alphabet";

    /// A line of an address on an invoice: at most 60 letters of the Latin-1 alphabet.
    InvoiceLine: |text| is_latin(text, 60),
       "does not fit an invoice",
       "write 1 to 60 letters of the Latin-1 alphabet";

    /// A house number on an invoice: at most 8 signs.
    HouseNumber: |text| text.is_ascii() && is_latin(text, 8),
       "does not fit an invoice",
       "write 1 to 8 letters and digits";
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// 11 digits of which the last one checks the others (Luhn).
fn is_vat(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .enumerate()
        .map(|(at, digit)| {
            let value = u32::from(digit.wrapping_sub(b'0'));
            let doubled = if at % 2 == 1 { value * 2 } else { value };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    digits.len() == 11 && is_digits(digits) && sum.is_multiple_of(10)
}

fn is_latin(text: &str, longest: usize) -> bool {
    let known = |sign: char| ('\u{20}'..='\u{ff}').contains(&sign) && !sign.is_control();
    let whole = text.trim() == text && !text.is_empty();
    whole && text.chars().count() <= longest && text.chars().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_the_registers_are_accepted() {
        assert!(IpaCode::parse("c_h501").is_ok() && IpaCategory::parse("L6").is_ok());
        assert!(VatNumber::parse("IT12345678903").is_ok());
        assert!(BodyFiscalCode::parse("12345678903").is_ok());
        assert!(BodyFiscalCode::parse("RSSMRA80A01H501U").is_ok());
        assert!(Email::parse("ufficio.spid@posta.ente.example").is_ok());
        assert!(Telephone::parse("+390600000000").is_ok());
        assert!(Municipality::parse("H501").is_ok() && Province::parse("RM").is_ok());
        assert!(Nace::parse("62").is_ok() && Nace::parse("62.01").is_ok());
        assert!(Nace::parse("62.01.00").is_ok() && Cap::parse("00100").is_ok());
        assert!(InvoiceName::parse("Società Prova & C.").is_ok());
    }

    #[test]
    fn a_value_that_a_checker_would_refuse_is_refused_here() {
        assert!(IpaCode::parse("").is_err() && IpaCode::parse("c h501").is_err());
        assert!(IpaCategory::parse("6").is_err() && IpaCategory::parse("").is_err());
        for text in ["12345678903", "IT12345678904", "IT1234567890", "FR12345678903", "IT"] {
            assert!(VatNumber::parse(text).is_err(), "{text}");
        }
        assert!(BodyFiscalCode::parse("rssmra80a01h501u").is_err());
        for text in ["", "a@b", "a b@ente.example", "a+b@ente.example", "@ente.example", "a@.it"] {
            assert!(Email::parse(text).is_err(), "{text}");
        }
        for text in ["0600000000", "+39 0600000000", "+41610000000", "+39"] {
            assert!(Telephone::parse(text).is_err(), "{text}");
        }
        assert!(Municipality::parse("h501").is_err() && Province::parse("Roma").is_err());
        assert!(Nace::parse("6").is_err() && Nace::parse("62.01.00.1").is_err());
        assert!(InvoiceName::parse(&"a".repeat(81)).is_err() && InvoiceName::parse("Ł").is_err());
        assert!(HouseNumber::parse("123456789").is_err() && Cap::parse("123").is_err());
    }
}
