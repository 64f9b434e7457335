-- What was answered to a request that its sender may repeat.

-- +goose Up
CREATE TABLE answers (
    token       TEXT COLLATE "C" NOT NULL, -- id of the token it came with
    key         TEXT COLLATE "C" NOT NULL, -- Idempotency-Key
    fingerprint BYTEA            NOT NULL, -- SHA-256 of what was asked
    status      BIGINT           NOT NULL, -- 0: it is being worked on
    kind        TEXT COLLATE "C" NOT NULL, -- media type
    body        BYTEA            NOT NULL,
    created     BIGINT           NOT NULL,
    PRIMARY KEY (token, key)
);
CREATE INDEX answers_created ON answers (created);

-- +goose Down
DROP TABLE answers;
