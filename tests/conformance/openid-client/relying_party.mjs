// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// A relying party made of openid-client: how it finds the broker, proves itself, asks and signs in.
import "./node18.mjs";
import * as oidc from "openid-client";
import { Citizen } from "./citizen.mjs";
import { holds } from "./checks.mjs";

export const LEVEL_2 = "https://www.spid.gov.it/SpidL2";

/** The private key of a client, as it is used to sign assertions and requests. */
export async function signingKey({ private_jwk }) {
  const { kid, alg, ...jwk } = private_jwk;
  const parameters = alg === "ES256"
    ? { name: "ECDSA", namedCurve: "P-256" }
    : { name: alg === "PS256" ? "RSA-PSS" : "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  return { key: await crypto.subtle.importKey("jwk", jwk, parameters, false, ["sign"]), kid };
}

async function authentication(client, secret = client.client_secret) {
  switch (client.method) {
    case "client_secret_basic": return oidc.ClientSecretBasic(secret);
    case "client_secret_post": return oidc.ClientSecretPost(secret);
    case "private_key_jwt": return oidc.PrivateKeyJwt(await signingKey(client));
    case "none": return oidc.None();
    default: throw new Error(`unknown method ${client.method}`);
  }
}

/** What discovery says, for a client of it. Signatures are verified even where TLS would do. */
export async function discover(issuer, client, { secret, metadata, execute = [] } = {}) {
  return oidc.discovery(
    new URL(issuer),
    client.client_id,
    { id_token_signed_response_alg: client.id_token_alg, ...metadata },
    await authentication(client, secret),
    { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks, ...execute] },
  );
}

/** Writes an authorization request, and what the answer will be checked against. */
export async function request(client, more = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const parameters = {
    redirect_uri: client.redirect_uri,
    scope: "openid profile email",
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    acr_values: LEVEL_2,
    idp_hint: client.provider,
    state,
    nonce,
    ...more,
  };
  const grant = { pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  return { parameters, grant };
}

/** Walks to the answer, which may be an address or a posted form. */
export async function answer(client, address, citizen = new Citizen()) {
  const back = await citizen.walk(address, client.redirect_uri);
  holds(!(back.searchParams?.get("error")), `no error, but ${back.search}`);
  return back;
}

/** Signs in with a plain request and stops with the address that carries the code. */
export async function signIn(config, client, { more, citizen } = {}) {
  const { parameters, grant } = await request(client, more);
  const back = await answer(client, oidc.buildAuthorizationUrl(config, parameters), citizen);
  return { back, grant };
}

/** Signs in with a pushed request; `DPoP` binds the code to a key. */
export async function signInPushed(config, client, { more, citizen, DPoP } = {}) {
  const { parameters, grant } = await request(client, more);
  const address = await oidc.buildAuthorizationUrlWithPAR(config, parameters, { DPoP });
  const names = [...address.searchParams.keys()].sort().join();
  holds(names === "client_id,request_uri", `the browser carries the name of the request only, not ${names}`);
  return { back: await answer(client, address, citizen), grant };
}

/** The protected header of a JWT. */
export const header = (jwt) => JSON.parse(Buffer.from(jwt.split(".")[0], "base64url"));

/** Whether userinfo still takes a bearer token. */
export async function isTaken(config, token) {
  const { status } = await fetch(config.serverMetadata().userinfo_endpoint, {
    headers: { authorization: `Bearer ${token}` },
  });
  holds(status === 200 || status === 401, `userinfo says yes or no, not ${status}`);
  return status === 200;
}
