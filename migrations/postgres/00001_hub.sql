-- Times are microseconds since 1970 in UTC, 0 for never. Numbers n are given once
-- and never again (table numbers). Text sorts by bytes, as it does in SQLite.

-- +goose Up
CREATE TABLE numbers (
    name TEXT COLLATE "C" PRIMARY KEY,
    last BIGINT           NOT NULL
);

CREATE TABLE records (
    n           BIGINT           PRIMARY KEY,
    id          TEXT COLLATE "C" NOT NULL UNIQUE,
    source      TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    user_n      BIGINT           NOT NULL,
    held_reason TEXT COLLATE "C" NOT NULL,
    user_name   TEXT COLLATE "C" NOT NULL, -- folded, like email: what is looked up
    external_id TEXT COLLATE "C" NOT NULL,
    email       TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    digest      BYTEA            NOT NULL,
    created     BIGINT           NOT NULL,
    modified    BIGINT           NOT NULL,
    gone_at     BIGINT           NOT NULL,
    attributes  TEXT COLLATE "C" NOT NULL,
    payload     BYTEA            NOT NULL,
    UNIQUE (source, key)
);
CREATE INDEX records_user ON records (user_n) WHERE user_n <> 0;
CREATE INDEX records_live ON records (source, n) WHERE gone_at = 0;
CREATE INDEX records_held ON records (n) WHERE held_reason <> '';
CREATE INDEX records_user_name ON records (user_name);
CREATE INDEX records_external_id ON records (external_id) WHERE external_id <> '';
CREATE INDEX records_email ON records (email) WHERE email <> '';

CREATE TABLE match_keys (
    key      TEXT COLLATE "C" NOT NULL,
    record_n BIGINT           NOT NULL,
    PRIMARY KEY (key, record_n)
);
CREATE INDEX match_keys_record ON match_keys (record_n);

CREATE TABLE source_groups (
    n        BIGINT           PRIMARY KEY,
    id       TEXT COLLATE "C" NOT NULL UNIQUE,
    source   TEXT COLLATE "C" NOT NULL,
    key      TEXT COLLATE "C" NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    folded   TEXT COLLATE "C" NOT NULL,
    payload  BYTEA            NOT NULL,
    created  BIGINT           NOT NULL,
    modified BIGINT           NOT NULL,
    UNIQUE (source, key)
);
CREATE INDEX source_groups_name ON source_groups (source, folded);

CREATE TABLE source_members (
    group_n  BIGINT  NOT NULL,
    is_group BOOLEAN NOT NULL, -- true: member_n is a source group, false: a record
    member_n BIGINT  NOT NULL,
    PRIMARY KEY (group_n, is_group, member_n)
);
CREATE INDEX source_members_member ON source_members (is_group, member_n);

CREATE TABLE users (
    n          BIGINT           PRIMARY KEY,
    id         TEXT COLLATE "C" NOT NULL UNIQUE,
    user_name  TEXT COLLATE "C" NOT NULL,
    folded     TEXT COLLATE "C" NOT NULL UNIQUE,
    state      TEXT COLLATE "C" NOT NULL,
    department TEXT COLLATE "C" NOT NULL,
    team       TEXT COLLATE "C" NOT NULL,
    search     TEXT COLLATE "C" NOT NULL,
    starts_at  BIGINT           NOT NULL,
    ends_at    BIGINT           NOT NULL,
    created    BIGINT           NOT NULL,
    modified   BIGINT           NOT NULL,
    attributes TEXT COLLATE "C" NOT NULL,
    origins    TEXT COLLATE "C" NOT NULL
);
-- One index that covers every filter, rather than one for each.
CREATE INDEX users_filter ON users (department, team, state);
-- Whom the calendar turns next.
CREATE INDEX users_starting ON users (starts_at) WHERE state = 'staged' AND starts_at > 0;
CREATE INDEX users_ending ON users (ends_at) WHERE state <> 'left' AND ends_at > 0;

CREATE TABLE groups (
    n       BIGINT           PRIMARY KEY,
    name    TEXT COLLATE "C" NOT NULL UNIQUE,
    rule    TEXT COLLATE "C" NOT NULL,
    created BIGINT           NOT NULL
);

