-- What each channel still has to bring to whom, and what it has posted.

-- +goose Up
CREATE TABLE deliveries (
    n           INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    channel     TEXT    NOT NULL,
    kind        TEXT    NOT NULL, -- of the notice
    request_n   INTEGER NOT NULL, -- 0: about none
    grant_n     INTEGER NOT NULL,
    user_n      INTEGER NOT NULL, -- 0: whoever listens to the channel
    refresh     INTEGER NOT NULL, -- it brings what was posted up to date
    story       TEXT    NOT NULL, -- JSON: what happened, as it was then
    created     INTEGER NOT NULL, -- when it happened
    due_at      INTEGER NOT NULL, -- or until when somebody is at it
    attempts    INTEGER NOT NULL,
    last_error  TEXT    NOT NULL,
    given_up_at INTEGER NOT NULL  -- 0: it is to be delivered
) STRICT;
CREATE INDEX deliveries_due ON deliveries (channel, due_at) WHERE given_up_at = 0;

-- Messages that must follow what becomes of the request.
CREATE TABLE posted (
    n         INTEGER PRIMARY KEY,
    channel   TEXT    NOT NULL,
    request_n INTEGER NOT NULL,
    user_n    INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    place     TEXT    NOT NULL,
    mark      TEXT    NOT NULL,
    created   INTEGER NOT NULL
) STRICT;
CREATE INDEX posted_request ON posted (channel, request_n);

CREATE TABLE channels (
    name         TEXT    PRIMARY KEY,
    succeeded_at INTEGER NOT NULL,
    failed_at    INTEGER NOT NULL,
    last_error   TEXT    NOT NULL,
    stopped      TEXT    NOT NULL -- fingerprint of the settings under which it wants nothing more; empty: it does
) STRICT;

-- Signatures of requests that were taken, so that none is taken twice.
CREATE TABLE seen (
    mark TEXT    PRIMARY KEY,
    at   INTEGER NOT NULL
) STRICT;
CREATE INDEX seen_at ON seen (at);

-- +goose Down
DROP TABLE seen;
DROP TABLE channels;
DROP TABLE posted;
DROP TABLE deliveries;
