-- Up to which version of a case the clocks that ended are counted; an older program leaves it behind.
ALTER TABLE cases ADD COLUMN counted BIGINT NOT NULL DEFAULT 0;
CREATE INDEX cases_to_count ON cases (id) WHERE counted < version;

-- Each clock that ended, as it read then, with what its case is about now; none of a security case. What a case does not
-- have is 0 or ''. `turn` tells the clocks of several stays with providers apart; `timed` is the event of the office by
-- whose calendars the clock was read; `used` and `target` are seconds; a `day` is the office's, as 20261125.
CREATE TABLE outcomes (
    case_id BIGINT NOT NULL,
    clock TEXT NOT NULL,
    turn BIGINT NOT NULL,
    ended_at {instant} NOT NULL,
    day BIGINT NOT NULL,
    state TEXT NOT NULL,
    used BIGINT NOT NULL,
    target BIGINT NOT NULL,
    timed BIGINT NOT NULL,
    kind TEXT NOT NULL,
    priority BIGINT NOT NULL,
    level TEXT NOT NULL,
    service BIGINT NOT NULL,
    department BIGINT NOT NULL,
    site BIGINT NOT NULL,
    contract BIGINT NOT NULL,
    agreement BIGINT NOT NULL,
    PRIMARY KEY (case_id, clock, turn)
){compact};
-- The cases behind a number, the last to end first: of all, and where few of all are asked for.
CREATE INDEX outcomes_by_end ON outcomes (clock, state, ended_at, case_id, turn);
CREATE INDEX outcomes_by_service ON outcomes (service, clock, state, ended_at, case_id, turn);
CREATE INDEX outcomes_by_department ON outcomes (department, clock, state, ended_at, case_id, turn);
CREATE INDEX outcomes_by_site ON outcomes (site, clock, state, ended_at, case_id, turn);
CREATE INDEX outcomes_by_contract ON outcomes (contract, clock, state, ended_at, case_id, turn) WHERE contract <> 0;

-- Their sums, kept by each commit: of each day, and of each whole month, which starts on its first day. Slots as in the
-- backlog.
CREATE TABLE outcome_sums (
    whole BOOLEAN NOT NULL,
    clock TEXT NOT NULL,
    starts BIGINT NOT NULL,
    service BIGINT NOT NULL,
    level TEXT NOT NULL,
    department BIGINT NOT NULL,
    site BIGINT NOT NULL,
    priority BIGINT NOT NULL,
    kind TEXT NOT NULL,
    contract BIGINT NOT NULL,
    agreement BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    met BIGINT NOT NULL,
    breached BIGINT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (whole, clock, starts, service, level, department, site, priority, kind, contract, agreement, slot)
){compact};
