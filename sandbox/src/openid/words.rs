//! The data that a client asks for, in words of the person who signs in.
//!
//! Not the claims themselves: a page that shows those tells nobody what is released.

/// What a claim is called in Italian and in English.
const WORDS: [(&str, [&str; 2]); 11] = [
    ("given_name", ["nome", "name"]),
    ("family_name", ["cognome", "family name"]),
    ("birthdate", ["data di nascita", "date of birth"]),
    ("place_of_birth", ["luogo di nascita", "place of birth"]),
    ("gender", ["sesso", "sex"]),
    ("https://attributes.eid.gov.it/fiscal_number", ["codice fiscale", "fiscal code"]),
    ("email", ["indirizzo di posta elettronica", "email address"]),
    ("phone_number", ["numero di telefono", "telephone number"]),
    ("https://attributes.eid.gov.it/e_delivery_service", ["domicilio digitale", "digital address"]),
    ("document_details", ["documento d'identità", "identity document"]),
    ("address", ["indirizzo", "address"]),
];

/// The claims as one list for people, in the order of the table; one that has no words is left as it is.
#[must_use]
pub fn listed(claims: &[String], english: bool) -> String {
    let known = WORDS.iter().filter(|(name, _)| claims.iter().any(|claim| claim == name));
    let known = known.map(|(_, [italian, other])| if english { *other } else { *italian });
    let nameless = |claim: &&String| WORDS.iter().all(|(name, _)| claim.as_str() != *name);
    let others = claims.iter().filter(nameless).map(String::as_str);
    known.chain(others).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_named_in_words_of_either_language() {
        let claims = ["https://attributes.eid.gov.it/fiscal_number", "unheard_of", "given_name"];
        let claims = claims.map(str::to_owned);
        assert_eq!(listed(&claims, false), "nome, codice fiscale, unheard_of");
        assert_eq!(listed(&claims, true), "name, fiscal code, unheard_of");
    }
}
