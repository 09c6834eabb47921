-- Tasks whose time is over, and those that keep where a step of theirs was taken, as on PostgreSQL.
CREATE INDEX ix_task_offer_task ON task_offer (task_id);
ALTER TABLE task ADD COLUMN places_since INTEGER GENERATED ALWAYS AS (CASE WHEN instr(details, '"point":') > 0 THEN updated_at END) VIRTUAL;
CREATE INDEX ix_task_places ON task (places_since, id) WHERE places_since IS NOT NULL;

-- Sensitive fields of customers, as on PostgreSQL.
ALTER TABLE customer ADD COLUMN care_since INTEGER;
ALTER TABLE customer ADD COLUMN identity_since INTEGER;
CREATE INDEX ix_customer_care_since ON customer (care_since, id) WHERE care_since IS NOT NULL;
CREATE INDEX ix_customer_identity_since ON customer (identity_since, id) WHERE identity_since IS NOT NULL;
UPDATE customer SET version = 0 WHERE erased_at IS NULL;
