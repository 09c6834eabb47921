-- Whose open task it is. A step on an open task changes no indexed value then, so its row is changed in place (HOT): with the stage in an
-- index's condition every step wrote all indexes of the table anew.
ALTER TABLE task ADD COLUMN open_assignee_id uuid GENERATED ALWAYS AS (CASE WHEN stage IN (1, 2, 4) THEN assignee_id END) STORED;
DROP INDEX ix_task_assignee_open;
CREATE INDEX ix_task_assignee_open ON task (open_assignee_id, id) WHERE open_assignee_id IS NOT NULL;
