-- A login may be of the staff, and may have come through the identity provider, by which it leaves.
ALTER TABLE login_session
    ADD COLUMN staff boolean NOT NULL DEFAULT false,
    ADD COLUMN by_provider boolean NOT NULL DEFAULT false;
