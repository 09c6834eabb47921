-- Whose open task it is, as on PostgreSQL.
ALTER TABLE task ADD COLUMN open_assignee_id TEXT GENERATED ALWAYS AS (CASE WHEN stage IN (1, 2, 4) THEN assignee_id END) VIRTUAL;
DROP INDEX ix_task_assignee_open;
CREATE INDEX ix_task_assignee_open ON task (open_assignee_id, id) WHERE open_assignee_id IS NOT NULL;
