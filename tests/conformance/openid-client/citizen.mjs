// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// A browser made of fetch: cookies by host, redirects one by one, forms as they stand on the page. Enough
// to walk from a portal to a sample provider and back; not a test of what real browsers do (tests/browser).

const HOPS = 20;

/** Decodes the few references that HTML attributes hold. */
const plain = (text) =>
  text
    .replace(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&amp;/g, "&");

const attribute = (tag, name) => {
  const found = tag.match(new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i"));
  return found ? plain(found[1] ?? found[2] ?? found[3]) : undefined;
};

/** The first form of a page with the values it would send when its first button is pressed. */
export function firstForm(html) {
  const form = html.match(/<form\b[^>]*>[\s\S]*?<\/form>/i)?.[0];
  if (!form) return undefined;
  const fields = new Map();
  let pressed = false;
  for (const [tag] of form.matchAll(/<(?:input|button|select)\b[^>]*>/gi)) {
    const name = attribute(tag, "name");
    const type = (attribute(tag, "type") ?? (tag.startsWith("<button") ? "submit" : "text")).toLowerCase();
    if (!name || tag.startsWith("<select")) continue;
    if (type === "submit") {
      if (pressed) continue;
      pressed = true;
    } else if ((type === "radio" || type === "checkbox") && !/\bchecked\b/i.test(tag)) {
      continue;
    }
    fields.set(name, attribute(tag, "value") ?? "");
  }
  for (const [select] of form.matchAll(/<select\b[\s\S]*?<\/select>/gi)) {
    const options = [...select.matchAll(/<option\b[^>]*>/gi)].map(([tag]) => tag);
    const chosen = options.find((tag) => /\bselected\b/i.test(tag)) ?? options[0];
    if (chosen) fields.set(attribute(select, "name"), attribute(chosen, "value") ?? "");
  }
  const tag = form.match(/<form\b[^>]*>/i)[0];
  const method = (attribute(tag, "method") ?? "get").toUpperCase();
  return { action: attribute(tag, "action") ?? "", method, fields };
}

export class Citizen {
  #cookies = new Map();

  /**
   * Walks from `address` until the browser would be sent below `end`: that address is the answer, or the
   * request when a form would be posted there.
   */
  async walk(address, end) {
    let request = { url: new URL(address), method: "GET" };
    for (let hop = 0; hop < HOPS; hop += 1) {
      const answer = await this.#send(request);
      const location = answer.headers.get("location");
      if (answer.status >= 300 && answer.status < 400 && location) {
        const url = new URL(location, request.url);
        if (url.href.startsWith(end)) return url;
        request = { url, method: "GET" };
        continue;
      }
      const html = await answer.text();
      const form = answer.ok ? firstForm(html) : undefined;
      if (!form) {
        const title = html.match(/<title>([^<]*)/i)?.[1];
        throw new Error(`stopped at ${request.url.pathname}: ${answer.status} ${title ?? html.slice(0, 200)}`);
      }
      const url = new URL(form.action, request.url);
      const body = new URLSearchParams([...form.fields]);
      if (form.method === "POST" && url.href.startsWith(end)) return new Request(url, { method: "POST", body });
      if (form.method === "GET") url.search = body;
      request = { url, method: form.method, body: form.method === "POST" ? body : undefined };
    }
    throw new Error("too many steps");
  }

  async #send({ url, method, body }) {
    const jar = this.#cookies.get(url.host) ?? new Map();
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = cookie ? { cookie } : {};
    const answer = await fetch(url, { method, body, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [pair, ...rules] = line.split(";");
      const at = pair.indexOf("=");
      const gone = rules.some((rule) => /^\s*max-age\s*=\s*0\s*$/i.test(rule));
      if (gone) jar.delete(pair.slice(0, at).trim());
      else jar.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
    }
    this.#cookies.set(url.host, jar);
    return answer;
  }
}
