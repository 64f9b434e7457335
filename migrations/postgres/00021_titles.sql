-- What targets call what they give: people look for that when they ask for something.

-- +goose Up
ALTER TABLE entitlements ADD COLUMN title TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE entitlements DROP COLUMN title;
