#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
"""Sign in at a broker through the peer, as a browser and a relying party would.

    login.py BROKER CLIENT_ID SECRET_FILE PROVIDER LEVEL [USER PASSWORD] [--refresh] [--logout]

Prints one JSON object: `request` (what the broker asked of the provider), then `id_token` and `userinfo`
(what the relying party was told) and `refreshed` (the same userinfo with a refreshed token), or `refused`:
the code on the broker's page. Exit 3 says a page, 4 that the relying party was told of an error instead.
"""
import base64
import hashlib
import html
import http.cookiejar
import json
import re
import secrets
import sys
import urllib.error
import urllib.parse
import urllib.request

CALLBACK = "http://localhost:9999/cb"


class Stop(Exception):
    pass


class Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, remembers them, and stops where the relying party would answer."""

    def __init__(self):
        self.seen = []

    def redirect_request(self, request, file, code, message, headers, address):
        self.seen.append(address)
        if address.startswith(CALLBACK):
            raise Stop(address)
        return urllib.request.Request(address, headers={"Accept-Language": "it"})


redirects = Redirects()
browser = urllib.request.build_opener(
    urllib.request.ProxyHandler({}),
    # Browsers send Secure cookies to localhost by http too.
    urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar(
        http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https")))),
    redirects,
)


def show(address, fields=None, authorization=None):
    data = urllib.parse.urlencode(fields).encode() if fields is not None else None
    headers = {"Accept-Language": "it", **({"Authorization": authorization} if authorization else {})}
    try:
        answer = browser.open(urllib.request.Request(address, data, headers), timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.geturl(), answer.read().decode()


def hidden(page):
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            fields[name[1]] = html.unescape(value[1]) if value else ""
    return fields


def claims(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def refused(page, told):
    found = re.search(r"VARCO-\d+", page)
    if not found:
        sys.exit("neither a login nor a refusal:\n" + page[:2000])
    print(json.dumps({**told, "refused": found[0]}))
    sys.exit(3)


def tokens(broker, client, secret, form):
    basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
    _, answer = show(broker + "/token", form, "Basic " + basic)
    answer = json.loads(answer)
    if "access_token" not in answer:
        sys.exit(f"no token: {answer}")
    _, told = show(broker + "/userinfo", None, "Bearer " + answer["access_token"])
    return answer, json.loads(told)


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    broker, client, secret, provider, level = words[:5]
    user, password = words[5:] or ("user", "oidcuser")
    secret = open(secret).read().strip()
    verifier = secrets.token_hex(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    scope = "openid profile fiscal_number" + (" offline_access" if "--refresh" in sys.argv else "")
    query = {
        "response_type": "code", "client_id": client, "redirect_uri": CALLBACK, "scope": scope,
        "state": "s", "nonce": "n", "code_challenge": challenge, "code_challenge_method": "S256",
        "acr_values": "https://www.spid.gov.it/SpidL" + level, "idp_hint": provider,
    }
    told = {}
    try:
        address, page = show(f"{broker}/authorize?{urllib.parse.urlencode(query)}")
        asked = [to for to in redirects.seen if to.startswith(provider)]
        if asked:
            outer = urllib.parse.parse_qs(urllib.parse.urlsplit(asked[0]).query)
            told["request"] = claims(outer["request"][0])
        if not address.startswith(provider):
            refused(page, told)
        address, page = show(address, {**hidden(page), "username": user, "password": password})
        address, page = show(address, {**hidden(page), "agree": "True"})
        refused(page, told)
    except Stop as stop:
        back = urllib.parse.parse_qs(urllib.parse.urlsplit(str(stop)).query)
    if "code" not in back:
        print(json.dumps({**told, "refused": back.get("error_description", back["error"])[0]}))
        sys.exit(4)
    form = {
        "grant_type": "authorization_code", "code": back["code"][0], "redirect_uri": CALLBACK,
        "code_verifier": verifier,
    }
    answer, told["userinfo"] = tokens(broker, client, secret, form)
    told["id_token"] = claims(answer["id_token"])
    if "--refresh" in sys.argv:
        form = {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"]}
        told["refreshed"] = tokens(broker, client, secret, form)[1]
    print(json.dumps(told))
    if "--logout" in sys.argv:
        query = {"id_token_hint": answer["id_token"], "client_id": client}
        show(f"{broker}/end_session?{urllib.parse.urlencode(query)}")


main()
