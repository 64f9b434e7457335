-- What was asked for, who answered it and what was given is found by what one knows of
-- it, and the log by who did what, however much there is.

-- +goose Up
CREATE INDEX requests_created ON requests (created);
CREATE INDEX requests_ticket ON requests (ticket, n) WHERE ticket <> '';
CREATE INDEX votes_by ON votes (by_n, request_n);
CREATE INDEX grants_starts ON grants (starts_at);
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE INDEX audit_action ON audit (action, seq);

-- +goose Down
DROP INDEX audit_action;
DROP INDEX audit_actor;
DROP INDEX grants_starts;
DROP INDEX votes_by;
DROP INDEX requests_ticket;
DROP INDEX requests_created;
