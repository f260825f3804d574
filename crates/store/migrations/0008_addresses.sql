-- What each address of a letter said: a line for each that took it, and with the reason for each that refused it for good.
-- Empty while all of them did the same.
ALTER TABLE outbox ADD COLUMN heard TEXT;
