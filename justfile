# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
#
# Shortcuts only: nothing needs `just`.

# The federation in a box
sandbox:
    cargo run --release -p varco-sandbox

# Everything that continuous integration runs
test *stages:
    ./scripts/test {{stages}}

# Before a commit
check:
    cargo fmt --all
    cargo clippy --all-targets -- -D warnings
    cargo test -q

# Read the golden files that a test has changed
review:
    cargo insta review
