-- The read model. Ids are lower-case text, instants microseconds since 1970 (UTC).
-- Every row carries the version of the state it came from; an older row never overwrites a newer one.

CREATE TABLE task (
    id            TEXT NOT NULL PRIMARY KEY,
    version       INTEGER NOT NULL,
    title         TEXT NOT NULL,
    description   TEXT,
    stage         INTEGER NOT NULL,
    priority      INTEGER NOT NULL,
    category      TEXT,
    creator_id    TEXT NOT NULL,
    assignee_id   TEXT,
    department_id TEXT,
    customer_id   TEXT,
    location_id   TEXT,
    due_at        INTEGER,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    note          TEXT,
    comments      INTEGER NOT NULL,
    wake_at       INTEGER
);

CREATE TABLE staff_user (
    id                 TEXT NOT NULL PRIMARY KEY,
    version            INTEGER NOT NULL,
    user_name          TEXT NOT NULL,
    display_name       TEXT NOT NULL,
    role               INTEGER NOT NULL,
    department_id      TEXT,
    enabled            INTEGER NOT NULL,
    two_factor_enabled INTEGER NOT NULL,
    created_at         INTEGER NOT NULL
);

CREATE TABLE department (
    id        TEXT NOT NULL PRIMARY KEY,
    version   INTEGER NOT NULL,
    name      TEXT NOT NULL,
    parent_id TEXT
);

CREATE TABLE customer (
    id            TEXT NOT NULL PRIMARY KEY,
    version       INTEGER NOT NULL,
    name          TEXT NOT NULL,
    phone         TEXT,
    email         TEXT,
    address       TEXT,
    company       TEXT,
    source        TEXT,
    owner_id      TEXT,
    department_id TEXT,
    deleted_at    INTEGER,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
);

CREATE TABLE check_in_location (
    id            TEXT NOT NULL PRIMARY KEY,
    version       INTEGER NOT NULL,
    name          TEXT NOT NULL,
    address       TEXT,
    latitude      REAL NOT NULL,
    longitude     REAL NOT NULL,
    system        INTEGER NOT NULL,
    radius_metres INTEGER NOT NULL,
    present_count INTEGER NOT NULL,
    day           TEXT NOT NULL,
    ins           INTEGER NOT NULL,
    outs          INTEGER NOT NULL,
    people        INTEGER NOT NULL
);

CREATE TABLE check_in (
    id              TEXT NOT NULL PRIMARY KEY,
    version         INTEGER NOT NULL,
    location_id     TEXT NOT NULL,
    user_id         TEXT NOT NULL,
    kind            INTEGER NOT NULL,
    at              INTEGER NOT NULL,
    distance_metres REAL NOT NULL
);

-- What happened, in order, per stream: a row a write, with the facts of that write (version, seq, at, by, event) as a
-- JSON array. Appended, never changed.
CREATE TABLE event_log (
    kind    TEXT NOT NULL,
    id      TEXT NOT NULL,
    version INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    facts   TEXT NOT NULL,
    PRIMARY KEY (id, version)
);

-- Answers to requests that carried an Idempotency-Key, kept for 24 hours.
CREATE TABLE idempotency (
    key          TEXT NOT NULL PRIMARY KEY,
    request_hash TEXT NOT NULL,
    operation_id TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    status       INTEGER,
    headers      TEXT,
    body         TEXT
);
CREATE INDEX ix_idempotency_created ON idempotency (created_at);

-- Keys that seal page cookies and states, for all web processes; encrypted under one derived from the deployment's secret.
CREATE TABLE data_protection_key (
    name TEXT NOT NULL PRIMARY KEY,
    xml  TEXT NOT NULL
);

-- One index for a person's open cards and for their list: an insert costs by the index.
CREATE INDEX ix_task_assignee ON task (assignee_id, stage, id);
CREATE INDEX ix_task_department ON task (department_id, id) WHERE department_id IS NOT NULL;
CREATE INDEX ix_task_wake ON task (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX ix_customer_owner ON customer (owner_id, id);
CREATE INDEX ix_customer_department ON customer (department_id, id);
CREATE INDEX ix_check_in_user ON check_in (user_id, at);
CREATE INDEX ix_check_in_location ON check_in (location_id, at);
