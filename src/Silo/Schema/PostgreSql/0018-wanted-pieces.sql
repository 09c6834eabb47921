-- The pieces by which a text is looked for: what contains it has them all. Each is looked up for every row that has the rarest, so beside
-- four Latin letters or digits, which few rows have, there are no pairs of such or of blanks, which are everywhere.
CREATE FUNCTION wanted_pieces(value text) RETURNS text[] IMMUTABLE PARALLEL SAFE COST 500
  RETURN (SELECT array_agg(DISTINCT p) FROM (
    SELECT substr(v, i, 2) FROM lower(value) v, generate_series(1, length(v) - 1) i WHERE v !~ '[0-9a-z]{4}' OR substr(v, i, 2) !~ '[ -~]'
    UNION ALL SELECT substr(v, i, 4) FROM lower(value) v, generate_series(1, length(v) - 3) i WHERE substr(v, i, 4) ~ '^[0-9a-z]{4}$') pieces(p));
