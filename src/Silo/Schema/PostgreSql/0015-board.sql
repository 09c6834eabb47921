-- The board asks for the newest of each stage and for how many there are, again whenever something changed, however many tasks there are.
-- Tasks that nobody works on at the moment have an index by stage; they leave and enter it when they leave and enter work, which changes
-- indexes anyway (0011). Those at work are found by their ids, newest first.
ALTER TABLE task
    ADD COLUMN resting_stage integer GENERATED ALWAYS AS (CASE WHEN stage NOT IN (1, 2, 4) THEN stage END) STORED,
    ADD COLUMN rests_since timestamptz GENERATED ALWAYS AS (CASE WHEN stage NOT IN (1, 2, 4) THEN updated_at END) STORED;
CREATE INDEX ix_task_resting ON task (resting_stage, rests_since) WHERE resting_stage IS NOT NULL;

-- How many tasks of a department (the empty id: of none) are in a stage: the sum of the shards. Each connection that writes has one of them mostly
-- to itself, so writers hardly wait for each other.
CREATE TABLE task_count (
    department_id uuid NOT NULL,
    stage         integer NOT NULL,
    shard         integer NOT NULL,
    tasks         bigint NOT NULL,
    PRIMARY KEY (department_id, stage, shard)
) WITH (fillfactor = 50);

CREATE FUNCTION task_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO task_count AS c (department_id, stage, shard, tasks)
    SELECT coalesce(department_id, '00000000-0000-0000-0000-000000000000'), stage, pg_backend_pid() % 16, count(*) FROM made GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (department_id, stage, shard) DO UPDATE SET tasks = c.tasks + excluded.tasks;
    RETURN NULL;
END $$;
CREATE TRIGGER task_made AFTER INSERT ON task REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION task_made();

CREATE FUNCTION task_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO task_count AS c (department_id, stage, shard, tasks)
    SELECT coalesce(department_id, '00000000-0000-0000-0000-000000000000'), stage, pg_backend_pid() % 16, sum(tasks)
    FROM (SELECT department_id, stage, 1 AS tasks FROM after UNION ALL SELECT department_id, stage, -1 FROM before) moved
    GROUP BY 1, 2 HAVING sum(tasks) <> 0 ORDER BY 1, 2
    ON CONFLICT (department_id, stage, shard) DO UPDATE SET tasks = c.tasks + excluded.tasks;
    RETURN NULL;
END $$;
CREATE TRIGGER task_moved AFTER UPDATE ON task REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION task_moved();

INSERT INTO task_count SELECT coalesce(department_id, '00000000-0000-0000-0000-000000000000'), stage, 0, count(*) FROM task GROUP BY 1, 2;
