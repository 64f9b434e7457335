-- Just-in-time access: what was asked for, what people answered, what was given.

-- +goose Up
CREATE TABLE requests (
    n           BIGINT           PRIMARY KEY,
    id          TEXT COLLATE "C" NOT NULL UNIQUE,
    batch       TEXT COLLATE "C" NOT NULL, -- id of the first of those asked for together
    kind        TEXT COLLATE "C" NOT NULL, -- request, extension or break-glass
    user_n      BIGINT           NOT NULL, -- who gets it
    user_name   TEXT COLLATE "C" NOT NULL,
    by_n        BIGINT           NOT NULL, -- who asks; 0: no user
    by_actor    TEXT COLLATE "C" NOT NULL,
    group_name  TEXT COLLATE "C" NOT NULL,
    reason      TEXT COLLATE "C" NOT NULL,
    ticket      TEXT COLLATE "C" NOT NULL,
    start_at    BIGINT           NOT NULL, -- 0: at once
    duration    BIGINT           NOT NULL, -- microseconds
    extends_n   BIGINT           NOT NULL, -- the grant that is to be longer; 0: none
    created     BIGINT           NOT NULL,
    expires_at  BIGINT           NOT NULL,
    revision    BIGINT           NOT NULL,
    terms       TEXT COLLATE "C" NOT NULL, -- fingerprint of what the policy says of the group
    outcome     TEXT COLLATE "C" NOT NULL, -- empty while it is open
    decided_at  BIGINT           NOT NULL,
    decided_by  TEXT COLLATE "C" NOT NULL,
    note        TEXT COLLATE "C" NOT NULL,
    auto        TEXT COLLATE "C" NOT NULL, -- the condition that approved it; empty: people did
    remind_at   BIGINT           NOT NULL, -- when those who decide are told again; 0: never
    escalated   BIGINT           NOT NULL,
    reviewed_at BIGINT           NOT NULL, -- of a broken glass; 0: nobody has looked yet
    reviewed_by TEXT COLLATE "C" NOT NULL,
    verdict     TEXT COLLATE "C" NOT NULL,
    review_note TEXT COLLATE "C" NOT NULL
);
CREATE INDEX requests_user ON requests (user_n, n);
CREATE INDEX requests_by ON requests (by_n, n) WHERE by_n <> 0;
CREATE INDEX requests_group ON requests (group_name, n);
CREATE INDEX requests_open ON requests (expires_at) WHERE outcome = '';
CREATE INDEX requests_remind ON requests (remind_at) WHERE remind_at <> 0;
CREATE INDEX requests_glass ON requests (n) WHERE kind = 'break-glass' AND reviewed_at = 0;

CREATE TABLE votes (
    n         BIGINT           PRIMARY KEY,
    request_n BIGINT           NOT NULL,
    by_n      BIGINT           NOT NULL, -- 0: the operator of the machine
    by_actor  TEXT COLLATE "C" NOT NULL,
    for_n     BIGINT           NOT NULL, -- in whose place
    stage     BIGINT           NOT NULL,
    approve   BOOLEAN          NOT NULL,
    note      TEXT COLLATE "C" NOT NULL,
    at        BIGINT           NOT NULL,
    revision  BIGINT           NOT NULL,
    terms     TEXT COLLATE "C" NOT NULL
);
CREATE INDEX votes_request ON votes (request_n, n);

CREATE TABLE grants (
    n            BIGINT           PRIMARY KEY,
    id           TEXT COLLATE "C" NOT NULL UNIQUE,
    request_n    BIGINT           NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    user_n       BIGINT           NOT NULL,
    user_name    TEXT COLLATE "C" NOT NULL,
    group_name   TEXT COLLATE "C" NOT NULL,
    starts_at    BIGINT           NOT NULL,
    duration     BIGINT           NOT NULL, -- microseconds
    deadline     BIGINT           NOT NULL, -- when it must be active
    not_after    BIGINT           NOT NULL, -- 0: nothing bounds it but the duration
    while_cond   TEXT COLLATE "C" NOT NULL, -- what must stay true; empty: nothing
    inputs       TEXT COLLATE "C" NOT NULL, -- JSON: what the condition was asked of
    begun_at     BIGINT           NOT NULL,
    activated_at BIGINT           NOT NULL,
    ends_at      BIGINT           NOT NULL,
    remind_at    BIGINT           NOT NULL,
    over_at      BIGINT           NOT NULL, -- when it was seen to be over; 0: it is not
    over_how     TEXT COLLATE "C" NOT NULL,
    over_by      TEXT COLLATE "C" NOT NULL,
    over_reason  TEXT COLLATE "C" NOT NULL,
    settled_at   BIGINT           NOT NULL, -- when nothing of it was left; 0: not yet
    turn_at      BIGINT           NOT NULL  -- when the clock changes something next; 0: never
);
CREATE INDEX grants_user ON grants (user_n, n);
CREATE INDEX grants_open ON grants (user_n) WHERE settled_at = 0;
CREATE INDEX grants_over ON grants (over_at) WHERE over_at <> 0 AND settled_at = 0;
CREATE INDEX grants_group ON grants (group_name, n);
CREATE INDEX grants_request ON grants (request_n);
CREATE INDEX grants_turn ON grants (turn_at) WHERE turn_at <> 0;
CREATE INDEX grants_remind ON grants (remind_at) WHERE remind_at <> 0;

-- What a grant gave, whatever the policy says of its group by the time it ends.
CREATE TABLE grant_access (
    grant_n BIGINT NOT NULL,
    ent_n   BIGINT NOT NULL,
    PRIMARY KEY (grant_n, ent_n)
);

CREATE TABLE delegations (
    id         TEXT COLLATE "C" PRIMARY KEY,
    from_n     BIGINT           NOT NULL,
    to_n       BIGINT           NOT NULL,
    from_name  TEXT COLLATE "C" NOT NULL,
    to_name    TEXT COLLATE "C" NOT NULL,
    start_at   BIGINT           NOT NULL,
    end_at     BIGINT           NOT NULL,
    reason     TEXT COLLATE "C" NOT NULL,
    created    BIGINT           NOT NULL,
    revoked_at BIGINT           NOT NULL
);
CREATE INDEX delegations_to ON delegations (to_n, end_at) WHERE revoked_at = 0;
CREATE INDEX delegations_from ON delegations (from_n, end_at) WHERE revoked_at = 0;

-- What people are to be told. Whoever tells them deletes the row.
CREATE TABLE notices (
    n         BIGINT           PRIMARY KEY,
    kind      TEXT COLLATE "C" NOT NULL,
    request_n BIGINT           NOT NULL,
    grant_n   BIGINT           NOT NULL,
    users     TEXT COLLATE "C" NOT NULL, -- JSON: the numbers of those to tell
    data      TEXT COLLATE "C" NOT NULL, -- JSON
    created   BIGINT           NOT NULL
);

-- A token of a person who uses the API; 0: a program's.
ALTER TABLE tokens ADD COLUMN user_n BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE tokens DROP COLUMN user_n;
DROP TABLE notices;
DROP TABLE delegations;
DROP TABLE grant_access;
DROP TABLE grants;
DROP TABLE votes;
DROP TABLE requests;
