-- A task whose time is over is taken out, and out of the counts.
CREATE FUNCTION task_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO task_count AS c (department_id, stage, shard, tasks)
    SELECT coalesce(department_id, '00000000-0000-0000-0000-000000000000'), stage, pg_backend_pid() % 16, -count(*) FROM gone GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (department_id, stage, shard) DO UPDATE SET tasks = c.tasks + excluded.tasks;
    RETURN NULL;
END $$;
CREATE TRIGGER task_gone AFTER DELETE ON task REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION task_gone();
CREATE INDEX ix_task_offer_task ON task_offer (task_id);

-- Tasks that keep where a step of theirs was taken, by when something last happened to them.
ALTER TABLE task ADD COLUMN places_since timestamptz GENERATED ALWAYS AS (CASE WHEN position('"point":' IN details) > 0 THEN updated_at END) STORED;
CREATE INDEX ix_task_places ON task (places_since, id) WHERE places_since IS NOT NULL;

-- Sensitive fields of customers, by when they were last given or used for what they are kept for. Customers from before count as behind; the
-- recovery sweep writes their rows anew.
ALTER TABLE customer ADD COLUMN care_since timestamptz, ADD COLUMN identity_since timestamptz;
CREATE INDEX ix_customer_care_since ON customer (care_since, id) WHERE care_since IS NOT NULL;
CREATE INDEX ix_customer_identity_since ON customer (identity_since, id) WHERE identity_since IS NOT NULL;
UPDATE customer SET version = 0 WHERE erased_at IS NULL;
