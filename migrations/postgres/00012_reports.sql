-- Reports that were made: what later ones are compared with.

-- +goose Up
CREATE TABLE reports (
    n        BIGINT PRIMARY KEY,
    id       TEXT COLLATE "C"    NOT NULL UNIQUE,
    kind     TEXT COLLATE "C"    NOT NULL,
    at       BIGINT NOT NULL,
    by_actor TEXT COLLATE "C"    NOT NULL,
    policy   TEXT COLLATE "C"    NOT NULL, -- hash of the policy in force
    summary  TEXT COLLATE "C"    NOT NULL, -- JSON: the figures
    lines    BYTEA    NOT NULL  -- gzip of JSON: what it found, to tell what is new
);
CREATE INDEX reports_kind ON reports (kind, n);

-- +goose Down
DROP TABLE reports;
