-- What the SCIM front door needs beyond keeping people: answering any filter,
-- versions, a second way in, and telling others.

-- +goose Up

-- search is the payload for filters: names and texts without letter case. It is
-- empty where no client ever asks, as for what the hub pulls.
ALTER TABLE records ADD COLUMN search JSONB NOT NULL DEFAULT '{}';
ALTER TABLE records ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
DROP INDEX records_user_name;
CREATE INDEX records_user_name ON records (source, user_name, n);
CREATE INDEX records_modified ON records (source, modified, n) WHERE gone_at = 0 AND search <> '{}';

ALTER TABLE source_groups ADD COLUMN search JSONB NOT NULL DEFAULT '{}';
ALTER TABLE source_groups ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

-- Which resources have a value: term is a hash of source, type, path and value, n
-- the number of a record or source group.
CREATE TABLE terms (
    term BIGINT NOT NULL,
    n    BIGINT NOT NULL,
    PRIMARY KEY (term, n)
);

-- Attributes that a source's resources have in extensions that nobody declared.
CREATE TABLE learned_attributes (
    source TEXT COLLATE "C" NOT NULL,
    schema TEXT COLLATE "C" NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL, -- SCIM's name of the type
    multi  BOOLEAN          NOT NULL,
    seen   BIGINT           NOT NULL, -- first seen at
    PRIMARY KEY (source, schema, name)
);

-- The last requests of a source, for people who look for what went wrong.
CREATE TABLE conversations (
    id     TEXT COLLATE "C" PRIMARY KEY,
    source TEXT COLLATE "C" NOT NULL,
    at     BIGINT           NOT NULL,
    failed BOOLEAN          NOT NULL,
    data   TEXT COLLATE "C" NOT NULL -- JSON, secrets masked
);
CREATE INDEX conversations_source ON conversations (source, at, id);

-- Programs that get short-lived tokens by OAuth's client credentials.
CREATE TABLE oauth_clients (
    id         TEXT COLLATE "C" PRIMARY KEY,
    source     TEXT COLLATE "C" NOT NULL,
    scope      TEXT COLLATE "C" NOT NULL,
    label      TEXT COLLATE "C" NOT NULL,
    hash       BYTEA            NOT NULL, -- of the secret; zeros where there are keys
    jwks       TEXT COLLATE "C" NOT NULL, -- public keys in place of a secret
    created    BIGINT           NOT NULL,
    expires_at BIGINT           NOT NULL,
    last_used  BIGINT           NOT NULL,
    revoked_at BIGINT           NOT NULL
);
ALTER TABLE tokens ADD COLUMN client TEXT COLLATE "C" NOT NULL DEFAULT ''; -- whom it was issued to
CREATE INDEX tokens_client ON tokens (client, created, id) WHERE client <> '';
CREATE INDEX tokens_issued ON tokens (expires_at) WHERE client <> '';

-- Assertions that a client has shown, until they expire: each opens once.
CREATE TABLE oauth_assertions (
    client  TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    expires BIGINT           NOT NULL,
    PRIMARY KEY (client, id)
);
CREATE INDEX oauth_assertions_expires ON oauth_assertions (expires);

-- Keys that the hub made for itself.
CREATE TABLE keys (
    name    TEXT COLLATE "C" PRIMARY KEY,
    value   BYTEA            NOT NULL,
    created BIGINT           NOT NULL
);

-- Security events that a receiver is still owed.
CREATE TABLE signals (
    n          BIGINT           PRIMARY KEY, -- in the order in which they are owed
    id         TEXT COLLATE "C" NOT NULL UNIQUE, -- the token's jti
    receiver   TEXT COLLATE "C" NOT NULL,
    event      TEXT COLLATE "C" NOT NULL,
    user_name  TEXT COLLATE "C" NOT NULL, -- of whom it tells, for people
    data       TEXT COLLATE "C" NOT NULL, -- JSON
    created    BIGINT           NOT NULL,
    due_at     BIGINT           NOT NULL,
    attempts   BIGINT           NOT NULL,
    last_error TEXT COLLATE "C" NOT NULL,
    refused_at BIGINT           NOT NULL -- 0 while it is to be delivered
);
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
