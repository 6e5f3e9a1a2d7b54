#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
#
# spid-sp-test 1.2.18 against a broker of this build: metadata, AuthnRequests in both bindings, and every
# answer of the tool's provider at levels 1, 2 and 3, twice: once with any refusal allowed, once with
# refusals that must be pages with a 4xx status. The exact number of results is demanded (gate.py).
#
# Needs VARCO (the binary) and spid_sp_test in PATH; scripts/test sets both.
set -uo pipefail
cd "$(dirname "$0")" || exit 2
here=$PWD
# shellcheck source=../broker.sh
. ../broker.sh

work=$(mktemp -d)
reports="${CARGO_TARGET_DIR:-$here/../../../target}/spid-reports"
rm -rf "$reports" && mkdir -p "$reports" || exit 2
trap 'stop_all; rm -rf "$work"' EXIT

# The tool's own provider, with a key pair of ours: the one in its package has expired.
mkdir -p "$work/provider"
openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 30 -subj /CN=idp.test \
  -keyout "$work/provider/private.key" -out "$work/provider/public.cert" 2>/dev/null || exit 2
export IDP_CERT_PATH="$work/provider"
export PYTHONPATH="$here" PYTHONWARNINGS=ignore RP_REDIRECT_URI=http://localhost:9999/cb
(cd "$work" && spid_sp_test --idp-metadata >provider.xml 2>/dev/null) || exit 2
provider=https://localhost:8443

for binding in redirect post; do
  port=9600
  [ $binding = post ] && port=9601
  configure "$work/$binding" $port $binding "$work/provider.xml" || exit 1
  relying_party "$work/$binding" test "$RP_REDIRECT_URI" <<<'client_secret = "file:../keys/test.secret"'
  start "$work/$binding" $port || exit 1
done

authorize() { # PORT LEVEL
  # The S256 challenge of the verifier in RFC 7636, appendix B: no token is ever redeemed.
  local query="response_type=code&client_id=test&redirect_uri=$RP_REDIRECT_URI&scope=openid&state=s&nonce=n"
  query="$query&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
  echo "http://localhost:$1/authorize?$query&idp_hint=$provider&acr_values=https://www.spid.gov.it/SpidL$2"
}

probe() { # REPORT PORT ARGUMENTS...
  local report=$1 port=$2
  shift 2
  (cd "$work" && spid_sp_test --metadata-url "http://localhost:$port/saml/metadata" -pr spid-sp-public \
    "$@" -rf json -o "$reports/$report.json") >"$reports/$report.log" 2>&1
}

failed=0
judge() { # REPORT ARGUMENTS...
  local report=$1
  shift
  "$here/gate.py" "$reports/$report.json" "$@" --skips "$here/skips.toml" && return
  failed=1
  tail -n 5 "$reports/$report.log"
}

# Two at a time: the tool is slow, the broker is not.
through=(-ap spid_oidc_plugin.OidcBroker --extra)
probe metadata 9600 --extra -d ERROR
for level in 1 2 3; do
  probe "authn-post-L$level" 9601 --authn-url "$(authorize 9601 $level)" "${through[@]}" -d ERROR &
  probe "answers-L$level" 9600 --authn-url "$(authorize 9600 $level)" "${through[@]}" -tr -d CRITICAL &
  wait %% 2>/dev/null
  STRICT_PAGES=1 \
    probe "pages-L$level" 9600 --authn-url "$(authorize 9600 $level)" "${through[@]}" -tr -d CRITICAL
done

judge metadata --metadata 115
judge authn-post-L1 --metadata 115 --authn 47
judge answers-L1 --metadata 115 --authn 40 --responses 111
judge pages-L1 --metadata 115 --authn 40 --responses 111
for level in 2 3; do
  judge "authn-post-L$level" --metadata 115 --authn 51
  judge "answers-L$level" --metadata 115 --authn 44 --responses 111
  judge "pages-L$level" --metadata 115 --authn 44 --responses 111
done
exit $failed
