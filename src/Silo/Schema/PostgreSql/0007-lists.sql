-- A person's tasks in the order lists give them, whatever the stage; the open ones, of which a device needs the cards, apart.
DROP INDEX ix_task_assignee;
CREATE INDEX ix_task_assignee ON task (assignee_id, id) WHERE assignee_id IS NOT NULL;
CREATE INDEX ix_task_assignee_open ON task (assignee_id, id) WHERE stage IN (1, 2, 4);
CREATE INDEX ix_task_creator ON task (creator_id, id);
