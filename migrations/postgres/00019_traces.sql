-- A trace goes on from what was told to what is done about it.

-- +goose Up
ALTER TABLE work ADD COLUMN trace TEXT NOT NULL DEFAULT ''; -- where in which trace it was made necessary

-- +goose Down
ALTER TABLE work DROP COLUMN trace;
