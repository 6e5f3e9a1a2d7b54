//! What the sample federation can be told to do wrong: one case changes one token, answer or address.
//!
//! Not the list of cases (`cases.txt`), and not how they are carried out: whoever makes a token or an
//! answer asks [`super::wrong::Wrong`] what is to be changed at that place.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use super::keys::Algorithm;

/// Where something is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// What the provider says of itself.
    Ec,
    /// What the anchor says of itself.
    Anchor,
    /// What the intermediate says of itself.
    Intermediate,
    /// What the provider's superior says of it.
    Statement,
    /// What the anchor says of the intermediate.
    IntermediateStatement,
    /// The provider's trust mark.
    Mark,
    /// How the federation is arranged.
    World,
    /// The address that the provider sends the browser back to.
    Callback,
    /// What the browser does with it.
    Browser,
    /// The answer of the token endpoint.
    Token,
    /// The ID token.
    Id,
    /// What is said of the person, signed.
    Userinfo,
    /// The encryption around it.
    Sealed,
    /// The answer that carries it.
    UserinfoAnswer,
}

/// What is changed there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A member (a JSON pointer below `header` or `claims`) has that value: JSON, in which `$here` is the
    /// federation's address, `$now` the time with seconds added, `$keys:` and `$key:` are somebody's.
    Set(&'static str, &'static str),
    /// A member is missing.
    Remove(&'static str),
    /// Signed with somebody's key, under the right key's name; or encrypted for it.
    SignAs(&'static str),
    /// The name of somebody's key.
    NameAs(&'static str),
    /// Signed in another way.
    Algorithm(Algorithm),
    /// Written in another way.
    Write(Encoding),
    /// The HTTP answer is another one.
    Reply(Reply),
    /// A parameter of the address is another one.
    Instead(&'static str, &'static str),
    /// A parameter is added to the address.
    Also(&'static str, &'static str),
    /// A parameter of the address is missing.
    Without(&'static str),
    /// The address is called twice.
    Twice,
    /// Another browser calls the address.
    OtherBrowser,
    /// The provider hangs below the intermediate.
    BelowIntermediate,
    /// The superior does not know the provider.
    Unregistered,
    /// The superior answers with what it says of itself.
    AnswersWithItself,
    /// The marks were revoked, says their issuer.
    Revoked,
}

/// How a token is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// One bit of the signature is another one.
    Corrupt,
    /// Without a signature, though the header names one.
    Stripped,
    /// Base64 with padding.
    Padded,
    /// A hundred thousand points behind it.
    Dots,
    /// The JSON serialisation.
    Json,
    /// `alg` twice.
    HeaderTwice,
    /// That member twice.
    Twice(&'static str),
    /// Arrays in arrays, a hundred thousand deep.
    Deep,
    /// Ten mebibytes.
    Long,
    /// Compressed, and large when it is not.
    Zip,
    /// That part of an encrypted answer (key, vector, text, tag) was changed.
    Tampered(usize),
}

/// What the server answers instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A redirect to somewhere else in the federation.
    Redirect,
    /// Ten mebibytes.
    Long,
    /// Nothing for half a minute.
    Slow,
    /// That status, without a body.
    Status(u16),
    /// That content type.
    Type(&'static str),
    /// That JSON.
    Body(&'static str),
    /// A few kibibytes that become many mebibytes.
    Bomb,
}

/// Which answer is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The broker must refuse.
    Refused,
    /// The broker must accept.
    Accepted,
    /// The broker must accept in the dialect of 2023, and refuse in the final one.
    Accepted2023,
}

/// One line of the list.
#[derive(Debug)]
pub struct Row {
    /// The name on command lines.
    pub name: &'static str,
    /// What is right then.
    pub verdict: Verdict,
    /// What happens, in Italian, for the login page.
    pub description: &'static str,
    /// What is changed where.
    pub changes: Vec<(Place, Change)>,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| lines().filter_map(row).collect());

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("cases.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn row(line: &'static str) -> Option<Row> {
    let mut columns = line.splitn(4, " | ");
    let (name, verdict) = (columns.next()?, columns.next()?);
    let (description, changes) = (columns.next()?, columns.next()?);
    let verdict = match verdict {
        "refused" => Verdict::Refused,
        "accepted" => Verdict::Accepted,
        "accepted-2023" => Verdict::Accepted2023,
        _ => return None,
    };
    let changes = changes.split(" ; ").map(change).collect::<Option<Vec<_>>>()?;
    Some(Row { name, verdict, description, changes })
}

fn change(text: &'static str) -> Option<(Place, Change)> {
    let (place, rest) = text.split_once(' ')?;
    let place = match place {
        "ec" => Place::Ec,
        "anchor" => Place::Anchor,
        "intermediate" => Place::Intermediate,
        "statement" => Place::Statement,
        "intermediate-statement" => Place::IntermediateStatement,
        "mark" => Place::Mark,
        "world" => Place::World,
        "callback" => Place::Callback,
        "browser" => Place::Browser,
        "token" => Place::Token,
        "id" => Place::Id,
        "userinfo" => Place::Userinfo,
        "sealed" => Place::Sealed,
        "userinfo-answer" => Place::UserinfoAnswer,
        _ => return None,
    };
    let (verb, object) = rest.split_once(' ').unwrap_or((rest, ""));
    let two = || object.split_once(' ');
    let change = match verb {
        "set" => two().map(|(pointer, value)| Change::Set(pointer, value))?,
        "remove" => Change::Remove(object),
        "sign-as" => Change::SignAs(object),
        "name-as" => Change::NameAs(object),
        "alg" => Change::Algorithm(match object {
            "none" => Algorithm::None,
            "hs256" => Algorithm::Hs256,
            "ps256" => Algorithm::Ps256,
            _ => return None,
        }),
        "write" => Change::Write(encoding(object)?),
        "reply" => Change::Reply(reply(object)?),
        "instead" => two().map(|(name, value)| Change::Instead(name, value))?,
        "also" => two().map(|(name, value)| Change::Also(name, value))?,
        "without" => Change::Without(object),
        "twice" => Change::Twice,
        "other" => Change::OtherBrowser,
        "below-intermediate" => Change::BelowIntermediate,
        "unregistered" => Change::Unregistered,
        "answers-with-itself" => Change::AnswersWithItself,
        "revoked" => Change::Revoked,
        _ => return None,
    };
    Some((place, change))
}

fn encoding(text: &'static str) -> Option<Encoding> {
    let (name, object) = text.split_once(' ').unwrap_or((text, ""));
    Some(match name {
        "corrupt" => Encoding::Corrupt,
        "stripped" => Encoding::Stripped,
        "padded" => Encoding::Padded,
        "dots" => Encoding::Dots,
        "json" => Encoding::Json,
        "header-twice" => Encoding::HeaderTwice,
        "twice" => Encoding::Twice(object),
        "deep" => Encoding::Deep,
        "long" => Encoding::Long,
        "zip" => Encoding::Zip,
        "tampered" => Encoding::Tampered(object.parse().ok()?),
        _ => return None,
    })
}

fn reply(text: &'static str) -> Option<Reply> {
    let (name, object) = text.split_once(' ').unwrap_or((text, ""));
    Some(match name {
        "redirect" => Reply::Redirect,
        "long" => Reply::Long,
        "slow" => Reply::Slow,
        "status" => Reply::Status(object.parse().ok()?),
        "type" => Reply::Type(object),
        "body" => Reply::Body(object),
        "bomb" => Reply::Bomb,
        _ => return None,
    })
}

/// One case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Case(usize);

impl Case {
    /// Every case.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..ROWS.len()).map(Self)
    }

    /// What happens when somebody signs in: every case but those of [`Case::is_of_federation`].
    pub fn of_answers() -> impl Iterator<Item = Self> {
        Self::all().filter(|case| !case.is_of_federation())
    }

    /// Whether it is about the federation, and so has to be there before the broker looks.
    #[must_use]
    pub fn is_of_federation(self) -> bool {
        self.changes().iter().any(|(place, _)| {
            matches!(
                place,
                Place::Ec
                    | Place::Anchor
                    | Place::Intermediate
                    | Place::Statement
                    | Place::IntermediateStatement
                    | Place::Mark
                    | Place::World
            )
        })
    }

    fn row(self) -> Option<&'static Row> {
        ROWS.get(self.0)
    }

    /// What is changed where.
    #[must_use]
    pub fn changes(self) -> &'static [(Place, Change)] {
        self.row().map_or(&[], |row| &row.changes)
    }

    /// The name on command lines.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// What happens, in Italian, for the login page.
    #[must_use]
    pub fn description(self) -> &'static str {
        self.row().map_or("", |row| row.description)
    }

    /// What is right then.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        self.row().map_or(Verdict::Refused, |row| row.verdict)
    }

    /// Whether that is one of its changes.
    #[must_use]
    pub fn has(self, wanted: &Change) -> bool {
        self.changes().iter().any(|(_, change)| change == wanted)
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::all().find(|case| case.name() == text).ok_or_else(|| {
            let known: Vec<_> = Self::all().map(Self::name).collect();
            format!("no such case; known cases: {}", known.join(" "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openid::keys::keys;
    use crate::openid::wrong::Wrong;

    #[tokio::test]
    async fn every_line_is_a_case_with_a_name_of_its_own_and_values_that_read() {
        assert_eq!(ROWS.len(), lines().count());
        let names: std::collections::BTreeSet<_> = Case::all().map(Case::name).collect();
        assert_eq!(names.len(), ROWS.len());
        let (keys, base) = (keys().await.unwrap(), "http://localhost".to_owned());
        let wrong = Wrong { case: None, keys, base, now: 0 };
        for row in ROWS.iter() {
            assert_eq!(row.name.parse::<Case>().unwrap().name(), row.name);
            for (_, change) in &row.changes {
                if let Change::Set(_, said) = change {
                    assert!(*said == "null" || !wrong.value(said).is_null(), "{}", row.name);
                }
            }
        }
    }
}
