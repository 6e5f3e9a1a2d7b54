#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
#
# openid-client against a sandbox of its own, with relying parties for every chapter of the run.
# Needs SANDBOX (the binary) and `npm ci` done; scripts/test sees to both.
set -uo pipefail
cd "$(dirname "$0")" || exit 2
# shellcheck source=../sandbox.sh
. ../sandbox.sh

work=$(mktemp -d)
trap 'stop_sandbox; rm -rf "$work"' EXIT
mkdir -p "$work/relying-parties"
node register.mjs "$work/relying-parties" "$PROVIDER" "$work/clients.json" || exit 1
start_sandbox "$work" || exit 1
node run.mjs "$BROKER" "$work/clients.json"
