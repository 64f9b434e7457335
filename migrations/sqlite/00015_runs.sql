-- Runs that somebody ordered: who, for what, how far they are, and what they came to.
-- And held changes that somebody refused.

-- +goose Up
ALTER TABLE runs ADD COLUMN part_of  TEXT    NOT NULL DEFAULT ''; -- the ordered run that this pass belongs to
ALTER TABLE runs ADD COLUMN by_actor TEXT    NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN scope    TEXT    NOT NULL DEFAULT ''; -- what it was ordered for, as JSON
ALTER TABLE runs ADD COLUMN alive_at INTEGER NOT NULL DEFAULT 0;  -- when its process last said that it works on it
ALTER TABLE runs ADD COLUMN steps    TEXT    NOT NULL DEFAULT ''; -- how far it was then, as JSON
CREATE INDEX runs_part ON runs (part_of) WHERE part_of <> '';
CREATE INDEX runs_target ON runs (target, started);

CREATE TABLE run_reports (
    run  TEXT    PRIMARY KEY,
    at   INTEGER NOT NULL,
    body BLOB    NOT NULL -- gzip of JSON: what it came to, change by change
) STRICT, WITHOUT ROWID;

ALTER TABLE held ADD COLUMN refused_at     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE held ADD COLUMN refused_by     TEXT    NOT NULL DEFAULT '';
ALTER TABLE held ADD COLUMN refuse_reason  TEXT    NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE held DROP COLUMN refused_at;
ALTER TABLE held DROP COLUMN refused_by;
ALTER TABLE held DROP COLUMN refuse_reason;
DROP TABLE run_reports;
DROP INDEX runs_target;
DROP INDEX runs_part;
ALTER TABLE runs DROP COLUMN part_of;
ALTER TABLE runs DROP COLUMN by_actor;
ALTER TABLE runs DROP COLUMN scope;
ALTER TABLE runs DROP COLUMN alive_at;
ALTER TABLE runs DROP COLUMN steps;
