-- Personal data of customers is sealed under a key of theirs; what lists look for is found by blind indexes.

ALTER TABLE customer DROP COLUMN name;
ALTER TABLE customer DROP COLUMN phone;
ALTER TABLE customer DROP COLUMN email;
ALTER TABLE customer DROP COLUMN address;
ALTER TABLE customer ADD COLUMN sealed text;
ALTER TABLE customer ADD COLUMN name_tokens text;
ALTER TABLE customer ADD COLUMN phone_index text;
ALTER TABLE customer ADD COLUMN phone_last4_index text;
ALTER TABLE customer ADD COLUMN email_index text;
ALTER TABLE customer ADD COLUMN identity_index text;
ALTER TABLE customer ADD COLUMN identity_last4_index text;
ALTER TABLE customer ADD COLUMN erased_at timestamptz;
CREATE INDEX ix_customer_phone ON customer (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX ix_customer_phone_last4 ON customer (phone_last4_index) WHERE phone_last4_index IS NOT NULL;
CREATE INDEX ix_customer_email ON customer (email_index) WHERE email_index IS NOT NULL;
CREATE INDEX ix_customer_identity ON customer (identity_index) WHERE identity_index IS NOT NULL;
CREATE INDEX ix_customer_identity_last4 ON customer (identity_last4_index) WHERE identity_last4_index IS NOT NULL;

-- Purposes and policies.
CREATE TABLE privacy_catalog (
    id      uuid NOT NULL PRIMARY KEY,
    version integer NOT NULL
);

CREATE TABLE policy (
    id      uuid NOT NULL PRIMARY KEY,
    version integer NOT NULL,
    number  integer NOT NULL,
    text_zh text NOT NULL,
    text_en text NOT NULL
);
CREATE UNIQUE INDEX ix_policy_number ON policy (number);

-- Signed receipts of answers about consent. They name the subject by id and outlive the subject's data, as proof.
CREATE TABLE consent_receipt (
    id         uuid NOT NULL PRIMARY KEY,
    version    integer NOT NULL,
    subject_id uuid NOT NULL,
    purpose    text NOT NULL,
    data_class integer,
    state      integer NOT NULL,
    at         timestamptz NOT NULL,
    jws        text NOT NULL
);
CREATE INDEX ix_consent_receipt_subject ON consent_receipt (subject_id, id);

-- The audit trail: a hash chain a partition. Appended; only a reason may be taken out.
CREATE TABLE audit_entry (
    partition   integer NOT NULL,
    seq         bigint NOT NULL,
    id          uuid NOT NULL UNIQUE,
    at          timestamptz NOT NULL,
    actor_id    uuid NOT NULL,
    action      text NOT NULL,
    subject_id  uuid,
    purpose     text,
    classes     text NOT NULL,
    allowed     boolean NOT NULL,
    basis       text,
    recipient   text,
    reason      text,
    reason_hash text,
    subjects    integer,
    hash        text NOT NULL,
    PRIMARY KEY (partition, seq)
);
CREATE INDEX ix_audit_entry_subject ON audit_entry (subject_id, id);
CREATE INDEX ix_audit_entry_actor ON audit_entry (actor_id, id);

CREATE TABLE audit_head (
    partition integer NOT NULL PRIMARY KEY,
    seq       bigint NOT NULL,
    hash      text NOT NULL,
    mac       text NOT NULL
);

CREATE TABLE audit_anchor (
    day       text NOT NULL,
    partition integer NOT NULL,
    seq       bigint NOT NULL,
    hash      text NOT NULL,
    jws       text NOT NULL,
    PRIMARY KEY (day, partition)
);

CREATE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.reason IS NULL AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only';
END $$;
CREATE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_guard();
CREATE TRIGGER audit_entry_guard_all BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_guard();

-- Kept answers are sealed under a key of their day, which is destroyed with them; whose they are, so that erasing takes them.
DELETE FROM idempotency;
ALTER TABLE idempotency ADD COLUMN subject_id uuid;
CREATE INDEX ix_idempotency_subject ON idempotency (subject_id) WHERE subject_id IS NOT NULL;
