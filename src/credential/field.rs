//! The fields of a request, as they were typed.
//!
//! Not their meaning: `reading` finds that. What is wrong stays as it was typed, so that nobody types it
//! twice.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident $name:literal $step:ident $required:literal,)*) => {
        /// A field of a request.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Field {
            $($(#[$doc])* #[serde(rename = $name)] $field,)*
        }

        impl Field {
            /// All of them, in the order of the steps.
            pub const ALL: &[Self] = &[$(Self::$field,)*];

            /// Its name, in forms and texts.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$field => $name,)* }
            }

            /// The step of the form in which it is asked.
            #[must_use]
            pub const fn step(self) -> Step {
                match self { $(Self::$field => Step::$step,)* }
            }

            /// Whether nobody goes on without it.
            #[must_use]
            pub const fn is_required(self) -> bool {
                match self { $(Self::$field => $required,)* }
            }
        }
    };
}

fields! {
    /// [`super::Channel`], by its word.
    Channel "channel" Request true,
    /// A category of the calendar.
    Category "category" Request true,
    /// Client identifiers, blanks between them.
    Services "services" Request true,
    /// The tag of a language of the pages.
    Language "language" Request true,
    /// Why it cannot wait.
    Urgency "urgency" Request false,
    /// The number under which the office filed it.
    Protocol "protocol" Request false,
    /// What document: [`super::DocumentKind`], by its word.
    DocumentKind "document_kind" Document true,
    /// Its number.
    DocumentNumber "document_number" Document true,
    /// The code of who issued it.
    DocumentIssuer "document_issuer" Document true,
    /// The authority that did.
    DocumentAuthority "document_authority" Document false,
    /// The day of issue.
    DocumentIssued "document_issued" Document false,
    /// Its last day.
    DocumentExpires "document_expires" Document true,
    /// Its machine-readable zone.
    Mrz "mrz" Document false,
    /// Family name, as in the document.
    Surname "surname" Person true,
    /// Given names, as in the document.
    GivenNames "given_names" Person true,
    /// `M`, `F`, `X`.
    Sex "sex" Person false,
    /// Day of birth.
    BirthDate "birth_date" Person true,
    /// Place of birth.
    BirthPlace "birth_place" Person false,
    /// The code of the state of birth.
    BirthCountry "birth_country" Person true,
    /// Codes of nationality, blanks between them.
    Nationalities "nationalities" Person true,
    /// The Italian fiscal code.
    FiscalCode "fiscal_code" Person false,
    /// Address for mail.
    Email "email" Contacts true,
    /// A telephone number or a postal address.
    SecondContact "second_contact" Contacts true,
    /// Where the person lives.
    Domicile "domicile" Contacts false,
    /// For whom the person acts.
    CompanyName "company_name" Company false,
    /// The code of its state.
    CompanyCountry "company_country" Company false,
    /// Its number there.
    CompanyNumber "company_number" Company false,
    /// What the person is there.
    CompanyRole "company_role" Company false,
    /// What shows it.
    CompanyEvidence "company_evidence" Company false,
}

/// A step of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// What is asked for.
    Request,
    /// What was shown.
    Document,
    /// Who it is.
    Person,
    /// How they are reached.
    Contacts,
    /// For whom they act.
    Company,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 5] =
        [Self::Request, Self::Document, Self::Person, Self::Contacts, Self::Company];

    /// Its name, in addresses and texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Document => "document",
            Self::Person => "person",
            Self::Contacts => "contacts",
            Self::Company => "company",
        }
    }

    /// Its fields.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied().filter(move |field| field.step() == self)
    }
}

impl Field {
    /// The field of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }
}

/// What was typed, by field.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Typed(BTreeMap<Field, String>);

impl Typed {
    /// What was typed in a field; nothing is the empty text.
    #[must_use]
    pub fn get(&self, field: Field) -> &str {
        self.0.get(&field).map_or("", String::as_str)
    }

    /// What is typed now. Blanks at the ends are none of it, and beyond [`LONGEST`] characters it is cut.
    pub fn set(&mut self, field: Field, text: &str) {
        let text: String = text.trim().chars().take(LONGEST).collect();
        if text.is_empty() {
            self.0.remove(&field);
        } else {
            self.0.insert(field, text);
        }
    }

    /// The same, with these.
    #[must_use]
    pub fn with(mut self, typed: &[(Field, &str)]) -> Self {
        for (field, text) in typed {
            self.set(*field, text);
        }
        self
    }
}

/// Characters of the longest answer.
pub const LONGEST: usize = 256;

/// Redacted: what somebody typed never enters a log by way of `{:?}`.
impl std::fmt::Debug for Typed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typed(…)")
    }
}
