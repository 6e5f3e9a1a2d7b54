// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// CIE by OpenID in a real browser, against the sandbox: one button of CIE though two ways lead there, whole
// logins with and without scripts, and the sample provider's pages at two widths and in two languages,
// without an accessibility violation. Screenshots go to target/screenshots.
//
//     node openid.mjs PORTAL BROKER FEDERATION SCREENSHOTS
//
// FEDERATION is the address of the sample federation. What every page of the broker must be, run.mjs looks at.
import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";
import axe from "axe-core";

const [portal, broker, federation, screenshots] = process.argv.slice(2);
const WIDTHS = [1280, 390];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

let passed = 0;
let failed = 0;
const holds = (condition, sentence) => {
  if (!condition) throw new Error(`not so: ${sentence}`);
};

async function test(name, body, options = {}) {
  const context = await browser.newContext({ locale: "it-IT", ...options });
  context.setDefaultTimeout(30_000);
  try {
    await body(await context.newPage());
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (cause) {
    failed += 1;
    console.log(`FAILED  ${name}: ${cause.message}\n        at ${context.pages().map((page) => page.url().split("?")[0])}`);
  } finally {
    await context.close();
  }
}

/** Judges a copy of the page as it stands, at every width: where the page itself runs no scripts, axe cannot. */
async function inspect(page, name, locale) {
  for (const width of WIDTHS) {
    const size = { width, height: width > 400 ? 900 : 844 };
    await page.setViewportSize(size);
    const overflow = await page.evaluate(() =>
      document.documentElement.scrollWidth - document.documentElement.clientWidth);
    holds(overflow <= 0, `${name} fits into ${width} pixels (${overflow} too wide)`);
    await page.screenshot({ path: `${screenshots}/${name}-${width}.png`, fullPage: true });
    const [address, content] = [page.url(), await page.content()];
    const copy = await (await browser.newContext({ locale, viewport: size })).newPage();
    await copy.route((url) => url.href === address, (route) =>
      route.fulfill({ contentType: "text/html; charset=utf-8", body: content }));
    await copy.goto(address);
    await copy.evaluate(axe.source);
    const { violations } = await copy.evaluate(
      (values) => window.axe.run(document, { runOnly: { type: "tag", values } }), TAGS);
    const text = violations.map((found) => `${found.id}: ${found.help}: ${found.nodes[0].html}`);
    holds(text.length === 0, `${name} at ${width} is accessible:\n    ${text.join("\n    ")}`);
    await copy.context().close();
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function toChoice(page) {
  await page.goto(portal);
  await page.locator('a[href*="login"], a[href*="accedi"]').first().click();
  await page.waitForURL((url) => url.href.startsWith(broker));
}

async function toProvider(page) {
  await toChoice(page);
  await page.locator('a[href*="upstream=cie&"]').first().click();
  await page.waitForURL((url) => url.href.startsWith(`${federation}/cie/`));
}

await mkdir(screenshots, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

for (const javaScriptEnabled of [true, false]) {
  const scripts = javaScriptEnabled ? "with scripts" : "without scripts";
  const suffix = javaScriptEnabled ? "" : "-plain";

  await test(`two ways lead to CIE and there is one button, ${scripts}`, async (page) => {
    await toChoice(page);
    holds(await page.locator('a[href*="upstream=cie"]').count() === 1, "one link leads to CIE");
    holds(await page.locator('a[href*="upstream=cie&"]').count() === 1, "it leads there by OpenID");
    await inspect(page, `openid-choice${suffix}`, "it-IT");
  }, { javaScriptEnabled });

  await test(`a person signs in with CIE by OpenID, ${scripts}`, async (page) => {
    await toProvider(page);
    await inspect(page, `openid-cie${suffix}`, "it-IT");
    const asked = await page.locator("main").innerText();
    holds(/codice fiscale/.test(asked), "data are named in words");
    holds(!/attributes\.eid\.gov\.it|given_name/.test(asked), "no name of a claim is shown");
    await page.locator('button[value="consent"]').click();
    await page.waitForURL((url) => url.href.startsWith(portal));
    const text = await page.locator("main").innerText();
    holds(/Ada/.test(text) && /CIE/.test(text), "the portal knows the person and the instrument");
  }, { javaScriptEnabled });
}

for (const [locale, lang, word] of [["en-GB", "en", /fiscal code/], ["de-DE", "en", /fiscal code/], ["it-IT", "it", /codice fiscale/]]) {
  await test(`the sample provider answers a browser of ${locale} in ${lang}`, async (page) => {
    await toProvider(page);
    holds(await page.locator("html").getAttribute("lang") === lang, `the page is in ${lang}`);
    holds(word.test(await page.locator("main").innerText()), "the data are named in it");
    if (lang === "en") await inspect(page, `openid-cie-${locale}`, locale);
  }, { locale });
}

await test("who cancels is told so by the broker, and is signed in nowhere", async (page) => {
  await toProvider(page);
  await page.locator('button[value="cancel"]').click();
  await page.waitForURL((url) => url.href.startsWith(broker));
  await inspect(page, "openid-cancelled", "it-IT");
});

await test("the page of a refused request is accessible", async (page) => {
  await page.goto(`${federation}/cie/authorize?client_id=nobody`);
  await inspect(page, "openid-problem", "it-IT");
});

await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
