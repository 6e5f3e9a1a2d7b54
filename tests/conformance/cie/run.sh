#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
#
# A federation like CIE's that others wrote (peer/README.md), on private ports: anchor, aggregator and
# provider start, and a stub relying party signs in below each superior.
set -uo pipefail
cd "$(dirname "$0")" || exit 2

# The packages stay from run to run; the federation is new each time.
work="${CARGO_TARGET_DIR:-$PWD/../../../target}/cie-peer"
mkdir -p "$work"
peer/down.sh "$work" 2>/dev/null
rm -rf "$work/data" "$work/run"
trap 'peer/down.sh "$work"' EXIT
trap 'exit 130' INT TERM

peer/up.sh "$work" || exit 1
failed=0
for superior in ta sa; do
  peer/ctl.sh "$work" selftest "$superior" || { echo "no login below $superior"; failed=1; }
done
exit $failed
