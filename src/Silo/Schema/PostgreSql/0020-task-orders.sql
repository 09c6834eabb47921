-- Lists of all tasks, or of a department's, by due time, priority and title. Only of those that nobody works on: a new task enters none of these
-- indexes and a step touches none; what is open is read whole and sorted. By time of change ix_task_resting serves (0015).
CREATE INDEX ix_task_resting_due ON task (due_at, id) WHERE open_assignee_id IS NULL AND due_at IS NOT NULL;
CREATE INDEX ix_task_resting_priority ON task (priority, id) WHERE open_assignee_id IS NULL;
CREATE INDEX ix_task_resting_title ON task (title, id) WHERE open_assignee_id IS NULL;

-- Customers change seldom, and all of them are in one list.
CREATE INDEX ix_customer_updated ON customer (updated_at, id) WHERE deleted_at IS NULL;
