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

-- Texts as such tasks have them: a word that a tenth has, a name that a few have, a number that one has.
CREATE FUNCTION pick(words text[]) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT words[1 + floor(random() * array_length(words, 1))::int] $$;
CREATE FUNCTION some_title(id uuid) RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT pick('{安装,维修,回访,勘察,培训,验收,拆机,移机,巡检,换货}') || pick('{宽带,空调,监控,热水器,打印机,净水器,交换机,光猫,门禁,投影仪}') || ' WX20261126-' || lpad(floor(random() * 10000000)::text, 7, '0')
$$;
CREATE FUNCTION some_description(id uuid) RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT '客户' || pick('{王,李,张,刘,陈,杨,赵,黄,周,吴,徐,孙}') || chr(19968 + floor(random() * 2000)::int) || chr(19968 + floor(random() * 2000)::int)
    || '，' || pick('{解放,人民,建设,中山,和平,新华,长江,文化}') || '路' || floor(random() * 900)::int || '号' || floor(random() * 30)::int || '楼，' || pick('{先打电话,下午在家,带上样品,合同要签字,有电梯,门卫登记,停车不便,周末方便}')
$$;

-- In the order of ids, as they come in life.
DO $$
DECLARE
  one record;
  named text;
  taken text;
BEGIN
  FOR one IN SELECT * FROM (VALUES ('task'), ('customer'), ('event_log')) t(name) LOOP
    SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position), string_agg(CASE
        WHEN one.name <> 'task' THEN 't.' || quote_ident(column_name)
        WHEN column_name = 'title' THEN 'some_title(g.id)'
        WHEN column_name = 'description' THEN 'some_description(g.id)'
        WHEN column_name = 'stage' THEN '5'
        WHEN column_name = 'wake_at' THEN 'NULL'
        WHEN column_name = 'priority' THEN '(random() * 3)::int'
        WHEN column_name = 'updated_at' THEN 'now() - random() * interval ''90 days'''
        WHEN column_name = 'due_at' THEN 'CASE WHEN random() < 0.4 THEN now() - random() * interval ''90 days'' END'
        ELSE 't.' || quote_ident(column_name) END, ', ' ORDER BY ordinal_position)
      INTO named, taken FROM information_schema.columns WHERE table_name = one.name AND table_schema = 'public' AND column_name <> 'id' AND is_generated = 'NEVER';
    EXECUTE format('INSERT INTO %1$I (id, %2$s) SELECT g.id, %3$s FROM grown g JOIN %1$I t ON t.id = g.old ORDER BY g.id', one.name, named, taken);
  END LOOP;
END $$;
INSERT INTO orleansstorage (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid, payloadbinary, modifiedon, version)
  SELECT s.grainidhash, n0(g.id), n1(g.id), s.graintypehash, s.graintypestring, s.grainidextensionstring, s.serviceid, s.payloadbinary, s.modifiedon, s.version
  FROM grown g JOIN orleansstorage s ON s.grainidn0 = n0(g.old) AND s.grainidn1 = n1(g.old) AND s.graintypestring IN ('task', 'customer');
