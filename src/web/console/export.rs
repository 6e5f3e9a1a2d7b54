//! A list as CSV (RFC 4180), with the purpose on the trail.
//!
//! Not personal data: what is masked on the page is masked in the file. A text that a spreadsheet would run
//! as a formula is made one that it shows.

use actix_web::HttpResponse;
use actix_web::http::header;

use super::queue::{named, texts};
use super::{Inside, Shown};

/// The list that is shown, as a file.
pub(super) async fn give(inside: &Inside<'_>) -> Shown {
    let purpose = inside.sent("purpose");
    let shown = named(inside.sent("show"));
    let cases = inside.desk.export(&inside.agent, shown.states, purpose).await?;
    let mut text = String::new();
    for case in &cases {
        line(&mut text, &texts(inside, case));
    }
    let name = format!("attachment; filename=\"cases-{}.csv\"", shown.word);
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(text))
}

fn line(text: &mut String, cells: &[String]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push('"');
        text.push_str(&defused(cell).replace('"', "\"\""));
        text.push('"');
    }
    text.push_str("\r\n");
}

/// The text, so that no spreadsheet takes it for a formula (OWASP, CSV injection).
fn defused(cell: &str) -> String {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if runs { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_shown_as_it_is() {
        let mut text = String::new();
        let cells =
            ["=HYPERLINK(\"http://evil.test\")", "+1", "-1", "@SUM(A1)", "\tx", "plain, \"x\""];
        line(&mut text, &cells.map(str::to_owned));
        assert_eq!(
            text,
            "\"'=HYPERLINK(\"\"http://evil.test\"\")\",\"'+1\",\"'-1\",\"'@SUM(A1)\",\"'\tx\",\"plain, \"\"x\"\"\"\r\n"
        );
    }
}
