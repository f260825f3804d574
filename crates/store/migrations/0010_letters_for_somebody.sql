-- For whom an administrator lets a letter in that nobody else could: it becomes this person's request.
ALTER TABLE arrivals ADD COLUMN requester BIGINT;
