#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
#
# Varco as a relying party of a federation like CIE's that others wrote (peer/README.md), on private ports:
# onboarding below the anchor and below the aggregator, a login at each level, revocation at logout, a
# missing mark, keys that the superior does not pin; then SPID over OpenID by the same code.
#
# Needs VARCO (the binary; scripts/test sets it) and python3. One line per promise; the last one counts.
set -uo pipefail
cd "$(dirname "$0")" || exit 2
here=$PWD
# shellcheck source=../broker.sh
. ../broker.sh

if ! python3 -c 'import venv' 2>/dev/null; then
  echo "skipped: the federation of others is written in Python, and there is no python3 with venv"
  exit 77
fi

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
  relying_party "$folder" portal http://localhost:9999/cb <<'TOML'
client_secret = "file:../keys/portal.secret"
grant_types = ["authorization_code", "refresh_token"]
TOML
  sed -i 's/"email"\]/"fiscal_number", "offline_access"]/' "$folder/relying-parties/portal.toml"
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
  python3 - "$work/told" "$1" <<'PY'
import json, sys
d = json.load(open(sys.argv[1]))
if not eval(sys.argv[2]):
    print(json.dumps(d)[:2000])
    sys.exit(1)
PY
}

issued() { # PORT UPSTREAM EXPRESSION over what the peer knows of the newest token
  ./issued.py "$peer" "$OP" "http://127.0.0.1:$1/$2" >"$work/told" && told "$3"
}

logs_in() { login "$@" && told 'd["userinfo"]["given_name"] == "Mario" and d["userinfo"]["family_name"] == "Bianchi"'; }
# By a page with that code; the relying party hears nothing, and nothing is counted as a login.
refuses() { # CODE FOLDER PORT LEVEL [USER PASSWORD]
  local code=$1 before after
  shift
  before=$(logins "$2")
  login "$@"
  [ $? = 3 ] || { cat "$work/told"; return 1; }
  after=$(logins "$2")
  told "d['refused'] == '$code'" && [ "$before" = "$after" ]
}
metric() { curl -sf "http://127.0.0.1:$(($1 + 50))/metrics" | grep "^$2" || true; }
logins() { metric "$1" varco_login_completed_total | grep 'result="success"' || true; }

onboards() { # FOLDER PORT UPSTREAM SUPERIOR
  local entity=http://127.0.0.1:$2/$3
  again "$1" "$2"
  promise "$1: before it is registered, the doctor says whose turn it is" \
    sh -c "! '$VARCO' doctor --config '$work/$1/varco.toml' $3 >'$work/doctor' 2>&1 && grep -q 'says nothing of' '$work/doctor'"
  peer/ctl.sh "$peer" register "$entity" "$4" || exit 1
  # It publishes no mark before it has looked at its superior again.
  promise "$1: without the mark the provider refuses, and the person sees a page" refuses VARCO-1409 "$1" "$2" 2
  peer/ctl.sh "$peer" forget "$entity" >/dev/null
  again "$1" "$2"
  promise "$1: the mark it was given is published" \
    sh -c "'$VARCO' doctor --config '$work/$1/varco.toml' $3 | grep -q 'trust marks: 1'"
  promise "$1: no alert is left" sh -c "echo '$(metric "$2" varco_metadata_alerts)' | grep -q ' 0$'"
}

signs_in() { # FOLDER PORT UPSTREAM
  local level
  for level in 1 2 3; do
    promise "$1: login at level $level" logs_in "$1" "$2" "$level"
    # The peer answers with the last of the levels that were asked for; what it says is told, and no more.
    promise "$1: the level told is the one the provider vouched for" \
      told "d['request']['acr_values'].split()[0].endswith('SpidL$level') and d['id_token']['acr'] == d['request']['acr_values'].split()[-1]"
  done
  local instrument=${3%-oidc}
  promise "$1: the instrument told is $instrument, the provider the one that was chosen" \
    told "{**d['id_token'], **d['userinfo']}['auth_method'] == '$instrument' and {**d['id_token'], **d['userinfo']}['idp'] == '$OP'"
  promise "$1: the claims of the encrypted userinfo arrived" \
    told "'BNCMRA80R10H501J' in json.dumps(d['userinfo']) and d['userinfo']['birthdate'] == '1980-10-10'"
  promise "$1: what came was encrypted for the key that we publish" issued "$2" "$3" \
    "d['status'] == 200 and d['header']['alg'] == 'RSA-OAEP' and d['header']['enc'] == 'A256CBC-HS512' and d['header']['kid'] in d['ours']"
  promise "$1: a refreshed token tells the same person" logs_in "$1" "$2" 1 --refresh
  promise "$1: and the provider was asked for no refresh token" \
    told "d['refreshed'] == d['userinfo'] and 'offline_access' not in d['request']['scope'] and 'code_verifier' not in d['request']"
  promise "$1: a person without a fiscal number is refused" \
    refuses VARCO-1433 "$1" "$2" 2 nofiscal oidcnofiscal
  promise "$1: the token is good until the person leaves" issued "$2" "$3" "not d['revoked']"
  promise "$1: login, then logout" logs_in "$1" "$2" 1 --logout
  promise "$1: the logout revoked it at the provider" eventually revoked "$2" "$3"
  promise "$1: the doctor finds nothing" "$VARCO" doctor --config "$work/$1/varco.toml" "$3"
}

revoked() { issued "$1" "$2" "d['revoked'] and d['status'] == 403" >/dev/null; }
eventually() { # COMMAND…, for five seconds
  local tries
  for tries in $(seq 10); do "$@" && return 0; sleep 0.5; done
  echo "still not after $tries tries"
  return 1
}

federation cie
broker below-anchor 9610 cie $TA
onboards below-anchor 9610 cie ta
signs_in below-anchor 9610 cie
broker below-aggregator 9611 cie $SA
onboards below-aggregator 9611 cie sa
signs_in below-aggregator 9611 cie

# A key that the superior does not pin.
ta=$work/below-anchor
rm "$ta/keys/cie/signing.pem"
"$VARCO" keys generate --config "$ta/varco.toml" >/dev/null
again below-anchor 9610
promise "a signing key that is not pinned: the log says so" grep -q "none of our signing keys" "$ta/log"
promise "a signing key that is not pinned: an alert stands" \
  sh -c "echo '$(metric 9610 varco_metadata_alerts)' | grep -q 'federation=\"cie\"} [1-9]'"
promise "a signing key that is not pinned: the doctor names it" \
  sh -c "! '$VARCO' doctor --config '$ta/varco.toml' cie >'$work/doctor' 2>&1 && grep -q signing '$work/doctor'"
peer/ctl.sh "$peer" forget >/dev/null
promise "a signing key that is not pinned: the provider refuses" refuses VARCO-1409 below-anchor 9610 2
peer/ctl.sh "$peer" register http://127.0.0.1:9610/cie ta >/dev/null || exit 1
peer/ctl.sh "$peer" forget >/dev/null
again below-anchor 9610
promise "a signing key that was registered again: login" logs_in below-anchor 9610 2
stop_all

federation spid
broker spid 9612 spid-oidc $TA
onboards spid 9612 spid-oidc ta
signs_in spid 9612 spid-oidc

echo "test result: cie. $passed passed; $failed failed"
[ $failed = 0 ]
