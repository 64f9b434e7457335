-- What a target has accepted and not yet made so is found without a look at all
-- that was ever changed.

-- +goose Up
CREATE INDEX changes_pending ON changes (target, user_n) WHERE outcome = 'pending';

-- +goose Down
DROP INDEX changes_pending;
