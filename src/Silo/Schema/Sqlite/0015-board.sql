-- Tasks that nobody works on at the moment, by stage, as on PostgreSQL. How many there are is counted when it is asked.
ALTER TABLE task ADD COLUMN resting_stage integer GENERATED ALWAYS AS (CASE WHEN stage NOT IN (1, 2, 4) THEN stage END) VIRTUAL;
ALTER TABLE task ADD COLUMN rests_since INTEGER GENERATED ALWAYS AS (CASE WHEN stage NOT IN (1, 2, 4) THEN updated_at END) VIRTUAL;
CREATE INDEX ix_task_resting ON task (resting_stage, rests_since) WHERE resting_stage IS NOT NULL;
