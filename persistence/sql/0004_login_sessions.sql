-- Who is logged in. The id of a session is stored as its hash: reading the table opens no session.
CREATE TABLE login_session (
    id_hash bytea PRIMARY KEY CHECK (length(id_hash) = 32),
    actor   bigint NOT NULL,
    family  bigint NOT NULL,
    csrf    text NOT NULL,
    created bigint NOT NULL,
    seen    bigint NOT NULL,
    expires bigint NOT NULL
);
CREATE INDEX login_session_expires ON login_session (expires);
