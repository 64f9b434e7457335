-- +goose Up

-- Who is logged in to the console, and who was lately.
CREATE TABLE sessions (
    id        TEXT    PRIMARY KEY,
    hash      BLOB    NOT NULL UNIQUE, -- SHA-256 of what the cookie holds
    user_n    INTEGER NOT NULL, -- 0: the local administrator of that name
    name      TEXT    NOT NULL,
    way       TEXT    NOT NULL, -- oidc, link or token
    token     TEXT    NOT NULL, -- ID of the token that it was opened with
    roles     TEXT    NOT NULL, -- that the hub's own groups gave at the login
    claimed   TEXT    NOT NULL, -- that claims of the provider gave
    subject   TEXT    NOT NULL, -- sub and sid of the provider
    sid       TEXT    NOT NULL,
    hint      TEXT    NOT NULL, -- ID token, for the logout at the provider; '' once it ended
    created   INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    expires   INTEGER NOT NULL,
    ended_at  INTEGER NOT NULL, -- 0: it is open
    ended_why TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_open ON sessions (user_n, created, id) WHERE ended_at = 0;
CREATE INDEX sessions_subject ON sessions (subject) WHERE ended_at = 0 AND subject <> '';
CREATE INDEX sessions_sid ON sessions (sid) WHERE ended_at = 0 AND sid <> '';
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at <> 0;

-- Links that log somebody in once.
CREATE TABLE login_links (
    hash    BLOB    PRIMARY KEY, -- SHA-256 of the code
    user_n  INTEGER NOT NULL, -- 0: a local administrator of that name
    name    TEXT    NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used_at INTEGER NOT NULL  -- 0: not yet
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE login_links;
DROP TABLE sessions;
