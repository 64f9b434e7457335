-- Times are microseconds since 1970 in UTC, 0 for never. Truth values are 0 and
-- 1. Numbers n are given once and never again (table numbers).

-- +goose Up
CREATE TABLE numbers (
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
    n           INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    source      TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    user_n      INTEGER NOT NULL,
    held_reason TEXT    NOT NULL,
    user_name   TEXT    NOT NULL, -- folded, like email: what is looked up
    external_id TEXT    NOT NULL,
    email       TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    digest      BLOB    NOT NULL,
    created     INTEGER NOT NULL,
    modified    INTEGER NOT NULL,
    gone_at     INTEGER NOT NULL,
    attributes  TEXT    NOT NULL,
    payload     BLOB    NOT NULL,
    UNIQUE (source, key)
) STRICT;
CREATE INDEX records_user ON records (user_n) WHERE user_n <> 0;
CREATE INDEX records_live ON records (source, n) WHERE gone_at = 0;
CREATE INDEX records_held ON records (n) WHERE held_reason <> '';
CREATE INDEX records_user_name ON records (user_name);
CREATE INDEX records_external_id ON records (external_id) WHERE external_id <> '';
CREATE INDEX records_email ON records (email) WHERE email <> '';

CREATE TABLE match_keys (
    key      TEXT    NOT NULL,
    record_n INTEGER NOT NULL,
    PRIMARY KEY (key, record_n)
) STRICT, WITHOUT ROWID;
CREATE INDEX match_keys_record ON match_keys (record_n);

CREATE TABLE source_groups (
    n        INTEGER PRIMARY KEY,
    id       TEXT    NOT NULL UNIQUE,
    source   TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    folded   TEXT    NOT NULL,
    payload  BLOB    NOT NULL,
    created  INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    UNIQUE (source, key)
) STRICT;
CREATE INDEX source_groups_name ON source_groups (source, folded);

