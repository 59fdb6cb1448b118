-- Families, their parents and children, with the facts that gate a hold.
CREATE TABLE family (
    id       bigint PRIMARY KEY CHECK (id > 0),
    postcode text NOT NULL,
    version  bigint NOT NULL DEFAULT 1
);
CREATE TABLE parent (
    id          bigint PRIMARY KEY CHECK (id > 0),
    family      bigint NOT NULL REFERENCES family (id) ON DELETE CASCADE,
    given_name  text NOT NULL,
    family_name text NOT NULL
);
CREATE INDEX parent_family ON parent (family);
CREATE TABLE child (
    id                 bigint PRIMARY KEY CHECK (id > 0),
    family             bigint NOT NULL REFERENCES family (id) ON DELETE CASCADE,
    given_name         text NOT NULL,
    birth_date         date NOT NULL,
    charged_as         smallint NOT NULL CHECK (charged_as BETWEEN 1 AND 3),
    sheet_validated_at bigint,
    invoiceable_parent bigint REFERENCES parent (id) ON DELETE SET NULL
);
CREATE INDEX child_family ON child (family);
CREATE INDEX child_invoiceable_parent ON child (invoiceable_parent);
