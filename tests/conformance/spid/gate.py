#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the Varco authors
# SPDX-License-Identifier: EUPL-1.2
"""Judges a spid_sp_test JSON report. The tool ends with status 0 even when it skips a phase, so the
exact number of results is what tells a run from a non-run.

    gate.py REPORT.json [--metadata N] [--authn N] [--responses N] [--skips skips.toml]

A phase that is named must hold exactly N results. A phase that is not named must be absent or empty
(metadata apart: the tool runs it always). Every failure and warning is an error, unless skips.toml
has an entry for it with a reason and a date; an entry that nothing matches is an error too.

Prints one line of the form "test result: ok. N passed; N failed" and ends with status 0 or 1.
"""
import argparse
import datetime
import json
import re
import sys
import tomllib


def number(text):
    """The case, e.g. `12`, from `Test [12] …`; the tool leaves test_id empty when a case fails."""
    match = re.match(r"Test \[([^\]]+)\]", text)
    return match.group(1) if match else text[:100]


def skips_of(path):
    """[[skip]] phase, text, reason, date: all four are demanded. With `report` it is for that one only."""
    if not path:
        return []
    with open(path, "rb") as file:
        skips = tomllib.load(file).get("skip", [])
    for skip in skips:
        if not all(skip.get(key) for key in ("phase", "text", "reason")):
            sys.exit(f"{path}: a skip needs phase, text and reason")
        if not isinstance(skip.get("date"), datetime.date):
            sys.exit(f"{path}: a skip needs the date on which it was judged")
    return skips


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("report")
    parser.add_argument("--metadata", type=int)
    parser.add_argument("--authn", type=int)
    parser.add_argument("--responses", type=int)
    parser.add_argument("--skips")
    arguments = parser.parse_args()
    stem = arguments.report.rsplit("/", 1)[-1].removesuffix(".json")
    skips = [s for s in skips_of(arguments.skips) if s.get("report", stem) == stem]
    try:
        with open(arguments.report, encoding="utf-8") as file:
            phases = json.load(file)["test"]["sp"]
    except (OSError, ValueError, KeyError) as cause:
        print(f"{arguments.report}: no usable report ({cause})")
        print("test result: FAILED. 0 passed; 1 failed")
        sys.exit(1)

    count = {"metadata": 0, "authnrequest": 0, "response": 0}
    bad, cases, passed = [], [], 0
    for phase, classes in phases.items():
        kind = phase.split("_")[0]
        for results in classes.values():
            for result in results:
                count[kind] += 1
                text = result["test"]
                if kind == "response":
                    cases.append(number(text))
                if result["result"] == "success":
                    passed += 1
                    continue
                known = [s for s in skips if s["phase"] == kind and s["text"] in text]
                for skip in known:
                    skip["met"] = True
                if not known:
                    value = result.get("value", "")
                    bad.append(f"{phase} {result['result']}: {number(text)} {value}"[:300])

    wanted = {
        "metadata": count["metadata"] if arguments.metadata is None else arguments.metadata,
        "authnrequest": arguments.authn or 0,
        "response": arguments.responses or 0,
    }
    for kind, number_wanted in wanted.items():
        if count[kind] != number_wanted:
            bad.append(f"{kind}: {count[kind]} results, {number_wanted} expected")
    if len(set(cases)) != len(cases):
        bad.append("a response case was run twice")
    for skip in skips:
        if count[skip["phase"]] and not skip.get("met"):
            bad.append(f"skip without a failure: {skip['phase']}: {skip['text']}")
    for line in bad:
        print("  " + line)
    word = "FAILED" if bad else "ok"
    name = arguments.report.rsplit("/", 1)[-1]
    print(f"{name:24} {count}")
    print(f"test result: {word}. {passed} passed; {len(bad)} failed")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
