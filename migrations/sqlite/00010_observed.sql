-- What targets were seen to hold, whoever gave it, and what people ordered to go.

-- +goose Up

-- Who holds an entitlement: for each instant at which a look at the whole target
-- showed new holders, those of them who hold it still. A holder is a user's number,
-- or that of a stranger.
CREATE TABLE holdings (
    target_n INTEGER NOT NULL,
    ent_n    INTEGER NOT NULL,
    indirect INTEGER NOT NULL, -- it comes through something else on the target
    since    INTEGER NOT NULL, -- first seen
    holders  BLOB    NOT NULL, -- a bitmap of numbers
    PRIMARY KEY (target_n, ent_n, indirect, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE holdings_past (
    holder   INTEGER NOT NULL,
    target_n INTEGER NOT NULL,
    ent_n    INTEGER NOT NULL,
    since    INTEGER NOT NULL, -- first seen
    until    INTEGER NOT NULL, -- first seen to be gone
    PRIMARY KEY (holder, target_n, ent_n, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX holdings_past_until ON holdings_past (until);

-- Accounts that belong to no user.
CREATE TABLE strangers (
    n         INTEGER PRIMARY KEY, -- from 2^31 up
    target_n  INTEGER NOT NULL,
    native_id TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    active    INTEGER NOT NULL,
    since     INTEGER NOT NULL, -- first seen
    until     INTEGER NOT NULL, -- gone, or somebody's; 0: it is there
    UNIQUE (target_n, native_id)
) STRICT;

-- How well a target is known.
CREATE TABLE sightings (
    target_n INTEGER PRIMARY KEY,
    first_at INTEGER NOT NULL, -- the first look at all of it
    last_at  INTEGER NOT NULL, -- the last one
    gap      TEXT    NOT NULL, -- why the last one did not show everything; empty: it did
    tells    INTEGER NOT NULL, -- it says when accounts were used last
    uses     BLOB    NOT NULL  -- who used it last when, to the day
) STRICT;

-- Memberships that somebody took away, whatever gives them.
CREATE TABLE revocations (
    n          INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    user_n     INTEGER NOT NULL,
    user_name  TEXT    NOT NULL,
    group_name TEXT    NOT NULL,
    by_actor   TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    source     TEXT    NOT NULL, -- the item of a review; empty: none
    at         INTEGER NOT NULL,
    lifted_at  INTEGER NOT NULL, -- 0: it is in force
    lifted_by  TEXT    NOT NULL
) STRICT;
CREATE INDEX revocations_user ON revocations (user_n, n);
CREATE INDEX revocations_open ON revocations (n) WHERE lifted_at = 0;

-- Access on targets that somebody ordered to go.
CREATE TABLE orders (
    n           INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    target      TEXT    NOT NULL,
    holder      INTEGER NOT NULL,
    account     TEXT    NOT NULL, -- its name, for people
    kind        TEXT    NOT NULL,
    ent_id      TEXT    NOT NULL,
    by_actor    TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    source      TEXT    NOT NULL, -- the item of a review; empty: none
    at          INTEGER NOT NULL,
    done_at     INTEGER NOT NULL, -- seen to be gone, or withdrawn; 0: not yet
    outcome     TEXT    NOT NULL
) STRICT;
CREATE INDEX orders_open ON orders (target, holder) WHERE done_at = 0;
CREATE INDEX orders_holder ON orders (holder, n);

-- +goose Down
DROP TABLE orders;
DROP TABLE revocations;
DROP TABLE sightings;
DROP TABLE strangers;
DROP TABLE holdings_past;
DROP TABLE holdings;
