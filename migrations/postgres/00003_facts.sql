-- What context sources say of people for a time: shifts and tickets.

-- +goose Up
CREATE TABLE facts (
    source   TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL, -- shift or ticket
    key      TEXT COLLATE "C" NOT NULL, -- the source's own
    name     TEXT COLLATE "C" NOT NULL, -- schedule or queue
    person   TEXT COLLATE "C" NOT NULL, -- as the source names them
    user_n   BIGINT           NOT NULL, -- 0: nobody matched, or several did
    start_at BIGINT           NOT NULL, -- 0: always
    end_at   BIGINT           NOT NULL, -- 0: never
    seen_at  BIGINT           NOT NULL,
    turn_at  BIGINT           NOT NULL, -- when it begins or ends next; 0: never, or nobody's
    PRIMARY KEY (source, kind, key)
);
CREATE INDEX facts_user ON facts (user_n) WHERE user_n <> 0;
CREATE INDEX facts_turn ON facts (turn_at) WHERE turn_at <> 0;

-- The time for which the entitlement was given is over: its removal is ordered,
-- however long it takes until the target is reached.
ALTER TABLE assignments ADD COLUMN ended BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE assignments DROP COLUMN ended;
DROP TABLE facts;
