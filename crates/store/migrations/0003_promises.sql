-- When the next of the desk's clocks runs out, and which; the provider's; and by which of the office's calendars that was
-- told (the number of the office's event).
ALTER TABLE cases ADD COLUMN next_due {instant};
ALTER TABLE cases ADD COLUMN next_clock TEXT;
ALTER TABLE cases ADD COLUMN provider_due {instant};
ALTER TABLE cases ADD COLUMN timed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX cases_open_by_due ON cases (security, next_due, id) WHERE open AND next_due IS NOT NULL;
CREATE INDEX cases_to_retime ON cases (timed, id) WHERE open;
