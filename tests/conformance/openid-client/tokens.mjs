// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// Refreshing with rotation and the replay of what was rotated, introspection, revocation: for a
// confidential client with bearer tokens, and for a public one whose tokens are bound to a key.
import "./node18.mjs";
import * as oidc from "openid-client";
import { holds, refused, test } from "./checks.mjs";
import { discover, signIn } from "./relying_party.mjs";

export async function refreshing(issuer, client) {
  const name = client.method === "none" ? "a public client with DPoP" : "a client with bearer tokens";
  const config = await discover(issuer, client);
  async function login() {
    const pair = await oidc.randomDPoPKeyPair("ES256");
    const options = client.method === "none" ? { DPoP: oidc.getDPoPHandle(config, pair) } : {};
    const { back, grant } = await signIn(config, client, { more: { scope: "openid profile email offline_access" } });
    const tokens = await oidc.authorizationCodeGrant(config, back, grant, undefined, options);
    holds(tokens.refresh_token, "a refresh token comes");
    const { sub } = tokens.claims();
    const use = (token) => oidc.fetchUserInfo(config, token, sub, options);
    const refresh = (token, parameters) => oidc.refreshTokenGrant(config, token, parameters, options);
    return { tokens, sub, use, refresh };
  }
  /** Every token is dead, by whichever way it is tried. */
  async function areDead({ use, refresh }, { access = [], refreshes = [] }) {
    for (const token of refreshes) await refused(refresh(token), "invalid_grant");
    for (const token of access) await refused(use(token), "invalid_token");
    if (client.method === "none") return;
    for (const token of [...access, ...refreshes]) {
      const told = await oidc.tokenIntrospection(config, token);
      holds(Object.keys(told).join() === "active" && !told.active, "introspection says inactive and nothing else");
    }
  }

  await test(`${name}: a refresh token is replaced by use, and the person stays the same`, async () => {
    const { tokens, sub, use, refresh } = await login();
    const next = await refresh(tokens.refresh_token);
    holds(next.refresh_token !== tokens.refresh_token, "it rotates");
    holds(next.access_token !== tokens.access_token, "another access token comes");
    holds(next.claims().sub === sub && next.claims().sid === tokens.claims().sid, "the same login");
    holds(next.claims().auth_time === tokens.claims().auth_time, "as old as it is");
    holds((await use(next.access_token)).sub === sub, "the access token is good");
    const last = await refresh(next.refresh_token);
    holds((await use(last.access_token)).sub === sub, "and so is the one after");
  });
  await test(`${name}: the replay of a rotated refresh token ends the whole family`, async () => {
    const all = await login();
    const next = await all.refresh(all.tokens.refresh_token);
    await all.use(next.access_token);
    await refused(all.refresh(all.tokens.refresh_token), "invalid_grant");
    await areDead(all, {
      access: [all.tokens.access_token, next.access_token],
      refreshes: [next.refresh_token, all.tokens.refresh_token],
    });
  });
  await test(`${name}: the replay of a token before the last ends the family too`, async () => {
    const all = await login();
    const second = await all.refresh(all.tokens.refresh_token);
    const third = await all.refresh(second.refresh_token);
    await refused(all.refresh(all.tokens.refresh_token), "invalid_grant");
    await areDead(all, { access: [third.access_token], refreshes: [third.refresh_token] });
  });
  await test(`${name}: a lost answer is asked for again, and only the second pair is good`, async () => {
    const all = await login();
    const lost = await all.refresh(all.tokens.refresh_token);
    const next = await all.refresh(all.tokens.refresh_token);
    await refused(all.use(lost.access_token), "invalid_token");
    holds((await all.use(next.access_token)).sub === all.sub, "the second pair is good");
    await refused(all.refresh(lost.refresh_token), "invalid_grant");
  });
  await test(`${name}: a refresh token gives no scope beyond the login`, async () => {
    const { tokens, refresh } = await login();
    await refused(refresh(tokens.refresh_token, { scope: "openid phone" }), "invalid_scope");
    const { scope } = await refresh(tokens.refresh_token, { scope: "openid email" });
    holds(scope.split(" ").sort().join() === "email,openid", "less of it is given");
  });
  await test(`${name}: revoking a refresh token ends what its login gave`, async () => {
    const all = await login();
    const next = await all.refresh(all.tokens.refresh_token);
    await oidc.tokenRevocation(config, next.refresh_token);
    await areDead(all, { access: [next.access_token], refreshes: [next.refresh_token] });
  });
}

export async function boundToAKey(issuer, client) {
  await test("a public client with DPoP: a refresh token is of no use without its key", async () => {
    const config = await discover(issuer, client);
    const proof = async () => ({ DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair("ES256")) });
    const [own, other] = [await proof(), await proof()];
    const { back, grant } = await signIn(config, client, { more: { scope: "openid offline_access" } });
    const tokens = await oidc.authorizationCodeGrant(config, back, grant, undefined, own);
    await refused(oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, other), "invalid_grant");
    await refused(oidc.refreshTokenGrant(config, tokens.refresh_token), "invalid_dpop_proof");
    holds((await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, own)).access_token, "it was not used up");
  });
}

export async function introspection(issuer, client, stranger) {
  const config = await discover(issuer, client);
  const others = await discover(issuer, stranger);
  const { back, grant } = await signIn(config, client);
  const tokens = await oidc.authorizationCodeGrant(config, back, grant);

  await test("introspection: a client hears what its token stands for", async () => {
    const told = await oidc.tokenIntrospection(config, tokens.access_token);
    const { sub, acr, auth_time } = tokens.claims();
    holds(told.active === true && told.client_id === client.client_id && told.iss === issuer, "whose it is");
    holds(told.sub === sub && told.acr === acr && told.auth_time === auth_time, "who signed in, how and when");
    holds(told.exp > told.iat && told.token_type === "Bearer", "for how long");
    holds(told.scope.split(" ").sort().join() === "email,openid,profile", "for what");
  });
  await test("introspection: the answer is signed for who asks so", async () => {
    const metadata = { introspection_signed_response_alg: client.id_token_alg };
    const signed = await discover(issuer, client, { metadata });
    holds((await oidc.tokenIntrospection(signed, tokens.access_token)).active, "and the signature verifies");
  });
  await test("introspection: another client hears nothing, and cannot revoke", async () => {
    holds(!(await oidc.tokenIntrospection(others, tokens.access_token)).active, "inactive to others");
    await oidc.tokenRevocation(others, tokens.access_token);
    holds((await oidc.tokenIntrospection(config, tokens.access_token)).active, "still active");
  });
  await test("revocation: an access token that was given back is dead, and giving it back again is no error", async () => {
    await oidc.tokenRevocation(config, tokens.access_token);
    await oidc.tokenRevocation(config, tokens.access_token);
    await oidc.tokenRevocation(config, "never-issued");
    holds(!(await oidc.tokenIntrospection(config, tokens.access_token)).active, "introspection says inactive");
    await refused(oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub), "invalid_token");
  });
}
