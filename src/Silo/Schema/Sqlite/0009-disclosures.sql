-- Disclosures about staff as well as customers, and those of which the law forbids to tell the subject.
DROP INDEX ix_disclosure_customer;
ALTER TABLE disclosure RENAME COLUMN customer_id TO subject_id;
ALTER TABLE disclosure ADD COLUMN subject integer NOT NULL DEFAULT 0;
ALTER TABLE disclosure ADD COLUMN secret_until text;
CREATE INDEX ix_disclosure_subject ON disclosure (subject_id, id);
