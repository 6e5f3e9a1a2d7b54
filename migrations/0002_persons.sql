-- SPDX-FileCopyrightText: 2026 the Varco authors
-- SPDX-License-Identifier: EUPL-1.2
--
-- People from other states who were matched with a fiscal code, and the first login of each fiscal code.
-- Runs unchanged on SQLite and on PostgreSQL. Nobody is found here without the sealing secret: persons
-- and codes are keyed digests.

CREATE TABLE matches (
    match_id TEXT PRIMARY KEY,
    -- Digest of the identifier of eIDAS.
    person TEXT NOT NULL,
    -- Digest of the state of origin and the fiscal code.
    code TEXT NOT NULL,
    -- Sealed.
    fiscal_code TEXT NOT NULL,
    -- self_declared or verified.
    how TEXT NOT NULL,
    -- Who verified it; empty when nobody did.
    verifier TEXT NOT NULL,
    matched_at BIGINT NOT NULL,
    -- NULL as long as it holds. A match that was withdrawn stays as history.
    withdrawn_at BIGINT
);

-- One identifier, one code; and one code, one identifier of a state.
CREATE UNIQUE INDEX matches_of_person ON matches (person) WHERE withdrawn_at IS NULL;
CREATE UNIQUE INDEX matches_of_code ON matches (code) WHERE withdrawn_at IS NULL;

CREATE TABLE first_logins (
    -- Digest of the fiscal code.
    person TEXT PRIMARY KEY,
    first_at BIGINT NOT NULL,
    -- By which instrument.
    instrument TEXT NOT NULL
);
