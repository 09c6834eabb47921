-- Lists of tasks by due time, priority and title, and of customers by time of change, as on PostgreSQL.
CREATE INDEX ix_task_resting_id ON task (resting_stage, id) WHERE resting_stage IS NOT NULL;
CREATE INDEX ix_task_resting_title ON task (substr(title, 1, 200), id) WHERE open_assignee_id IS NULL;
CREATE INDEX ix_task_resting_due ON task (due_at, id) WHERE open_assignee_id IS NULL AND due_at IS NOT NULL;
CREATE INDEX ix_task_resting_priority ON task (priority, id) WHERE open_assignee_id IS NULL;
CREATE INDEX ix_task_open_due ON task (due_at, id) WHERE open_assignee_id IS NOT NULL AND due_at IS NOT NULL;
CREATE INDEX ix_task_open_priority ON task (priority, id) WHERE open_assignee_id IS NOT NULL AND priority <> 1;
CREATE INDEX ix_customer_updated ON customer (updated_at, id) WHERE deleted_at IS NULL;
