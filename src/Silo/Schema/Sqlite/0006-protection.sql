-- Security incidents; who is concerned is a list of its own.
CREATE TABLE incident (
    id               text NOT NULL PRIMARY KEY,
    version          integer NOT NULL,
    title            text NOT NULL,
    level            integer NOT NULL,
    stage            integer NOT NULL,
    discovered_at    integer NOT NULL,
    regulator_due_at integer NOT NULL,
    notices_due_at   integer NOT NULL,
    notices_begun_at integer,
    announced_at     integer,
    announcement     text,
    reported_at      integer,
    told_at          integer,
    affected         integer NOT NULL,
    closed_at        integer,
    reported_by_id   text NOT NULL,
    warnings         integer NOT NULL,
    wake_at          integer
);
CREATE INDEX ix_incident_discovered ON incident (discovered_at, id);
CREATE INDEX ix_incident_wake ON incident (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE incident_subject (
    incident_id text NOT NULL,
    subject_id  text NOT NULL,
    kind        integer NOT NULL,
    channel     integer,
    progress    integer NOT NULL,
    attempts    integer NOT NULL,
    updated_at  integer NOT NULL,
    PRIMARY KEY (incident_id, subject_id)
);
CREATE INDEX ix_incident_subject_progress ON incident_subject (incident_id, progress, attempts);
CREATE INDEX ix_audit_entry_at ON audit_entry (at);

-- Legal disclosures.
CREATE TABLE disclosure (
    id              text NOT NULL PRIMARY KEY,
    version         integer NOT NULL,
    stage           integer NOT NULL,
    customer_id     text NOT NULL,
    authority       text NOT NULL,
    legal_basis     text NOT NULL,
    document_id     text NOT NULL,
    document_number text NOT NULL,
    document_sha256 text NOT NULL,
    fields          text NOT NULL,
    requested_by_id text NOT NULL,
    requested_at    integer NOT NULL,
    reviewed_by_id  text,
    review          text,
    disclosed_by_id text,
    disclosed_at    integer
);
CREATE INDEX ix_disclosure_customer ON disclosure (customer_id, id);

-- Transfers of the business.
CREATE TABLE business_transfer (
    id              text NOT NULL PRIMARY KEY,
    version         integer NOT NULL,
    stage           integer NOT NULL,
    new_holder      text NOT NULL,
    agreement       text,
    effective_on    text NOT NULL,
    contact         text NOT NULL,
    planned_by_id   text NOT NULL,
    completed_by_id text,
    completed_at    integer,
    policy_version  integer
);

-- What analysis sees of customers: a pseudonym and coarse facts.
CREATE TABLE customer_fact (
    id            text NOT NULL PRIMARY KEY,
    version       integer NOT NULL,
    month         text,
    source        text,
    age_band      text,
    department_id text,
    promotable    integer NOT NULL,
    deleted       integer NOT NULL,
    erased        integer NOT NULL
);
CREATE INDEX ix_customer_fact_month ON customer_fact (month);

-- Aggregates as they were first told to a partner: later ones are the same.
CREATE TABLE promotion_aggregate (
    name  text NOT NULL PRIMARY KEY,
    facts text NOT NULL,
    at    integer NOT NULL
);

-- Shared content, its links and visits. Nothing of a visit tells one visitor from another.
CREATE TABLE content (
    id            text NOT NULL PRIMARY KEY,
    version       integer NOT NULL,
    title         text NOT NULL,
    kind          integer NOT NULL,
    address       text,
    withdrawn     integer NOT NULL,
    created_by_id text NOT NULL,
    created_at    integer NOT NULL
);

CREATE TABLE share (
    id           text NOT NULL PRIMARY KEY,
    version      integer NOT NULL,
    content_id   text NOT NULL,
    shared_by_id text NOT NULL,
    channel      text NOT NULL,
    visits       integer NOT NULL,
    created_at   integer NOT NULL
);
CREATE INDEX ix_share_content ON share (content_id, id);

CREATE TABLE share_visit (
    id          text NOT NULL PRIMARY KEY,
    version     integer NOT NULL,
    share_id    text NOT NULL,
    visit_order integer NOT NULL,
    channel     text NOT NULL,
    browser     text NOT NULL,
    system      text NOT NULL,
    at          integer NOT NULL
);
CREATE INDEX ix_share_visit_share ON share_visit (share_id, id);
CREATE INDEX ix_share_visit_at ON share_visit (at);

-- Signs that an account may not be used by its person.
CREATE TABLE risk_signal (
    id         text NOT NULL PRIMARY KEY,
    version    integer NOT NULL,
    user_id    text NOT NULL,
    kind       integer NOT NULL,
    session_id text,
    challenged integer NOT NULL,
    at         integer NOT NULL
);
CREATE INDEX ix_risk_signal_user ON risk_signal (user_id, id);

-- Registrations under way; what was given for them stays with their actors, sealed, and goes when they end.
CREATE TABLE registration (
    id         text NOT NULL PRIMARY KEY,
    version    integer NOT NULL,
    stage      integer NOT NULL,
    expires_at integer NOT NULL,
    wake_at    integer
);
CREATE INDEX ix_registration_wake ON registration (wake_at) WHERE wake_at IS NOT NULL;

-- Files are sealed under a key of their own; null for those from before.
ALTER TABLE stored_file ADD COLUMN key_id text;
