-- The journal and the state tables, which are always the journal folded (DESIGN §4).
-- Instants are UTC microseconds; states of a seat: 0 free, 1 held, 2 retired.

-- Who may write, and how far it got. A change of owner or epoch changes a key: it waits for the
-- FOR KEY SHARE of a worker, while the batches, which change neither, do not.
CREATE TABLE writer (
    one           boolean PRIMARY KEY DEFAULT true CHECK (one),
    owner         uuid NOT NULL,
    epoch         bigint NOT NULL CHECK (epoch >= 0),
    signed_off    boolean NOT NULL,
    last_batch    bigint NOT NULL CHECK (last_batch >= 0),
    last_sequence bigint NOT NULL CHECK (last_sequence >= 0),
    digest        bigint NOT NULL,
    seen          timestamptz NOT NULL,
    UNIQUE (owner, epoch)
) WITH (fillfactor = 10);
INSERT INTO writer (owner, epoch, signed_off, last_batch, last_sequence, digest, seen)
VALUES ('00000000-0000-0000-0000-000000000000', 0, true, 0, 0, 0, clock_timestamp());

CREATE TABLE journal (
    sequence bigint PRIMARY KEY,
    batch    bigint NOT NULL,
    kind     smallint NOT NULL,
    at       bigint NOT NULL,
    actor    bigint NOT NULL,
    body     bytea NOT NULL
);

CREATE TABLE season (
    version  integer PRIMARY KEY CHECK (version > 0),
    sequence bigint NOT NULL UNIQUE,
    body     bytea NOT NULL
);

CREATE TABLE week (
    id              integer PRIMARY KEY CHECK (id > 0),
    iso_week        integer NOT NULL,
    capacity        integer NOT NULL CHECK (capacity >= 0),
    total           integer NOT NULL CHECK (total >= capacity),
    opens_all       bigint NOT NULL,
    opens_residents bigint,
    UNIQUE (id, iso_week)
);

-- One row per real seat, made before it can be taken: an oversell has no row to be written in.
CREATE TABLE seat (
    week     integer NOT NULL,
    seat     integer NOT NULL CHECK (seat > 0),
    iso_week integer NOT NULL,
    state    smallint NOT NULL DEFAULT 0,
    hold     bigint,
    child    bigint,
    family   bigint,
    deadline bigint,
    sequence bigint,
    PRIMARY KEY (week, seat),
    CONSTRAINT seat_week FOREIGN KEY (week, iso_week) REFERENCES week (id, iso_week),
    CONSTRAINT seat_state CHECK (state BETWEEN 0 AND 2),
    CONSTRAINT seat_whole CHECK (num_nulls(hold, child, family, deadline, sequence)
                                 = CASE WHEN state = 1 THEN 0 ELSE 5 END)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX seat_hold ON seat (hold) WHERE hold IS NOT NULL;
-- A child has one place in an ISO week, whichever camp it is in.
CREATE UNIQUE INDEX seat_child ON seat (child, iso_week) WHERE child IS NOT NULL;

CREATE TABLE request_key (
    actor     bigint NOT NULL,
    key       uuid NOT NULL,
    body_hash uuid NOT NULL,
    sequence  bigint NOT NULL,
    at        bigint NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX request_key_at ON request_key (at);
