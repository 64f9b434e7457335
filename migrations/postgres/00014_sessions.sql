-- +goose Up

-- Who is logged in to the console, and who was lately.
CREATE TABLE sessions (
    id        TEXT COLLATE "C" PRIMARY KEY,
    hash      BYTEA   NOT NULL UNIQUE, -- SHA-256 of what the cookie holds
    user_n    BIGINT NOT NULL, -- 0: the local administrator of that name
    name      TEXT COLLATE "C" NOT NULL,
    way       TEXT COLLATE "C" NOT NULL, -- oidc, link or token
    token     TEXT COLLATE "C" NOT NULL, -- ID of the token that it was opened with
    roles     TEXT COLLATE "C" NOT NULL, -- that the hub's own groups gave at the login
    claimed   TEXT COLLATE "C" NOT NULL, -- that claims of the provider gave
    subject   TEXT COLLATE "C" NOT NULL, -- sub and sid of the provider
    sid       TEXT COLLATE "C" NOT NULL,
    hint      TEXT COLLATE "C" NOT NULL, -- ID token, for the logout at the provider; '' once it ended
    created   BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    expires   BIGINT NOT NULL,
    ended_at  BIGINT NOT NULL, -- 0: it is open
    ended_why TEXT COLLATE "C" NOT NULL
);
CREATE INDEX sessions_open ON sessions (user_n, created, id) WHERE ended_at = 0;
CREATE INDEX sessions_subject ON sessions (subject) WHERE ended_at = 0 AND subject <> '';
CREATE INDEX sessions_sid ON sessions (sid) WHERE ended_at = 0 AND sid <> '';
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at <> 0;

-- Links that log somebody in once.
CREATE TABLE login_links (
    hash    BYTEA   PRIMARY KEY, -- SHA-256 of the code
    user_n  BIGINT NOT NULL, -- 0: a local administrator of that name
    name    TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used_at BIGINT NOT NULL  -- 0: not yet
);

-- +goose Down
DROP TABLE login_links;
DROP TABLE sessions;
