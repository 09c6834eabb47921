-- Texts of tasks are looked for among millions by a skip index: for a few hundred tasks that follow one another by id, one signature (a Bloom
-- filter) of the pieces of their texts. A search reads only blocks that may have the text. Blocks follow one another without a gap from the
-- lowest id on; what is newer than the last is read. Made in the background (TaskBlocks); one without a signature is read too, and made again.
CREATE TABLE task_block (
    after_id  uuid NOT NULL,
    last_id   uuid NOT NULL PRIMARY KEY,
    signature bytea
);
-- Where it is needed without being read whole: a search looks at a few bits of each.
ALTER TABLE task_block ALTER COLUMN signature SET STORAGE PLAIN;
CREATE INDEX ix_task_block_unsigned ON task_block (last_id) WHERE signature IS NULL;

-- The blocks of these tasks have to be made again. Whoever makes blocks holds the lock alone; so a block has either seen the change or loses
-- its signature by it.
CREATE FUNCTION task_block_unsign(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(5502938347127201);
    UPDATE task_block SET signature = NULL
    WHERE last_id IN (SELECT (SELECT b.last_id FROM task_block b WHERE b.last_id >= i.id ORDER BY b.last_id LIMIT 1) FROM unnest(ids) i(id));
END $$;

-- A text that changes, as it does when a customer is erased.
CREATE FUNCTION task_text_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM task_block_unsign(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER task_text_changed AFTER UPDATE OF title, description ON task FOR EACH ROW
    WHEN (OLD.title <> NEW.title OR OLD.description IS DISTINCT FROM NEW.description) EXECUTE FUNCTION task_text_changed();

-- A task whose row comes late, into a block that may have been made: blocks are made of what is older than that by more than a transaction may take (TaskBlocks).
CREATE FUNCTION task_came_late() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settling CONSTANT uuid := (lpad(to_hex((extract(epoch FROM clock_timestamp() - interval '10 seconds') * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid;
BEGIN
    IF EXISTS (SELECT FROM made WHERE id < settling) THEN
        PERFORM task_block_unsign(ARRAY(SELECT id FROM made WHERE id < settling));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER task_came_late AFTER INSERT ON task REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION task_came_late();

-- Customers by their companies' numbers: pairs of digits are in every second name, four in a row are not.
DROP INDEX ix_customer_company;
DROP FUNCTION bigrams(text);
CREATE FUNCTION text_pieces(value text) RETURNS text[] IMMUTABLE PARALLEL SAFE COST 500
  RETURN (SELECT array_agg(DISTINCT p) FROM (SELECT substr(v, i, 2) FROM lower(value) v, generate_series(1, length(v) - 1) i
    UNION ALL SELECT substr(v, i, 4) FROM lower(value) v, generate_series(1, length(v) - 3) i WHERE substr(v, i, 4) ~ '^[0-9a-z]{4}$') pieces(p));
CREATE INDEX ix_customer_company ON customer USING gin (text_pieces(company));
