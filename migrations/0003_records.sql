-- SPDX-FileCopyrightText: 2026 the Varco authors
-- SPDX-License-Identifier: EUPL-1.2
--
-- Records of the help desk, of delegations and of telephone PINs; the trail of every act; what is counted.
-- Runs unchanged on SQLite and on PostgreSQL: octets are base64url text, times are milliseconds since 1970.
-- No personal data in clear: people are keyed digests, documents and reasons are sealed.

CREATE TABLE records (
    -- Kind and name: `case/…`.
    record TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    -- Counts from 1; whoever changes a record names the version that was read.
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    office TEXT NOT NULL,
    -- When the clock has something to do with it.
    due_at BIGINT,
    -- The number of the row of the trail it was made with.
    made_by BIGINT NOT NULL,
    -- Sealed, bound to every column above and to the keys below.
    document TEXT NOT NULL
);

CREATE INDEX records_by_state ON records (kind, state, made_by);
CREATE INDEX records_by_due ON records (kind, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE record_keys (
    -- Record and digest, with a space between.
    entry TEXT PRIMARY KEY,
    record TEXT NOT NULL,
    -- Digest of kind, name and value.
    digest TEXT NOT NULL,
    -- 1: no other record has the same exclusively.
    exclusive BIGINT NOT NULL
);

CREATE INDEX record_keys_by_record ON record_keys (record);
CREATE INDEX record_keys_by_digest ON record_keys (digest);
CREATE UNIQUE INDEX record_keys_exclusive ON record_keys (digest) WHERE exclusive = 1;

-- One row: whoever adds to the trail takes its number first, so that rows are chained in their order.
CREATE TABLE trail_head (
    subject TEXT PRIMARY KEY,
    latest BIGINT NOT NULL,
    -- Of the latest row.
    digest TEXT NOT NULL
);

INSERT INTO trail_head (subject, latest, digest) VALUES ('trail', 0, '');

-- Never updated, never deleted from.
CREATE TABLE trail (
    -- SHA-256 of every other column.
    digest TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- Digest of whoever acted, or `system`.
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    office TEXT NOT NULL,
    -- Sealed, bound to every other column but the digest.
    reason TEXT NOT NULL,
    -- The version of the rules that were applied.
    rules TEXT NOT NULL,
    outcome TEXT NOT NULL,
    -- The records that changed with it, as JSON: their names, versions, and digests of the sealed documents.
    changes TEXT NOT NULL,
    -- Digest of the row before.
    previous TEXT NOT NULL
);

CREATE UNIQUE INDEX trail_by_seq ON trail (seq);
CREATE INDEX trail_by_object ON trail (object, seq);

-- What is counted within a time, and what may be used once.
CREATE TABLE tallies (
    -- Digest of what is counted.
    name TEXT PRIMARY KEY,
    count BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
);

CREATE INDEX tallies_by_end ON tallies (ends_at);
