// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// Discovery, code with PKCE, ID token, userinfo; for every way a client can authenticate and every
// algorithm an ID token can be signed with. And what must not work: a second use of the code, another
// verifier, another client's secret. Then the other ways an answer can come back.
import "./node18.mjs";
import * as oidc from "openid-client";
import { holds, refused, test } from "./checks.mjs";
import { LEVEL_2, discover, header, isTaken, signIn } from "./relying_party.mjs";

export async function everyWayToAuthenticate(issuer, clients) {
  const subjects = new Set();
  for (const client of clients) {
    const key = client.private_jwk ? ` with ${client.private_jwk.alg}` : "";
    const name = `${client.method}${key}, ID token in ${client.id_token_alg}`;
    let config;
    await test(`${name}: discovery offers it`, async () => {
      config = await discover(issuer, client);
      const metadata = config.serverMetadata();
      holds(metadata.issuer === issuer, "the issuer is what was asked");
      holds(metadata.token_endpoint_auth_methods_supported.includes(client.method), "the method is offered");
      holds(metadata.id_token_signing_alg_values_supported.includes(client.id_token_alg), "the algorithm is offered");
      holds(metadata.code_challenge_methods_supported.includes("S256"), "S256 is offered");
      holds(metadata.authorization_response_iss_parameter_supported === true, "iss is promised");
    });
    await test(`${name}: a login ends with an ID token and userinfo about the same person`, async () => {
      const { back, grant } = await signIn(config, client);
      const tokens = await oidc.authorizationCodeGrant(config, back, grant);
      const claims = tokens.claims();
      holds(claims.acr === LEVEL_2, `acr is the level achieved, not ${claims.acr}`);
      holds(header(tokens.id_token).alg === client.id_token_alg, `signed with ${header(tokens.id_token).alg}`);
      const person = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
      holds(person.sub === claims.sub, "one sub");
      holds(!/[A-Z]{6}\d{2}[A-Z]\d{2}/.test(claims.sub), "sub is no fiscal code");
      subjects.add(claims.sub);
    });
    await test(`${name}: a second use of the code is refused and revokes the token`, async () => {
      const { back, grant } = await signIn(config, client);
      const tokens = await oidc.authorizationCodeGrant(config, back, grant);
      await refused(oidc.authorizationCodeGrant(config, back, grant), "invalid_grant");
      holds(!(await isTaken(config, tokens.access_token)), "userinfo refuses the token");
    });
    await test(`${name}: a wrong verifier is refused`, async () => {
      const { back, grant } = await signIn(config, client);
      const wrong = { ...grant, pkceCodeVerifier: oidc.randomPKCECodeVerifier() };
      await refused(oidc.authorizationCodeGrant(config, back, wrong), "invalid_grant");
    });
    if (client.client_secret) {
      await test(`${name}: a wrong secret is refused, and the right one still redeems the code`, async () => {
        const thief = await discover(issuer, client, { secret: "0".repeat(64) });
        const { back, grant } = await signIn(config, client);
        await refused(oidc.authorizationCodeGrant(thief, back, grant), "invalid_client");
        holds((await oidc.authorizationCodeGrant(config, back, grant)).id_token, "the code was not used up");
      });
    }
  }
  await test("one person, one sub within a sector", async () => {
    holds(subjects.size === 1, `${subjects.size} subs for clients of one host`);
  });
}

export async function everyWayBack(issuer, client) {
  await test("form_post: the code comes in a posted form", async () => {
    const config = await discover(issuer, client);
    const { back, grant } = await signIn(config, client, { more: { response_mode: "form_post" } });
    holds(back instanceof Request && back.method === "POST", "a form is posted");
    holds(!new URL(back.url).search, "and nothing stands in the address");
    holds((await oidc.authorizationCodeGrant(config, back, grant)).id_token, "the code is good");
  });
  await test("JARM: the code comes in a signed answer", async () => {
    const metadata = { authorization_signed_response_alg: "RS256" };
    const config = await discover(issuer, client, { metadata, execute: [oidc.useJwtResponseMode] });
    const { back, grant } = await signIn(config, client);
    holds([...back.searchParams.keys()].join() === "response", "nothing stands beside the answer");
    holds((await oidc.authorizationCodeGrant(config, back, grant)).id_token, "the code is good");
  });
  await test("iss: an answer that names another issuer, or none, is not taken", async () => {
    const config = await discover(issuer, client);
    const { back, grant } = await signIn(config, client);
    holds(back.searchParams.get("iss") === issuer, "the answer names its issuer");
    for (const other of ["https://attacker.example", undefined]) {
      const forged = new URL(back);
      forged.searchParams.delete("iss");
      if (other) forged.searchParams.set("iss", other);
      const outcome = await oidc.authorizationCodeGrant(config, forged, grant).catch((cause) => cause);
      holds(outcome.code === "OAUTH_INVALID_RESPONSE", `the library refuses ${other}`);
    }
    holds((await oidc.authorizationCodeGrant(config, back, grant)).id_token, "the code was not sent anywhere");
  });
}
