// SPDX-FileCopyrightText: 2026 the Varco authors
// SPDX-License-Identifier: EUPL-1.2
//
// Node 18 has no global `crypto`, which the libraries take for granted: import this before them.
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
