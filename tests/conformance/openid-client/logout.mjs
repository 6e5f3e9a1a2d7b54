// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// RP-initiated logout, and the back channel by which every service of the browser hears of it.
import "./node18.mjs";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import * as oidc from "openid-client";
import { Citizen } from "./citizen.mjs";
import { holds, refused, test } from "./checks.mjs";
import { discover, signIn, signInPushed } from "./relying_party.mjs";
import { Receiver } from "./receiver.mjs";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const OFFLINE = { scope: "openid profile email offline_access" };

/** Everything that Back-Channel Logout 1.0, section 2.6, has a service check; and the login it names. */
async function verify(token, config, client, { sid, sub }) {
  const metadata = config.serverMetadata();
  const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(metadata.jwks_uri)), {
    issuer: metadata.issuer,
    audience: client.client_id,
    typ: "logout+jwt",
    algorithms: [client.id_token_alg],
    requiredClaims: ["iss", "aud", "iat", "exp", "jti", "events", "sid"],
    maxTokenAge: "2m",
  });
  holds(protectedHeader.typ === "logout+jwt", "it says what it is");
  holds(JSON.stringify(payload.events) === JSON.stringify({ [EVENT]: {} }), "it is about a logout");
  holds(!("nonce" in payload), "it can be taken for no ID token");
  holds(payload.sid === sid, "it names the login");
  holds(payload.sub === undefined || payload.sub === sub, "and the person as this client knows them");
  return payload;
}

export async function loggingOut(issuer, standard, fapi) {
  const receiver = new Receiver();
  await receiver.listen(new URL(standard.redirect_uri).port);
  const [config, secure] = [await discover(issuer, standard), await discover(issuer, fapi)];
  const after = new URL("/after", standard.redirect_uri).href;

  async function login(citizen) {
    const { back, grant } = await signIn(config, standard, { more: OFFLINE, citizen });
    return oidc.authorizationCodeGrant(config, back, grant);
  }
  const leave = (citizen, tokens, more = {}) => citizen.walk(oidc.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: after,
    ...more,
  }), after);
  /** What a login gave is of no use any more. */
  async function isOver(config, tokens, options) {
    const { sub } = tokens.claims();
    await refused(oidc.fetchUserInfo(config, tokens.access_token, sub, options), "invalid_token");
    await refused(oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, options), "invalid_grant");
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      holds(!(await oidc.tokenIntrospection(config, token)).active, "introspection says inactive");
    }
  }

  await test("logout: discovery offers it by every way", async () => {
    const metadata = config.serverMetadata();
    holds(metadata.end_session_endpoint, "there is a place to go to");
    holds(metadata.backchannel_logout_supported && metadata.backchannel_logout_session_supported, "and a back channel");
  });
  await test("RP-initiated logout: the browser comes back with the state, and the tokens are dead", async () => {
    const citizen = new Citizen();
    const tokens = await login(citizen);
    const state = oidc.randomState();
    const back = await leave(citizen, tokens, { state });
    holds(back.origin + back.pathname === after, `the browser is where it was to go, not at ${back.pathname}`);
    holds(back.searchParams.get("state") === state, "the state is back");
    await isOver(config, tokens);
  });
  await test("RP-initiated logout: an address that is not registered is refused, and nobody is logged out", async () => {
    const citizen = new Citizen();
    const tokens = await login(citizen);
    const outcome = await leave(citizen, tokens, { post_logout_redirect_uri: `${after}/elsewhere` }).catch((cause) => cause);
    holds(outcome instanceof Error && /stopped at \/end_session: 400/.test(outcome.message), `a page, not ${outcome}`);
    holds((await oidc.tokenIntrospection(config, tokens.access_token)).active, "the token is still good");
  });
  await test("RP-initiated logout: without a hint the person is asked, and stays at the broker", async () => {
    const citizen = new Citizen();
    const tokens = await login(citizen);
    const address = oidc.buildEndSessionUrl(config, { post_logout_redirect_uri: after });
    // The citizen presses the button of whatever page asks.
    const outcome = await citizen.walk(address, after).catch((cause) => cause);
    holds(/stopped at \/logout\/done: 200/.test(outcome.message), `the page that says so, not ${outcome}`);
    await isOver(config, tokens);
  });
  await test("back-channel logout: the service is told by a token that verifies, and its tokens are refused", async () => {
    const citizen = new Citizen();
    const tokens = await login(citizen);
    const told = receiver.next(standard.client_id);
    await leave(citizen, tokens);
    await verify(await told, config, standard, tokens.claims());
    await isOver(config, tokens);
  });
  await test("back-channel logout: a logout at one service is told to every service of the browser", async () => {
    const [citizen, other] = [new Citizen(), new Citizen()];
    const tokens = await login(citizen);
    const pair = await oidc.randomDPoPKeyPair("ES256");
    const options = { DPoP: oidc.getDPoPHandle(secure, pair) };
    const { back, grant } = await signInPushed(secure, fapi, { more: OFFLINE, citizen, ...options });
    const bound = await oidc.authorizationCodeGrant(secure, back, grant, undefined, options);
    const untouched = await login(other);
    const told = [receiver.next(standard.client_id), receiver.next(fapi.client_id)];
    await leave(citizen, tokens);
    const [first, second] = [
      await verify(await told[0], config, standard, tokens.claims()),
      await verify(await told[1], secure, fapi, bound.claims()),
    ];
    holds(first.sid !== second.sid && first.jti !== second.jti, "each hears of its own login");
    await isOver(config, tokens);
    await isOver(secure, bound, options);
    holds((await oidc.tokenIntrospection(config, untouched.access_token)).active, "another browser is as it was");
    const sids = receiver.all(standard.client_id).map((token) => decodeJwt(token).sid);
    holds(!sids.includes(untouched.claims().sid), "and nobody was told of it");
    holds(new Set(sids).size === sids.length, "nobody was told twice");
  });
  receiver.close();
}
