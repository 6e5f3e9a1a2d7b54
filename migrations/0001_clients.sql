-- SPDX-FileCopyrightText: 2026 the Varco authors
-- SPDX-License-Identifier: EUPL-1.2
--
-- Clients that registered themselves, and the tokens that let them. Runs unchanged on SQLite and on
-- PostgreSQL: octets are base64url text, times are seconds since 1970.

-- Numbers every change, so that another node reads only what it does not know. Whoever changes a row
-- takes its number first: numbers become visible in their order.
CREATE TABLE change_numbers (
    subject TEXT PRIMARY KEY,
    latest BIGINT NOT NULL
);

INSERT INTO change_numbers (subject, latest) VALUES ('clients', 0);

CREATE TABLE clients (
    client_id TEXT PRIMARY KEY,
    -- Sealed metadata; NULL once the client is gone: its name is never given again.
    document TEXT,
    -- Digest of the registration access token; NULL once the client is gone.
    registration_token TEXT,
    issued_at BIGINT NOT NULL,
    change_number BIGINT NOT NULL
);

CREATE INDEX clients_by_change ON clients (change_number);

CREATE TABLE initial_access_tokens (
    -- Digest of the token.
    digest TEXT PRIMARY KEY,
    -- What the operator calls it.
    label TEXT NOT NULL,
    uses_left BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
