#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
#
# Sourced by the runs that need the whole federation: `start_sandbox FOLDER [FLAG…]`, `stop_sandbox`.
# BROKER, PORTAL, PROVIDER and FEDERATION are its addresses.

: "${SANDBOX:?the path of the varco-sandbox binary; scripts/test sets it}"
# shellcheck disable=SC2034
BROKER=http://localhost:8080 PORTAL=http://localhost:8081 PROVIDER=http://127.0.0.1:8090 FEDERATION=http://127.0.0.1:8095
sandbox=""

start_sandbox() {
  local folder=$1 tries
  "$SANDBOX" serve --folder "$folder" "${@:2}" >"$folder/log" 2>&1 &
  sandbox=$!
  for tries in $(seq 150); do
    curl -sf -o /dev/null "$PORTAL/" &&
      curl -sf -o /dev/null "$BROKER/.well-known/openid-configuration" && return 0
    kill -0 "$sandbox" 2>/dev/null || break
    sleep 0.1
  done
  echo "the sandbox did not start"
  tail -n 20 "$folder/log"
  return 1
}

stop_sandbox() {
  [ -n "$sandbox" ] && kill "$sandbox" 2>/dev/null && wait "$sandbox" 2>/dev/null
  sandbox=""
}
