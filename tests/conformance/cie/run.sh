#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
#
# Varco as a relying party of a federation like CIE's that others wrote (peer/README.md), on private ports:
# onboarding below the anchor and below the aggregator, a login at each level, revocation at logout, a
# missing mark, keys that the superior does not pin; then SPID over OpenID by the same code.
#
# Needs VARCO (the binary); scripts/test sets it. One line per promise; the last one counts.
set -uo pipefail
cd "$(dirname "$0")" || exit 2
here=$PWD
# shellcheck source=../broker.sh
. ../broker.sh

# The packages stay from run to run; the federation is new each time.
peer="${CARGO_TARGET_DIR:-$here/../../../target}/cie-peer"
work=$(mktemp -d)
mkdir -p "$peer"
trap 'stop_all; peer/down.sh "$peer" >/dev/null; rm -rf "$work"' EXIT
passed=0 failed=0

promise() { # TEXT COMMAND…
  local text=$1
  shift
  if "$@"; then
    passed=$((passed + 1)) && echo "ok      $text"
  else
    failed=$((failed + 1)) && echo "FAILED  $text"
  fi
}

federation() { # PROFILE: a new one
  peer/down.sh "$peer" >/dev/null 2>&1
  rm -rf "$peer/data" "$peer/run"
  FEDPEER_PROFILE=$1 FEDPEER_REQUIRE_TM=1 peer/up.sh "$peer" || exit 1
}
TA=http://127.0.0.1:18100 SA=http://127.0.0.1:18101 OP=http://127.0.0.1:18102/oidc/op

broker() { # FOLDER PORT UPSTREAM SUPERIOR: configures one
  local folder=$work/$1 port=$2 upstream=$3 superior=$4
  mkdir -p "$folder/keys" "$folder/relying-parties"
  openssl rand -hex 32 >"$folder/keys/sealing"
  openssl rand -hex 32 >"$folder/keys/pairwise"
  cat >"$folder/varco.toml" <<TOML
issuer = "http://127.0.0.1:$port"
environment = "development"

[listen]
public = "127.0.0.1:$port"
operations = "127.0.0.1:$((port + 50))"

[secrets]
sealing = "file:keys/sealing"
pairwise = "file:keys/pairwise"

[trust_anchor.peer]
id = "$TA"
dialect = "it-2023"
jwks_file = "$peer/anchor-jwks.json"

[upstream.$upstream]
trust_anchor = "peer"
authority_hints = ["$superior"]

[upstream.$upstream.organization]
name = "Ente di prova"
homepage_uri = "https://ente.example"
policy_uri = "https://ente.example/privacy"
logo_uri = "https://ente.example/logo.svg"
contacts = ["ente@pec.example"]
TOML
  "$VARCO" keys generate --config "$folder/varco.toml" >/dev/null || exit 1
  relying_party "$folder" portal http://localhost:9999/cb <<<'client_secret = "file:../keys/portal.secret"'
  sed -i 's/"email"\]/"fiscal_number"]/' "$folder/relying-parties/portal.toml"
}

again() { # FOLDER PORT: stops every broker, starts this one, lets it look at the federation
  stop_all
  start "$work/$1" "$2" || exit 1
  sleep 3
}

login() { # FOLDER PORT LEVEL [USER PASSWORD] [--logout]: the result is in $work/told
  ./login.py "http://127.0.0.1:$2" portal "$work/$1/keys/portal.secret" "$OP" "${@:3}" >"$work/told"
}

told() { # EXPRESSION over the result, in Python: d
  python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' \
    "$work/told" "$1"
}

logs_in() { login "$@" && told 'd["userinfo"]["given_name"] == "Mario"'; }
refuses() { login "$@"; [ $? = 3 ]; }
knows_fiscal_number() { told '"BNCMRA80R10H501J" in json.dumps(d["userinfo"])'; }

federation cie
for below in ta sa; do
  superior=$TA
  [ $below = sa ] && superior=$SA
  port=9610
  [ $below = sa ] && port=9611
  entity=http://127.0.0.1:$port/cie
  broker $below $port cie $superior
  again $below $port
  peer/ctl.sh "$peer" register "$entity" $below || exit 1
  # It publishes no mark before it has looked at its superior again.
  promise "below $below: without the mark the provider refuses" refuses $below $port 2
  peer/ctl.sh "$peer" forget "$entity" >/dev/null
  again $below $port
  for level in 1 2 3; do
    promise "below $below: login at level $level" logs_in $below $port $level
    promise "below $below: acr is what was asked" told "d['id_token']['acr'].endswith('SpidL$level')"
  done
  promise "below $below: the fiscal number was decrypted" knows_fiscal_number
  promise "below $below: no refresh token is asked for" told "'offline_access' not in d['request']['scope']"
  promise "below $below: the verifier stays here" told "'code_verifier' not in d['request']"
  promise "below $below: a person without a fiscal number is refused" \
    refuses $below $port 2 nofiscal oidcnofiscal
  promise "below $below: doctor finds nothing" "$VARCO" doctor --config "$work/$below/varco.toml" cie
done

revoked() { grep -c '"POST /oidc/op/revocation[^"]*" 200' "$peer/log/op.log"; }
before=$(revoked)
promise "login at level 1, then logout" logs_in sa 9611 1 --logout
sleep 2
promise "logout revokes the access token" test "$(revoked)" -gt "$before"

# A key that the superior does not pin.
rm "$work/ta/keys/cie/signing.pem"
"$VARCO" keys generate --config "$work/ta/varco.toml" >/dev/null
again ta 9610
promise "a signing key that is not pinned: the log says so" grep -q "none of our signing keys" "$work/ta/log"
promise "a signing key that is not pinned: doctor names it" \
  sh -c "! '$VARCO' doctor --config '$work/ta/varco.toml' cie >'$work/doctor' 2>&1 && grep -q signing '$work/doctor'"
peer/ctl.sh "$peer" forget >/dev/null
promise "a signing key that is not pinned: the provider refuses" refuses ta 9610 2
stop_all

federation spid
broker spid 9612 spid-oidc $TA
again spid 9612
peer/ctl.sh "$peer" register http://127.0.0.1:9612/spid-oidc ta || exit 1
again spid 9612
for level in 1 2 3; do
  promise "SPID over OpenID: login at level $level" logs_in spid 9612 $level
done
promise "SPID over OpenID: the instrument is SPID" told "d['userinfo'].get('auth_method', 'spid') == 'spid'"

echo "test result: $passed passed; $failed failed"
[ $failed = 0 ]
