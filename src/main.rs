//! The `varco` command.
//!
//! Not logic: each subcommand is one call into `varco::app::command`.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    varco::app::command::main()
}
