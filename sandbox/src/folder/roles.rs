//! The roles of the sandbox's people at Durc On Line (INPS circular 146/2021).
//!
//! Not of everybody: most people have none. The name *precedente* is the circular's own, which the broker
//! puts right.

use std::fmt::Write as _;

use crate::people::Person;

/// Person, role, IPA code, agency, and who delegated.
const ROLES: [(&str, &str, &str, &str, &str); 4] = [
    ("ada", "Stazione appaltante", "c_prova", "Comune di Prova", ""),
    ("bruno", "Stazione appaltante", "c_prova", "Comune di Prova", ""),
    ("bruno", "Amministrazione precedente", "ente_prova", "Ente di prova", ""),
    (
        "chiara",
        "Sub-delegato",
        "c_prova",
        "Comune di Prova",
        "responsabile della stazione appaltante",
    ),
];

/// As a file of roles.
pub(super) fn csv() -> String {
    let mut text = "fiscal_code;role;ipa_code;organization;delegated_by;category\n".to_owned();
    let code = |id: &str| {
        let person = Person::named(id);
        person.and_then(|person| person.attribute("fiscalNumber").map(str::to_owned))
    };
    for (id, role, ipa_code, agency, by) in ROLES {
        let _ = writeln!(text, "{};{role};{ipa_code};{agency};{by};", code(id).unwrap_or_default());
    }
    let _ = writeln!(text, "{};;;;;intermediary", code("dario").unwrap_or_default());
    text
}
