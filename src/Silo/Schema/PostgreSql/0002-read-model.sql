-- The read model. Instants are timestamptz (UTC).
-- Every row carries the version of the state it came from; an older row never overwrites a newer one.

CREATE TABLE task (
    id            uuid NOT NULL PRIMARY KEY,
    version       integer NOT NULL,
    title         text NOT NULL,
    description   text,
    stage         integer NOT NULL,
    priority      integer NOT NULL,
    category      text,
    creator_id    uuid NOT NULL,
    assignee_id   uuid,
    department_id uuid,
    customer_id   uuid,
    location_id   uuid,
    due_at        timestamptz,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    note          text,
    comments      integer NOT NULL,
    wake_at       timestamptz
) WITH (fillfactor = 80);

CREATE TABLE staff_user (
    id                 uuid NOT NULL PRIMARY KEY,
    version            integer NOT NULL,
    user_name          text NOT NULL,
    display_name       text NOT NULL,
    role               integer NOT NULL,
    department_id      uuid,
    enabled            boolean NOT NULL,
    two_factor_enabled boolean NOT NULL,
    created_at         timestamptz NOT NULL
);

CREATE TABLE department (
    id        uuid NOT NULL PRIMARY KEY,
    version   integer NOT NULL,
    name      text NOT NULL,
    parent_id uuid
);

CREATE TABLE customer (
    id            uuid NOT NULL PRIMARY KEY,
    version       integer NOT NULL,
    name          text NOT NULL,
    phone         text,
    email         text,
    address       text,
    company       text,
    source        text,
    owner_id      uuid,
    department_id uuid,
    deleted_at    timestamptz,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);

CREATE TABLE check_in_location (
    id            uuid NOT NULL PRIMARY KEY,
    version       integer NOT NULL,
    name          text NOT NULL,
    address       text,
    latitude      double precision NOT NULL,
    longitude     double precision NOT NULL,
    system        integer NOT NULL,
    radius_metres integer NOT NULL,
    present_count integer NOT NULL,
    day           text NOT NULL,
    ins           integer NOT NULL,
    outs          integer NOT NULL,
    people        integer NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE check_in (
    id              uuid NOT NULL PRIMARY KEY,
    version         integer NOT NULL,
    location_id     uuid NOT NULL,
    user_id         uuid NOT NULL,
    kind            integer NOT NULL,
    at              timestamptz NOT NULL,
    distance_metres double precision NOT NULL
);

-- What happened, in order, per stream: a row a write, with the facts of that write (version, seq, at, by, event) as a
-- JSON array. Appended, never changed.
CREATE TABLE event_log (
    kind    text NOT NULL,
    id      uuid NOT NULL,
    version integer NOT NULL,
    at      timestamptz NOT NULL,
    facts   text NOT NULL,
    PRIMARY KEY (id, version)
);

-- Answers to requests that carried an Idempotency-Key, kept for 24 hours.
CREATE TABLE idempotency (
    key          text NOT NULL PRIMARY KEY,
    request_hash text NOT NULL,
    operation_id uuid NOT NULL,
    created_at   timestamptz NOT NULL,
    status       integer,
    headers      text,
    body         text
);
CREATE INDEX ix_idempotency_created ON idempotency (created_at);

-- Keys that seal page cookies and states, for all web processes; encrypted under one derived from the deployment's secret.
CREATE TABLE data_protection_key (
    name text NOT NULL PRIMARY KEY,
    xml  text NOT NULL
);

-- One index for a person's open cards and for their list: an insert costs by the index.
CREATE INDEX ix_task_assignee ON task (assignee_id, stage, id);
CREATE INDEX ix_task_department ON task (department_id, id) WHERE department_id IS NOT NULL;
CREATE INDEX ix_task_wake ON task (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX ix_customer_owner ON customer (owner_id, id);
CREATE INDEX ix_customer_department ON customer (department_id, id);
CREATE INDEX ix_check_in_user ON check_in (user_id, at);
CREATE INDEX ix_check_in_location ON check_in (location_id, at);
