-- What operators watch is counted without a look at what is done and over: what
-- failed and is tried again, what was ordered, what a guard holds.

-- +goose Up
CREATE INDEX work_overdue ON work (target, removal, since) WHERE attempts > 0;
CREATE INDEX orders_waiting ON orders (target, at) WHERE done_at = 0;
CREATE INDEX held_open ON held (kind, created) WHERE released_at = 0;

-- +goose Down
DROP INDEX held_open;
DROP INDEX orders_waiting;
DROP INDEX work_overdue;