CREATE TABLE source_members (
    group_n  INTEGER NOT NULL,
    is_group INTEGER NOT NULL, -- 1: member_n is a source group, 0: a record
    member_n INTEGER NOT NULL,
    PRIMARY KEY (group_n, is_group, member_n)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_members_member ON source_members (is_group, member_n);

CREATE TABLE users (
    n          INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    user_name  TEXT    NOT NULL,
    folded     TEXT    NOT NULL UNIQUE,
    state      TEXT    NOT NULL,
    department TEXT    NOT NULL,
    team       TEXT    NOT NULL,
    search     TEXT    NOT NULL,
    starts_at  INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL,
    created    INTEGER NOT NULL,
    modified   INTEGER NOT NULL,
    attributes TEXT    NOT NULL,
    origins    TEXT    NOT NULL
) STRICT;
-- One index that covers every filter, rather than one for each.
CREATE INDEX users_filter ON users (department, team, state);
-- Whom the calendar turns next.
CREATE INDEX users_starting ON users (starts_at) WHERE state = 'staged' AND starts_at > 0;
CREATE INDEX users_ending ON users (ends_at) WHERE state <> 'left' AND ends_at > 0;

CREATE TABLE groups (
    n       INTEGER PRIMARY KEY,
    name    TEXT    NOT NULL UNIQUE,
    rule    TEXT    NOT NULL,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE cause_sets (
    n      INTEGER PRIMARY KEY,
    causes TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE memberships (
    user_n   INTEGER NOT NULL,
    group_n  INTEGER NOT NULL,
    causes_n INTEGER NOT NULL,
    since    INTEGER NOT NULL,
    ends_at  INTEGER NOT NULL,
    PRIMARY KEY (user_n, group_n)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_group ON memberships (group_n, user_n);

CREATE TABLE targets (
    n            INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL UNIQUE,
    watermark    TEXT    NOT NULL,
    last_full_at INTEGER NOT NULL,
    last_ok_at   INTEGER NOT NULL,
    last_error   TEXT    NOT NULL,
    managed      INTEGER NOT NULL
) STRICT;

CREATE TABLE entitlements (
    n      INTEGER PRIMARY KEY,
    target TEXT NOT NULL,
    kind   TEXT NOT NULL,
    id     TEXT NOT NULL,
    present INTEGER NOT NULL DEFAULT 0, -- the target was seen to have it
    UNIQUE (target, kind, id)
) STRICT;

CREATE TABLE accounts (
    target_n   INTEGER NOT NULL,
    user_n     INTEGER NOT NULL,
    native_id  TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    active     INTEGER NOT NULL,
    managed    INTEGER NOT NULL,
    attributes TEXT    NOT NULL,
    PRIMARY KEY (target_n, user_n)
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_native ON accounts (target_n, native_id);

CREATE TABLE assignments (
    target_n INTEGER NOT NULL,
    user_n   INTEGER NOT NULL,
    ent_n    INTEGER NOT NULL,
    managed  INTEGER NOT NULL,
    observed INTEGER NOT NULL,
    PRIMARY KEY (target_n, user_n, ent_n)
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
    id          TEXT    PRIMARY KEY,
    run         TEXT    NOT NULL,
    target      TEXT    NOT NULL,
    user_n      INTEGER NOT NULL,
    user_name   TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    removal     INTEGER NOT NULL,
    account     TEXT    NOT NULL,
    entitlement TEXT    NOT NULL,
    causes      TEXT    NOT NULL,
    ordered     INTEGER NOT NULL,
    outcome     TEXT    NOT NULL,
    error       TEXT    NOT NULL,
    planned_at  INTEGER NOT NULL,
    finished_at INTEGER NOT NULL
) STRICT;
CREATE INDEX changes_open ON changes (target) WHERE finished_at = 0;
CREATE INDEX changes_removals ON changes (target, planned_at) WHERE removal = TRUE AND ordered = FALSE;
CREATE INDEX changes_planned ON changes (planned_at);
CREATE INDEX changes_user ON changes (user_n, planned_at);
CREATE INDEX changes_run ON changes (run);

CREATE TABLE runs (
    id       TEXT    PRIMARY KEY,
    target   TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    started  INTEGER NOT NULL,
    finished INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    counts   TEXT    NOT NULL,
    error    TEXT    NOT NULL
) STRICT;
CREATE INDEX runs_started ON runs (started);

CREATE TABLE work (
    target       TEXT    NOT NULL,
    user_n       INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    since        INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    removal      INTEGER NOT NULL,
    last_error   TEXT    NOT NULL,
    version      INTEGER NOT NULL, -- a new number with each change to the note
    claim        INTEGER NOT NULL, -- the version that was claimed last
    leased_until INTEGER NOT NULL,
    PRIMARY KEY (target, user_n)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_lane ON work (removal, due_at, user_n);
CREATE INDEX work_leased ON work (leased_until) WHERE leased_until <> 0;

CREATE TABLE held (
    id             TEXT    PRIMARY KEY,
    kind           TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    target         TEXT    NOT NULL,
    user_n         INTEGER NOT NULL,
    record_n       INTEGER NOT NULL,
    subject        TEXT    NOT NULL,
    action         TEXT    NOT NULL,
    entitlement    TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    data           TEXT    NOT NULL,
    created        INTEGER NOT NULL,
    released_at    INTEGER NOT NULL,
    released_by    TEXT    NOT NULL,
    release_reason TEXT    NOT NULL
) STRICT;
CREATE INDEX held_created ON held (created);
CREATE INDEX held_user ON held (target, user_n);

CREATE TABLE sources (
    name             TEXT    PRIMARY KEY,
    cursor           TEXT    NOT NULL,
    last_at          INTEGER NOT NULL,
    last_complete_at INTEGER NOT NULL,
    seen             INTEGER NOT NULL,
    last_error       TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    id         TEXT    PRIMARY KEY,
    source     TEXT    NOT NULL,
    scope      TEXT    NOT NULL,
    hash       BLOB    NOT NULL,
    created    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used  INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    run     TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    prev    BLOB    NOT NULL,
    hash    BLOB    NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_subject ON audit (subject);
CREATE INDEX audit_run ON audit (run) WHERE run <> '';

-- The end of the chain, apart from the records, so that a cut is seen.
CREATE TABLE audit_head (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    seq  INTEGER NOT NULL,
    hash BLOB    NOT NULL
) STRICT;
INSERT INTO audit_head VALUES (1, 0, zeroblob(32));

-- +goose Down
DROP TABLE audit_head;
DROP TABLE audit;
DROP TABLE tokens;
DROP TABLE sources;
DROP TABLE held;
DROP TABLE work;
DROP TABLE runs;
DROP TABLE changes;
DROP TABLE assignments;
DROP TABLE accounts;
DROP TABLE entitlements;
DROP TABLE targets;
DROP TABLE memberships;
DROP TABLE cause_sets;
DROP TABLE groups;
DROP TABLE users;
DROP TABLE source_members;
DROP TABLE source_groups;
DROP TABLE match_keys;
DROP TABLE records;
DROP TABLE numbers;
