-- A search that looks at a bit of each block's signature reads a page for each block. So for signed blocks that follow one another (a group) the
-- signatures are there a second time, turned: for each bit, which of the group's blocks have it. A search reads as many slices of a group as it has
-- bits. Made in the background (TaskGroups); a group goes as soon as anything happens to one of its blocks, and is made again.
CREATE SEQUENCE task_block_group_id;
CREATE TABLE task_block_group (
    id       bigint NOT NULL PRIMARY KEY,
    after_id uuid NOT NULL,
    last_id  uuid NOT NULL UNIQUE,
    -- The last ids of its blocks, in order.
    blocks   uuid[] NOT NULL
);
CREATE TABLE task_slice (
    group_id bigint NOT NULL,
    part     smallint NOT NULL,
    -- 32 slices of 256 blocks each; seven such rows fill a page.
    bits     bit(8192) NOT NULL,
    PRIMARY KEY (group_id, part)
);
-- Where they are needed without being read whole.
ALTER TABLE task_block_group ALTER COLUMN blocks SET STORAGE PLAIN;
ALTER TABLE task_slice ALTER COLUMN bits SET STORAGE PLAIN;
ALTER TABLE task_slice SET (parallel_workers = 0);
-- Found by their keys alone: nothing about their contents would be of use to a plan.
ALTER TABLE task_slice ALTER COLUMN bits SET STATISTICS 0;
ALTER TABLE task_block_group ALTER COLUMN blocks SET STATISTICS 0;

CREATE OR REPLACE FUNCTION task_block_unsign(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    gone bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(5502938347127201);
    UPDATE task_block SET signature = NULL, touched = touched + 1
    WHERE last_id IN (SELECT (SELECT b.last_id FROM task_block b WHERE b.last_id >= i.id ORDER BY b.last_id LIMIT 1) FROM unnest(ids) i(id));
    FOR gone IN
        DELETE FROM task_block_group g USING (
            SELECT DISTINCT (SELECT o.last_id FROM task_block_group o WHERE o.last_id >= i.id ORDER BY o.last_id LIMIT 1) AS last_id FROM unnest(ids) i(id)) touched
        WHERE g.last_id = touched.last_id AND EXISTS (SELECT FROM unnest(ids) i(id) WHERE i.id > g.after_id AND i.id <= g.last_id)
        RETURNING g.id
    LOOP
        DELETE FROM task_slice WHERE group_id = gone;
    END LOOP;
END $$;

-- Where tasks with all these bits may be: blocks of groups by their slices, the others by their own signatures, and what is in no block yet; of the
-- newest groups only and what is newer, or of all (NULL). One statement: what becomes a block or a group meanwhile is in one of them, never in none. Looks that are queries of
-- their own (LATERAL, OFFSET 0) stay the look-ups of a few rows that they are, by a plan that is made once.
CREATE FUNCTION task_blocks_with(wanted_bits bigint[], parts smallint[], froms integer[], newest_groups bigint, newest_first boolean, most bigint)
RETURNS TABLE (after_id uuid, last_id uuid) STABLE LANGUAGE plpgsql ROWS 100
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    lowest CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
    highest CONSTANT uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
BEGIN
    RETURN QUERY
    WITH groups AS MATERIALIZED (
        SELECT g.id, g.after_id, g.last_id, g.blocks, coalesce(lag(g.after_id) OVER (ORDER BY g.last_id DESC), highest) AS next_id
        FROM task_block_group g ORDER BY g.last_id DESC LIMIT newest_groups),
    gaps AS (
        SELECT g.last_id AS after_id, g.next_id AS until_id FROM groups g WHERE g.last_id <> g.next_id
        UNION ALL SELECT lowest, coalesce((SELECT g.after_id FROM groups g ORDER BY g.last_id LIMIT 1), highest) WHERE newest_groups IS NULL)
    SELECT r.after_id, r.last_id FROM (
        SELECT CASE hit.i WHEN 1 THEN g.after_id ELSE g.blocks[hit.i - 1] END AS after_id, g.blocks[hit.i] AS last_id FROM groups g
        CROSS JOIN LATERAL (
            SELECT bit_and(slice.bits) AS bits FROM unnest(parts, froms) wanted(part, at)
            CROSS JOIN LATERAL (SELECT substring(s.bits FROM wanted.at FOR 256) AS bits FROM task_slice s WHERE s.group_id = g.id AND s.part = wanted.part OFFSET 0) slice) may
        CROSS JOIN LATERAL (SELECT i FROM generate_series(1, 256) i WHERE position(B'1' IN may.bits) > 0 AND get_bit(may.bits, i - 1) = 1 OFFSET 0) hit
        UNION ALL
        SELECT block.after_id, block.last_id FROM gaps CROSS JOIN LATERAL (
            SELECT b.after_id, b.last_id FROM task_block b WHERE b.last_id > gaps.after_id AND b.last_id <= gaps.until_id
            AND (b.signature IS NULL OR NOT EXISTS (SELECT FROM unnest(wanted_bits) wanted WHERE get_bit(b.signature, wanted) = 0)) OFFSET 0) block
        UNION ALL (SELECT b.last_id, highest FROM task_block b ORDER BY b.last_id DESC LIMIT 1)) r
    ORDER BY CASE WHEN newest_first THEN r.last_id END DESC, CASE WHEN NOT newest_first THEN r.last_id END LIMIT most;
END $$;
