# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
"""Lets spid_sp_test walk to a service provider that stands behind OpenID Connect.

    PYTHONPATH=<this folder> spid_sp_test -ap spid_oidc_plugin.OidcBroker --authn-url <authorization URL> …

Request: from the authorization URL, every redirect is followed (ten at most) until an AuthnRequest
appears, in an address or in a form that posts itself. Response: it is posted to the ACS and every
redirect is followed until the broker shows a page, whose status counts, or sends the browser back to
the relying party: a code counts as 200, anything else as 403.

STRICT_PAGES=1 takes that last mercy away: a refusal must be a page with its own 4xx status.
"""
import base64
import os
from urllib.parse import parse_qs, parse_qsl, urljoin, urlsplit

from spid_sp_test.plugins.authn_request import Base
from spid_sp_test.utils import decode_authn_req_http_redirect, saml_from_htmlform

RELYING_PARTY = os.environ.get("RP_REDIRECT_URI", "http://localhost:9999/cb")
STRICT_PAGES = os.environ.get("STRICT_PAGES", "0") == "1"
HOPS = 10


class OidcBroker(Base):
    """The plugin that `-ap` names; the tool calls `request` and then `response` for every case."""

    def _follow(self, response, url):
        """The absolute address of a redirect, or None. Secure cookies are made to work over http."""
        for cookie in self.requests_session.cookies:
            cookie.secure = False
        location = response.headers.get("Location")
        return urljoin(url, location) if response.is_redirect and location else None

    def request(self):
        session, url = self.requests_session, self.authn_request_url
        for _ in range(HOPS):
            response = session.get(url, verify=False, allow_redirects=False)
            onward = self._follow(response, url)
            if onward is None:
                return self._from_form(response, url)
            url = onward
            query = dict(parse_qsl(urlsplit(url).query))
            if "SAMLRequest" in query:
                return {
                    "SAMLRequest_redirect": url,
                    "SAMLRequest": query["SAMLRequest"],
                    "SAMLRequest_xml": decode_authn_req_http_redirect(query["SAMLRequest"]).encode(),
                    "RelayState": query.get("RelayState"),
                    "SigAlg": query["SigAlg"],
                    "Signature": query["Signature"],
                    "requests_session": session,
                }
        raise RuntimeError("too many redirects")

    def _from_form(self, response, url):
        form = saml_from_htmlform(response.text) if response.ok else None
        if not form or not form.get("SAMLRequest"):
            raise RuntimeError(f"no AuthnRequest at {url}: HTTP {response.status_code}")
        return {
            "action": form["action"],
            "method": form["method"],
            "SAMLRequest": form["SAMLRequest"],
            "SAMLRequest_xml": base64.b64decode(form["SAMLRequest"]),
            "RelayState": form.get("RelayState"),
            "requests_session": self.requests_session,
        }

    def response(self, url, data=None, **_):
        session = self.requests_session
        response = session.post(url, data=data, verify=False, allow_redirects=False)
        for _ in range(HOPS):
            onward = self._follow(response, url)
            if onward is None:
                return response
            url = onward
            if url.startswith(RELYING_PARTY):
                query = parse_qs(urlsplit(url).query)
                if "code" in query and "error" not in query:
                    response.status_code = 200
                elif not STRICT_PAGES:
                    response.status_code = 403
                return response
            response = session.get(url, verify=False, allow_redirects=False)
        return response
