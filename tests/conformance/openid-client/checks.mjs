// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// Checks with a name, and their count.

let passed = 0;
let failed = 0;

/** Runs one check and prints one line about it. */
export async function test(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (cause) {
    failed += 1;
    console.log(`FAILED  ${name}: ${cause.code ?? ""} ${cause.message} ${cause.cause?.message ?? ""}`);
    if (cause.cause) console.log(cause.cause);
  }
}

export function holds(condition, sentence) {
  if (!condition) throw new Error(`not so: ${sentence}`);
}

/** The broker refuses, with that error in the body or in the challenge of its answer. */
export async function refused(promise, error) {
  const outcome = await promise.then(() => undefined, (cause) => cause);
  holds(outcome, `refused with ${error}`);
  // With a 401 the library reports the challenge and leaves the body unread.
  const challenges = Array.isArray(outcome.cause) ? outcome.cause : [];
  const challenged = challenges.find(({ parameters }) => parameters.error)?.parameters.error;
  const said = outcome.error ?? challenged ?? (await outcome.response?.json().catch(() => undefined))?.error;
  holds(said === error, `refused with ${error}, not ${said ?? outcome.message}`);
}

/** Prints the count; the answer is the exit code. */
export function report() {
  console.log(`test result: ${failed ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed`);
  return failed ? 1 : 0;
}
