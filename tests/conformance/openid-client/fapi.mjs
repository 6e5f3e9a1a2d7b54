// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// FAPI 2.0: PAR, PKCE, private_key_jwt, DPoP; then Message Signing: JAR, JARM, signed introspection.
import "./node18.mjs";
import { calculateJwkThumbprint, exportJWK } from "jose";
import * as oidc from "openid-client";
import { Citizen } from "./citizen.mjs";
import { holds, refused, test } from "./checks.mjs";
import { LEVEL_2, discover, header, isTaken, request, answer, signIn, signInPushed, signingKey }
  from "./relying_party.mjs";

/** A key for proofs, and its handle. */
async function proof(config) {
  const pair = await oidc.randomDPoPKeyPair("ES256", { extractable: true });
  return { pair, DPoP: oidc.getDPoPHandle(config, pair) };
}

export async function securityProfile(issuer, client, stranger) {
  const config = await discover(issuer, client);
  const metadata = config.serverMetadata();
  let held;
  /** Signs in with the code bound to a key, and redeems it. */
  async function login(more) {
    const { pair, DPoP } = await proof(config);
    const { back, grant } = await signInPushed(config, client, { more, DPoP });
    return { pair, DPoP, tokens: await oidc.authorizationCodeGrant(config, back, grant, undefined, { DPoP }) };
  }

  await test("FAPI 2.0: discovery offers PAR, DPoP and private_key_jwt", async () => {
    holds(metadata.pushed_authorization_request_endpoint, "there is a place to push to");
    holds(metadata.dpop_signing_alg_values_supported.includes("ES256"), "proofs in ES256 are taken");
    holds(metadata.token_endpoint_auth_methods_supported.includes("private_key_jwt"), "assertions are taken");
    holds(metadata.token_endpoint_auth_signing_alg_values_supported.includes("ES256"), "in ES256");
  });
  await test("FAPI 2.0: a pushed request ends with tokens for the key of the proof", async () => {
    held = await login({ scope: "openid profile email offline_access" });
    const { DPoP, pair, tokens } = held;
    const claims = tokens.claims();
    holds(tokens.token_type.toLowerCase() === "dpop", `the token is for a key, not ${tokens.token_type}`);
    holds(header(tokens.id_token).alg === "PS256", "the ID token is signed as FAPI wants");
    holds(claims.acr === LEVEL_2, "acr is the level achieved");
    const person = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub, { DPoP });
    holds(person.sub === claims.sub, "one sub");
    const told = await oidc.tokenIntrospection(config, tokens.access_token);
    const thumbprint = await calculateJwkThumbprint(await exportJWK(pair.publicKey));
    holds(told.active && told.cnf?.jkt === thumbprint, "introspection names the key");
  });
  await test("FAPI 2.0: no nonce is asked of a proof", async () => {
    const asked = [];
    const counted = await discover(issuer, client);
    counted[oidc.customFetch] = (url, options) => {
      asked.push(new URL(url).pathname);
      return fetch(url, options);
    };
    const { DPoP } = await proof(counted);
    const { back, grant } = await signInPushed(counted, client, { DPoP });
    const tokens = await oidc.authorizationCodeGrant(counted, back, grant, undefined, { DPoP });
    await oidc.fetchUserInfo(counted, tokens.access_token, tokens.claims().sub, { DPoP });
    for (const endpoint of ["/par", "/token", "/userinfo"]) {
      const times = asked.filter((path) => path === endpoint).length;
      holds(times === 1, `${endpoint} was asked once, not ${times} times`);
    }
  });
  await test("FAPI 2.0: a request that was not pushed gives no code", async () => {
    const { parameters } = await request(client);
    const address = oidc.buildAuthorizationUrl(config, parameters);
    const back = await new Citizen().walk(address, client.redirect_uri);
    holds(back.searchParams.get("error") === "invalid_request", `an error, not ${back.search}`);
    holds(!back.searchParams.has("code"), "and no code");
  });
  await test("FAPI 2.0: a request without PKCE, or with plain, is refused when it is pushed", async () => {
    const { DPoP } = await proof(config);
    for (const method of ["plain", undefined]) {
      const { parameters } = await request(client);
      if (method) parameters.code_challenge_method = method;
      else ["code_challenge", "code_challenge_method"].forEach((name) => delete parameters[name]);
      await refused(oidc.buildAuthorizationUrlWithPAR(config, parameters, { DPoP }), "invalid_request");
    }
  });
  await test("FAPI 2.0: an assertion signed by somebody else's key is refused", async () => {
    const private_jwk = { ...stranger.private_jwk, kid: client.private_jwk.kid };
    const thief = await discover(issuer, { ...client, private_jwk });
    const { parameters } = await request(client);
    await refused(oidc.buildAuthorizationUrlWithPAR(thief, parameters), "invalid_client");
  });
  await test("FAPI 2.0: a code needs its verifier", async () => {
    const { DPoP } = await proof(config);
    const { back, grant } = await signInPushed(config, client, { DPoP });
    const wrong = { ...grant, pkceCodeVerifier: oidc.randomPKCECodeVerifier() };
    await refused(oidc.authorizationCodeGrant(config, back, wrong, undefined, { DPoP }), "invalid_grant");
  });
  await test("FAPI 2.0: a code needs the key with which its request was pushed", async () => {
    const { DPoP } = await proof(config);
    const { back, grant } = await signInPushed(config, client, { DPoP });
    const other = await proof(config);
    const stolen = oidc.authorizationCodeGrant(config, back, grant, undefined, { DPoP: other.DPoP });
    await refused(stolen, "invalid_grant");
  });
  await test("FAPI 2.0: a code without a proof gives no token", async () => {
    const { back, grant } = await signInPushed(config, client);
    await refused(oidc.authorizationCodeGrant(config, back, grant), "invalid_dpop_proof");
  });
  await test("FAPI 2.0: a token is of no use without its key", async () => {
    const token = held.tokens.access_token;
    const { sub } = held.tokens.claims();
    const other = await proof(config);
    await refused(oidc.fetchUserInfo(config, token, sub, { DPoP: other.DPoP }), "invalid_token");
    holds(!(await isTaken(config, token)), "nor as a bearer token");
    await oidc.fetchUserInfo(config, token, sub, { DPoP: held.DPoP });
  });
  await test("FAPI 2.0: refreshing gives tokens for the key, and the refresh token stays", async () => {
    const { DPoP, tokens } = held;
    const next = await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
    holds([undefined, tokens.refresh_token].includes(next.refresh_token), "it is not rotated");
    await oidc.fetchUserInfo(config, next.access_token, tokens.claims().sub, { DPoP });
    const other = await proof(config);
    await refused(
      oidc.fetchUserInfo(config, next.access_token, tokens.claims().sub, { DPoP: other.DPoP }), "invalid_token");
  });
  await test("FAPI 2.0: what is revoked is dead", async () => {
    const { DPoP, tokens } = held;
    await oidc.tokenRevocation(config, tokens.refresh_token);
    for (const token of [tokens.refresh_token, tokens.access_token]) {
      holds((await oidc.tokenIntrospection(config, token)).active === false, "introspection calls it inactive");
    }
    await refused(oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP }), "invalid_token");
    await refused(oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP }), "invalid_grant");
  });
}

