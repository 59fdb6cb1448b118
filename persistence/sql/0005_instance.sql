-- The secret of this installation, made once: it keys the ids that leave the server.
CREATE TABLE instance (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    secret bytea NOT NULL CHECK (length(secret) = 32)
);
