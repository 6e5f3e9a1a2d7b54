#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
#
# Chromium against a sandbox, and against a second broker that sends its requests by POST.
# Needs SANDBOX and VARCO (the binaries) and `npm ci` done; scripts/test sees to all.
set -uo pipefail
cd "$(dirname "$0")" || exit 2
root=$(cd ../.. && pwd)
# shellcheck source=../conformance/broker.sh
. ../conformance/broker.sh
# shellcheck source=../conformance/sandbox.sh
. ../conformance/sandbox.sh

work=$(mktemp -d)
trap 'stop_sandbox; stop_all; rm -rf "$work"' EXIT
mkdir -p "$work/sandbox/relying-parties" "$work/sandbox/keys"
# A service that asks before it is told anything, and hears of logouts by a frame.
relying_party "$work/sandbox" telling http://localhost:9999/cb <<'TOML'
client_secret = "file:../keys/telling.secret"
information = "consent"
frontchannel_logout_uri = "http://localhost:9998/out"
frontchannel_logout_session_required = true
TOML
# A service for adults that accepted CIE until the end of 2025.
relying_party "$work/sandbox" closing http://localhost:9999/cb <<'TOML'
client_secret = "file:../keys/closing.secret"
[[policy]]
until = 2025-12-31
instruments = ["spid", "cie", "eidas"]
legal_ref = "Circolare n. 1 del 2020"
[[policy]]
from = 2026-01-01
instruments = ["spid", "eidas"]
minimum_age = 18
legal_ref = "Circolare n. 2 del 2025"
TOML
start_sandbox "$work/sandbox" --matching --cie saml || exit 1

curl -sf -o "$work/provider.xml" "$PROVIDER/metadata" || exit 1
configure "$work/posting" 9600 post "$work/provider.xml" || exit 1
relying_party "$work/posting" test http://localhost:9999/cb <<<'client_secret = "file:../keys/test.secret"'
start "$work/posting" 9600 || exit 1
query="response_type=code&client_id=test&redirect_uri=http://localhost:9999/cb&scope=openid&state=s&nonce=n"
query="$query&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"

shots=${CARGO_TARGET_DIR:-$root/target}/screenshots
bad=0
node run.mjs "$PORTAL" http://localhost:8082 "$BROKER" "http://localhost:9600/authorize?$query&idp_hint=$PROVIDER" \
  "$shots" https://localhost:8443 "$work/sandbox" || bad=1

# Again with both ways to CIE.
stop_sandbox
mkdir -p "$work/openid"
start_sandbox "$work/openid" --cie openid || exit 1
node openid.mjs "$PORTAL" "$BROKER" "$FEDERATION" "$shots" || bad=1
exit $bad
