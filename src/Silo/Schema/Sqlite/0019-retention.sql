-- Tasks whose time is over, and those that keep where a step of theirs was taken, as on PostgreSQL.
CREATE INDEX ix_task_offer_task ON task_offer (task_id);
ALTER TABLE task ADD COLUMN places_since INTEGER GENERATED ALWAYS AS (CASE WHEN instr(details, '"point":') > 0 THEN updated_at END) VIRTUAL;
CREATE INDEX ix_task_places ON task (places_since, id) WHERE places_since IS NOT NULL;
