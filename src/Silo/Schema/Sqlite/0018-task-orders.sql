-- Lists by due time, priority and title, and customers by time of change, as on PostgreSQL.
CREATE INDEX ix_task_resting_due ON task (due_at, id) WHERE open_assignee_id IS NULL AND due_at IS NOT NULL;
CREATE INDEX ix_task_resting_priority ON task (priority, id) WHERE open_assignee_id IS NULL;
CREATE INDEX ix_task_resting_title ON task (title, id) WHERE open_assignee_id IS NULL;
CREATE INDEX ix_customer_updated ON customer (updated_at, id) WHERE deleted_at IS NULL;