CREATE TABLE cause_sets (
    n      BIGINT           PRIMARY KEY,
    causes TEXT COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE memberships (
    user_n   BIGINT NOT NULL,
    group_n  BIGINT NOT NULL,
    causes_n BIGINT NOT NULL,
    since    BIGINT NOT NULL,
    ends_at  BIGINT NOT NULL,
    PRIMARY KEY (user_n, group_n)
);
CREATE INDEX memberships_group ON memberships (group_n, user_n);

CREATE TABLE targets (
    n            BIGINT           PRIMARY KEY,
    name         TEXT COLLATE "C" NOT NULL UNIQUE,
    watermark    TEXT COLLATE "C" NOT NULL,
    last_full_at BIGINT           NOT NULL,
    last_ok_at   BIGINT           NOT NULL,
    last_error   TEXT COLLATE "C" NOT NULL,
    managed      BIGINT           NOT NULL
);

CREATE TABLE entitlements (
    n      BIGINT           PRIMARY KEY,
    target TEXT COLLATE "C" NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    id     TEXT COLLATE "C" NOT NULL,
    present BOOLEAN          NOT NULL DEFAULT FALSE, -- the target was seen to have it
    UNIQUE (target, kind, id)
);

CREATE TABLE accounts (
    target_n   BIGINT           NOT NULL,
    user_n     BIGINT           NOT NULL,
    native_id  TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    active     BOOLEAN          NOT NULL,
    managed    BOOLEAN          NOT NULL,
    attributes TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (target_n, user_n)
);
CREATE INDEX accounts_native ON accounts (target_n, native_id);

CREATE TABLE assignments (
    target_n BIGINT  NOT NULL,
    user_n   BIGINT  NOT NULL,
    ent_n    BIGINT  NOT NULL,
    managed  BOOLEAN NOT NULL,
    observed BOOLEAN NOT NULL,
    PRIMARY KEY (target_n, user_n, ent_n)
);

CREATE TABLE changes (
    id          TEXT COLLATE "C" PRIMARY KEY,
    run         TEXT COLLATE "C" NOT NULL,
    target      TEXT COLLATE "C" NOT NULL,
    user_n      BIGINT           NOT NULL,
    user_name   TEXT COLLATE "C" NOT NULL,
    action      TEXT COLLATE "C" NOT NULL,
    removal     BOOLEAN          NOT NULL,
    account     TEXT COLLATE "C" NOT NULL,
    entitlement TEXT COLLATE "C" NOT NULL,
    causes      TEXT COLLATE "C" NOT NULL,
    ordered     BOOLEAN          NOT NULL,
    outcome     TEXT COLLATE "C" NOT NULL,
    error       TEXT COLLATE "C" NOT NULL,
    planned_at  BIGINT           NOT NULL,
    finished_at BIGINT           NOT NULL
);
CREATE INDEX changes_open ON changes (target) WHERE finished_at = 0;
CREATE INDEX changes_removals ON changes (target, planned_at) WHERE removal AND NOT ordered;
CREATE INDEX changes_planned ON changes (planned_at);
CREATE INDEX changes_user ON changes (user_n, planned_at);
CREATE INDEX changes_run ON changes (run);

CREATE TABLE runs (
    id       TEXT COLLATE "C" PRIMARY KEY,
    target   TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL,
    started  BIGINT           NOT NULL,
    finished BIGINT           NOT NULL,
    complete BOOLEAN          NOT NULL,
    counts   TEXT COLLATE "C" NOT NULL,
    error    TEXT COLLATE "C" NOT NULL
);
CREATE INDEX runs_started ON runs (started);

CREATE TABLE work (
    target       TEXT COLLATE "C" NOT NULL,
    user_n       BIGINT           NOT NULL,
    due_at       BIGINT           NOT NULL,
    since        BIGINT           NOT NULL,
    attempts     BIGINT           NOT NULL,
    removal      BOOLEAN          NOT NULL,
    last_error   TEXT COLLATE "C" NOT NULL,
    version      BIGINT           NOT NULL, -- a new number with each change to the note
    claim        BIGINT           NOT NULL, -- the version that was claimed last
    leased_until BIGINT           NOT NULL,
    PRIMARY KEY (target, user_n)
);
CREATE INDEX work_lane ON work (removal, due_at, user_n);
CREATE INDEX work_leased ON work (leased_until) WHERE leased_until <> 0;

CREATE TABLE held (
    id             TEXT COLLATE "C" PRIMARY KEY,
    kind           TEXT COLLATE "C" NOT NULL,
    source         TEXT COLLATE "C" NOT NULL,
    target         TEXT COLLATE "C" NOT NULL,
    user_n         BIGINT           NOT NULL,
    record_n       BIGINT           NOT NULL,
    subject        TEXT COLLATE "C" NOT NULL,
    action         TEXT COLLATE "C" NOT NULL,
    entitlement    TEXT COLLATE "C" NOT NULL,
    reason         TEXT COLLATE "C" NOT NULL,
    data           TEXT COLLATE "C" NOT NULL,
    created        BIGINT           NOT NULL,
    released_at    BIGINT           NOT NULL,
    released_by    TEXT COLLATE "C" NOT NULL,
    release_reason TEXT COLLATE "C" NOT NULL
);
CREATE INDEX held_created ON held (created);
CREATE INDEX held_user ON held (target, user_n);

CREATE TABLE sources (
    name             TEXT COLLATE "C" PRIMARY KEY,
    cursor           TEXT COLLATE "C" NOT NULL,
    last_at          BIGINT           NOT NULL,
    last_complete_at BIGINT           NOT NULL,
    seen             BIGINT           NOT NULL,
    last_error       TEXT COLLATE "C" NOT NULL
);

CREATE TABLE tokens (
    id         TEXT COLLATE "C" PRIMARY KEY,
    source     TEXT COLLATE "C" NOT NULL,
    scope      TEXT COLLATE "C" NOT NULL,
    hash       BYTEA            NOT NULL,
    created    BIGINT           NOT NULL,
    expires_at BIGINT           NOT NULL,
    last_used  BIGINT           NOT NULL,
    revoked_at BIGINT           NOT NULL
);

CREATE TABLE audit (
    seq     BIGINT           PRIMARY KEY,
    at      BIGINT           NOT NULL,
    actor   TEXT COLLATE "C" NOT NULL,
    action  TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    run     TEXT COLLATE "C" NOT NULL,
    detail  TEXT COLLATE "C" NOT NULL,
    prev    BYTEA            NOT NULL,
    hash    BYTEA            NOT NULL
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_subject ON audit (subject);
CREATE INDEX audit_run ON audit (run) WHERE run <> '';

-- The end of the chain, apart from the records, so that a cut is seen.
CREATE TABLE audit_head (
    one  BIGINT PRIMARY KEY CHECK (one = 1),
    seq  BIGINT NOT NULL,
    hash BYTEA  NOT NULL
);
INSERT INTO audit_head VALUES (1, 0, decode(repeat('00', 32), 'hex'));

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
