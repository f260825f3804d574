-- Until when a case waits, for the agenda; and its two indexes. What is open is told anew, so that the column is filled.
ALTER TABLE cases ADD COLUMN wait_until {instant};
CREATE INDEX cases_open_by_wait ON cases (wait_until, id) WHERE open AND wait_until IS NOT NULL;
CREATE INDEX cases_open_by_expected ON cases (expected_by, id) WHERE open AND expected_by IS NOT NULL;
UPDATE cases SET timed = -1 WHERE open;
