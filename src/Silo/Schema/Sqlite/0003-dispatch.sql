-- Task types, offers, schedules, notices with receipts, last seen, files, pushes on their way.

ALTER TABLE task ADD COLUMN details text;
ALTER TABLE staff_user ADD COLUMN skills text;
ALTER TABLE staff_user ADD COLUMN capacity integer NOT NULL DEFAULT 20;

CREATE TABLE task_offer (
    id      text NOT NULL PRIMARY KEY,
    version integer NOT NULL,
    task_id text NOT NULL,
    user_id text NOT NULL,
    open    integer NOT NULL
);
CREATE INDEX ix_task_offer_user ON task_offer (user_id) WHERE open = 1;

CREATE TABLE task_type (
    id         text NOT NULL PRIMARY KEY,
    version    integer NOT NULL,
    name       text NOT NULL,
    enabled    integer NOT NULL,
    definition text NOT NULL
);

CREATE TABLE task_schedule (
    id            text NOT NULL PRIMARY KEY,
    version       integer NOT NULL,
    name          text NOT NULL,
    enabled       integer NOT NULL,
    owner_id      text NOT NULL,
    department_id text,
    wake_at       integer,
    definition    text NOT NULL
);
CREATE INDEX ix_task_schedule_wake ON task_schedule (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE notice (
    id              text NOT NULL PRIMARY KEY,
    version         integer NOT NULL,
    title           text NOT NULL,
    body            text,
    category        text NOT NULL,
    mandatory       integer NOT NULL,
    audience        integer NOT NULL,
    department_id   text,
    task_id         text,
    published_by_id text NOT NULL,
    published_at    integer NOT NULL,
    expires_at      integer NOT NULL,
    closed_at       integer,
    wake_at         integer
);
CREATE INDEX ix_notice_open ON notice (audience, department_id) WHERE closed_at IS NULL;
CREATE INDEX ix_notice_wake ON notice (wake_at) WHERE wake_at IS NOT NULL;

-- People whom a notice names one by one.
CREATE TABLE notice_person (
    id        text NOT NULL PRIMARY KEY,
    version   integer NOT NULL,
    notice_id text NOT NULL,
    user_id   text NOT NULL
);
CREATE INDEX ix_notice_person_user ON notice_person (user_id, notice_id);

CREATE TABLE notice_receipt (
    id        text NOT NULL PRIMARY KEY,
    version   integer NOT NULL,
    notice_id text NOT NULL,
    user_id   text NOT NULL,
    read_at   integer NOT NULL
);
CREATE INDEX ix_notice_receipt_notice ON notice_receipt (notice_id, user_id);

-- When a person's last device went away; the version is the second, so that the newest stays.
CREATE TABLE last_seen (
    id      text NOT NULL PRIMARY KEY,
    version integer NOT NULL,
    at      integer NOT NULL
);

-- Uploaded files with their bytes: one store for every process, one backup.
CREATE TABLE stored_file (
    id           text NOT NULL PRIMARY KEY,
    owner_id     text NOT NULL,
    task_id      text,
    name         text NOT NULL,
    content_type text NOT NULL,
    size         integer NOT NULL,
    sha256       text NOT NULL,
    created_at   integer NOT NULL,
    content      blob NOT NULL
);
CREATE INDEX ix_stored_file_task ON stored_file (task_id);

-- Pushes to phones: 0 waits, 1 sent, 2 not needed any more, 3 given up. Kept for a week so that a repeat is known.
CREATE TABLE push_message (
    id           text NOT NULL PRIMARY KEY,
    user_id      text NOT NULL,
    session_id   text NOT NULL,
    vendor       integer NOT NULL,
    token        text NOT NULL,
    collapse_key text NOT NULL,
    kind         text NOT NULL,
    card_id      text NOT NULL,
    card_version integer NOT NULL,
    urgent       integer NOT NULL,
    title        text,
    language     text NOT NULL,
    due_at       integer NOT NULL,
    expires_at   integer NOT NULL,
    status       integer NOT NULL,
    attempts     integer NOT NULL,
    leased_until integer,
    problem      text
);
CREATE INDEX ix_push_message_due ON push_message (due_at) WHERE status = 0;
CREATE INDEX ix_push_message_user ON push_message (user_id) WHERE status = 0;
CREATE INDEX ix_push_message_expires ON push_message (expires_at);
