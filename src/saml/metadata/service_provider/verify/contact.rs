//! Rules about contacts: which ones a role has, and what each must say.
//!
//! Not the registers: whether a code is assigned is for AgID, or the Ministry, to say.

use super::super::stated::{language, whole};
use super::super::values::{
    BodyFiscalCode, Email, IpaCode, Malformed, Municipality, Nace, Telephone, VatNumber,
};
use super::{Case, Findings, in_order};
use crate::saml::names;
use crate::xml::{Node, attribute, elements, is};

/// One contact as it stands in the document.
struct Contact<'c> {
    node: Node<'c, 'c>,
    kind: &'c str,
    entity: &'c str,
}

impl<'c> Contact<'c> {
    /// The elements in its Extensions.
    fn extensions(&self) -> impl Iterator<Item = Node<'c, 'c>> {
        let own = elements(self.node).filter(|part| is(*part, names::METADATA, "Extensions"));
        own.flat_map(elements)
    }

    fn has(&self, name: &str) -> bool {
        self.extensions().any(|part| part.tag_name().name() == name)
    }

    fn value(&self, name: &str) -> Option<String> {
        let mut all = elements(self.node).chain(self.extensions());
        all.find(|part| part.tag_name().name() == name).map(whole)
    }

    /// The element that says what it is.
    fn qualifier(&self) -> &'c str {
        let mut names = self.extensions().map(|part| part.tag_name().name());
        names
            .find(|name| name.starts_with("Public") || name.starts_with("Private"))
            .unwrap_or_default()
    }

    fn title(&self) -> String {
        format!("{} {}", self.kind, self.entity).trim_end().to_owned()
    }
}

pub(super) fn contacts(case: &Case<'_>) -> Vec<String> {
    let contacts: Vec<Contact<'_>> = case
        .children("ContactPerson")
        .map(|node| Contact {
            node,
            kind: attribute(node, "contactType").unwrap_or_default(),
            entity: node.attribute((names::SPID, "entityType")).unwrap_or_default(),
        })
        .collect();
    let mut found = Findings::default();
    for contact in &contacts {
        shape(contact, &mut found);
    }
    if case.is_for_cie() {
        cie(&contacts, &mut found);
    } else {
        spid(case, &contacts, &mut found);
    }
    companies(case, &contacts, &mut found);
    found.0
}

/// What every contact has.
fn shape(contact: &Contact<'_>, found: &mut Findings) {
    let title = contact.title();
    found.must(
        in_order(contact.node, &["Extensions", "Company", "EmailAddress", "TelephoneNumber"]),
        format!("{title}: it is not Extensions, Company, EmailAddress, TelephoneNumber"),
    );
    let mails = elements(contact.node).filter(|part| is(*part, names::METADATA, "EmailAddress"));
    found.must(mails.count() == 1, format!("{title}: it has not one EmailAddress"));
    check(contact, "EmailAddress", Email::parse, found);
    check(contact, "TelephoneNumber", Telephone::parse, found);
    check(contact, "IPACode", IpaCode::parse, found);
    check(contact, "VATNumber", VatNumber::parse, found);
    check(contact, "FiscalCode", BodyFiscalCode::parse, found);
    check(contact, "Municipality", Municipality::parse, found);
    check(contact, "NACE2Code", Nace::parse, found);
}

fn check<T>(
    contact: &Contact<'_>,
    name: &str,
    parse: fn(&str) -> Result<T, Malformed>,
    found: &mut Findings,
) {
    if let Some(Err(fault)) = contact.value(name).map(|text| parse(&text)) {
        found.0.push(format!("{}: {name} {}", contact.title(), fault.wrong));
    }
}

/// Public, private, aggregators and operators: told apart by the qualifier.
fn spid(case: &Case<'_>, contacts: &[Contact<'_>], found: &mut Findings) {
    let of = |kind: &str, entity: &str| {
        let mut matching = contacts.iter().filter(|c| c.kind == kind && c.entity == entity);
        let first = matching.next();
        (first, first.is_some() && matching.next().is_some())
    };
    let (plain, plain_twice) = of("other", "");
    let (aggregator, aggregator_twice) = of("other", "spid:aggregator");
    let (aggregated, aggregated_twice) = of("other", "spid:aggregated");
    let (billing, billing_twice) = of("billing", "");
    let twice = [plain_twice, aggregator_twice, aggregated_twice, billing_twice];
    found.must(!twice.contains(&true), "a contact stands twice");
    found.must(
        contacts.iter().all(|c| matches!(c.kind, "other" | "billing")),
        "a contact is neither other nor billing",
    );
    for contact in contacts.iter().filter(|contact| contact.kind == "other") {
        sequence(contact, found);
    }
    let qualifier =
        |contact: Option<&Contact<'_>>| contact.map_or("", |c| c.qualifier()).to_owned();
    let (speaks, body) = (qualifier(aggregator), qualifier(aggregated.or(plain)));
    let operator = speaks.ends_with("Operator");
    match (plain, aggregator, aggregated) {
        (Some(_), None, None) => {}
        (None, Some(_), Some(_)) if !operator => {}
        (None, Some(_), None) if operator => {}
        _ => found.0.push("these contacts together are those of no role".to_owned()),
    }
    if let Some((code, _)) = ACTIVITIES.iter().find(|(_, name)| *name == speaks) {
        let id = case.entity_id();
        found.must(id.contains(code), format!("entityID does not contain {code:?}"));
        found.must(!id.contains('?'), "entityID has a query");
        let sector = if code.starts_with("pri") { "Private" } else { "Public" };
        found.must(operator || body == sector, format!("the aggregated body is not {sector}"));
    } else {
        found.must(aggregator.is_none(), format!("{speaks:?} is no aggregator and no operator"));
        found.must(matches!(body.as_str(), "Public" | "Private"), "nothing says Public or Private");
    }
    if let Some(operator) = aggregator.filter(|_| operator) {
        for name in ["IPACode", "VATNumber", "FiscalCode"] {
            found.must(operator.has(name), format!("an operator has no {name}"));
        }
    }
    if let Some(light) = aggregator.filter(|_| speaks.contains("Light")) {
        found.must(light.has("KeyDescriptor"), "a light one has no key for validation");
    }
    let private = body == "Private";
    found.must(
        billing.is_some() == private,
        "private bodies, and only those, have a billing contact",
    );
    if let Some(billing) = billing {
        let payers = billing.extensions().filter(|e| is(*e, names::FPA, "CessionarioCommittente"));
        found.must(payers.count() == 1, "billing: there is not one CessionarioCommittente");
    }
}

