-- Letters that arrived, whatever became of them; their bytes are blobs. `due_at` is empty once they are settled.
CREATE TABLE arrivals (
    id {position},
    identity {bytes} NOT NULL UNIQUE,
    mailbox TEXT NOT NULL,
    blob {bytes} NOT NULL,
    size BIGINT NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    arrived_at {instant} NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    case_id BIGINT,
    accepted BOOLEAN NOT NULL,
    due_at {instant},
    attempts BIGINT NOT NULL,
    settled_at {instant}
);
CREATE INDEX arrivals_due ON arrivals (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX arrivals_by_state ON arrivals (state, id);
CREATE INDEX arrivals_by_case ON arrivals (case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX arrivals_by_sender ON arrivals (sender, arrived_at);
CREATE INDEX arrivals_by_time ON arrivals (arrived_at);

-- Who stood beside the requester in a letter of his: when one of them answers, he may join.
CREATE TABLE correspondents (
    case_id BIGINT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (case_id, address)
){compact};

-- How far each mailbox was read, how it is, and which node reads it now.
CREATE TABLE mailboxes (
    name TEXT NOT NULL PRIMARY KEY,
    uid_validity BIGINT,
    uid BIGINT,
    succeeded_at {instant},
    failed_at {instant},
    failure TEXT NOT NULL,
    reader TEXT NOT NULL,
    reader_until {instant} NOT NULL
){compact};

-- Passwords and keys of mailboxes, by mailbox and server.
CREATE TABLE mailbox_secrets (
    mailbox BIGINT NOT NULL,
    part TEXT NOT NULL,
    secret TEXT NOT NULL,
    PRIMARY KEY (mailbox, part)
){compact};

-- Addresses from which letters came back.
CREATE TABLE bounced_addresses (
    address TEXT NOT NULL PRIMARY KEY,
    permanent BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    bounced_at {instant} NOT NULL
){compact};

-- A letter that left and came back.
ALTER TABLE outbox ADD COLUMN bounced_at {instant};
ALTER TABLE outbox ADD COLUMN bounce TEXT;
CREATE INDEX outbox_bounced ON outbox (bounced_at, id) WHERE bounce IS NOT NULL;
