-- Reports that were made: what later ones are compared with.

-- +goose Up
CREATE TABLE reports (
    n        INTEGER PRIMARY KEY,
    id       TEXT    NOT NULL UNIQUE,
    kind     TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    by_actor TEXT    NOT NULL,
    policy   TEXT    NOT NULL, -- hash of the policy in force
    summary  TEXT    NOT NULL, -- JSON: the figures
    lines    BLOB    NOT NULL  -- gzip of JSON: what it found, to tell what is new
) STRICT;
CREATE INDEX reports_kind ON reports (kind, n);

-- +goose Down
DROP TABLE reports;
