-- The same columns, in other words: SQLite builds a table in memory for an IN of more than two values each time it computes one, and a new task computes
-- these a dozen times over. That was a third of what its row takes.
DROP INDEX ix_task_assignee;
DROP INDEX ix_task_assignee_open;
DROP INDEX ix_task_resting;
ALTER TABLE task DROP COLUMN open_assignee_id;
ALTER TABLE task DROP COLUMN resting_stage;
ALTER TABLE task DROP COLUMN rests_since;
ALTER TABLE task ADD COLUMN open_assignee_id TEXT GENERATED ALWAYS AS (CASE WHEN stage = 1 OR stage = 2 OR stage = 4 THEN assignee_id END) VIRTUAL;
ALTER TABLE task ADD COLUMN resting_stage INTEGER GENERATED ALWAYS AS (CASE WHEN NOT (stage = 1 OR stage = 2 OR stage = 4) THEN stage END) VIRTUAL;
ALTER TABLE task ADD COLUMN rests_since INTEGER GENERATED ALWAYS AS (CASE WHEN NOT (stage = 1 OR stage = 2 OR stage = 4) THEN updated_at END) VIRTUAL;
CREATE INDEX ix_task_assignee_open ON task (open_assignee_id, id) WHERE open_assignee_id IS NOT NULL;
CREATE INDEX ix_task_assignee ON task (assignee_id, id) WHERE open_assignee_id IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX ix_task_resting ON task (resting_stage, rests_since) WHERE resting_stage IS NOT NULL;
