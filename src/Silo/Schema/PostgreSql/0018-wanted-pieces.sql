-- The pieces that a text must have to contain this one. Pairs within a word of four Latin letters or digits and more say less than its fours do, and
-- each piece of a search is looked up for every row that has the rarest.
CREATE FUNCTION wanted_pieces(value text) RETURNS text[] IMMUTABLE PARALLEL SAFE COST 500
  RETURN (SELECT array_agg(DISTINCT p) FROM (
    SELECT substr(v, i, 2) FROM lower(value) v, generate_series(1, length(v) - 1) i WHERE substr(v, greatest(i - 2, 1), i + 4 - greatest(i - 2, 1)) !~ '[0-9a-z]{4}'
    UNION ALL SELECT substr(v, i, 4) FROM lower(value) v, generate_series(1, length(v) - 3) i WHERE substr(v, i, 4) ~ '^[0-9a-z]{4}$') pieces(p));
