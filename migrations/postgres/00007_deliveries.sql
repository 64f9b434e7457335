-- What each channel still has to bring to whom, and what it has posted.

-- +goose Up
CREATE TABLE deliveries (
    n           BIGINT PRIMARY KEY,
    id          TEXT COLLATE "C" NOT NULL UNIQUE,
    channel     TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL, -- of the notice
    request_n   BIGINT NOT NULL, -- 0: about none
    grant_n     BIGINT NOT NULL,
    user_n      BIGINT NOT NULL, -- 0: whoever listens to the channel
    refresh     BOOLEAN NOT NULL, -- it brings what was posted up to date
    story       TEXT NOT NULL, -- JSON: what happened, as it was then
    created     BIGINT NOT NULL, -- when it happened
    due_at      BIGINT NOT NULL, -- or until when somebody is at it
    attempts    BIGINT NOT NULL,
    last_error  TEXT COLLATE "C" NOT NULL,
    given_up_at BIGINT NOT NULL  -- 0: it is to be delivered
);
CREATE INDEX deliveries_due ON deliveries (channel, due_at) WHERE given_up_at = 0;

-- Messages that must follow what becomes of the request.
CREATE TABLE posted (
    n         BIGINT PRIMARY KEY,
    channel   TEXT COLLATE "C" NOT NULL,
    request_n BIGINT NOT NULL,
    user_n    BIGINT NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL,
    place     TEXT COLLATE "C" NOT NULL,
    mark      TEXT COLLATE "C" NOT NULL,
    created   BIGINT NOT NULL
);
CREATE INDEX posted_request ON posted (channel, request_n);

CREATE TABLE channels (
    name         TEXT COLLATE "C" PRIMARY KEY,
    succeeded_at BIGINT NOT NULL,
    failed_at    BIGINT NOT NULL,
    last_error   TEXT COLLATE "C" NOT NULL,
    stopped      TEXT COLLATE "C" NOT NULL -- fingerprint of the settings under which it wants nothing more; empty: it does
);

-- Signatures of requests that were taken, so that none is taken twice.
CREATE TABLE seen (
    mark TEXT COLLATE "C" PRIMARY KEY,
    at   BIGINT NOT NULL
);
CREATE INDEX seen_at ON seen (at);

-- +goose Down
DROP TABLE seen;
DROP TABLE channels;
DROP TABLE posted;
DROP TABLE deliveries;
