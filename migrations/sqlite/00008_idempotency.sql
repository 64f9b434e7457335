-- What was answered to a request that its sender may repeat.

-- +goose Up
CREATE TABLE answers (
    token       TEXT    NOT NULL, -- id of the token it came with
    key         TEXT    NOT NULL, -- Idempotency-Key
    fingerprint BLOB    NOT NULL, -- SHA-256 of what was asked
    status      INTEGER NOT NULL, -- 0: it is being worked on
    kind        TEXT    NOT NULL, -- media type
    body        BLOB    NOT NULL,
    created     INTEGER NOT NULL,
    PRIMARY KEY (token, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_created ON answers (created);

-- +goose Down
DROP TABLE answers;
