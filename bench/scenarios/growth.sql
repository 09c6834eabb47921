-- Every task and customer ninety-nine times more, each with its row, its events and its actor's state under a new id of the last days.
-- Copies of tasks are completed ones, as most of a company's are. Run by bench/scenarios/growth.sh on a database nobody uses;
-- the table grown says which they are.
CREATE FUNCTION new_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - 90000000 + (random() * 80000000)::bigint), 12, '0')
    || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid
$$;

-- The two halves of a key as the storage table has them: .NET's order of a Guid's bytes.
CREATE FUNCTION n0(id uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT ('x' || substr(h, 13, 4) || substr(h, 9, 4) || substr(h, 1, 8))::bit(64)::bigint FROM (SELECT replace(id::text, '-', '')) k(h)
$$;
CREATE FUNCTION n1(id uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT ('x' || string_agg(substr(h, 31 - 2 * i, 2), '' ORDER BY i))::bit(64)::bigint FROM (SELECT replace(id::text, '-', '')) k(h), generate_series(0, 7) i
$$;

CREATE UNLOGGED TABLE grown AS SELECT id AS old, new_id() AS id FROM task CROSS JOIN generate_series(1, 99) UNION ALL SELECT id, new_id() FROM customer CROSS JOIN generate_series(1, 99);
CREATE INDEX ON grown (old);
ANALYZE grown;

DO $$
DECLARE
  one record;
  columns text;
BEGIN
  FOR one IN SELECT * FROM (VALUES ('task'), ('customer'), ('event_log')) t(name) LOOP
    SELECT string_agg('t.' || quote_ident(column_name), ', ' ORDER BY ordinal_position) INTO columns FROM information_schema.columns WHERE table_name = one.name AND table_schema = 'public' AND column_name <> 'id' AND is_generated = 'NEVER';
    EXECUTE format('INSERT INTO %I (id, %s) SELECT g.id, %s FROM grown g JOIN %I t ON t.id = g.old', one.name, replace(columns, 't.', ''), columns, one.name);
  END LOOP;
END $$;
UPDATE task SET stage = 5, wake_at = NULL WHERE id IN (SELECT id FROM grown);
INSERT INTO orleansstorage (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid, payloadbinary, modifiedon, version)
  SELECT s.grainidhash, n0(g.id), n1(g.id), s.graintypehash, s.graintypestring, s.grainidextensionstring, s.serviceid, s.payloadbinary, s.modifiedon, s.version
  FROM grown g JOIN orleansstorage s ON s.grainidn0 = n0(g.old) AND s.grainidn1 = n1(g.old) AND s.graintypestring IN ('task', 'customer');
