-- Customers are found among millions by parts of their names: by pairs of characters, because Chinese words have two. Names have their keyed
-- pairs in name_tokens already; a company's are its own.
CREATE FUNCTION bigrams(value text) RETURNS text[] IMMUTABLE PARALLEL SAFE COST 500
  RETURN (SELECT array_agg(DISTINCT substr(lower(value), i, 2)) FROM generate_series(1, length(lower(value)) - 1) i);
CREATE INDEX ix_customer_name ON customer USING gin (string_to_array(name_tokens, ' '));
CREATE INDEX ix_customer_company ON customer USING gin (bigrams(company));
