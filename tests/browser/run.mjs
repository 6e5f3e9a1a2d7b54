// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// Real logins in a real browser, against the sandbox: what only a browser can prove. That a Lax cookie
// comes back after a cross-site POST; that another browser cannot end somebody's login; that everything
// works without scripts; that no page has an accessibility violation, a console error, a request to
// another origin or a horizontal overflow. Screenshots go to target/screenshots.
//
//     node run.mjs PORTAL OTHER_PORTAL BROKER POSTING SCREENSHOTS CARDS FOLDER
//
// POSTING is the address of a login at a second broker that sends its requests by POST, CARDS where cards are
// shown, FOLDER the sandbox's, in which the cards are.
import { mkdir, rm } from "node:fs/promises";
import { chromium } from "playwright-core";
import axe from "axe-core";

const [portal, otherPortal, broker, posting, screenshots, cards, folder] = process.argv.slice(2);
/** The portal at which people have roles. */
const durc = "http://localhost:8083";
const WIDTHS = [1280, 390, 320];
const PICTURES = [1280, 390];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const COOKIE = "__Host-varco_browser";
const brokers = [new URL(broker).origin, new URL(posting).origin];
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

let passed = 0;
let failed = 0;
const holds = (condition, sentence) => {
  if (!condition) throw new Error(`not so: ${sentence}`);
};
const ours = (address) => brokers.some((origin) => address.startsWith(`${origin}/`));

/** Contexts in which pages run no scripts. */
const scriptless = new WeakSet();

