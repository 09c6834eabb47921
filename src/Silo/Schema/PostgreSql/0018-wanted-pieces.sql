-- The pieces by which a text is looked for: what contains it has them all. Each is looked up for every row that has the rarest, so beside
-- four Latin letters or digits, which few rows have, there are no pairs of such or of blanks, which are everywhere.
CREATE FUNCTION wanted_pieces(value text) RETURNS text[] IMMUTABLE PARALLEL SAFE COST 500
  RETURN (SELECT array_agg(p) FROM unnest(text_pieces(value)) p WHERE length(p) = 4 OR p !~ '[ -~]' OR lower(value) !~ '[0-9a-z]{4}');
