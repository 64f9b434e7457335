-- Who was in what, and who people were, at any moment since.

-- +goose Up

-- When a membership began to have the causes that it has; 0: with the membership.
ALTER TABLE memberships ADD COLUMN from_at INTEGER NOT NULL DEFAULT 0;

CREATE TABLE memberships_past (
    user_n   INTEGER NOT NULL,
    group_n  INTEGER NOT NULL,
    from_at  INTEGER NOT NULL,
    until_at INTEGER NOT NULL, -- it ended, or got other causes
    since    INTEGER NOT NULL, -- the membership itself began
    ends_at  INTEGER NOT NULL,
    causes_n INTEGER NOT NULL,
    policy_n INTEGER NOT NULL,
    PRIMARY KEY (user_n, group_n, from_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_past_group ON memberships_past (group_n, user_n);
CREATE INDEX memberships_past_until ON memberships_past (until_at);

CREATE TABLE users_past (
    user_n     INTEGER NOT NULL,
    from_at    INTEGER NOT NULL,
    until_at   INTEGER NOT NULL,
    user_name  TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    department TEXT    NOT NULL,
    team       TEXT    NOT NULL,
    attributes TEXT    NOT NULL,
    PRIMARY KEY (user_n, from_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX users_past_until ON users_past (until_at);

-- What was before is not known where there were people already.
CREATE TABLE history (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    began INTEGER NOT NULL -- 0: with the first of them
) STRICT;
INSERT INTO history SELECT 1, CASE WHEN EXISTS (SELECT 1 FROM users) THEN CAST(unixepoch('subsec') * 1000000 AS INTEGER) ELSE 0 END;

-- +goose Down
DROP TABLE history;
DROP TABLE users_past;
DROP TABLE memberships_past;
ALTER TABLE memberships DROP COLUMN from_at;
