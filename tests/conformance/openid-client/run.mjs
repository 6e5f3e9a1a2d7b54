// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// openid-client, a certified relying-party library, against a broker of this build: code with PKCE by
// every client authentication, PAR, private_key_jwt and DPoP (FAPI 2.0), JAR and JARM, refreshing and the
// replay of a refresh token, introspection, revocation, RP-initiated and back-channel logout.
//
//     node run.mjs ISSUER CLIENTS.json        run.sh writes CLIENTS.json and registers the clients
import { readFile } from "node:fs/promises";
import { report } from "./checks.mjs";
import { everyWayBack, everyWayToAuthenticate } from "./code.mjs";
import { messageSigning, securityProfile } from "./fapi.mjs";
import { loggingOut } from "./logout.mjs";
import { boundToAKey, introspection, refreshing } from "./tokens.mjs";

const [issuer, file] = process.argv.slice(2);
const clients = JSON.parse(await readFile(file, "utf8"));
const named = Object.fromEntries(clients.map((client) => [client.client_id, client]));

await everyWayToAuthenticate(issuer, clients.filter(({ client_id }) => client_id.startsWith("code-")));
await everyWayBack(issuer, named["code-0"]);
await securityProfile(issuer, named.fapi, named["code-5"]);
await messageSigning(issuer, named.signing);
await refreshing(issuer, named.bearer);
await refreshing(issuer, named.native);
await boundToAKey(issuer, named.native);
await introspection(issuer, named.bearer, named["code-0"]);
await loggingOut(issuer, named.leaving, named.fapi);
process.exit(report());
