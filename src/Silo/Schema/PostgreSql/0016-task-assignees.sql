-- A new task enters one index of its assignee instead of two: the open ones are in ix_task_assignee_open, this has the others. A list of a person's
-- tasks reads both. Each index costs a dispatch 4 to 9 µs of the database.
DROP INDEX ix_task_assignee;
CREATE INDEX ix_task_assignee ON task (assignee_id, id) WHERE open_assignee_id IS NULL AND assignee_id IS NOT NULL;
