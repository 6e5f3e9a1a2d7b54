#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
"""Sign in at a broker through the peer, as a browser and a relying party would.

    login.py BROKER CLIENT_ID SECRET_FILE PROVIDER LEVEL [USER PASSWORD] [--logout]

Prints one JSON object: `request` (what the broker asked of the provider), then `id_token` and `userinfo`
(what the relying party was told), or `refused` (the code on the broker's error page; exit 3).
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


def show(address, fields=None):
    data = urllib.parse.urlencode(fields).encode() if fields is not None else None
    try:
        answer = browser.open(address, data, timeout=60)
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


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    broker, client, secret, provider, level = words[:5]
    user, password = words[5:] or ("user", "oidcuser")
    secret = open(secret).read().strip()
    verifier = secrets.token_hex(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "response_type": "code", "client_id": client, "redirect_uri": CALLBACK, "scope": "openid profile fiscal_number",
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
        sys.exit(3)
    form = {
        "grant_type": "authorization_code", "code": back["code"][0], "redirect_uri": CALLBACK,
        "code_verifier": verifier, "client_id": client, "client_secret": secret,
    }
    _, answer = show(broker + "/token", form)
    tokens = json.loads(answer)
    request = urllib.request.Request(
        broker + "/userinfo", headers={"Authorization": "Bearer " + tokens["access_token"]})
    userinfo = json.loads(browser.open(request, timeout=60).read())
    print(json.dumps({**told, "id_token": claims(tokens["id_token"]), "userinfo": userinfo}))
    if "--logout" in sys.argv:
        query = {"id_token_hint": tokens["id_token"], "client_id": client}
        show(f"{broker}/end_session?{urllib.parse.urlencode(query)}")


main()
