//! Random documents that stress canonicalisation: prefixes bound again, `xmlns=""`, CR and LF,
//! character references, comments, emoji. No CDATA section and no lone CR: the gate refuses them, so
//! none reaches the canonicaliser; [`changed`] makes documents that nobody thought of.

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

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const PREFIXES: [&str; 9] = ["", "a", "b", "xs", "ds", "A", "a-1", "_", "é"];
const NAMESPACES: [&str; 8] = [
    "urn:one",
    "urn:two",
    "urn:two:",
    "http://example.it/?x=1;y#z",
    "urn:q:'",
    "http://example.it/%C3%A9?a=&#98;",
    "&#x75;rn:one",
    "http://www.w3.org/2000/09/xmldsig#",
];
const LOCALS: [&str; 5] = ["e", "Élément", "f-1.x", "_g", "e.·\u{301}"];
const ATTRIBUTES: [&str; 9] = ["z", "attr", "type", "Y", "a", "xml", "xmln", "é", "attr-1"];
const XML_ATTRIBUTES: [&str; 3] = ["xml:lang", "xml:space", "xml:base"];
const TEXTS: [&str; 18] = [
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
    "]] >",
    "\u{85}\u{2028}\u{a0}\u{7f}\u{feff}",
    "&#x10FFFF;&#xE000;&#xFFFD;",
    "&amp;amp;&#38;lt;",
    "&#x00000041;&#00000065;",
    "a\r\n\r\n b",
];
const VALUES: [&str; 15] = [
    "",
    "v",
    " a  b ",
    "x\r\ny\tz",
    "&#9;&#10;&#13;",
    "&amp;&lt;>&quot;&apos;",
    "🦀",
    "xs:string",
    "&#32;",
    "&#13;&#10; &#xd;",
    "\t\n\n",
    "&#38;#60;&amp;lt;",
    "]]&gt;",
    "\u{85}\u{2028}\u{a0}",
    "&#x1F980;&#xFFFD;",
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
    let known = ["#default", "a", "b", "xs", "ds", "A", "a-1", "_", "é", "xml", "unbound"];
    (0..count).map(|_| dice.pick(&known)).collect()
}

/// `text` with one to three small changes at random places: most are no XML any more, and those that
/// still are stress what no generator thinks of.
#[must_use]
pub fn changed(text: &str, dice: &mut Dice) -> String {
    let mut signs: Vec<char> = text.chars().collect();
    for _ in 0..=dice.roll(3).min(dice.roll(3)) {
        let from = dice.roll(signs.len() + 1);
        let to = (from + dice.roll(12)).min(signs.len());
        match dice.roll(4) {
            0 => drop(signs.drain(from..to)),
            1 => {
                let copy: Vec<char> = signs.iter().skip(from).take(to - from).copied().collect();
                let at = dice.roll(signs.len() + 1);
                signs.splice(at..at, copy);
            }
            2 => drop(signs.splice(from..from, dice.pick(&TOKENS).chars())),
            _ => drop(signs.splice(from..to, dice.pick(&TOKENS).chars())),
        }
    }
    signs.into_iter().collect()
}

const TOKENS: [&str; 44] = [
    "<",
    ">",
    "/>",
    "</",
    "/",
    "\"",
    "'",
    "=",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    ":",
    "&",
    ";",
    "&#",
    "&#13;",
    "&#0;",
    "&#xD800;",
    "&#xFFFF;",
    "&amp;",
    "&nbsp;",
    "<e/>",
    "<e>",
    "</e>",
    "<a:e/>",
    " xmlns=\"\"",
    " xmlns=\"urn:two\"",
    " xmlns:a=\"urn:two\"",
    " xmlns:a=\"\"",
    " b:z=''",
    " xml:lang=\"it\"",
    " xmlns:xml='urn:one'",
    "xmlns",
    "xml",
    "<!-- c -->",
    "--",
    "<?p?>",
    "<![CDATA[x]]>",
    "]]>",
    "<!DOCTYPE e>",
    "\u{b7}",
    "\u{fffe}",
];

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
            "" => format!("xmlns{}\"{uri}\"", equals(dice)),
            prefix => format!("xmlns:{prefix}{}\"{uri}\"", equals(dice)),
        })
        .collect();
    if dice.roll(16) == 0 {
        attributes.push(format!("xmlns:xml=\"{XML}\""));
    }
    for local in ATTRIBUTES {
        if dice.roll(6) == 0 {
            let value = quoted(dice);
            attributes.push(format!("{}{}{value}", qualified(dice, &bound, local), equals(dice)));
        }
    }
    for name in XML_ATTRIBUTES {
        if dice.roll(16) == 0 {
            attributes.push(format!("{name}='{}'", dice.pick(&["it", "", "preserve"])));
        }
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
    let most = if depth > 4 { 2 } else { 6 };
    for _ in 0..dice.roll(most) {
        match dice.roll(5) {
            0 | 1 if depth < 24 => element(dice, out, &scope, depth + 1),
            2 => out.push_str(dice.pick(&["<!-- c -->", "<!--<e>&-->", "<!---->"])),
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

fn equals(dice: &mut Dice) -> &'static str {
    if dice.roll(8) == 0 { dice.pick(&[" =", "= ", "\n=\t"]) } else { "=" }
}

/// A value in quotes; none of [`VALUES`] holds a quotation mark.
fn quoted(dice: &mut Dice) -> String {
    let value = dice.pick(&VALUES);
    match dice.roll(4) {
        0 => format!("'{value}'"),
        1 => format!("'{value}\"'"),
        2 => format!("\"'{value}\""),
        _ => format!("\"{value}\""),
    }
}
