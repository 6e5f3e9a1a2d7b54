#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
"""What the peer knows of the newest access token it issued to an entity.

    issued.py WORKDIR PROVIDER ENTITY_ID

Prints one JSON object: `revoked` (the peer's own record), `status` of its userinfo endpoint for that token, and
where that answers, the JOSE header of what it sends and the name of the key the entity publishes for it.
"""
import base64
import json
import sqlite3
import sys
import urllib.error
import urllib.request

browser = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def part(token, index):
    text = token.split(".")[index]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def main():
    folder, provider, entity = sys.argv[1:]
    peer = sqlite3.connect(f"file:{folder}/data/op.sqlite3?mode=ro", uri=True, timeout=10)
    token, revoked = peer.execute(
        "select t.access_token, t.revoked or s.revoked from spid_cie_oidc_provider_issuedtoken t "
        "join spid_cie_oidc_provider_oidcsession s on s.id = t.session_id "
        "where s.client_id = ? order by t.id desc limit 1", (entity,)).fetchone()
    told = {"revoked": bool(revoked)}
    asking = urllib.request.Request(provider + "/userinfo", headers={"Authorization": "Bearer " + token})
    try:
        answer = browser.open(asking, timeout=30)
        told["status"], told["header"] = answer.status, part(answer.read().decode().strip(), 0)
    except urllib.error.HTTPError as error:
        told["status"] = error.code
    configuration = browser.open(entity + "/.well-known/openid-federation", timeout=30).read().decode()
    keys = part(configuration, 1)["metadata"]["openid_relying_party"]["jwks"]["keys"]
    told["ours"] = [key["kid"] for key in keys if key["use"] == "enc"]
    print(json.dumps(told))


main()
