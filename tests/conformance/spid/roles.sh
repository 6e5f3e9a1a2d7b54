#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
#
# spid-sp-test 1.2.18 on the golden metadata of every role. The product is not started: the test
# `metadata_published` says that it publishes these very documents.
#
# Needs spid_sp_test and spid-compliant-certificates in PATH; scripts/test sets it.
set -uo pipefail
cd "$(dirname "$0")" || exit 2
here=$PWD
golden=$(realpath ../../golden/metadata)
reports="${CARGO_TARGET_DIR:-$here/../../../target}/spid-reports"
mkdir -p "$reports" && rm -f "$reports"/role-* || exit 2
export PYTHONWARNINGS=ignore

# The strict checks are among the extra ones.
failed=0
while read -r document profile wanted; do
  report="role-$document-$profile"
  spid_sp_test --metadata-url "file://$golden/$document.xml" -pr "$profile" --extra \
    -d ERROR -rf json -o "$reports/$report.json" >"$reports/$report.log" 2>&1
  ./gate.py "$reports/$report.json" --metadata "$wanted" --skips skips.toml && continue
  failed=1
  tail -n 5 "$reports/$report.log"
done <<'LIST'
spid-public           spid-sp-public 121
spid-private          spid-sp-private 133
spid-ag-public-full   spid-sp-ag-public-full 145
spid-ag-public-lite   spid-sp-ag-public-lite 145
spid-ag-private-full  spid-sp-ag-private-full 162
spid-ag-private-lite  spid-sp-ag-private-lite 162
spid-op-public-full   spid-sp-op-public-full 124
spid-op-public-lite   spid-sp-op-public-lite 114
spid-op-private-full  spid-sp-op-public-full 124
cie-public            cie-sp-public 91
cie-private           cie-sp-private 109
spid-public-eidas     ficep-eidas-sp 126
spid-public-eidas     spid-sp-public 155
spid-public-age-limit spid-sp-public 126
spid-public-rollover  spid-sp-public 123
LIST

# AgID's checker of certificates, on those that the documents carry. Its command ends with status 0 whatever it
# finds, so it is asked as a library.
python3 - "$golden" <<'PYTHON' || failed=1
import base64, pathlib, re, sys, tempfile
from spid_compliant_certificates.validator.validate import validate

sectors = {"spid-public": "public", "spid-private": "private", "spid-ag-private-full": "private",
           "spid-op-private-full": "private", "cie-private": "private"}
failed = False
for document, sector in sectors.items():
    text = (pathlib.Path(sys.argv[1]) / f"{document}.xml").read_text(encoding="utf-8")
    body = re.search("<ds:X509Certificate>([^<]+)", text).group(1)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write("-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(base64.b64decode(body)).decode()
                   + "-----END CERTIFICATE-----\n")
        file.flush()
        checks = [check for test in validate(pathlib.Path(file.name), sector).tests for check in test.checks]
    bad = [check.description for check in checks if check.result != "success"]
    for line in bad:
        print("  " + line)
    word = "FAILED" if bad or len(checks) < 30 else "ok"
    failed |= word != "ok"
    print(f"certificate of {document}")
    print(f"test result: {word}. {len(checks) - len(bad)} passed; {len(bad)} failed")
sys.exit(failed)
PYTHON
exit $failed
