-- The demo's bank, which keeps its books here so that a sudden end of the demo loses none of them.
-- Empty wherever the demo does not run. States: 1 open, 2 paid, 3 refused. Amounts are cents.
CREATE TABLE demo_bank (
    reference   text PRIMARY KEY,
    idempotency text NOT NULL UNIQUE,
    amount      bigint NOT NULL CHECK (amount > 0),
    description text NOT NULL,
    language    text NOT NULL,
    return_url  text NOT NULL,
    webhook_url text NOT NULL,
    state       smallint NOT NULL DEFAULT 1 CHECK (state BETWEEN 1 AND 3),
    received    bigint NOT NULL DEFAULT 0 CHECK (received >= 0),
    currency    text NOT NULL DEFAULT 'EUR'
);

-- A refund that is asked for again is found here.
CREATE TABLE demo_bank_refund (
    refund    bigint PRIMARY KEY,
    reference text NOT NULL REFERENCES demo_bank,
    amount    bigint NOT NULL CHECK (amount > 0)
);
CREATE INDEX demo_bank_refund_reference ON demo_bank_refund (reference);
