-- The outbox of mails (persistence/mail_store). `sealed` holds whom a mail goes to and what it says;
-- nothing else here is about anybody but the number of the family.
CREATE TABLE mail (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id text NOT NULL UNIQUE,
    kind       text NOT NULL,
    family     bigint,
    cause      text UNIQUE,          -- one mail of each; NULL: any number
    state      smallint NOT NULL DEFAULT 1 CHECK (state BETWEEN 1 AND 3),
    attempts   integer NOT NULL DEFAULT 0,
    failure    text NOT NULL DEFAULT 'none',
    made       bigint NOT NULL,
    due        bigint NOT NULL,      -- next attempt, or the end of a sender's claim
    not_after  bigint,
    claim      uuid,                 -- of the sender that tries now, or tried last
    ended      bigint,               -- when it was sent or given up
    sealed     bytea NOT NULL CHECK (length(sealed) > 40),
    CHECK ((state = 1) = (ended IS NULL))
);
CREATE INDEX mail_due ON mail (due, id) WHERE state = 1;
CREATE INDEX mail_failed ON mail (id) WHERE state = 3;
CREATE INDEX mail_ended ON mail (ended) WHERE ended IS NOT NULL;
CREATE INDEX mail_family ON mail (family) WHERE family IS NOT NULL;
