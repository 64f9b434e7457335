-- Every policy that was put in force, and under which one a membership was given.

-- +goose Up

-- One row for each loading: a policy that comes back has two rows, one hash.
CREATE TABLE policy_versions (
    n         INTEGER PRIMARY KEY, -- counts from 1 without gaps
    hash      TEXT    NOT NULL,
    loaded_at INTEGER NOT NULL,
    loaded_by TEXT    NOT NULL,
    groups    INTEGER NOT NULL, -- how many it spells out
    rules     INTEGER NOT NULL,
    changes   TEXT    NOT NULL, -- JSON, against n - 1; empty where that cannot be told
    files     BLOB    NOT NULL  -- gzip of JSON: names and texts, as loaded
) STRICT;
CREATE INDEX policy_versions_hash ON policy_versions (hash, n);

-- 0: it was given before versions were kept.
ALTER TABLE memberships ADD COLUMN policy_n INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE memberships DROP COLUMN policy_n;
DROP TABLE policy_versions;
