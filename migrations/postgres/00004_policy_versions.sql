-- Every policy that was put in force, and under which one a membership was given.

-- +goose Up

-- One row for each loading: a policy that comes back has two rows, one hash.
CREATE TABLE policy_versions (
    n         BIGINT           PRIMARY KEY, -- counts from 1 without gaps
    hash      TEXT COLLATE "C" NOT NULL,
    loaded_at BIGINT           NOT NULL,
    loaded_by TEXT COLLATE "C" NOT NULL,
    groups    BIGINT           NOT NULL, -- how many it spells out
    rules     BIGINT           NOT NULL,
    changes   TEXT COLLATE "C" NOT NULL, -- JSON, against n - 1; empty where that cannot be told
    files     BYTEA            NOT NULL  -- gzip of JSON: names and texts, as loaded
);
CREATE INDEX policy_versions_hash ON policy_versions (hash, n);

-- 0: it was given before versions were kept.
ALTER TABLE memberships ADD COLUMN policy_n BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE memberships DROP COLUMN policy_n;
DROP TABLE policy_versions;
