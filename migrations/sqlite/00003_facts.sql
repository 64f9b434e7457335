-- What context sources say of people for a time: shifts and tickets.

-- +goose Up
CREATE TABLE facts (
    source   TEXT    NOT NULL,
    kind     TEXT    NOT NULL, -- shift or ticket
    key      TEXT    NOT NULL, -- the source's own
    name     TEXT    NOT NULL, -- schedule or queue
    person   TEXT    NOT NULL, -- as the source names them
    user_n   INTEGER NOT NULL, -- 0: nobody matched, or several did
    start_at INTEGER NOT NULL, -- 0: always
    end_at   INTEGER NOT NULL, -- 0: never
    seen_at  INTEGER NOT NULL,
    turn_at  INTEGER NOT NULL, -- when it begins or ends next; 0: never, or nobody's
    PRIMARY KEY (source, kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX facts_user ON facts (user_n) WHERE user_n <> 0;
CREATE INDEX facts_turn ON facts (turn_at) WHERE turn_at <> 0;

-- The time for which the entitlement was given is over: its removal is ordered,
-- however long it takes until the target is reached.
ALTER TABLE assignments ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE assignments DROP COLUMN ended;
DROP TABLE facts;
