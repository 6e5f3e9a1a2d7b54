// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// Registers one relying party for each way to authenticate and each algorithm, and those of the other
// chapters, in the folder from which the broker reads them; and writes down what their own side has to know.
//
//     node register.mjs RELYING_PARTIES_FOLDER PROVIDER CLIENTS.json
import { randomBytes, webcrypto } from "node:crypto";
import { writeFile } from "node:fs/promises";

const [folder, provider, file] = process.argv.slice(2);
const RSA = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
const KEYS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", ...RSA },
  PS256: { name: "RSA-PSS", ...RSA },
  ES256: { name: "ECDSA", namedCurve: "P-256" },
};
const SERVICE = "http://localhost:9998";
const REFRESH = 'grant_types = ["authorization_code", "refresh_token"]';
const logout = (id) => `post_logout_redirect_uris = ["${SERVICE}/after"]
backchannel_logout_uri = "${SERVICE}/backchannel/${id}"
backchannel_logout_session_required = true`;
const kinds = [
  { method: "client_secret_basic", id_token_alg: "RS256" },
  { method: "client_secret_basic", id_token_alg: "ES256" },
  { method: "client_secret_post", id_token_alg: "RS256" },
  { method: "client_secret_post", id_token_alg: "ES256" },
  { method: "private_key_jwt", id_token_alg: "RS256", key: "RS256" },
  { method: "private_key_jwt", id_token_alg: "ES256", key: "ES256" },
  { method: "private_key_jwt", id_token_alg: "RS256", key: "PS256" },
].map((kind, at) => ({ client_id: `code-${at}`, ...kind })).concat([
  { client_id: "fapi", method: "private_key_jwt", id_token_alg: "PS256", key: "ES256",
    lines: `profile = "fapi2"\n${REFRESH}\n${logout("fapi")}` },
  { client_id: "signing", method: "private_key_jwt", id_token_alg: "ES256", key: "PS256",
    lines: `profile = "fapi2_message_signing"\n${REFRESH}\nintrospection_signed_response_alg = "ES256"` },
  { client_id: "bearer", method: "client_secret_basic", id_token_alg: "RS256", lines: REFRESH },
  { client_id: "native", method: "none", id_token_alg: "ES256", redirect_uri: "http://127.0.0.1:9998/cb",
    lines: `application_type = "native"\ndpop_bound_access_tokens = true\n${REFRESH}` },
  { client_id: "leaving", method: "client_secret_post", id_token_alg: "RS256",
    lines: `${REFRESH}\n${logout("leaving")}` },
]);

async function credential(client, key) {
  if (client.method === "none") return "";
  if (!key) {
    client.client_secret = randomBytes(32).toString("hex");
    await writeFile(`${folder}/${client.client_id}.secret`, client.client_secret);
    return `client_secret = "file:${client.client_id}.secret"`;
  }
  const pair = await webcrypto.subtle.generateKey(KEYS[key], true, ["sign", "verify"]);
  const exported = async (half) => {
    const { key_ops, ext, alg, ...jwk } = await webcrypto.subtle.exportKey("jwk", half);
    return { ...jwk, kid: client.client_id, alg: key };
  };
  client.private_jwk = await exported(pair.privateKey);
  const set = { keys: [await exported(pair.publicKey)] };
  await writeFile(`${folder}/${client.client_id}.jwks.json`, JSON.stringify(set));
  return `jwks_file = "${client.client_id}.jwks.json"`;
}

const clients = [];
for (const { key, lines = "", ...kind } of kinds) {
  const client = { redirect_uri: `${SERVICE}/cb`, provider, ...kind };
  await writeFile(`${folder}/${client.client_id}.toml`, `
client_id = "${client.client_id}"
redirect_uris = ["${client.redirect_uri}"]
token_endpoint_auth_method = "${client.method}"
${await credential(client, key)}
id_token_signed_response_alg = "${client.id_token_alg}"
scopes = ["openid", "profile", "email"]
initiate_login_uri = "${SERVICE}/login"
${lines}

[name]
it = "Servizio di prova"

[branding]
legal_uri = "${SERVICE}/legal"
privacy_uri = "${SERVICE}/privacy"
accessibility_uri = "${SERVICE}/accessibility"

[assistance]
email = "assistenza@ente.example"
`);
  clients.push(client);
}
await writeFile(file, JSON.stringify(clients, null, 2));
