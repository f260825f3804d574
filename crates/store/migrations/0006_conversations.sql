-- By which names (BLAKE3 of the Message-ID) the letters of a case are known: who answers one of them mentions that case.
CREATE TABLE letter_names (
    name {bytes} NOT NULL,
    case_id BIGINT NOT NULL,
    PRIMARY KEY (name, case_id)
){compact};
