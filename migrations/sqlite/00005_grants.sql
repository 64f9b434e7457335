-- Just-in-time access: what was asked for, what people answered, what was given.

-- +goose Up
CREATE TABLE requests (
    n           INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    batch       TEXT NOT NULL, -- id of the first of those asked for together
    kind        TEXT NOT NULL, -- request, extension or break-glass
    user_n      INTEGER NOT NULL, -- who gets it
    user_name   TEXT NOT NULL,
    by_n        INTEGER NOT NULL, -- who asks; 0: no user
    by_actor    TEXT NOT NULL,
    group_name  TEXT NOT NULL,
    reason      TEXT NOT NULL,
    ticket      TEXT NOT NULL,
    start_at    INTEGER NOT NULL, -- 0: at once
    duration    INTEGER NOT NULL, -- microseconds
    extends_n   INTEGER NOT NULL, -- the grant that is to be longer; 0: none
    created     INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    terms       TEXT NOT NULL, -- fingerprint of what the policy says of the group
    outcome     TEXT NOT NULL, -- empty while it is open
    decided_at  INTEGER NOT NULL,
    decided_by  TEXT NOT NULL,
    note        TEXT NOT NULL,
    auto        TEXT NOT NULL, -- the condition that approved it; empty: people did
    remind_at   INTEGER NOT NULL, -- when those who decide are told again; 0: never
    escalated   INTEGER NOT NULL,
    reviewed_at INTEGER NOT NULL, -- of a broken glass; 0: nobody has looked yet
    reviewed_by TEXT NOT NULL,
    verdict     TEXT NOT NULL,
    review_note TEXT NOT NULL
) STRICT;
CREATE INDEX requests_user ON requests (user_n, n);
CREATE INDEX requests_by ON requests (by_n, n) WHERE by_n <> 0;
CREATE INDEX requests_group ON requests (group_name, n);
CREATE INDEX requests_open ON requests (expires_at) WHERE outcome = '';
CREATE INDEX requests_remind ON requests (remind_at) WHERE remind_at <> 0;
CREATE INDEX requests_glass ON requests (n) WHERE kind = 'break-glass' AND reviewed_at = 0;

CREATE TABLE votes (
    n         INTEGER PRIMARY KEY,
    request_n INTEGER NOT NULL,
    by_n      INTEGER NOT NULL, -- 0: the operator of the machine
    by_actor  TEXT NOT NULL,
    for_n     INTEGER NOT NULL, -- in whose place
    stage     INTEGER NOT NULL,
    approve   INTEGER NOT NULL,
    note      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    revision  INTEGER NOT NULL,
    terms     TEXT NOT NULL
) STRICT;
CREATE INDEX votes_request ON votes (request_n, n);

CREATE TABLE grants (
    n            INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    request_n    INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    user_n       INTEGER NOT NULL,
    user_name    TEXT NOT NULL,
    group_name   TEXT NOT NULL,
    starts_at    INTEGER NOT NULL,
    duration     INTEGER NOT NULL, -- microseconds
    deadline     INTEGER NOT NULL, -- when it must be active
    not_after    INTEGER NOT NULL, -- 0: nothing bounds it but the duration
    while_cond   TEXT NOT NULL, -- what must stay true; empty: nothing
    inputs       TEXT NOT NULL, -- JSON: what the condition was asked of
    begun_at     INTEGER NOT NULL,
    activated_at INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL,
    remind_at    INTEGER NOT NULL,
    over_at      INTEGER NOT NULL, -- when it was seen to be over; 0: it is not
    over_how     TEXT NOT NULL,
    over_by      TEXT NOT NULL,
    over_reason  TEXT NOT NULL,
    settled_at   INTEGER NOT NULL, -- when nothing of it was left; 0: not yet
    turn_at      INTEGER NOT NULL  -- when the clock changes something next; 0: never
) STRICT;
CREATE INDEX grants_user ON grants (user_n, n);
CREATE INDEX grants_open ON grants (user_n) WHERE settled_at = 0;
CREATE INDEX grants_over ON grants (over_at) WHERE over_at <> 0 AND settled_at = 0;
CREATE INDEX grants_group ON grants (group_name, n);
CREATE INDEX grants_request ON grants (request_n);
CREATE INDEX grants_turn ON grants (turn_at) WHERE turn_at <> 0;
CREATE INDEX grants_remind ON grants (remind_at) WHERE remind_at <> 0;

-- What a grant gave, whatever the policy says of its group by the time it ends.
CREATE TABLE grant_access (
    grant_n INTEGER NOT NULL,
    ent_n   INTEGER NOT NULL,
    PRIMARY KEY (grant_n, ent_n)
) STRICT, WITHOUT ROWID;

CREATE TABLE delegations (
    id         TEXT    PRIMARY KEY,
    from_n     INTEGER NOT NULL,
    to_n       INTEGER NOT NULL,
    from_name  TEXT NOT NULL,
    to_name    TEXT NOT NULL,
    start_at   INTEGER NOT NULL,
    end_at     INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    created    INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL
) STRICT;
CREATE INDEX delegations_to ON delegations (to_n, end_at) WHERE revoked_at = 0;
CREATE INDEX delegations_from ON delegations (from_n, end_at) WHERE revoked_at = 0;

-- What people are to be told. Whoever tells them deletes the row.
CREATE TABLE notices (
    n         INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL,
    request_n INTEGER NOT NULL,
    grant_n   INTEGER NOT NULL,
    users     TEXT NOT NULL, -- JSON: the numbers of those to tell
    data      TEXT NOT NULL, -- JSON
    created   INTEGER NOT NULL
) STRICT;

-- A token of a person who uses the API; 0: a program's.
ALTER TABLE tokens ADD COLUMN user_n INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE tokens DROP COLUMN user_n;
DROP TABLE notices;
DROP TABLE delegations;
DROP TABLE grant_access;
DROP TABLE grants;
DROP TABLE votes;
DROP TABLE requests;
