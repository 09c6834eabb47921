-- Lists of all tasks, or of a department's, in other orders than that of ids. Each has an index of what nobody works on, entered when work ends, which
-- writes all of a row's indexes anyway. A new task enters one only when it has a due time or another than the normal priority, and a step touches none;
-- by title and time of change, what is open is read whole and sorted. By time of change ix_task_resting serves (0015).
CREATE INDEX ix_task_resting_id ON task (resting_stage, id) WHERE resting_stage IS NOT NULL;
CREATE INDEX ix_task_resting_title ON task (substr(title, 1, 200), id) WHERE open_assignee_id IS NULL;
-- As 0017: nobody compares titles.
ALTER INDEX ix_task_resting_title ALTER COLUMN 1 SET STATISTICS 0;
CREATE INDEX ix_task_resting_due ON task (due_at, id) WHERE open_assignee_id IS NULL AND due_at IS NOT NULL;
CREATE INDEX ix_task_resting_priority ON task (priority, id) WHERE open_assignee_id IS NULL;
CREATE INDEX ix_task_open_due ON task (due_at, id) WHERE open_assignee_id IS NOT NULL AND due_at IS NOT NULL;
CREATE INDEX ix_task_open_priority ON task (priority, id) WHERE open_assignee_id IS NOT NULL AND priority <> 1;

-- Customers change seldom, and all of them are in one list.
CREATE INDEX ix_customer_updated ON customer (updated_at, id) WHERE deleted_at IS NULL;
