-- What is late is what a block reaches already, however old it is: whoever writes tasks holds the lock with the others who do, whoever makes
-- blocks holds it alone, so a task is seen by the block or sees the block.
-- Counts what happened to a block, so that it is signed only as it was read.
ALTER TABLE task_block ADD COLUMN touched integer NOT NULL DEFAULT 0;
-- A search reads it whole in a few milliseconds: workers would take as long to start.
ALTER TABLE task_block SET (parallel_workers = 0);

CREATE OR REPLACE FUNCTION task_block_unsign(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(5502938347127201);
    UPDATE task_block SET signature = NULL, touched = touched + 1
    WHERE last_id IN (SELECT (SELECT b.last_id FROM task_block b WHERE b.last_id >= i.id ORDER BY b.last_id LIMIT 1) FROM unnest(ids) i(id));
END $$;

CREATE OR REPLACE FUNCTION task_came_late() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reached uuid;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(5502938347127201);
    SELECT last_id INTO reached FROM task_block ORDER BY last_id DESC LIMIT 1;
    IF EXISTS (SELECT FROM made WHERE id <= reached) THEN
        PERFORM task_block_unsign(ARRAY(SELECT id FROM made WHERE id <= reached));
    END IF;
    RETURN NULL;
END $$;
