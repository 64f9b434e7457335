-- +goose Up

-- Access reviews: what is looked at, until when, and how it ends.
CREATE TABLE campaigns (
    n            BIGINT PRIMARY KEY,
    name         TEXT COLLATE "C"    NOT NULL,
    kind         TEXT COLLATE "C"    NOT NULL,
    spec         TEXT COLLATE "C"    NOT NULL, -- scope, stages and fallback, as JSON
    owner        TEXT COLLATE "C"    NOT NULL,
    by_actor     TEXT COLLATE "C"    NOT NULL,
    ends         TEXT COLLATE "C"    NOT NULL, -- what becomes of what nobody decided on
    at_close     BOOLEAN NOT NULL, -- what is revoked goes when it closes
    created      BIGINT  NOT NULL,
    due          BIGINT  NOT NULL,
    close_at     BIGINT  NOT NULL,
    remind_at    BIGINT  NOT NULL, -- 0: never
    escalated_at BIGINT  NOT NULL, -- 0: not yet; so are the others
    swept_at     BIGINT  NOT NULL,
    closed_at    BIGINT  NOT NULL,
    closed_by    TEXT COLLATE "C"    NOT NULL,
    close_reason TEXT COLLATE "C"    NOT NULL,
    settled_at   BIGINT  NOT NULL,
    completed_at BIGINT  NOT NULL,
    previous     TEXT COLLATE "C"    NOT NULL, -- the campaign that it follows up
    first_n      BIGINT  NOT NULL, -- its items have the numbers from here on
    items        BIGINT  NOT NULL
);
CREATE INDEX campaigns_open ON campaigns (n) WHERE completed_at = 0;

-- What is looked at in them. What is known at the start comes first; it has defaults
-- so that what follows from decisions can be written alone.
CREATE TABLE review_items (
    n          BIGINT PRIMARY KEY,
    campaign_n BIGINT  NOT NULL DEFAULT 0,
    user_n     BIGINT  NOT NULL DEFAULT 0, -- or an account without a user
    user_name  TEXT COLLATE "C"    NOT NULL DEFAULT '', -- at the start
    group_name TEXT COLLATE "C"    NOT NULL DEFAULT '',
    ent        TEXT COLLATE "C"    NOT NULL DEFAULT '', -- the address of an entitlement, where there is no group
    causes_n   BIGINT  NOT NULL DEFAULT 0,
    since      BIGINT  NOT NULL DEFAULT 0,
    risk       TEXT COLLATE "C"    NOT NULL DEFAULT '',
    advice     TEXT COLLATE "C"    NOT NULL DEFAULT '',
    facts      TEXT COLLATE "C"    NOT NULL DEFAULT '', -- what else is shown, as JSON
    stage      BIGINT  NOT NULL DEFAULT 0,
    panel_n    BIGINT  NOT NULL DEFAULT 0,
    decisions  BIGINT  NOT NULL DEFAULT 0,
    outcome    TEXT COLLATE "C"    NOT NULL DEFAULT '', -- empty: it waits
    at         BIGINT  NOT NULL DEFAULT 0,
    by_actor   TEXT COLLATE "C"    NOT NULL DEFAULT '',
    reason     TEXT COLLATE "C"    NOT NULL DEFAULT '',
    duration   BIGINT  NOT NULL DEFAULT 0,
    action     TEXT COLLATE "C"    NOT NULL DEFAULT '', -- the revocation or order that takes it away
    gone_at    BIGINT  NOT NULL DEFAULT 0, -- no target shows it any more
    thawed     BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX review_items_panel ON review_items (panel_n, n) WHERE outcome = '';
CREATE INDEX review_items_user ON review_items (user_n, n);
CREATE INDEX review_items_leaving ON review_items (campaign_n, n) WHERE outcome IN ('revoke', 'shorten') AND gone_at = 0;

-- Who is asked about some items: terms, rung by rung.
CREATE TABLE review_panels (
    n          BIGINT PRIMARY KEY,
    campaign_n BIGINT  NOT NULL,
    rungs      TEXT COLLATE "C"    NOT NULL,
    UNIQUE (campaign_n, rungs)
);

-- Whom that names, as of the last look: what waits for somebody is found by it.
CREATE TABLE review_reviewers (
    user_n  BIGINT  NOT NULL,
    panel_n BIGINT  NOT NULL,
    PRIMARY KEY (user_n, panel_n)
);
CREATE INDEX review_reviewers_panel ON review_reviewers (panel_n);

-- What people decided, in order; nothing is ever changed here.
CREATE TABLE review_decisions (
    n          BIGINT PRIMARY KEY,
    item_n     BIGINT  NOT NULL,
    campaign_n BIGINT  NOT NULL,
    stage      BIGINT  NOT NULL,
    by_n       BIGINT  NOT NULL, -- 0: the operator, or the hub
    by_actor   TEXT COLLATE "C"    NOT NULL,
    for_n      BIGINT  NOT NULL, -- in whose place
    what       TEXT COLLATE "C"    NOT NULL,
    reason     TEXT COLLATE "C"    NOT NULL,
    duration   BIGINT  NOT NULL,
    to_n       BIGINT  NOT NULL, -- who is to decide instead
    at         BIGINT  NOT NULL
);
CREATE INDEX review_decisions_item ON review_decisions (item_n, n);
CREATE INDEX review_decisions_campaign ON review_decisions (campaign_n, n);

-- +goose Down
DROP TABLE review_decisions;
DROP TABLE review_reviewers;
DROP TABLE review_panels;
DROP TABLE review_items;
DROP TABLE campaigns;
