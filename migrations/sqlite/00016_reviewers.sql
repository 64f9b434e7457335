-- +goose Up

-- In which campaigns somebody has decided is asked whenever they look at campaigns.
CREATE INDEX review_decisions_by ON review_decisions (by_n, campaign_n);

-- +goose Down
DROP INDEX review_decisions_by;
