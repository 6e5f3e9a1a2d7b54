//! Comma-separated values (RFC 4180), or separated by semicolons, as spreadsheets in Italy write them.
//!
//! Not what the columns mean: `record` knows that.

/// The fields of each row with the number of its first line, the row of names first. An error says on
/// which line a quotation has no end.
pub(super) fn rows(text: &str) -> Result<Vec<(usize, Vec<String>)>, usize> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let separator = if first.contains(';') { ';' } else { ',' };
    let mut rows = Vec::new();
    let (mut row, mut field) = (Vec::new(), String::new());
    let (mut quoted, mut line, mut begun) = (false, 1, 1);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        line += usize::from(sign == '\n');
        match sign {
            '"' if quoted && signs.peek() == Some(&'"') => {
                signs.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            _ if quoted => field.push(sign),
            '"' if field.is_empty() => quoted = true,
            '\r' if signs.peek() == Some(&'\n') => {}
            '\n' => {
                row.push(std::mem::take(&mut field));
                rows.push((begun, std::mem::take(&mut row)));
                begun = line;
            }
            _ if sign == separator => row.push(std::mem::take(&mut field)),
            _ => field.push(sign),
        }
    }
    if quoted {
        return Err(begun);
    }
    if !field.is_empty() || !row.is_empty() {
        row.push(field);
        rows.push((begun, row));
    }
    rows.retain(|(_, fields)| fields.iter().any(|field| !field.trim().is_empty()));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<Vec<String>> {
        rows(text).unwrap().into_iter().map(|(_, fields)| fields).collect()
    }

    #[test]
    fn rows_have_the_fields_that_spreadsheets_write() {
        let expected = [vec!["a", "b"], vec!["1, \"x\"\ny", ""], vec!["2", "3"]];
        for text in [
            "a,b\n\"1, \"\"x\"\"\ny\",\n\n2,3\n",
            "\u{feff}a;b\r\n\"1, \"\"x\"\"\ny\";\r\n;\r\n2;3",
        ] {
            assert_eq!(fields(text), expected);
        }
        assert_eq!(rows("a\n\"x\ny\"\nz\n").unwrap().last().unwrap().0, 4, "by their own lines");
        assert_eq!(rows("a\n\"x"), Err(2));
        assert_eq!(fields(""), Vec::<Vec<String>>::new());
    }
}
