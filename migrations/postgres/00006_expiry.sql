-- What a target itself ends, and what people had open when their access went.

-- +goose Up

-- When the target ends it, as it was told; 0: never.
ALTER TABLE assignments ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0;

-- Sessions that are to end, because the access is gone that they may rest on.
CREATE TABLE session_ends (
    target_n  BIGINT NOT NULL,
    user_n    BIGINT NOT NULL,
    ent_n     BIGINT NOT NULL, -- 0: the account itself is gone
    native_id TEXT COLLATE "C" NOT NULL,
    name      TEXT COLLATE "C" NOT NULL,
    since     BIGINT NOT NULL,
    PRIMARY KEY (target_n, user_n, ent_n)
);

-- +goose Down
DROP TABLE session_ends;
ALTER TABLE assignments DROP COLUMN expires_at;
