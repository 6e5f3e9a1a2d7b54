// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// panva's oidc-provider with the same client, the same algorithms and the same kind of tokens as the
// broker of the bench: what one flow costs here stands beside what it costs there. Whoever comes is
// signed in at once and keeps a session; everything is in memory.
//
//     node server.mjs PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI
import { generateKeyPair } from "node:crypto";
import { createServer } from "node:http";
import { promisify } from "node:util";
import Provider from "oidc-provider";

const [port, client_id, client_secret, redirect_uri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });

const provider = new Provider(issuer, {
  clients: [{
    client_id,
    client_secret,
    redirect_uris: [redirect_uri],
    token_endpoint_auth_method: "client_secret_basic",
    id_token_signed_response_alg: "RS256",
    grant_types: ["authorization_code"],
    response_types: ["code"],
  }],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig" }] },
  scopes: ["openid", "profile", "email", "fiscal_number"],
  claims: {
    openid: ["sub"],
    profile: ["given_name", "family_name", "birthdate", "gender"],
    email: ["email"],
    fiscal_number: ["fiscal_number"],
  },
  findAccount: (_, accountId) => ({
    accountId,
    claims: () => ({
      sub: accountId,
      given_name: "Ada",
      family_name: "Rossi",
      birthdate: "1980-01-01",
      gender: "female",
      email: "ada@example.it",
      fiscal_number: "TINIT-RSSDAA80A41H501W",
    }),
  }),
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  ttl: { AccessToken: 300, AuthorizationCode: 60, IdToken: 300, Session: 3600, Grant: 3600, Interaction: 600 },
  // Consent is not what is measured.
  async loadExistingGrant(ctx) {
    const found = ctx.oidc.session.grantIdFor(ctx.oidc.client.clientId);
    if (found) return ctx.oidc.provider.Grant.find(found);
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile email fiscal_number");
    await grant.save();
    return grant;
  },
});

const answer = provider.callback();
createServer((request, response) => {
  if (!request.url.startsWith("/interaction/")) return answer(request, response);
  return provider.interactionFinished(request, response, { login: { accountId: "ada" } });
}).listen(Number(port), "127.0.0.1");
