-- Family files, sealed: names, national register numbers, addresses, phones and mails are read with
-- a record's own key, which the master key wraps; forgetting wrapped_key erases the record. What
-- the rules need stays in columns: ids, birth dates, sites, sheet dates, postcodes. Until now there
-- were only the demo's families, and the demo writes them again.
DELETE FROM family;

ALTER TABLE family
    ADD COLUMN postcode_since      bigint NOT NULL DEFAULT 0,
    ADD COLUMN postcode_before     text NOT NULL DEFAULT '',
    ADD COLUMN residence_confirmed boolean NOT NULL DEFAULT false;

ALTER TABLE parent
    DROP COLUMN given_name,
    DROP COLUMN family_name,
    ADD COLUMN wrapped_key     bytea,
    ADD COLUMN file            bytea,
    ADD COLUMN niss_hash       bytea CHECK (length(niss_hash) = 32),
    ADD COLUMN registered_at   bigint,
    ADD COLUMN email_confirmed boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT parent_whole CHECK ((wrapped_key IS NULL) = (file IS NULL));
CREATE UNIQUE INDEX parent_niss ON parent (niss_hash) WHERE niss_hash IS NOT NULL;

-- The class of a child follows from the season, the postcode and the site: it is not kept.
ALTER TABLE child
    DROP COLUMN given_name,
    DROP COLUMN charged_as,
    ADD COLUMN wrapped_key     bytea,
    ADD COLUMN file            bytea,
    ADD COLUMN niss_hash       bytea CHECK (length(niss_hash) = 32),
    ADD COLUMN site            text,
    ADD COLUMN school_year     text,
    ADD COLUMN sheet_draft_at  bigint,
    ADD CONSTRAINT child_whole CHECK ((wrapped_key IS NULL) = (file IS NULL));
CREATE UNIQUE INDEX child_niss ON child (niss_hash) WHERE niss_hash IS NOT NULL;

-- The demo numbers its own families and children below these.
CREATE SEQUENCE family_number START 1000001;
CREATE SEQUENCE child_number START 10000001;

-- Second parents: see and act on a child of another family (R10).
CREATE TABLE attachment (
    child  bigint NOT NULL REFERENCES child (id) ON DELETE CASCADE,
    family bigint NOT NULL REFERENCES family (id) ON DELETE CASCADE,
    parent bigint NOT NULL REFERENCES parent (id) ON DELETE CASCADE,
    PRIMARY KEY (child, family)
);
CREATE INDEX attachment_family ON attachment (family);

-- What somebody else has to decide. kind: 1 attach, 2 change the invoiceable parent, 3 residence;
-- state: 0 pending, 1 accepted, 2 refused. An attach without a child asks for one that is not here:
-- it stays pending for ever, so that asking tells nothing, nor does asking twice.
CREATE TABLE family_request (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       smallint NOT NULL CHECK (kind BETWEEN 1 AND 3),
    family     bigint NOT NULL REFERENCES family (id) ON DELETE CASCADE,
    parent     bigint NOT NULL REFERENCES parent (id) ON DELETE CASCADE,
    child      bigint REFERENCES child (id) ON DELETE CASCADE,
    note       bytea,
    sought     bytea,    -- of an attach: the keyed hash of what it looks for
    state      smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),
    made_at    bigint NOT NULL,
    decided_at bigint,
    decided_by bigint
);
CREATE INDEX family_request_family ON family_request (family);
CREATE INDEX family_request_child ON family_request (child);
CREATE INDEX family_request_pending ON family_request (id) WHERE state = 0;

-- Links in mails that confirm an address: only a hash of the link's token, and of the address.
CREATE TABLE email_confirmation (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    parent     bigint NOT NULL REFERENCES parent (id) ON DELETE CASCADE,
    email_hash bytea NOT NULL CHECK (length(email_hash) = 32),
    expires    bigint NOT NULL
);
CREATE INDEX email_confirmation_parent ON email_confirmation (parent);

-- Answers of POSTs that made a child, so that asking again with the same key gives the same one.
CREATE TABLE child_made (
    actor     bigint NOT NULL,
    key       uuid NOT NULL,
    body_hash uuid NOT NULL,
    child     bigint NOT NULL REFERENCES child (id) ON DELETE CASCADE,
    at        bigint NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX child_made_child ON child_made (child);

-- The staff, by the keyed hash of their national register number.
CREATE TABLE staff (
    niss_hash bytea PRIMARY KEY CHECK (length(niss_hash) = 32),
    added_at  bigint NOT NULL
);

-- Who looked at or did what, without content. Kept when the family is gone.
CREATE TABLE audit (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     bigint NOT NULL,
    actor  bigint NOT NULL,
    what   text NOT NULL,
    family bigint,
    child  bigint
);
CREATE INDEX audit_at ON audit (at);

-- Tells whether the master key is the one that the sealed columns were written with.
ALTER TABLE instance ADD COLUMN master_key_fingerprint bytea
    CHECK (length(master_key_fingerprint) = 32);
