// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// openid-client, a certified relying-party library, against a broker of this build: discovery, code with
// PKCE, ID token, userinfo; for every way a client can authenticate and every algorithm an ID token can
// be signed with. And what must not work: a second use of the code, another client's secret.
//
//     node run.mjs ISSUER CLIENTS.json        run.sh writes CLIENTS.json and registers the clients
import { webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";

globalThis.crypto ??= webcrypto; // Node 18
const oidc = await import("openid-client");
const { Citizen } = await import("./citizen.mjs");

const [issuer, file] = process.argv.slice(2);
const clients = JSON.parse(await readFile(file, "utf8"));
const LEVEL_2 = "https://www.spid.gov.it/SpidL2";

let passed = 0;
let failed = 0;
async function test(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (cause) {
    failed += 1;
    console.log(`FAILED  ${name}: ${cause.code ?? ""} ${cause.message} ${cause.cause?.message ?? ""}`);
    if (cause.cause) console.log(cause.cause);
  }
}
function holds(condition, sentence) {
  if (!condition) throw new Error(`not so: ${sentence}`);
}
async function refused(promise, error) {
  const outcome = await promise.then(() => undefined, (cause) => cause);
  holds(outcome, `refused with ${error}`);
  // With a 401 the library reports the challenge and leaves the body unread.
  const said = outcome.error ?? (await outcome.response?.json())?.error;
  holds(said === error, `refused with ${error}, not ${said ?? outcome.message}`);
}

async function authentication(client, secret = client.client_secret) {
  switch (client.method) {
    case "client_secret_basic": return oidc.ClientSecretBasic(secret);
    case "client_secret_post": return oidc.ClientSecretPost(secret);
    case "private_key_jwt": {
      const { kid, alg, ...jwk } = client.private_jwk;
      const parameters = alg === "ES256"
        ? { name: "ECDSA", namedCurve: "P-256" }
        : { name: alg === "PS256" ? "RSA-PSS" : "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
      const key = await crypto.subtle.importKey("jwk", jwk, parameters, false, ["sign"]);
      return oidc.PrivateKeyJwt({ key, kid });
    }
    default: throw new Error(`unknown method ${client.method}`);
  }
}

async function discover(client, secret) {
  return oidc.discovery(
    new URL(issuer),
    client.client_id,
    { id_token_signed_response_alg: client.id_token_alg },
    await authentication(client, secret),
    { execute: [oidc.allowInsecureRequests] },
  );
}

/** Signs in and stops with the address that carries the code. */
async function signIn(config, client) {
  const verifier = oidc.randomPKCECodeVerifier();
  const checks = { state: oidc.randomState(), nonce: oidc.randomNonce() };
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: client.redirect_uri,
    scope: "openid profile email",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    acr_values: LEVEL_2,
    idp_hint: client.provider,
    ...checks,
  });
  const back = await new Citizen().walk(address, client.redirect_uri);
  holds(back.searchParams.get("error") === null, `no error, but ${back.search}`);
  const grant = {
    pkceCodeVerifier: verifier,
    expectedState: checks.state,
    expectedNonce: checks.nonce,
    idTokenExpected: true,
  };
  return { back, grant };
}

const subjects = new Set();
for (const client of clients) {
  const key = client.private_jwk ? ` with ${client.private_jwk.alg}` : "";
  const name = `${client.method}${key}, ID token in ${client.id_token_alg}`;
  let config;
  await test(`${name}: discovery offers it`, async () => {
    config = await discover(client);
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
    const header = JSON.parse(Buffer.from(tokens.id_token.split(".")[0], "base64url"));
    holds(header.alg === client.id_token_alg, `signed with ${header.alg}`);
    const person = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
    holds(person.sub === claims.sub, "one sub");
    holds(!/[A-Z]{6}\d{2}[A-Z]\d{2}/.test(claims.sub), "sub is no fiscal code");
    subjects.add(claims.sub);
  });
  await test(`${name}: a second use of the code is refused and revokes the token`, async () => {
    const { back, grant } = await signIn(config, client);
    const tokens = await oidc.authorizationCodeGrant(config, back, grant);
    await refused(oidc.authorizationCodeGrant(config, back, grant), "invalid_grant");
    const dead = await fetch(config.serverMetadata().userinfo_endpoint, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    holds(dead.status === 401, `userinfo refuses with 401, not ${dead.status}`);
  });
  await test(`${name}: a wrong verifier is refused`, async () => {
    const { back, grant } = await signIn(config, client);
    const wrong = { ...grant, pkceCodeVerifier: oidc.randomPKCECodeVerifier() };
    await refused(oidc.authorizationCodeGrant(config, back, wrong), "invalid_grant");
  });
  if (client.client_secret) {
    await test(`${name}: a wrong secret is refused, and the right one still redeems the code`, async () => {
      const thief = await discover(client, "0".repeat(64));
      const { back, grant } = await signIn(config, client);
      await refused(oidc.authorizationCodeGrant(thief, back, grant), "invalid_client");
      holds((await oidc.authorizationCodeGrant(config, back, grant)).id_token, "the code was not used up");
    });
  }
}
await test("one person, one sub within a sector", async () => {
  holds(subjects.size === 1, `${subjects.size} subs for clients of one host`);
});

console.log(`test result: ${failed ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed`);
process.exit(failed ? 1 : 0);