export async function messageSigning(issuer, client) {
  const metadata = {
    authorization_signed_response_alg: "PS256",
    introspection_signed_response_alg: "ES256",
  };
  const config = await discover(issuer, client, { metadata, execute: [oidc.useJwtResponseMode] });

  await test("FAPI 2.0 Message Signing: request, answer and introspection are signed", async () => {
    const { DPoP } = await proof(config);
    const { parameters, grant } = await request(client);
    const signed = await oidc.buildAuthorizationUrlWithJAR(config, parameters, await signingKey(client), {
      [oidc.modifyAssertion](_, payload) { payload.nbf = payload.iat; },
    });
    const address = await oidc.buildAuthorizationUrlWithPAR(config, signed.searchParams, { DPoP });
    const back = await answer(client, address);
    holds([...back.searchParams.keys()].join() === "response", "nothing stands beside the signed answer");
    holds(header(back.searchParams.get("response")).alg === "PS256", "it is signed with PS256");
    const tokens = await oidc.authorizationCodeGrant(config, back, grant, undefined, { DPoP });
    const told = await oidc.tokenIntrospection(config, tokens.access_token);
    holds(told.active && told.sub === tokens.claims().sub, "introspection knows the token");
  });
  await test("FAPI 2.0 Message Signing: a request that is not signed is refused when it is pushed", async () => {
    const { DPoP } = await proof(config);
    const { parameters } = await request(client);
    await refused(oidc.buildAuthorizationUrlWithPAR(config, parameters, { DPoP }), "invalid_request");
  });
  await test("FAPI 2.0 Message Signing: a request signed by another key is refused", async () => {
    const { DPoP } = await proof(config);
    const { parameters } = await request(client);
    const other = await oidc.randomDPoPKeyPair("PS256");
    const signed = await oidc.buildAuthorizationUrlWithJAR(
      config, parameters, { key: other.privateKey, kid: client.private_jwk.kid }, {
        [oidc.modifyAssertion](_, payload) { payload.nbf = payload.iat; },
      });
    await refused(oidc.buildAuthorizationUrlWithPAR(config, signed.searchParams, { DPoP }), "invalid_request_object");
  });
}
