-- Lists that people page through: each page is read from where it begins, whatever it is
-- filtered by, and how many there are is known without counting.

-- +goose Up

-- Users by name, one index for each filter that leaves few of many.
DROP INDEX users_filter;
CREATE INDEX users_department ON users (department, folded, state);
CREATE INDEX users_team ON users (team, folded, department, state);
CREATE INDEX users_state ON users (state, folded);

-- What is searched of users, by the dozen, so that a look at everybody reads few rows:
-- for each a record separator, the number, a unit separator, the text.
CREATE TABLE user_texts (
    block BIGINT  PRIMARY KEY, -- the number divided by 24
    text  TEXT COLLATE "C" NOT NULL
);
ALTER TABLE user_texts ALTER COLUMN text SET STORAGE EXTERNAL;
INSERT INTO user_texts SELECT n / 24, string_agg(chr(30) || n || chr(31) || translate(search, chr(30) || chr(31), '  '), '' ORDER BY n)
    FROM users GROUP BY n / 24;

-- How many members a group has by each list of causes.
CREATE TABLE membership_counts (
    group_n  BIGINT NOT NULL,
    causes_n BIGINT NOT NULL,
    members  BIGINT NOT NULL,
    PRIMARY KEY (group_n, causes_n)
);
INSERT INTO membership_counts SELECT group_n, causes_n, count(*) FROM memberships GROUP BY group_n, causes_n;

-- What the log says of somebody, newest first.
DROP INDEX audit_subject;
CREATE INDEX audit_subject ON audit (subject, seq);

-- +goose Down
DROP INDEX audit_subject;
CREATE INDEX audit_subject ON audit (subject);
DROP TABLE membership_counts;
DROP TABLE user_texts;
DROP INDEX users_state;
DROP INDEX users_team;
DROP INDEX users_department;
CREATE INDEX users_filter ON users (department, team, state);
