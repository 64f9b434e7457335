-- What the SCIM front door needs beyond keeping people: answering any filter,
-- versions, a second way in, and telling others.

-- +goose Up

-- search is the payload for filters: names and texts without letter case. It is
-- empty where no client ever asks, as for what the hub pulls.
ALTER TABLE records ADD COLUMN search TEXT NOT NULL DEFAULT '{}';
ALTER TABLE records ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
DROP INDEX records_user_name;
CREATE INDEX records_user_name ON records (source, user_name, n);
CREATE INDEX records_modified ON records (source, modified, n) WHERE gone_at = 0 AND search <> '{}';

ALTER TABLE source_groups ADD COLUMN search TEXT NOT NULL DEFAULT '{}';
ALTER TABLE source_groups ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- Which resources have a value: term is a hash of source, type, path and value, n
-- the number of a record or source group.
CREATE TABLE terms (
    term INTEGER NOT NULL,
    n    INTEGER NOT NULL,
    PRIMARY KEY (term, n)
) STRICT, WITHOUT ROWID;

-- Attributes that a source's resources have in extensions that nobody declared.
CREATE TABLE learned_attributes (
    source TEXT    NOT NULL,
    schema TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    kind   TEXT    NOT NULL, -- SCIM's name of the type
    multi  INTEGER NOT NULL,
    seen   INTEGER NOT NULL, -- first seen at
    PRIMARY KEY (source, schema, name)
) STRICT, WITHOUT ROWID;

-- The last requests of a source, for people who look for what went wrong.
CREATE TABLE conversations (
    id     TEXT    PRIMARY KEY,
    source TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    data   TEXT    NOT NULL -- JSON, secrets masked
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_source ON conversations (source, at, id);

-- Programs that get short-lived tokens by OAuth's client credentials.
CREATE TABLE oauth_clients (
    id         TEXT    PRIMARY KEY,
    source     TEXT    NOT NULL,
    scope      TEXT    NOT NULL,
    label      TEXT    NOT NULL,
    hash       BLOB    NOT NULL, -- of the secret; zeros where there are keys
    jwks       TEXT    NOT NULL, -- public keys in place of a secret
    created    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used  INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE tokens ADD COLUMN client TEXT NOT NULL DEFAULT ''; -- whom it was issued to
CREATE INDEX tokens_client ON tokens (client, created, id) WHERE client <> '';
CREATE INDEX tokens_issued ON tokens (expires_at) WHERE client <> '';

-- Assertions that a client has shown, until they expire: each opens once.
CREATE TABLE oauth_assertions (
    client  TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (client, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_assertions_expires ON oauth_assertions (expires);

-- Keys that the hub made for itself.
CREATE TABLE keys (
    name    TEXT    PRIMARY KEY,
    value   BLOB    NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Security events that a receiver is still owed.
CREATE TABLE signals (
    n          INTEGER PRIMARY KEY, -- in the order in which they are owed
    id         TEXT    NOT NULL UNIQUE, -- the token's jti
    receiver   TEXT    NOT NULL,
    event      TEXT    NOT NULL,
    user_name  TEXT    NOT NULL, -- of whom it tells, for people
    data       TEXT    NOT NULL, -- JSON
    created    INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    last_error TEXT    NOT NULL,
    refused_at INTEGER NOT NULL -- 0 while it is to be delivered
) STRICT;
CREATE INDEX signals_receiver ON signals (receiver, refused_at, n);

-- +goose Down
DROP TABLE signals;
DROP TABLE keys;
DROP TABLE oauth_assertions;
DROP INDEX tokens_issued;
DROP INDEX tokens_client;
ALTER TABLE tokens DROP COLUMN client;
DROP TABLE oauth_clients;
DROP TABLE conversations;
DROP TABLE learned_attributes;
DROP TABLE terms;
ALTER TABLE source_groups DROP COLUMN version;
ALTER TABLE source_groups DROP COLUMN search;
DROP INDEX records_modified;
DROP INDEX records_user_name;
CREATE INDEX records_user_name ON records (user_name);
ALTER TABLE records DROP COLUMN version;
ALTER TABLE records DROP COLUMN search;
