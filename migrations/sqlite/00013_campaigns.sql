-- +goose Up

-- Access reviews: what is looked at, until when, and how it ends.
CREATE TABLE campaigns (
    n            INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    spec         TEXT    NOT NULL, -- scope, stages and fallback, as JSON
    owner        TEXT    NOT NULL,
    by_actor     TEXT    NOT NULL,
    ends         TEXT    NOT NULL, -- what becomes of what nobody decided on
    at_close     BOOLEAN NOT NULL, -- what is revoked goes when it closes
    created      INTEGER NOT NULL,
    due          INTEGER NOT NULL,
    close_at     INTEGER NOT NULL,
    remind_at    INTEGER NOT NULL, -- 0: never
    escalated_at INTEGER NOT NULL, -- 0: not yet; so are the others
    swept_at     INTEGER NOT NULL,
    closed_at    INTEGER NOT NULL,
    closed_by    TEXT    NOT NULL,
    close_reason TEXT    NOT NULL,
    settled_at   INTEGER NOT NULL,
    completed_at INTEGER NOT NULL,
    previous     TEXT    NOT NULL, -- the campaign that it follows up
    first_n      INTEGER NOT NULL, -- its items have the numbers from here on
    items        INTEGER NOT NULL
);
CREATE INDEX campaigns_open ON campaigns (n) WHERE completed_at = 0;

-- What is looked at in them. What is known at the start comes first; it has defaults
-- so that what follows from decisions can be written alone.
CREATE TABLE review_items (
    n          INTEGER PRIMARY KEY,
    campaign_n INTEGER NOT NULL DEFAULT 0,
    user_n     INTEGER NOT NULL DEFAULT 0, -- or an account without a user
    user_name  TEXT    NOT NULL DEFAULT '', -- at the start
    group_name TEXT    NOT NULL DEFAULT '',
    ent        TEXT    NOT NULL DEFAULT '', -- the address of an entitlement, where there is no group
    causes_n   INTEGER NOT NULL DEFAULT 0,
    since      INTEGER NOT NULL DEFAULT 0,
    risk       TEXT    NOT NULL DEFAULT '',
    advice     TEXT    NOT NULL DEFAULT '',
    facts      TEXT    NOT NULL DEFAULT '', -- what else is shown, as JSON
    stage      INTEGER NOT NULL DEFAULT 0,
    panel_n    INTEGER NOT NULL DEFAULT 0,
    decisions  INTEGER NOT NULL DEFAULT 0,
    outcome    TEXT    NOT NULL DEFAULT '', -- empty: it waits
    at         INTEGER NOT NULL DEFAULT 0,
    by_actor   TEXT    NOT NULL DEFAULT '',
    reason     TEXT    NOT NULL DEFAULT '',
    duration   INTEGER NOT NULL DEFAULT 0,
    action     TEXT    NOT NULL DEFAULT '', -- the revocation or order that takes it away
    gone_at    INTEGER NOT NULL DEFAULT 0, -- no target shows it any more
    thawed     BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX review_items_panel ON review_items (panel_n, n) WHERE outcome = '';
CREATE INDEX review_items_user ON review_items (user_n, n);
CREATE INDEX review_items_leaving ON review_items (campaign_n, n) WHERE outcome IN ('revoke', 'shorten') AND gone_at = 0;

-- Who is asked about some items: terms, rung by rung.
CREATE TABLE review_panels (
    n          INTEGER PRIMARY KEY,
    campaign_n INTEGER NOT NULL,
    rungs      TEXT    NOT NULL,
    UNIQUE (campaign_n, rungs)
);

-- Whom that names, as of the last look: what waits for somebody is found by it.
CREATE TABLE review_reviewers (
    user_n  INTEGER NOT NULL,
    panel_n INTEGER NOT NULL,
    PRIMARY KEY (user_n, panel_n)
);
CREATE INDEX review_reviewers_panel ON review_reviewers (panel_n);

-- What people decided, in order; nothing is ever changed here.
CREATE TABLE review_decisions (
    n          INTEGER PRIMARY KEY,
    item_n     INTEGER NOT NULL,
    campaign_n INTEGER NOT NULL,
    stage      INTEGER NOT NULL,
    by_n       INTEGER NOT NULL, -- 0: the operator, or the hub
    by_actor   TEXT    NOT NULL,
    for_n      INTEGER NOT NULL, -- in whose place
    what       TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    duration   INTEGER NOT NULL,
    to_n       INTEGER NOT NULL, -- who is to decide instead
    at         INTEGER NOT NULL
);
CREATE INDEX review_decisions_item ON review_decisions (item_n, n);
CREATE INDEX review_decisions_campaign ON review_decisions (campaign_n, n);

-- +goose Down
DROP TABLE review_decisions;
DROP TABLE review_reviewers;
DROP TABLE review_panels;
DROP TABLE review_items;
DROP TABLE campaigns;
