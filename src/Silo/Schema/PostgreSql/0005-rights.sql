-- The recycle bin lets go of customers when their time is over.
ALTER TABLE customer ADD COLUMN wake_at timestamptz;
CREATE INDEX ix_customer_wake ON customer (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX ix_task_customer ON task (customer_id) WHERE customer_id IS NOT NULL;

-- Requests of subjects about their data, complaints and questions; their words stay with their actors.
CREATE TABLE rights_request (
    id          uuid NOT NULL PRIMARY KEY,
    version     integer NOT NULL,
    kind        integer NOT NULL,
    stage       integer NOT NULL,
    subject     integer NOT NULL,
    subject_id  uuid NOT NULL,
    channel     text,
    received_at timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    verified_by text,
    owner_id    uuid,
    ended_at    timestamptz,
    warnings    integer NOT NULL,
    wake_at     timestamptz
);
CREATE INDEX ix_rights_request_subject ON rights_request (subject_id, id);
CREATE INDEX ix_rights_request_open ON rights_request (due_at, id) WHERE ended_at IS NULL;
CREATE INDEX ix_rights_request_wake ON rights_request (wake_at) WHERE wake_at IS NOT NULL;

-- One-time links to a subject's own page: only a hash of each is kept.
CREATE TABLE subject_link (
    hash       text NOT NULL PRIMARY KEY,
    subject_id uuid NOT NULL,
    made_by    uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX ix_subject_link_subject ON subject_link (subject_id);
