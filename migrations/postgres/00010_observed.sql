-- What targets were seen to hold, whoever gave it, and what people ordered to go.

-- +goose Up

-- Who holds an entitlement: for each instant at which a look at the whole target
-- showed new holders, those of them who hold it still. A holder is a user's number,
-- or that of a stranger.
CREATE TABLE holdings (
    target_n BIGINT NOT NULL,
    ent_n    BIGINT NOT NULL,
    indirect BOOLEAN NOT NULL, -- it comes through something else on the target
    since    BIGINT NOT NULL, -- first seen
    holders  BYTEA    NOT NULL, -- a bitmap of numbers
    PRIMARY KEY (target_n, ent_n, indirect, since)
);

CREATE TABLE holdings_past (
    holder   BIGINT NOT NULL,
    target_n BIGINT NOT NULL,
    ent_n    BIGINT NOT NULL,
    since    BIGINT NOT NULL, -- first seen
    until    BIGINT NOT NULL, -- first seen to be gone
    PRIMARY KEY (holder, target_n, ent_n, since)
);
CREATE INDEX holdings_past_until ON holdings_past (until);

-- Accounts that belong to no user.
CREATE TABLE strangers (
    n         BIGINT PRIMARY KEY, -- from 2^31 up
    target_n  BIGINT NOT NULL,
    native_id TEXT COLLATE "C"    NOT NULL,
    name      TEXT COLLATE "C"    NOT NULL,
    active    BOOLEAN NOT NULL,
    since     BIGINT NOT NULL, -- first seen
    until     BIGINT NOT NULL, -- gone, or somebody's; 0: it is there
    UNIQUE (target_n, native_id)
);

-- How well a target is known.
CREATE TABLE sightings (
    target_n BIGINT PRIMARY KEY,
    first_at BIGINT NOT NULL, -- the first look at all of it
    last_at  BIGINT NOT NULL, -- the last one
    gap      TEXT COLLATE "C"    NOT NULL, -- why the last one did not show everything; empty: it did
    tells    BOOLEAN NOT NULL, -- it says when accounts were used last
    uses     BYTEA    NOT NULL  -- who used it last when, to the day
);

-- Memberships that somebody took away, whatever gives them.
CREATE TABLE revocations (
    n          BIGINT PRIMARY KEY,
    id         TEXT COLLATE "C"    NOT NULL UNIQUE,
    user_n     BIGINT NOT NULL,
    user_name  TEXT COLLATE "C"    NOT NULL,
    group_name TEXT COLLATE "C"    NOT NULL,
    by_actor   TEXT COLLATE "C"    NOT NULL,
    reason     TEXT COLLATE "C"    NOT NULL,
    source     TEXT COLLATE "C"    NOT NULL, -- the item of a review; empty: none
    at         BIGINT NOT NULL,
    lifted_at  BIGINT NOT NULL, -- 0: it is in force
    lifted_by  TEXT COLLATE "C"    NOT NULL
);
CREATE INDEX revocations_user ON revocations (user_n, n);
CREATE INDEX revocations_open ON revocations (n) WHERE lifted_at = 0;

-- Access on targets that somebody ordered to go.
CREATE TABLE orders (
    n           BIGINT PRIMARY KEY,
    id          TEXT COLLATE "C"    NOT NULL UNIQUE,
    target      TEXT COLLATE "C"    NOT NULL,
    holder      BIGINT NOT NULL,
    account     TEXT COLLATE "C"    NOT NULL, -- its name, for people
    kind        TEXT COLLATE "C"    NOT NULL,
    ent_id      TEXT COLLATE "C"    NOT NULL,
    by_actor    TEXT COLLATE "C"    NOT NULL,
    reason      TEXT COLLATE "C"    NOT NULL,
    source      TEXT COLLATE "C"    NOT NULL, -- the item of a review; empty: none
    at          BIGINT NOT NULL,
    done_at     BIGINT NOT NULL, -- seen to be gone, or withdrawn; 0: not yet
    outcome     TEXT COLLATE "C"    NOT NULL
);
CREATE INDEX orders_open ON orders (target, holder) WHERE done_at = 0;
CREATE INDEX orders_holder ON orders (holder, n);

-- +goose Down
DROP TABLE orders;
DROP TABLE revocations;
DROP TABLE sightings;
DROP TABLE strangers;
DROP TABLE holdings_past;
DROP TABLE holdings;