async function test(name, body, options = {}) {
  const context = await browser.newContext({ locale: "it-IT", ...options });
  if (options.javaScriptEnabled === false) scriptless.add(context);
  // A busy machine is slow, and that is no failure.
  context.setDefaultTimeout(30_000);
  const complaints = [];
  context.on("page", (page) => watch(page, complaints));
  try {
    await body(await context.newPage(), context);
    holds(complaints.length === 0, `no complaint:\n    ${complaints.join("\n    ")}`);
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (cause) {
    failed += 1;
    const where = context.pages().map((page) => page.url().split("?")[0]).join(" ");
    console.log(`FAILED  ${name}: ${cause.message}\n        at ${where}`);
  } finally {
    await context.close();
  }
}

/** Notes what a page of ours says on the console and whom it asks. */
function watch(page, complaints) {
  page.on("console", (message) => {
    const { url } = message.location();
    // A page with a 4xx status is what some tests want to see; Chromium reports it as its own failure.
    const status = url === page.url() && message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && ours(page.url()) && !status) complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => ours(page.url()) && complaints.push(`script: ${error.message}`));
  page.on("request", (request) => {
    if (request.isNavigationRequest() || !request.frame()) return;
    const from = request.frame().url();
    const same = new URL(request.url()).origin === (from.startsWith("http") ? new URL(from).origin : undefined);
    if (ours(from) && !same) complaints.push(`third party: ${request.url()}`);
  });
  page.on("requestfailed", (request) => {
    // Leaving a page ends what it was still fetching.
    const left = request.failure()?.errorText === "net::ERR_ABORTED";
    if (ours(request.url()) && !request.isNavigationRequest() && !left) complaints.push(`no answer: ${request.url()}`);
  });
}

/** Looks at the page as it stands, at every width. */
async function inspect(page, name) {
  const judged = scriptless.has(page.context()) ? await copied(page) : page;
  for (const one of new Set([page, judged])) {
    await one.evaluate(() => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
  }
  for (const width of WIDTHS) {
    const size = { width, height: width > 400 ? 900 : 844 };
    await page.setViewportSize(size);
    await judged.setViewportSize(size);
    const overflow = await page.evaluate(() => {
      const root = document.documentElement;
      return root.scrollWidth - root.clientWidth;
    });
    holds(overflow <= 0, `${name} fits into ${width} pixels (${overflow} too wide)`);
    await judged.evaluate(axe.source);
    const { violations } = await judged.evaluate(
      (values) => window.axe.run(document, { runOnly: { type: "tag", values } }), TAGS);
    const text = violations.map((found) =>
      `${found.id}: ${found.help}: ${found.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
    holds(text.length === 0, `${name} at ${width} is accessible:\n    ${text.join("\n    ")}`);
    if (PICTURES.includes(width)) {
      await page.screenshot({ path: `${screenshots}/${name}-${width}.png`, fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  if (judged !== page) await judged.context().close();
}

/** What a page without scripts came to, where axe can judge it: without scripts its timers never come. */
async function copied(page) {
  const [address, body] = [page.url(), await page.content()];
  const copy = await (await browser.newContext({ locale: "it-IT" })).newPage();
  await copy.route((url) => url.href === address, (route) =>
    route.fulfill({ contentType: "text/html; charset=utf-8", body }));
  await copy.goto(address);
  return copy;
}

/** From the portal to the page of providers. */
async function toProviders(page, from = portal) {
  await page.goto(from);
  await page.locator('a[href*="login"], a[href*="accedi"]').first().click();
  await page.waitForURL((url) => url.href.startsWith(broker));
}

/** Follows the first provider's link. */
async function toProvider(page) {
  const closed = page.locator("details:not([open]) > summary").first();
  if (await closed.count()) await closed.click();
  await page.locator(".providers a").first().click();
  await page.waitForURL((url) => !ours(url.href));
}

/** Signs in as the first person, or misbehaves, and ends where the browser ends. */
async function signIn(page, { scripts = true, misbehave, end = portal } = {}) {
  if (misbehave) await page.selectOption('select[name="misbehave"]', misbehave);
  await page.locator('button[value="consent"]').click();
  if (!scripts) await page.locator('form[method="post"] button').click();
  await page.waitForURL((url) => url.href.startsWith(end) || url.pathname === "/login/continue");
}

async function pageIs(page, slug) {
  const found = await page.locator("main").getAttribute("data-error");
  holds(found === slug, `the page says ${slug}, not ${found}`);
  holds(await page.locator("[data-code]").count() === 1, "the page shows a code");
}

await rm(screenshots, { recursive: true, force: true });
await mkdir(screenshots, { recursive: true });
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});

await test("a login ends at the portal; the cookie stays home on the POST and comes with the GET", async (page) => {
  const sent = {};
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (!ours(request.url()) || !request.isNavigationRequest()) return;
    sent[`${request.method()} ${pathname}`] = request.allHeaders().then((all) => all.cookie ?? "");
  });
  await toProviders(page);
  await inspect(page, "providers-it");
  await toProvider(page);
  await signIn(page);
  holds(page.url().startsWith(portal), "the browser is back at the portal");
  holds(/Ada/.test(await page.locator("body").innerText()), "the portal knows the person");
  const posted = await sent["POST /saml/acs"];
  holds(posted !== undefined && !posted.includes(COOKIE), "the cross-site POST carries no cookie");
  holds((await sent["GET /login/continue"]).includes(COOKIE), "the GET after it carries the cookie");
});

await test("without scripts a login takes one button more", async (page) => {
  await toProviders(page);
  await toProvider(page);
  await signIn(page, { scripts: false });
  holds(page.url().startsWith(portal), "the browser is back at the portal");
  holds(/Ada/.test(await page.locator("body").innerText()), "the portal knows the person");
}, { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });

/** Follows the one link of an upstream that has one provider. */
async function toUpstream(page, name) {
  await toProviders(page);
  await page.locator(`a[href*="upstream=${name}"]`).first().click();
  await page.waitForURL((url) => !ours(url.href));
}

await test("a person with a card signs in without scripts", async (page) => {
  await toUpstream(page, "cie-saml");
  await signIn(page, { scripts: false });
  holds(page.url().startsWith(portal), "the browser is back at the portal");
  const text = await page.locator("main").innerText();
  holds(/Ada/.test(text) && /CIE/.test(text), "the portal knows the person and the instrument");
}, { javaScriptEnabled: false });

/** Whoever comes through the node is asked for a fiscal code. */
async function toQuestion(page, state) {
  await toUpstream(page, "eidas");
  await page.locator(`a[href*="state=${state}"]`).click();
  await page.locator('button[value="consent"]').click();
  await page.waitForURL((url) => url.pathname === "/login/match");
}

await test("a person from another state links their fiscal code, once, and reads what was wrong", async (page, context) => {
  await toQuestion(page, "DE");
  await inspect(page, "matching");
  await page.locator('a[hreflang="de"]').click();
  await inspect(page, "matching-de");
  const field = page.getByRole("textbox");
  for (const [typed, said] of [["RSSMRA80A01H501X", "malformed"], ["RSSMRA80A01H501U", "disagrees"]]) {
    await field.fill(typed);
    await field.press("Enter");
    await page.locator(`[data-problem="${said}"]`).waitFor();
    holds(await field.getAttribute("aria-invalid") === "true", "the field says that it is wrong");
    const told = (await field.getAttribute("aria-describedby")).split(" ");
    holds(told.includes("problem"), "what is wrong is read with the field");
    holds(await field.inputValue() === typed, "what was typed can be corrected");
    await inspect(page, `matching-${said}`);
  }
  await field.fill("mllgrt82h70z112n");
  await field.press("Enter");
  await page.waitForURL(`${portal}/`);
  holds(/MLLGRT82H70Z112N/.test(await page.locator("main").innerText()), "the portal has the code");
  const other = await browser.newContext({ locale: "it-IT" });
  const again = await other.newPage();
  await toUpstream(again, "eidas");
  await again.locator('a[href*="state=DE"]').click();
  await again.locator('button[value="consent"]').click();
  await again.waitForURL(`${portal}/`);
  await other.close();
});

await test("the question for a fiscal code is answered without scripts, or left for the service", async (page) => {
  await toUpstream(page, "eidas");
  await page.locator('a[href*="state=FR"]').click();
  await page.locator('button[value="consent"]').click();
  await page.locator('form[method="post"] button').click();
  await page.waitForURL((url) => url.pathname === "/login/match");
  await page.locator("button.second").click();
  await page.waitForURL(`${portal}/`);
}, { javaScriptEnabled: false });

await test("a person from another state chooses it at the node and has no fiscal code", async (page) => {
  await toUpstream(page, "eidas");
  await inspect(page, "node-country");
  await page.locator('a[href*="state=SI"]').click();
  await inspect(page, "node-login");
  await page.locator('button[value="consent"]').click();
  await page.waitForURL((url) => url.pathname === "/login/match");
  await page.locator("button.second").click();
  await page.waitForURL(`${portal}/`);
  const text = await page.locator("main").innerText();
  holds(/Irena/.test(text) && /eIDAS/.test(text), "the portal knows the person and the instrument");
  holds(await page.locator("[data-country]").innerText() === "SI", "it shows the state");
  holds(!/TINIT|fiscal_number\b/.test(text), "nobody made up a fiscal code");
  await inspect(page, "portal-eidas");
});

await test("the pages of the sample providers are accessible too", async (page) => {
  await toUpstream(page, "cie-saml");
  await inspect(page, "cie-login");
  const provider = new URL(page.url()).origin.replace(/\d+$/, "8090");
  await page.goto(`${provider}/`);
  await inspect(page, "provider-sessions");
  await page.goto(`${provider}/sso?SAMLRequest=x`);
  await inspect(page, "provider-refusal");
});

await test("another browser cannot end the login", async (page) => {
  await toProviders(page);
  await toProvider(page);
  const stolen = page.url();
  const other = await browser.newContext({ locale: "it-IT" });
  try {
    const thief = await other.newPage();
    await thief.goto(stolen);
    await signIn(thief);
    holds(thief.url().startsWith(broker), "the other browser stays at the broker");
    holds(!/[?&]code=/.test(thief.url()), "it has no code");
    await inspect(thief, "error-other-browser");
    // With a cookie of its own it is no better off.
    const ended = thief.url();
    await toProviders(thief);
    await thief.goto(ended);
    await pageIs(thief, "other-browser");
  } finally {
    await other.close();
  }
});

/** Signs somebody with two roles in at Durc On Line, up to the page of roles. */
async function toRoles(page, { scripts = true } = {}) {
  await toProviders(page, durc);
  await toProvider(page);
  await page.locator('input[name="person"][value="bruno"]').check();
  await page.locator('button[value="consent"]').click();
  if (!scripts) await page.locator('form[method="post"] button').click();
  await page.waitForURL((url) => url.pathname === "/login/role");
}

await test("who has two roles chooses one, in every language and on the smallest screen", async (page) => {
  await toRoles(page);
  for (const language of ["de", "en", "fr", "sl", "it"]) {
    await page.locator(`a[hreflang="${language}"]`).click();
    holds(await page.locator("html").getAttribute("lang") === language, `the page is in ${language}`);
    await inspect(page, `roles-${language}`);
    await page.setViewportSize({ width: 256, height: 480 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    holds(overflow <= 0, "it fits into 256 pixels");
  }
  holds(await page.locator(":checked, [selected], [autofocus]").count() === 0, "nothing is chosen beforehand");
  holds(await page.locator(".roles button").count() === 3, "two roles, and none");
  await page.locator(".roles button", { hasText: "Amministrazione procedente" }).click();
  await page.waitForURL((url) => url.href.startsWith(durc));
  const told = JSON.parse(await (await page.goto(`${durc}/session.json`)).text()).userinfo;
  holds(JSON.stringify(told.roles) === '["Amministrazione procedente"]', "the service knows that one alone");
  holds(told.organization.ipa_code === "ente_prova", "and for whom");
});

await test("a role is chosen without scripts, and a person can turn back instead", async (page) => {
  await toRoles(page, { scripts: false });
  await page.locator('a[href^="/login/cancel"]').click();
  await page.waitForURL((url) => url.href.startsWith(durc));
  await toRoles(page, { scripts: false });
  await page.locator(".roles button").last().click();
  await page.waitForURL((url) => url.href.startsWith(durc));
  const told = JSON.parse(await (await page.goto(`${durc}/session.json`)).text()).userinfo;
  holds(told.roles === undefined && told.sub !== undefined, "signed in, and in no role");
}, { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });

await test("two tabs of one browser end each at its own portal", async (first, context) => {
  const second = await context.newPage();
  await toProviders(first);
  await toProviders(second, otherPortal);
  await toProvider(first);
  await toProvider(second);
  await signIn(second, { end: otherPortal });
  await signIn(first);
  for (const [page, end] of [[first, portal], [second, otherPortal]]) {
    holds(page.url().startsWith(end), `the tab is back at ${end}`);
    holds(/Ada/.test(await page.locator("body").innerText()), "the portal knows the person");
  }
});

await test("a person who cancels reads what to do next, and can choose again", async (page) => {
  await toProviders(page);
  await toProvider(page);
  await page.locator('button[value="cancel"]').click();
  await page.waitForURL((url) => url.pathname === "/login/continue");
  await inspect(page, "error-cancelled");
  await page.locator(".ways a").first().click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login/continue"));
});

await test("a forged answer is a page with a code, not a login", async (page) => {
  await toProviders(page);
  await toProvider(page);
  const cases = await page.locator('select[name="misbehave"] option').evaluateAll((all) => all.map((each) => each.value));
  const forged = cases.find((name) => /signature|unsigned/.test(name));
  await signIn(page, { misbehave: forged });
  holds(page.url().startsWith(broker), "the browser stays at the broker");
  holds(await page.locator("[data-code]").count() === 1, "the page shows a code");
  await inspect(page, "error-forged");
});

await test("the page of providers in German", async (page) => {
  await toProviders(page);
  await page.locator('a[hreflang="de"]').click();
  holds(await page.locator("html").getAttribute("lang") === "de", "the page is German");
  await inspect(page, "providers-de");
});

await test("a login that is gone", async (page) => {
  await toProviders(page);
  await page.goto(`${broker}/login/continue?tx=${"A".repeat(43)}`);
  await pageIs(page, "login-expired");
  await inspect(page, "error-expired");
});

await test("an address that is not there", async (page) => {
  const answer = await page.goto(`${broker}/nothing-here`);
  holds(answer.status() === 404, "the status is 404");
  await inspect(page, "error-not-found");
});

await test("a request by an unknown client never leaves the broker", async (page) => {
  await page.goto(`${broker}/authorize?client_id=nobody&redirect_uri=https://thief.example/&response_type=code&scope=openid`);
  holds(page.url().startsWith(broker), "the browser stays at the broker");
  await inspect(page, "error-client");
});

await test("the root", async (page) => {
  await page.goto(`${broker}/`);
  await inspect(page, "root");
});

await test("the form that posts itself, seen standing still", async (page) => {
  await page.route(/autopost[^/]*\.js/, (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  await page.goto(posting);
  holds(await page.locator("form#autopost input[name=SAMLRequest]").count() === 1, "the form carries the request");
  await inspect(page, "departure");
});

await test("the form that posts itself does so", async (page) => {
  await page.goto(posting);
  await page.waitForURL((url) => !ours(url.href));
});

await test("the form that posts itself has a button for who has no scripts", async (page) => {
  await page.goto(posting);
  holds(ours(page.url()), "nothing happens by itself");
  await page.locator("form#autopost button").click();
  await page.waitForURL((url) => !ours(url.href));
}, { javaScriptEnabled: false });

/** To the form that brings an answer back to the service, which is played here. */
const answered = `${posting}&response_mode=form_post&prompt=none`;
const service = `${new URL(new URL(posting).searchParams.get("redirect_uri")).origin}/`;
const playService = (page) => page.route(`${service}**`, (route) =>
  route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Service</title>" }));

await test("the form back to the service, seen standing still", async (page) => {
  await page.route(/autopost[^/]*\.js/, (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  for (const language of ["de", "en", "fr", "sl", "it"]) {
    await page.goto(`${answered}&lang=${language}`);
    holds(await page.locator("html").getAttribute("lang") === language, `the page is in ${language}`);
    await inspect(page, `form-post-${language}`);
  }
});

await test("the form back to the service posts itself, with what the service asked", async (page) => {
  await playService(page);
  const posted = page.waitForRequest((request) => request.method() === "POST" && request.url().startsWith(service));
  await page.goto(answered);
  const fields = new URLSearchParams((await posted).postData());
  holds(fields.get("error") === "login_required" && fields.get("state") === "s", "error and state arrive");
  holds(fields.get("iss") !== null && fields.get("code") === null, "and the issuer, and no code");
});

await test("the form back to the service has a button for who has no scripts", async (page) => {
  await playService(page);
  await page.goto(answered);
  await page.locator("form#autopost button").click();
  await page.waitForURL((url) => url.href.startsWith(service));
}, { javaScriptEnabled: false });

/** At the portal, whose session it shows: what the verified ID token says. */
const told = async (page) => (await page.request.get(`${portal}/session.json`)).json().then((all) => all.id_token);
const levelOf = (number) => `https://www.spid.gov.it/SpidL${number}`;

/** Signs in at the portal at level 1, and asks for level 2 as the portal does it: it is essential. */
async function toStepUp(page) {
  await toProviders(page);
  await toProvider(page);
  await signIn(page);
  const first = await told(page);
  holds(first.acr === levelOf(1), `the login is of level 1, not ${first.acr}`);
  await askForLevel2(page);
  return first;
}

/** Presses the portal's button, and ends where the provider asks who signs in. */
async function askForLevel2(page) {
  await page.goto(portal);
  const asked = page.waitForRequest((request) => request.url().startsWith(`${broker}/authorize?`));
  await page.locator('a[href="/login?level=2"]').click();
  const claims = JSON.parse(new URL((await asked).url()).searchParams.get("claims"));
  holds(claims.id_token.acr.essential && claims.id_token.acr.value === levelOf(2), "level 2 is essential");
  await page.waitForURL((url) => url.href.startsWith(broker));
  await toProvider(page);
  holds(/livello 2/.test(await page.locator("main").innerText()), "the provider is asked for level 2");
}

await test("who needs level 2 proves it at the provider again, and the token says so", async (page) => {
  const first = await toStepUp(page);
  holds((await told(page)).sid === first.sid, "nothing has changed before the person proves more");
  await signIn(page);
  holds(await page.locator("[data-level]").innerText() === "2", "the portal shows level 2");
  const second = await told(page);
  holds(second.acr === levelOf(2) && second.sub === first.sub, "the same person at level 2");
  holds(second.sid !== first.sid && second.auth_time >= first.auth_time, "by another login");
  // Level 2 is never taken from a session: whoever asks for it again sends the person again.
  await page.goto(`${portal}/login?level=2`);
  await toProvider(page);
  holds(/livello 2/.test(await page.locator("main").innerText()), "the provider is asked again");
});

await test("a provider that proves level 1 only gets the portal no token, and level 1 stays", async (page) => {
  const first = await toStepUp(page);
  await signIn(page, { misbehave: "lower-level" });
  await pageIs(page, "response-level-too-low");
  await page.locator('a[href^="/login/cancel"]').click();
  await page.waitForURL((url) => url.href.startsWith(`${portal}/callback?`));
  const { searchParams } = new URL(page.url());
  holds(searchParams.get("error") === "unmet_authentication_requirements", `not ${searchParams.get("error")}`);
  holds(!searchParams.has("code"), "there is no code");
  holds(/unmet_authentication_requirements/.test(await page.locator("[data-problem]").innerText()), "the portal says why");
  const still = await told(page);
  holds(still.acr === levelOf(1) && still.sid === first.sid, "the portal has what it had");
  // The session of the browser is one of level 1: good for that without the provider, and for no more.
  await page.locator('a[href="/login?level=1"]').click();
  await page.waitForURL(`${portal}/`);
  const again = await told(page);
  holds(again.acr === levelOf(1) && again.sid !== first.sid, "level 1 is taken from the session");
  holds(again.auth_time === first.auth_time, "and is the proof it was");
  await askForLevel2(page);
});

/** Signs in at level 1, where the provider keeps a session, and goes to the page that ends it. */
async function toLogout(page, options) {
  await toProviders(page);
  await toProvider(page);
  await signIn(page, options);
  await page.goto(`${broker}/logout`);
}

await test("who signs out at Varco is signed out there and at the provider", async (page) => {
  await toLogout(page);
  await inspect(page, "logout");
  await page.locator('form[action="/logout"] button').click();
  await page.waitForURL((url) => url.pathname === "/logout/done");
  await inspect(page, "logout-done");
  await page.goto(`${broker}/logout`);
  holds(await page.locator('form[action="/logout"]').count() === 0, "nobody is signed in any more");
  await inspect(page, "logout-nobody");
});

await test("who signs out at one portal is signed out at the other", async (page) => {
  await toProviders(page);
  await toProvider(page);
  await signIn(page);
  await page.goto(`${otherPortal}/login?level=1`);
  await page.waitForURL(`${otherPortal}/`);
  const leave = page.locator('form[action="/logout"] button');
  holds(await leave.count() === 1, "one login serves both");
  await page.goto(portal);
  await leave.click();
  await page.waitForURL((url) => url.pathname === "/logout/leave");
  await page.waitForURL(`${portal}/`);
  holds(await leave.count() === 0, "nobody is signed in at the first");
  // The broker tells the other one while the browser goes its way.
  const known = async () => (await page.request.get(`${otherPortal}/session.json`)).ok();
  for (let tries = 0; tries < 100 && await known(); tries += 1) await page.waitForTimeout(100);
  await page.goto(otherPortal);
  holds(await leave.count() === 0, "nor at the other");
});

await test("the page between Varco and the provider's logout, seen standing still", async (page) => {
  await page.route(/logout[^/]*\.js/, (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  await toLogout(page);
  await page.locator('form[action="/logout"] button').click();
  await page.waitForURL((url) => url.pathname === "/logout/leave");
  await inspect(page, "logout-leave");
  await page.locator("#skip").click();
  await page.waitForURL((url) => url.pathname === "/logout/done");
  await inspect(page, "logout-done-skipped");
});

await test("signing out takes one button more without scripts", async (page) => {
  await toLogout(page, { scripts: false });
  await page.locator('form[action="/logout"] button').click();
  await page.locator("#onward").click();
  await page.waitForURL((url) => url.pathname === "/logout/done");
}, { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });

const telling = posting.replace(new URL(posting).origin, broker).replace("client_id=test", "client_id=telling");

/** At a service that asks before it is told anything; nobody answers at its own addresses but the test. */
async function toTelling(page, context) {
  for (const [origin, body] of [["9999", "back at the service"], ["9998", "the service has heard"]]) {
    await context.route(`http://localhost:${origin}/**`, (route) =>
      route.fulfill({ contentType: "text/html", body: `<!doctype html><title>service</title>${body}` }));
  }
  await page.goto(telling);
  await page.waitForURL((url) => !ours(url.href));
  await page.locator('button[value="consent"]').click();
  await page.waitForURL((url) => url.pathname === "/login/continue");
}

await test("a person reads what is passed on, in any language, and agrees", async (page, context) => {
  await toTelling(page, context);
  await inspect(page, "information");
  await page.locator('a[hreflang="de"]').click();
  holds(await page.locator("html").getAttribute("lang") === "de", "the page is German");
  await inspect(page, "information-de");
  await page.locator('form[action^="/login/agree"] button').click();
  await page.waitForURL((url) => url.port === "9999");
  holds(/[?&]code=/.test(page.url()), "the service has a code");
  // Not for a second time in the same session; and the way out tells the service by a frame.
  const back = context.waitForEvent("request", (request) => request.url().startsWith("http://localhost:9999/cb?code="));
  // Nobody listens at the end of this redirection, which a browser does not let the test answer.
  const other = await context.newPage();
  await other.goto(telling).catch(() => undefined);
  await back;
  await other.close();
  const heard = context.waitForEvent("request", (request) => request.url().startsWith("http://localhost:9998/out?iss="));
  const framed = page.waitForURL((url) => url.pathname === "/logout/frames");
  await page.goto(`${broker}/logout`);
  await page.locator('form[action="/logout"] button').click();
  await framed;
  await heard;
  await page.waitForURL((url) => url.pathname !== "/logout/frames");
});

await test("who does not agree goes back, and nothing is passed on", async (page, context) => {
  await toTelling(page, context);
  await page.locator('a[href^="/login/cancel"]').click();
  await page.waitForURL((url) => url.port === "9999");
  holds(/[?&]error=access_denied/.test(page.url()), "the service is told no");
  holds(!/[?&]code=/.test(page.url()), "and has no code");
});

await test("the page that tells services by frames, seen standing still", async (page, context) => {
  await context.route(/frames[^/]*\.js/, (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  await context.route(/logout\/frames/, async (route) => {
    const response = await route.fetch();
    const { refresh, ...headers } = response.headers();
    holds(refresh.startsWith("5; url=/logout/onward?"), "without scripts the page goes on too");
    await route.fulfill({ response, headers });
  });
  await toTelling(page, context);
  await page.locator('form[action^="/login/agree"] button').click();
  await page.waitForURL((url) => url.port === "9999");
  await page.goto(`${broker}/logout`);
  await page.locator('form[action="/logout"] button').click();
  await page.waitForURL((url) => url.pathname === "/logout/frames");
  await inspect(page, "logout-frames");
  await page.locator("#onward").click();
  await page.waitForURL((url) => url.pathname !== "/logout/frames");
});

/** In every width, from the narrowest telephone on. */
async function fits(page, name) {
  await page.setViewportSize({ width: 256, height: 720 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  holds(overflow <= 0, `${name} fits into 256 pixels`);
  await inspect(page, name);
}

/** Looks at a page in Italian and in German. */
async function inBoth(page, address, name) {
  for (const language of ["it", "de"]) {
    const answer = await page.goto(`${address}${address.includes("?") ? "&" : "?"}lang=${language}`);
    holds(await page.locator("html").getAttribute("lang") === language, `${name} is in ${language}`);
    holds((await answer.allHeaders())["content-security-policy"].startsWith("default-src 'none'"), "under the policy");
    await fits(page, `${name}-${language}`);
  }
}

await test("what is announced leads from the choice page to its own page and back", async (page) => {
  await toProviders(page);
  const banner = page.getByRole("region", { name: "Avvisi" });
  holds(await banner.locator("li").count() === 2, "two announcements");
  holds(/Attenzione:/.test(await banner.innerText()), "the kind is a word");
  await banner.locator("a").first().click();
  await page.waitForURL((url) => url.pathname === "/announcements/pin-inps");
  await page.locator("a.button").click();
  await page.waitForURL((url) => url.pathname === "/login");
  holds(await page.locator(".providers a").count() > 0, "the login goes on");
}, { javaScriptEnabled: false });

await test("announcements read well in every width and language", async (page) => {
  await inBoth(page, `${broker}/announcements`, "announcements");
  await inBoth(page, `${broker}/announcements/pin-inps?service=inps`, "announcement");
  await inBoth(page, `${broker}/announcements/pin-imprese`, "announcement-open");
  const feeds = await page.locator('link[rel="alternate"]').evaluateAll((all) => all.map((each) => [each.type, each.href]));
  holds(feeds.length === 3, "three feeds are named");
  for (const [type, href] of feeds) {
    const answer = await page.request.get(href);
    holds(answer.headers()["content-type"].startsWith(type), `${href} is ${type}`);
  }
});

await test("an announcement on paper has its address, and nothing that only a screen needs", async (page) => {
  await page.goto(`${broker}/announcements/pin-inps?service=inps`);
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 794, height: 1123 });
  for (const screen of [".languages", "footer", ".skip", ".screen"]) {
    holds(!await page.locator(screen).first().isVisible(), `${screen} is not printed`);
  }
  holds(await page.locator(".place").isVisible(), "the address is printed");
  await page.screenshot({ path: `${screenshots}/announcement-print.png`, fullPage: true });
  const sheet = await page.pdf({ path: `${screenshots}/announcement.pdf`, format: "A4" });
  holds(sheet.subarray(0, 5).toString() === "%PDF-", "it is a PDF");
  holds(sheet.toString("latin1").match(/\/Type\s*\/Page\b/g).length === 1, "of one sheet");
});

await test("a retired address says why, and leads on only by a link", async (page) => {
  const address = `${broker}/sportellounicoprevidenziale.it`;
  const answer = await page.goto(`${address}/durc?next=https://thief.example/`);
  holds(answer.status() === 410, "the status is 410");
  holds(page.url().startsWith(address), "nobody is sent anywhere");
  holds(await page.locator("a.button").getAttribute("href") === "https://www.inps.it/", "the page's own new place");
  holds(!/thief/.test(await page.content()), "nothing of the request is repeated");
  await inBoth(page, address, "moved");
});

await test("help names the ways to sign in", async (page) => {
  await toProviders(page);
  await page.locator('a[href^="/help"]').click();
  await page.waitForURL((url) => url.pathname === "/help");
  await inBoth(page, page.url(), "help");
  await page.locator("a.button").click();
  await page.waitForURL((url) => url.pathname === "/login");
});

await test("a closed way says why and what to use instead, and is refused by its address", async (page) => {
  const closing = telling.replace("client_id=telling", "client_id=closing").replace(/&idp_hint=[^&]*/, "&idp_hint=cie-saml");
  await page.goto(closing);
  holds(new URL(page.url()).pathname === "/login", "a hint to it shows the choice");
  holds(/CIE/.test(await page.locator('[role="status"]').innerText()), "with the reason");
  await fits(page, "closed-choice");
  holds(await page.locator(".closed").count() === 1, "one way is closed");
  await page.locator(".closed a").click();
  await page.waitForURL((url) => url.pathname === "/login/unavailable");
  holds(await page.locator("main").getAttribute("data-unavailable") === "not_accepted", "by the service's own rule");
  holds(/1°.gennaio 2026/.test(await page.locator("main").innerText()), "since a day");
  await inBoth(page, page.url(), "closed");
  const { searchParams } = new URL(page.url());
  const answer = await page.goto(`${broker}/login/go?tx=${searchParams.get("tx")}&upstream=cie-saml&provider=x`);
  holds(answer.status() === 403, "its address is refused");
  await pageIs(page, "policy-not-accepted");
  await page.goBack();
  await page.locator(".providers a").first().click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login/unavailable"));
});

const withoutScripts = { javaScriptEnabled: false, viewport: { width: 390, height: 844 } };

/** What people read of the sandbox's calendar at the Ministero del Lavoro. */
const CALENDAR = {
  it: { closed: /CNS.*Non disponibile/s, since: /1°.gennaio 2026/, soon: /solo con SPID o con eIDAS/, gone: /non è più accettato/ },
  de: { closed: /CNS.*Nicht verfügbar/s, since: /1\..Januar 2026/, soon: /nur noch mit SPID oder eIDAS/, gone: /nicht mehr/ },
};

for (const [language, reads] of Object.entries(CALENDAR)) {
  await test(`without scripts the calendar is told and kept on the pages of a login, in ${language}`, async (page) => {
    const text = () => page.locator("main").innerText();
    await toProviders(page, otherPortal);
    await page.locator(`a[hreflang="${language}"]`).click();
    holds(await page.locator("html").getAttribute("lang") === language, `the page is in ${language}`);
    holds(reads.closed.test(await page.locator(".closed").innerText()), "the closed way says so in words");
    holds(await page.locator(".closed").count() === 1, "one way is closed");
    holds(await page.locator(".method-cie-saml a").first().isVisible(), "CIE is still open");
    holds(reads.soon.test(await page.locator(".announcements").innerText()), "the next end is announced");
    await fits(page, `calendar-choice-${language}`);
    const choice = page.url();

    await page.locator(".closed a").click();
    await page.waitForURL((url) => url.pathname === "/login/unavailable");
    holds(await page.locator("main").getAttribute("data-unavailable") === "switch_off", "by the calendar");
    holds(reads.since.test(await text()), "since the first day on which it is closed");
    holds(/Circolare di prova/.test(await text()), "with what it rests on");
    holds(await page.locator(".providers a").count() === 3, "three ways to use instead");
    await fits(page, `calendar-closed-${language}`);

    await page.locator('a[href^="/announcements/lavoro-spid"]').click();
    await page.waitForURL((url) => url.pathname === "/announcements/lavoro-spid");
    holds(await page.locator(".when").count() > 0 && reads.soon.test(await text()), "the announcement says when");
    await fits(page, `calendar-announcement-${language}`);
    await page.locator("a.button").click();
    await page.waitForURL((url) => url.pathname === "/login");

    // Nobody gets round it by the address.
    const { searchParams } = new URL(choice);
    const answer = await page.goto(`${broker}/login/go?tx=${searchParams.get("tx")}&upstream=cns&provider=x&lang=${language}`);
    holds(answer.status() === 403, "its address is refused");
    await pageIs(page, "policy-switched-off");
    holds(reads.gone.test(await text()), "the refusal is in the language of the page");
    holds(await page.locator('.ways a[href^="/login/go"]').count() === 0, "nothing leads to it again");
    await fits(page, `calendar-refused-${language}`);
    await page.locator(".ways a").first().click();
    await page.waitForURL((url) => url.pathname === "/login");
    await toProvider(page);
  }, withoutScripts);
}

await test("without scripts somebody whom policy refuses goes back to the choice, in Italian and German", async (page, context) => {
  await context.route("http://localhost:9999/**", (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html><title>service</title>back" }));
  const grown = telling.replace("client_id=telling", "client_id=closing");
  await page.goto(grown);
  await page.waitForURL((url) => !ours(url.href));
  await page.locator('input[name="person"][value="elena"]').check();
  await page.locator('button[value="consent"]').click();
  await page.locator('form[method="post"] button').click();
  await page.waitForURL((url) => url.pathname === "/login/continue");
  await pageIs(page, "policy-min-age");
  await inBoth(page, page.url(), "policy-refused");
  holds(await page.locator('.ways a[href^="/login/go"]').count() === 0, "nothing leads to the same answer again");
  await page.locator(".ways a").first().click();
  await page.waitForURL((url) => url.pathname === "/login");
  holds(await page.locator("details[open]").count() === 0, "the way that the service named is not put forward again");
  await inBoth(page, page.url(), "policy-choice");
  await page.locator('a[href^="/login/cancel"]').click();
  await page.waitForURL((url) => url.port === "9999");
  holds(/[?&]error=access_denied/.test(page.url()) && /VARCO-1006/.test(page.url()), "the service is told why");
}, withoutScripts);

/** A browser with that card in its reader, or none; the sample authority of the listener is nobody's. */
const reading = (card) => ({
  ignoreHTTPSErrors: true,
  clientCertificates: card
    ? [{ origin: cards, certPath: `${folder}/cards/${card}.pem`, keyPath: `${folder}/cards/${card}.pem` }]
    : [],
});

async function showCard(page) {
  await toProviders(page);
  await page.locator(".method-cns a.enter").click();
  await page.waitForURL((url) => url.href.startsWith(portal) || url.pathname === "/login/continue");
}

await test("a card in the reader signs its holder in, over TLS", async (page) => {
  await showCard(page);
  holds(page.url().startsWith(portal), "the browser is back at the portal");
  holds(/Ada/.test(await page.locator("body").innerText()), "the portal knows the person");
}, reading("ada"));

await test("without a card a person reads what to do, and can choose again", async (page) => {
  await showCard(page);
  await pageIs(page, "cns-no-certificate");
  await inspect(page, "card-missing");
  await page.locator('a[href^="/login?"]').first().click();
  holds(await page.locator(".method-cns .hint").count() === 1, "the choice says to insert the card first");
}, reading());

await test("a revoked card is a page with a code, not a login", async (page) => {
  await showCard(page);
  await pageIs(page, "cns-revoked");
  await inspect(page, "card-revoked");
}, reading("ada-revoked"));

await browser.close();
console.log(`test result: ${failed ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed`);
process.exit(failed ? 1 : 0);
