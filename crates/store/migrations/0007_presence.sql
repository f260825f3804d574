-- Who has a case open in front of him, on whatever node; told anew now and then, forgotten soon.
CREATE TABLE presence (
    case_id BIGINT NOT NULL,
    person BIGINT NOT NULL,
    tab {bytes} NOT NULL,
    seen_at {instant} NOT NULL,
    writes_until {instant} NOT NULL,
    PRIMARY KEY (case_id, person, tab)
){compact};
CREATE INDEX presence_by_seen ON presence (seen_at);
