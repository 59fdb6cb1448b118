-- Health sheets. Answers are sealed under the child's record key, bound to the child and to whether
-- they are a draft or validated; the dates that the rules use are the child's own columns.
CREATE TABLE health_sheet (
    child     bigint PRIMARY KEY REFERENCES child (id) ON DELETE CASCADE,
    version   bigint NOT NULL DEFAULT 1 CHECK (version > 0),
    validated bytea,
    draft     bytea,
    draft_at  bigint,
    CHECK ((draft IS NULL) = (draft_at IS NULL))
);

-- The organiser's questions, every version as it was imported (R11).
CREATE TABLE questionnaire (
    version integer PRIMARY KEY CHECK (version > 0),
    text    text NOT NULL,
    at      bigint NOT NULL
);

-- When somebody of the family was last logged in, to the day: what nobody uses any more is erased
-- after a time. Families that are there already count from now.
ALTER TABLE family ADD COLUMN seen_at bigint NOT NULL
    DEFAULT (extract(epoch FROM now()) * 1000000)::bigint;

CREATE FUNCTION note_login() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE family SET seen_at = NEW.created
     WHERE id = NEW.family AND seen_at < NEW.created - 86400000000;
    RETURN NULL;
END $$;
CREATE TRIGGER login_noted AFTER INSERT ON login_session
    FOR EACH ROW EXECUTE FUNCTION note_login();
CREATE INDEX audit_family ON audit (family) WHERE family IS NOT NULL;
