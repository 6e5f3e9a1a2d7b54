//! What a page of the console is made of: one model and one template, so that every page has the same
//! order, the same summary of errors, the same tables.
//!
//! Not what the pages say.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::Inside;
use crate::web::own;
use crate::web::shell::Shell;

/// Everything on a page below its navigation.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) title: String,
    /// Id of a field, and what is wrong with it.
    pub(super) errors: Vec<(String, String)>,
    pub(super) parts: Vec<Part>,
}

/// One thing on a page.
#[derive(Debug)]
pub(super) enum Part {
    Heading(String),
    Text(String),
    Notice(String),
    /// The label of the list, and its links.
    Links(String, Vec<Link>),
    Facts(Vec<(String, String)>),
    Table(Table),
    Form(Form),
}

/// A link in a list.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) text: String,
    pub(super) current: bool,
}

/// A table. The first cell of a row names it.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// What stands in one place of a table.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) href: Option<String>,
}

/// A form that is posted.
#[derive(Debug, Default)]
pub(super) struct Form {
    pub(super) action: String,
    pub(super) hidden: Vec<(&'static str, String)>,
    pub(super) fields: Vec<FormField>,
    pub(super) buttons: Vec<Button>,
}

/// One field.
#[derive(Debug)]
pub(super) struct FormField {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) label: String,
    pub(super) hint: Option<String>,
    pub(super) value: String,
    /// Of a box: whether it is ticked.
    pub(super) on: bool,
    pub(super) required: bool,
    pub(super) problem: Option<String>,
    pub(super) options: Vec<Choice>,
}

/// What a field looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Line,
    Lines,
    Date,
    Choice,
    Check,
}

/// What can be chosen.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) text: String,
}

/// A button of a form.
#[derive(Debug)]
pub(super) struct Button {
    pub(super) value: &'static str,
    pub(super) text: String,
    pub(super) second: bool,
}

impl FormField {
    /// A field with a label.
    pub(super) fn new(name: &str, kind: Kind, label: String) -> Self {
        Self {
            id: name.to_owned(),
            name: name.to_owned(),
            kind,
            label,
            hint: None,
            value: String::new(),
            on: false,
            required: false,
            problem: None,
            options: Vec::new(),
        }
    }

    /// The attributes that lead to the hint and to what is wrong. Ids are ours: nothing in them is typed.
    fn described(&self) -> String {
        let mut ids = Vec::new();
        if self.hint.is_some() {
            ids.push(format!("{}-hint", self.id));
        }
        if self.problem.is_some() {
            ids.push(format!("{}-problem", self.id));
        }
        let mut text = String::new();
        if !ids.is_empty() {
            text = format!(" aria-describedby=\"{}\"", ids.join(" "));
        }
        if self.problem.is_some() {
            text.push_str(" aria-invalid=\"true\"");
        }
        if self.required {
            text.push_str(" aria-required=\"true\"");
        }
        text
    }
}

impl Cell {
    /// A text.
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: None }
    }

    /// A text that leads somewhere.
    pub(super) fn to(text: impl Into<String>, href: String) -> Self {
        Self { text: text.into(), href: Some(href) }
    }
}

#[derive(Template)]
#[template(path = "console/page.html")]
struct Page<'a> {
    shell: Shell<'a>,
    frame: Frame,
    title: String,
    errors: Vec<(String, String)>,
    parts: Vec<Part>,
}

/// What every page of the console shows first.
struct Frame {
    nav: Vec<Link>,
    standing: String,
    token: String,
    /// Whether what was typed before signing in stands in the form again.
    again: bool,
}

impl Sheet {
    /// The page.
    pub(super) fn reply(self, inside: &Inside<'_>, status: StatusCode) -> HttpResponse {
        let visit = inside.visit;
        let title = if self.errors.is_empty() {
            self.title.clone()
        } else {
            inside.text_with("console-problem-title", &[("title", &self.title)])
        };
        let frame = Frame {
            nav: inside.nav(),
            standing: inside.standing(),
            token: inside.present.token(),
            again: !inside.present.typed().is_empty(),
        };
        let Self { title: heading, errors, parts } = self;
        let page = Page { shell: Shell::new(visit, title), frame, title: heading, errors, parts };
        own::page(visit, status, page.render())
    }
}
