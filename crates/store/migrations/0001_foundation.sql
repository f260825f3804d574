-- What both engines share. Words in braces stand for each engine's own (see migrate.rs).
-- Instants are {instant}; every other number is a BIGINT.

-- Which commands were done, so that a repeat is recognised.
CREATE TABLE commands (
    id {bytes} NOT NULL PRIMARY KEY,
    stream BIGINT NOT NULL,
    sequence BIGINT NOT NULL
){compact};

-- What has happened: never changed, never deleted. Stream 0 is the office, any other the case of that id.
CREATE TABLE events (
    position {position},
    stream BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    body {bytes} NOT NULL,
    hash {bytes} NOT NULL,
    UNIQUE (stream, sequence)
);

-- What people wrote. A text destroyed by order of the law keeps its row without its body.
CREATE TABLE texts (
    stream BIGINT NOT NULL,
    commitment {bytes} NOT NULL,
    salt {bytes} NOT NULL,
    body TEXT,
    PRIMARY KEY (stream, commitment)
){compact};

-- Cases as they are now: the sum of their events, with the columns that lists need.
CREATE TABLE cases (
    id {id},
    prefix TEXT NOT NULL,
    year BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    version BIGINT NOT NULL,
    head {bytes} NOT NULL,
    status TEXT NOT NULL,
    open BOOLEAN NOT NULL,
    security BOOLEAN NOT NULL,
    level TEXT,
    team BIGINT,
    agent BIGINT,
    kind TEXT NOT NULL,
    service BIGINT,
    priority BIGINT NOT NULL,
    channel TEXT NOT NULL,
    requester BIGINT NOT NULL,
    department BIGINT,
    site BIGINT,
    contract BIGINT,
    opened_at {instant} NOT NULL,
    changed_at {instant} NOT NULL,
    waiting_for TEXT,
    expected_by {instant},
    follow_up_due {instant},
    wake_at {instant},
    follows BIGINT,
    subject TEXT,
    state TEXT NOT NULL,
    UNIQUE (year, sequence)
);
-- Each order offered by lists, for everybody's cases and for security's.
CREATE INDEX cases_by_change ON cases (security, changed_at, id);
CREATE INDEX cases_by_opening ON cases (security, opened_at, id);
CREATE INDEX cases_by_priority ON cases (security, priority, changed_at, id);
CREATE INDEX cases_of_security ON cases (year, sequence) WHERE security;
-- The same for the open ones, which are few however many there are.
CREATE INDEX cases_open ON cases (security, changed_at, id) WHERE open;
CREATE INDEX cases_open_by_opening ON cases (security, opened_at, id) WHERE open;
CREATE INDEX cases_open_by_priority ON cases (security, priority, changed_at, id) WHERE open;
CREATE INDEX cases_unassigned ON cases (security, changed_at, id) WHERE open AND agent IS NULL;
-- What lists can be narrowed to, in the order of the last change. Who attends stands only while it is attended.
CREATE INDEX cases_by_level ON cases (level, changed_at, id) WHERE level IS NOT NULL;
CREATE INDEX cases_by_team ON cases (team, changed_at, id) WHERE team IS NOT NULL;
CREATE INDEX cases_by_agent ON cases (agent, changed_at, id) WHERE agent IS NOT NULL;
CREATE INDEX cases_by_status ON cases (security, status, changed_at, id);
CREATE INDEX cases_by_requester ON cases (requester, security, changed_at, id);
CREATE INDEX cases_by_department ON cases (department, changed_at, id);
CREATE INDEX cases_by_site ON cases (site, changed_at, id);
CREATE INDEX cases_by_kind ON cases (kind, changed_at, id);
CREATE INDEX cases_by_service ON cases (service, changed_at, id);
CREATE INDEX cases_with_provider ON cases (contract, follow_up_due, id) WHERE contract IS NOT NULL;
CREATE INDEX cases_to_wake ON cases (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX cases_following ON cases (follows) WHERE follows IS NOT NULL;

-- Who sees what its requester sees. `changed_at` is the case's, so that his list is one walk of the index.
CREATE TABLE watchers (
    person BIGINT NOT NULL,
    changed_at {instant} NOT NULL,
    case_id BIGINT NOT NULL,
    PRIMARY KEY (person, changed_at, case_id)
){compact};
CREATE INDEX watchers_by_case ON watchers (case_id);

-- The contracts with which a case ever was, for their supervisors.
CREATE TABLE case_contracts (
    contract BIGINT NOT NULL,
    changed_at {instant} NOT NULL,
    case_id BIGINT NOT NULL,
    PRIMARY KEY (contract, changed_at, case_id)
){compact};
CREATE INDEX case_contracts_by_case ON case_contracts (case_id);

-- Files of cases; their bytes are blobs, named by their hash.
CREATE TABLE attachments (
    stream BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    blob {bytes} NOT NULL,
    name {bytes} NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (stream, sequence, blob)
){compact};
CREATE INDEX attachments_by_blob ON attachments (blob);

-- How many cases stand where, kept by each commit. Slots spread the hot rows over connections; the sum counts.
CREATE TABLE backlog (
    security BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    level TEXT NOT NULL,
    team BIGINT NOT NULL,
    unassigned BOOLEAN NOT NULL,
    slot BIGINT NOT NULL,
    cases BIGINT NOT NULL,
    PRIMARY KEY (security, status, level, team, unassigned, slot)
){compact};

-- What must leave the building. `due_at` is empty once it has left or was given up.
CREATE TABLE outbox (
    id {position},
    topic TEXT NOT NULL,
    stream BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    recipient TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at {instant} NOT NULL,
    due_at {instant},
    attempts BIGINT NOT NULL,
    last_error TEXT,
    delivered_at {instant},
    died_at {instant}
);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX outbox_dead ON outbox (died_at, id) WHERE died_at IS NOT NULL;
CREATE INDEX outbox_by_stream ON outbox (stream, id);

-- Work that time brings. A recurring job has a name and is never finished.
CREATE TABLE jobs (
    id {position},
    kind TEXT NOT NULL,
    name TEXT UNIQUE,
    payload TEXT NOT NULL,
    due_at {instant},
    attempts BIGINT NOT NULL,
    last_error TEXT,
    died_at {instant}
);
CREATE INDEX jobs_due ON jobs (due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE sessions (
    id {position},
    hash {bytes} NOT NULL UNIQUE,
    person BIGINT NOT NULL,
    created_at {instant} NOT NULL,
    seen_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Who tried to sign in and failed, by address and by account, so that guessing is slow.
CREATE TABLE failures (
    key TEXT NOT NULL,
    at {instant} NOT NULL
);
CREATE INDEX failures_by_key ON failures (key, at);
CREATE INDEX failures_by_age ON failures (at);

-- The secrets of the office's tokens; whose they are, what they allow and until when stands in the office.
CREATE TABLE tokens (
    hash {bytes} NOT NULL PRIMARY KEY,
    token BIGINT NOT NULL UNIQUE
);

CREATE TABLE credentials (
    person BIGINT NOT NULL PRIMARY KEY,
    password TEXT NOT NULL
);

-- Links with which somebody sets his password; without a person, the first administrator's.
CREATE TABLE invitations (
    hash {bytes} NOT NULL PRIMARY KEY,
    person BIGINT,
    expires_at {instant} NOT NULL
);
CREATE INDEX invitations_by_expiry ON invitations (expires_at);

-- Keys with which this desk signs, shared by its nodes.
CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    secret {bytes} NOT NULL
);

-- How far followers of the events have come.
CREATE TABLE tails (
    name TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    waiting_for BIGINT
);

-- Heads of the Merkle log over all events in the order of their positions (RFC 6962), each with the peaks from which
-- the next is made.
CREATE TABLE seals (
    size BIGINT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    head {bytes} NOT NULL,
    peaks {bytes} NOT NULL,
    sealed_at {instant} NOT NULL
);
