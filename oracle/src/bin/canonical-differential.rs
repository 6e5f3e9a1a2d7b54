//! The long comparison of canonical forms with libxml2:
//! `cargo run --release -p varco-oracle --bin canonical-differential -- CASES [SEED]`.
//!
//! Not a test: it runs until CASES subtrees were compared, prints what it met, and fails on the first
//! difference. Every other document is changed at random before it is compared.

use std::io::Write as _;
use std::process::ExitCode;

use varco::effects::Effects;
use varco_oracle::comparison::{Outcome, compare};
use varco_oracle::documents::{Dice, changed, document};
use varco_oracle::libxml2::Libxml2;

/// What was met so far.
#[derive(Debug, Default)]
struct Tally {
    documents: u64,
    cases: usize,
    /// Of `cases`, those of changed documents.
    changed: usize,
    refused: u64,
    octets: usize,
}

fn main() -> std::io::Result<ExitCode> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let (Some(Ok(cases)), seed) = (arguments.next(), arguments.next().unwrap_or(Ok(0))) else {
        return usage();
    };
    let (Ok(cases), Ok(seed)) = (usize::try_from(cases), seed) else { return usage() };

    let clock = Effects::real();
    let begun = clock.monotonic();
    let mut libxml2 = Libxml2::start(&std::env::temp_dir())?;
    let mut tally = Tally::default();
    let mut out = std::io::stdout().lock();
    while tally.cases < cases {
        let number = seed.wrapping_shl(32) | tally.documents;
        let mut dice = Dice::new(number ^ 0xFFFF_FFFF_FFFF);
        let mut text = document(number);
        let altered = tally.documents % 2 == 1;
        if altered {
            text = changed(&text, &mut dice);
        }
        tally.documents += 1;
        match compare(&text, &mut dice, &mut libxml2)? {
            Outcome::Same(subtrees) => {
                tally.cases += subtrees;
                tally.changed += if altered { subtrees } else { 0 };
                tally.octets += text.len();
            }
            Outcome::Refused(_) if altered => tally.refused += 1,
            Outcome::Refused(refusal) => {
                writeln!(out, "document {number} of the generator was refused: {refusal}\n{text}")?;
                return Ok(ExitCode::FAILURE);
            }
            Outcome::Different(how) => {
                writeln!(out, "document {number}: {how}\nbefore it: {tally:?}")?;
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    let Tally { documents, cases, changed, refused, octets } = tally;
    let seconds = clock.monotonic().saturating_sub(begun).as_secs();
    writeln!(
        out,
        "{cases} cases ({changed} of changed documents), 0 differences, {documents} documents, \
         {refused} changed ones refused, {octets} octets compared whole, seed {seed}, {seconds} s"
    )?;
    Ok(ExitCode::SUCCESS)
}

fn usage() -> std::io::Result<ExitCode> {
    writeln!(std::io::stderr(), "canonical-differential CASES [SEED]")?;
    Ok(ExitCode::from(2))
}
