#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
#
# Sourced by the conformance runs: a broker of its own, in a folder of its own.
#
#   configure FOLDER PORT BINDING METADATA_FILE...   writes varco.toml, secrets, keys
#   relying_party FOLDER CLIENT_ID REDIRECT_URI      writes one client; further lines from stdin
#   other_upstreams FOLDER BINDING METADATA_FILE...  adds CIE by SAML and the eIDAS node
#   start FOLDER PORT                                starts it and waits until it is ready
#   stop_all                                         stops what was started; also on exit

: "${VARCO:?the path of the varco binary; scripts/test sets it}"
started=()

stop_all() {
  local process
  for process in "${started[@]}"; do kill "$process" 2>/dev/null; done
  for process in "${started[@]}"; do wait "$process" 2>/dev/null; done
  started=()
}
trap stop_all EXIT
trap 'exit 130' INT TERM

configure() {
  local folder=$1 port=$2 binding=$3 files="" file
  shift 3
  for file in "$@"; do files="$files\"$(realpath "$file")\", "; done
  mkdir -p "$folder/relying-parties" "$folder/keys"
  openssl rand -hex 32 >"$folder/keys/sealing"
  openssl rand -hex 32 >"$folder/keys/pairwise"
  cat >"$folder/varco.toml" <<TOML
issuer = "http://localhost:$port"
environment = "development"

[listen]
public = "127.0.0.1:$port"
operations = "127.0.0.1:$((port + 50))"

[secrets]
sealing = "file:keys/sealing"
pairwise = "file:keys/pairwise"

[upstream.spid]
binding = "$binding"

[upstream.spid.contact]
ipa_code = "c_h501"
vat_number = "IT12345678903"
fiscal_code = "12345678903"
email = "spid@ente.example"
telephone = "+390600000000"

[upstream.spid.organization.it]
name = "Ente di prova"
url = "https://www.ente.example"

[upstream.spid.organization.en]
name = "Ente di prova"
url = "https://www.ente.example/en"

[[upstream.spid.attribute_set]]
name = "default"
index = 0
title = { it = "Servizi" }
attributes = ["spidCode", "name", "familyName", "fiscalNumber", "dateOfBirth"]

[upstream.spid.trust]
metadata_files = [$files]
TOML
  "$VARCO" keys generate --config "$folder/varco.toml" || return 1
}

other_upstreams() {
  local folder=$1 binding=$2 files="" file
  shift 2
  for file in "$@"; do files="$files\"$(realpath "$file")\", "; done
  cat >>"$folder/varco.toml" <<TOML

[upstream.cie-saml]
binding = "$binding"

[upstream.cie-saml.contact]
ipa_code = "c_h501"
municipality = "H501"
province = "RM"
country = "IT"
email = "spid@ente.example"
telephone = "+390600000000"

[upstream.cie-saml.organization.it]
name = "Ente di prova"
url = "https://www.ente.example"

[upstream.cie-saml.organization.en]
name = "Ente di prova"
url = "https://www.ente.example/en"

[[upstream.cie-saml.attribute_set]]
name = "default"
index = 0
title = { it = "Servizi" }
attributes = ["name", "familyName", "dateOfBirth", "fiscalNumber"]

[upstream.cie-saml.trust]
metadata_files = [$files]

[upstream.eidas]
binding = "$binding"

[upstream.eidas.trust]
metadata_files = [$files]
TOML
  "$VARCO" keys generate --config "$folder/varco.toml"
}

relying_party() {
  local folder=$1 client=$2 redirect=$3 extra
  extra=$(cat)
  openssl rand -hex 32 >"$folder/keys/$client.secret"
  cat >"$folder/relying-parties/$client.toml" <<TOML
client_id = "$client"
redirect_uris = ["$redirect"]
scopes = ["openid", "profile", "email"]
initiate_login_uri = "http://localhost:9999/login"
$extra

[name]
it = "Servizio di prova"
en = "Sample service"

[branding]
legal_uri = "http://localhost:9999/legal"
privacy_uri = "http://localhost:9999/privacy"
accessibility_uri = "http://localhost:9999/accessibility"

[assistance]
email = "assistenza@ente.example"
TOML
}

start() {
  local folder=$1 port=$2
  "$VARCO" check --config "$folder/varco.toml" || return 1
  "$VARCO" serve --config "$folder/varco.toml" >"$folder/log" 2>&1 &
  started+=($!)
  local tries
  for tries in $(seq 100); do
    curl -sf -o /dev/null "http://localhost:$port/.well-known/openid-configuration" && return 0
    kill -0 "${started[-1]}" 2>/dev/null || break
    sleep 0.1
  done
  echo "the broker in $folder did not start"
  tail -n 20 "$folder/log"
  return 1
}