/// Activity codes and the elements that go with them (Avviso 19 v4).
const ACTIVITIES: [(&str, &str); 6] = [
    ("pub-ag-full", "PublicServicesFullAggregator"),
    ("pub-ag-lite", "PublicServicesLightAggregator"),
    ("pri-ag-full", "PrivateServicesFullAggregator"),
    ("pri-ag-lite", "PrivateServicesLightAggregator"),
    ("pub-op-full", "PublicServicesFullOperator"),
    ("pub-op-lite", "PublicServicesLightOperator"),
];

/// The children of Extensions are a sequence, and the qualifier is empty.
fn sequence(contact: &Contact<'_>, found: &mut Findings) {
    let title = contact.title();
    let qualifier = contact.qualifier();
    let wanted = ["IPACode", "VATNumber", "FiscalCode", qualifier, "KeyDescriptor"];
    for extensions in elements(contact.node).filter(|e| is(*e, names::METADATA, "Extensions")) {
        found.must(
            in_order(extensions, &wanted),
            format!("{title}: Extensions are not IPACode, VATNumber, FiscalCode and what it is"),
        );
    }
    let empty = contact.value(qualifier).is_none_or(|text| text.is_empty());
    found.must(empty, format!("{title}: {qualifier} is not empty"));
    if qualifier == "Public" {
        found.must(contact.has("IPACode"), format!("{title}: a public body has no IPACode"));
    } else {
        let numbered = contact.has("VATNumber") || contact.has("FiscalCode");
        found.must(numbered, format!("{title}: neither VATNumber nor FiscalCode is there"));
    }
    if qualifier == "Private" {
        found.must(!contact.has("IPACode"), format!("{title}: a private body has an IPACode"));
    }
}

fn cie(contacts: &[Contact<'_>], found: &mut Findings) {
    let of = |kind: &str| contacts.iter().filter(|contact| contact.kind == kind).count();
    found.must(of("administrative") == 1, "there is not one administrative contact");
    found.must(of("technical") <= 1, "there are two technical contacts");
    found.must(
        of("administrative") + of("technical") == contacts.len(),
        "a contact is neither administrative nor technical",
    );
    for contact in contacts {
        let (title, qualifier) = (contact.title(), contact.qualifier());
        let wanted: &[&str] = match qualifier {
            "Public" => &["IPACode", "Municipality"],
            "Private" => &["VATNumber", "FiscalCode", "NACE2Code", "Municipality"],
            _ => {
                found.0.push(format!("{title}: nothing says Public or Private"));
                continue;
            }
        };
        for name in wanted {
            found.must(contact.has(name), format!("{title}: there is no {name}"));
        }
    }
}

/// `Company` is the Italian name of the body, but for those who speak for it and those who pay.
fn companies(case: &Case<'_>, contacts: &[Contact<'_>], found: &mut Findings) {
    let names_of_body = case.children("Organization").flat_map(elements);
    let mut italian = names_of_body.filter(|entry| {
        is(*entry, names::METADATA, "OrganizationName") && language(*entry) == "it"
    });
    let body = italian.next().map(whole).unwrap_or_default();
    for contact in contacts {
        let company = contact.value("Company");
        let own = matches!(contact.kind, "other" | "administrative")
            && !contact.qualifier().ends_with("Aggregator");
        let demanded =
            !contact.entity.is_empty() || matches!(contact.kind, "administrative" | "technical");
        found.must(
            company.is_some() || !demanded,
            format!("{}: there is no Company", contact.title()),
        );
        found.must(
            !own || company.as_ref().is_none_or(|company| *company == body),
            format!("{}: Company is not the Italian name of the body", contact.title()),
        );
    }
}
