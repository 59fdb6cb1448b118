-- A booking's cancellation is asked for like anything else that the staff decide (S30): kind 4 names
-- the booking and the family that has it. `answer` is what the staff say of any request to whoever
-- asked, sealed under the asking parent's key as the note is.
ALTER TABLE family_request
    DROP CONSTRAINT family_request_kind_check,
    ADD CONSTRAINT family_request_kind_check CHECK (kind BETWEEN 1 AND 4),
    ADD COLUMN hold   bigint,
    ADD COLUMN answer bytea,
    ADD CONSTRAINT family_request_hold CHECK ((kind = 4) = (hold IS NOT NULL));
CREATE INDEX family_request_made ON family_request (made_at) WHERE state = 0 AND kind = 1;

-- Supporting documents, each sealed under its parent's record key. kind: 1 PDF, 2 JPEG, 3 PNG.
-- Without a request nobody has used it yet.
CREATE TABLE document (
    id      uuid PRIMARY KEY,
    family  bigint NOT NULL REFERENCES family (id) ON DELETE CASCADE,
    parent  bigint NOT NULL REFERENCES parent (id) ON DELETE CASCADE,
    kind    smallint NOT NULL CHECK (kind BETWEEN 1 AND 3),
    size    integer NOT NULL CHECK (size > 0),
    sealed  bytea NOT NULL CHECK (length(sealed) > 40),
    made_at bigint NOT NULL,
    request bigint UNIQUE REFERENCES family_request (id) ON DELETE CASCADE
);
-- What is sealed cannot be made smaller.
ALTER TABLE document ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX document_family ON document (family);
CREATE INDEX document_unused ON document (made_at) WHERE request IS NULL;
