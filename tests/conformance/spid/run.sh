#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
#
# spid-sp-test 1.2.18 against a broker of this build: metadata, AuthnRequests in both bindings, and every
# answer of the tool's provider at levels 1, 2 and 3, twice: once with any refusal allowed, once with
# refusals that must be pages with a 4xx status; then the profiles of CIE and of the eIDAS node. The exact number of results is demanded (gate.py).
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
  relying_party "$work/$binding" spid "$RP_REDIRECT_URI" <<<'client_secret = "file:../keys/spid.secret"'
  start "$work/$binding" $port || exit 1
  # Another one with CIE and the eIDAS node too, whose attribute sets then stand in SPID's metadata.
  port=$((port + 2))
  configure "$work/all-$binding" $port $binding "$work/provider.xml" || exit 1
  other_upstreams "$work/all-$binding" $binding "$work/provider.xml" || exit 1
  for upstream in cie-saml eidas; do
    relying_party "$work/all-$binding" $upstream "$RP_REDIRECT_URI" <<TOML
client_secret = "file:../keys/$upstream.secret"
upstreams = ["$upstream"]
TOML
  done
  start "$work/all-$binding" $port || exit 1
done

authorize() { # PORT LEVEL [UPSTREAM]
  # The S256 challenge of the verifier in RFC 7636, appendix B: no token is ever redeemed.
  local query="response_type=code&client_id=${3:-spid}&redirect_uri=$RP_REDIRECT_URI&scope=openid&state=s&nonce=n"
  query="$query&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
  echo "http://localhost:$1/authorize?$query&idp_hint=$provider&acr_values=https://www.spid.gov.it/SpidL$2"
}

probe() { # REPORT PORT ARGUMENTS...
  probe_as spid-sp-public /saml/metadata "$@"
}

probe_as() { # PROFILE METADATA_PATH REPORT PORT ARGUMENTS...
  local profile=$1 path=$2 report=$3 port=$4
  shift 4
  (cd "$work" && spid_sp_test --metadata-url "http://localhost:$port$path" -pr "$profile" \
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

# CIE and the eIDAS node: the tool's provider plays both, and its own extra checks are those of SPID.
through=(-ap spid_oidc_plugin.OidcBroker)
for level in 1 2 3; do
  probe_as cie-sp-public /saml/cie/metadata "cie-post-L$level" 9603 \
    --authn-url "$(authorize 9603 $level cie-saml)" "${through[@]}" -d ERROR
  STRICT_PAGES=1 probe_as cie-sp-public /saml/cie/metadata "cie-L$level" 9602 \
    --authn-url "$(authorize 9602 $level cie-saml)" "${through[@]}" -tr -d CRITICAL &
  probe_as ficep-eidas-sp /saml/metadata "eidas-post-L$level" 9603 \
    --authn-url "$(authorize 9603 $level eidas)" "${through[@]}" -d ERROR
  STRICT_PAGES=1 probe_as ficep-eidas-sp /saml/metadata "eidas-L$level" 9602 \
    --authn-url "$(authorize 9602 $level eidas)" "${through[@]}" -aj "$here/eidas-attributes.json" -tr -d CRITICAL
  wait %% 2>/dev/null
done

judge metadata --metadata 121
judge authn-post-L1 --metadata 121 --authn 47
judge answers-L1 --metadata 121 --authn 40 --responses 111
judge pages-L1 --metadata 121 --authn 40 --responses 111
for level in 2 3; do
  judge "authn-post-L$level" --metadata 121 --authn 51
  judge "answers-L$level" --metadata 121 --authn 44 --responses 111
  judge "pages-L$level" --metadata 121 --authn 44 --responses 111
done
for level in 1 2 3; do
  redirect=42 post=49
  [ $level = 1 ] && redirect=40 post=47
  judge "cie-post-L$level" --metadata 91 --authn $post
  judge "cie-L$level" --metadata 91 --authn $redirect --responses 109
  judge "eidas-post-L$level" --metadata 126 --authn $post
  judge "eidas-L$level" --metadata 126 --authn $redirect --responses 111
done
exit $failed
