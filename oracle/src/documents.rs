//! Random documents that stress canonicalisation: prefixes bound again, `xmlns=""`, CR and LF,
//! character references, comments, emoji. No CDATA section and no lone CR: the gate refuses them, so
//! none reaches the canonicaliser.

/// A small repeatable generator (xorshift64*): a failure names its seed.
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap_or(0) % sides.max(1)
    }

    /// One of `choices`.
    pub fn pick<'c>(&mut self, choices: &[&'c str]) -> &'c str {
        let at = self.roll(choices.len());
        choices.get(at).copied().unwrap_or_default()
    }
}

const PREFIXES: [&str; 5] = ["", "a", "b", "xs", "ds"];
const NAMESPACES: [&str; 4] = ["urn:one", "urn:two", "http://example.it/?x=1;y#z", "urn:q:'"];
const LOCALS: [&str; 4] = ["e", "Élément", "f-1.x", "_g"];
const TEXTS: [&str; 12] = [
    "plain",
    " ",
    "\n\t",
    "\r\n",
    "&#13;",
    "&#xD;&#xA;",
    "&amp;&lt;&gt;&quot;&apos;",
    "\"'>",
    "🦀 e\u{301}",
    "&#x1F980;",
    "&#9;",
    "]]&gt;",
];
const VALUES: [&str; 9] = [
    "",
    "v",
    " a  b ",
    "x\r\ny\tz",
    "&#9;&#10;&#13;",
    "&amp;&lt;>&quot;'",
    "🦀",
    "xs:string",
    "&#32;",
];

/// A document.
#[must_use]
pub fn document(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut out = String::new();
    if dice.roll(4) == 0 {
        out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- before -->");
    }
    element(&mut dice, &mut out, &[], 0);
    if dice.roll(4) == 0 {
        out.push_str("\n<!-- after -->");
    }
    out
}

/// A `PrefixList`, empty more often than not.
#[must_use]
pub fn prefix_list(dice: &mut Dice) -> Vec<&'static str> {
    let count = dice.roll(5).saturating_sub(2);
    (0..count).map(|_| dice.pick(&["#default", "a", "b", "xs", "ds", "unbound"])).collect()
}

type Scope = Vec<(&'static str, &'static str)>;

fn element(
    dice: &mut Dice,
    out: &mut String,
    outer: &[(&'static str, &'static str)],
    depth: usize,
) {
    let mut scope: Scope = outer.to_vec();
    let mut declared: Scope = Vec::new();
    for prefix in PREFIXES {
        if dice.roll(4) == 0 {
            let uri =
                if prefix.is_empty() && dice.roll(3) == 0 { "" } else { dice.pick(&NAMESPACES) };
            declared.push((prefix, uri));
            scope.retain(|(known, _)| *known != prefix);
            scope.push((prefix, uri));
        }
    }
    let bound: Vec<&str> =
        scope.iter().map(|(prefix, _)| *prefix).filter(|p| !p.is_empty()).collect();
    let name = qualified(dice, &bound, LOCALS[0]);
    let name = name.replace(LOCALS[0], dice.pick(&LOCALS));
    let mut attributes: Vec<String> = declared
        .iter()
        .map(|(prefix, uri)| match *prefix {
            "" => format!("xmlns=\"{uri}\""),
            prefix => format!("xmlns:{prefix}=\"{uri}\""),
        })
        .collect();
    for local in ["z", "attr", "type", "Y"] {
        if dice.roll(3) == 0 {
            let quoted = dice.pick(&VALUES);
            attributes.push(format!("{}=\"{quoted}\"", qualified(dice, &bound, local)));
        }
    }
    if dice.roll(8) == 0 {
        attributes.push(format!("xml:lang='{}'", dice.pick(&["it", "", "de"])));
    }
    for at in (1..attributes.len()).rev() {
        attributes.swap(at, dice.roll(at + 1));
    }
    out.push('<');
    out.push_str(&name);
    for attribute in attributes {
        out.push_str(dice.pick(&[" ", "\n", "  "]));
        out.push_str(&attribute);
    }
    if dice.roll(6) == 0 {
        out.push_str(dice.pick(&["/>", " />"]));
        return;
    }
    out.push('>');
    for _ in 0..dice.roll(if depth > 4 { 1 } else { 5 }) {
        match dice.roll(5) {
            0 | 1 => element(dice, out, &scope, depth + 1),
            2 => out.push_str("<!-- c -->"),
            _ => out.push_str(dice.pick(&TEXTS)),
        }
    }
    out.push_str("</");
    out.push_str(&name);
    out.push_str(dice.pick(&[">", " >"]));
}

fn qualified(dice: &mut Dice, bound: &[&str], local: &str) -> String {
    match dice.roll(bound.len() + 1) {
        0 => local.to_owned(),
        at => format!("{}:{local}", bound.get(at - 1).copied().unwrap_or_default()),
    }
}
