-- Who was in what, and who people were, at any moment since.

-- +goose Up

-- When a membership began to have the causes that it has; 0: with the membership.
ALTER TABLE memberships ADD COLUMN from_at BIGINT NOT NULL DEFAULT 0;

CREATE TABLE memberships_past (
    user_n   BIGINT NOT NULL,
    group_n  BIGINT NOT NULL,
    from_at  BIGINT NOT NULL,
    until_at BIGINT NOT NULL, -- it ended, or got other causes
    since    BIGINT NOT NULL, -- the membership itself began
    ends_at  BIGINT NOT NULL,
    causes_n BIGINT NOT NULL,
    policy_n BIGINT NOT NULL,
    PRIMARY KEY (user_n, group_n, from_at)
);
CREATE INDEX memberships_past_group ON memberships_past (group_n, user_n);
CREATE INDEX memberships_past_until ON memberships_past (until_at);

CREATE TABLE users_past (
    user_n     BIGINT NOT NULL,
    from_at    BIGINT NOT NULL,
    until_at   BIGINT NOT NULL,
    user_name  TEXT COLLATE "C"    NOT NULL,
    state      TEXT COLLATE "C"    NOT NULL,
    department TEXT COLLATE "C"    NOT NULL,
    team       TEXT COLLATE "C"    NOT NULL,
    attributes TEXT COLLATE "C"    NOT NULL,
    PRIMARY KEY (user_n, from_at)
);
CREATE INDEX users_past_until ON users_past (until_at);

-- What was before is not known where there were people already.
CREATE TABLE history (
    one   BIGINT PRIMARY KEY CHECK (one = 1),
    began BIGINT NOT NULL -- 0: with the first of them
);
INSERT INTO history SELECT 1, CASE WHEN EXISTS (SELECT 1 FROM users) THEN CAST(extract(epoch FROM now()) * 1000000 AS BIGINT) ELSE 0 END;

-- +goose Down
DROP TABLE history;
DROP TABLE users_past;
DROP TABLE memberships_past;
ALTER TABLE memberships DROP COLUMN from_at;
