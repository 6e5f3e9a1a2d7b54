//! JSON values as policies compare them: numbers by value, objects without an order, lists as sets where they
//! are the values of a parameter.

use serde_json::Value;

/// Values in the longest list that an operator has or is applied to: more would only cost time.
pub(super) const MOST: usize = 1024;

/// Values without an order and without repetition. They stay in the order in which they were written.
#[derive(Clone, Debug)]
pub(super) struct Set(Vec<Value>);

impl Set {
    /// The values in a list of strings, numbers or objects.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let listed = value.as_array().filter(|listed| listed.len() <= MOST)?;
        let sound = |value: &Value| {
            matches!(value, Value::String(_) | Value::Number(_) | Value::Object(_))
                && !holds_null(value)
        };
        listed.iter().all(sound).then(|| Self::of(listed))
    }

    /// The values in `listed`, each once.
    pub(super) fn of(listed: &[Value]) -> Self {
        listed.iter().fold(Self(Vec::new()), |mut set, value| {
            set.add(value);
            set
        })
    }

    /// Whether `value` is one of them.
    pub(super) fn has(&self, value: &Value) -> bool {
        self.0.iter().any(|one| same(one, value))
    }

    /// Whether `others` are all among them.
    pub(super) fn has_all(&self, others: &[Value]) -> bool {
        others.iter().all(|other| self.has(other))
    }

    /// Adds `value` unless it is there.
    fn add(&mut self, value: &Value) {
        if !self.has(value) {
            self.0.push(value.clone());
        }
    }

    /// These and those.
    pub(super) fn union(mut self, others: &Self) -> Self {
        others.0.iter().for_each(|other| self.add(other));
        self
    }

    /// Those of these that are among `others`.
    pub(super) fn intersection(mut self, others: &Self) -> Self {
        self.0.retain(|value| others.has(value));
        self
    }

    /// Whether there is none.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values in their order.
    pub(super) fn values(&self) -> &[Value] {
        &self.0
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Self) -> bool {
        self.has_all(&other.0) && other.has_all(&self.0)
    }
}

/// Whether two values of one parameter are equal: lists as sets.
pub(super) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => Set::of(left) == Set::of(right),
        _ => same(left, right),
    }
}

/// Whether two values are the same JSON, however it is written: `1` and `1.0` are (RFC 8785, section
/// 3.2.2.3), objects have no order, lists inside have one.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || (left.is_f64() || right.is_f64()) && left.as_f64() == right.as_f64()
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(one, other)| same(one, other))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(name, one)| right.get(name).is_some_and(|other| same(one, other)))
        }
        _ => left == right,
    }
}

/// Whether it is null, or something in it is.
pub(super) fn holds_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.iter().any(holds_null),
        Value::Object(members) => members.values().any(holds_null),
        _ => false,
    }
}

/// `scope` is text, and means the list of its words (section 6.1.3.1.8).
pub(super) fn words(value: Value) -> Value {
    match value {
        Value::String(text) => text.split_ascii_whitespace().map(Value::from).collect(),
        other => other,
    }
}

/// The text of words.
pub(super) fn joined(value: Value) -> Value {
    match value {
        Value::Array(words) => {
            words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ").into()
        }
        other => other,
    }
}
