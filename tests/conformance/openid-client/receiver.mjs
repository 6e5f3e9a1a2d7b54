// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// The services' end of the back channel: takes logout tokens and keeps them. It verifies nothing.
import { createServer } from "node:http";

const PATIENCE = 10_000;

export class Receiver {
  #told = [];
  #waiting = new Set();
  #server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const form = request.headers["content-type"] === "application/x-www-form-urlencoded";
    const token = new URLSearchParams(body).get("logout_token");
    const good = request.method === "POST" && form && token !== null;
    response.writeHead(good ? 200 : 400, { "cache-control": "no-store" }).end();
    if (!good) return;
    this.#told.push({ client: request.url.split("/").pop(), token });
    this.#waiting.forEach((look) => look());
  });

  listen(port) {
    return new Promise((resolve) => this.#server.listen(port, "localhost", resolve));
  }

  /** Everything that a client was told. */
  all(client) {
    return this.#told.filter((each) => each.client === client).map(({ token }) => token);
  }

  /** The next logout token that a client is told; earlier ones do not count. */
  next(client) {
    const before = this.all(client).length;
    return new Promise((resolve, reject) => {
      const done = (settle, value) => {
        this.#waiting.delete(look);
        clearTimeout(late);
        settle(value);
      };
      const look = () => {
        const token = this.all(client)[before];
        if (token) done(resolve, token);
      };
      const late = setTimeout(() => done(reject, new Error(`${client} was told nothing`)), PATIENCE);
      this.#waiting.add(look);
    });
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections?.();
  }
}
