-- Sales: orders, payments, refunds and reminders as the record that changed them last left them,
-- the money as double entry, and which mails a record owes. A seat can be booked: held for good.
ALTER TABLE seat ADD COLUMN sale_order bigint;
ALTER TABLE seat DROP CONSTRAINT seat_state;
ALTER TABLE seat ADD CONSTRAINT seat_state CHECK (state BETWEEN 0 AND 3);
ALTER TABLE seat DROP CONSTRAINT seat_whole;
ALTER TABLE seat ADD CONSTRAINT seat_whole CHECK (
    CASE state
        WHEN 1 THEN num_nulls(hold, child, family, deadline, sequence) = 0
        WHEN 3 THEN num_nulls(hold, child, family, sequence, sale_order) = 0 AND deadline IS NULL
        ELSE num_nonnulls(hold, child, family, deadline, sequence, sale_order) = 0
    END);

-- Kinds: 1 order, 2 payment, 3 refund, 4 reminder. The body is the server's own form of it.
CREATE TABLE sale (
    kind     smallint NOT NULL CHECK (kind BETWEEN 1 AND 4),
    id       bigint NOT NULL CHECK (id > 0),
    family   bigint NOT NULL,
    state    smallint NOT NULL,
    sequence bigint NOT NULL,
    body     bytea NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX sale_family ON sale (family);

-- Accounts: 1 receivable, 2 sales, 3 money, 4 refunds, 5 suspense. Cents; each record's rows add up
-- to zero. Activity is the camp of what was sold.
CREATE TABLE money (
    sequence   bigint NOT NULL,
    account    smallint NOT NULL CHECK (account BETWEEN 1 AND 5),
    amount     bigint NOT NULL CHECK (amount <> 0),
    family     bigint NOT NULL,
    payer      bigint NOT NULL,
    sale_order bigint NOT NULL,
    activity   integer NOT NULL,
    PRIMARY KEY (sequence, account, activity)
);
CREATE INDEX money_family ON money (family);

-- A mail that a record owes, until it stands in the outbox. Causes: 1 reminder, 2 holds ended,
-- 3 order ended, 4 booked, 5 refund due, 6 booking cancelled.
CREATE TABLE mail_cause (
    sequence bigint NOT NULL,
    family   bigint NOT NULL,
    cause    smallint NOT NULL CHECK (cause BETWEEN 1 AND 6),
    PRIMARY KEY (sequence, family, cause)
);

-- As before (fence, journal, net row effects, every row count checked), and: c_state, c_order,
-- t_state, t_order for bookings; o_: sales, o_before is the record that had changed the row, 0 for
-- a new one; m_: money; l_: mails owed.
DROP FUNCTION commit_batch;
CREATE FUNCTION commit_batch(
    p_owner uuid, p_epoch bigint, p_batch bigint, p_last bigint, p_digest bigint,
    j_kind smallint[], j_at bigint[], j_actor bigint[], j_body text[],
    s_version integer[], s_sequence bigint[], s_body text[],
    w_id integer[], w_iso integer[], w_before integer[], w_capacity integer[], w_total integer[],
    w_all bigint[], w_residents bigint[],
    f_week integer[], f_seat integer[], f_hold bigint[], f_sequence bigint[],
    r_week integer[], r_seat integer[], r_state smallint[],
    c_week integer[], c_seat integer[], c_hold bigint[], c_before bigint[],
    c_state smallint[], c_child bigint[], c_family bigint[], c_deadline bigint[],
    c_sequence bigint[], c_order bigint[],
    t_week integer[], t_seat integer[], t_state smallint[], t_hold bigint[],
    t_child bigint[], t_family bigint[], t_deadline bigint[], t_sequence bigint[],
    t_order bigint[],
    k_actor bigint[], k_key uuid[], k_body uuid[], k_sequence bigint[], k_at bigint[],
    p_forget_before bigint, p_forgotten bigint,
    o_kind smallint[], o_id bigint[], o_family bigint[], o_state smallint[],
    o_before bigint[], o_sequence bigint[], o_body text[],
    m_sequence bigint[], m_account smallint[], m_amount bigint[], m_family bigint[],
    m_payer bigint[], m_order bigint[], m_activity integer[],
    l_sequence bigint[], l_family bigint[], l_cause smallint[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
    wanted bigint;
BEGIN
    UPDATE writer
       SET last_batch = p_batch, last_sequence = last_sequence + cardinality(j_kind),
           digest = p_digest, seen = clock_timestamp()
     WHERE owner = p_owner AND epoch = p_epoch AND last_batch = p_batch - 1
    RETURNING last_sequence INTO n;
    IF NOT FOUND THEN
        RAISE 'batch % is fenced off', p_batch USING ERRCODE = 'CF001';
    END IF;
    IF n <> p_last THEN
        RAISE 'the journal ends with %, not %', n, p_last USING ERRCODE = 'CF002';
    END IF;

    IF cardinality(j_kind) > 0 THEN
        INSERT INTO journal (sequence, batch, kind, at, actor, body)
        SELECT p_last - cardinality(j_kind) + o, p_batch, k, a, c, decode(b, 'hex')
          FROM unnest(j_kind, j_at, j_actor, j_body) WITH ORDINALITY AS x(k, a, c, b, o);
    END IF;

    IF cardinality(s_version) > 0 THEN
        INSERT INTO season (version, sequence, body)
        SELECT v, q, decode(b, 'hex') FROM unnest(s_version, s_sequence, s_body) AS x(v, q, b);
    END IF;

    IF cardinality(w_id) > 0 THEN
        INSERT INTO week (id, iso_week, capacity, total, opens_all, opens_residents)
        SELECT i, s, c, t, o, r
          FROM unnest(w_id, w_iso, w_before, w_capacity, w_total, w_all, w_residents)
               AS x(i, s, b, c, t, o, r)
         WHERE b = 0;
        GET DIAGNOSTICS n = ROW_COUNT;
        UPDATE week
           SET capacity = c, total = t, opens_all = o, opens_residents = r
          FROM unnest(w_id, w_iso, w_before, w_capacity, w_total, w_all, w_residents)
               AS x(i, s, b, c, t, o, r)
         WHERE b > 0 AND id = i AND iso_week = s AND total = b;
        GET DIAGNOSTICS wanted = ROW_COUNT;
        n := n + wanted;
        IF n <> cardinality(w_id) THEN
            RAISE 'weeks: % of %', n, cardinality(w_id) USING ERRCODE = 'CF002';
        END IF;
        INSERT INTO seat (week, seat, iso_week)
        SELECT i, made, s
          FROM unnest(w_id, w_iso, w_before, w_total) AS x(i, s, b, t),
               generate_series(b + 1, t) AS made;
        GET DIAGNOSTICS n = ROW_COUNT;
        SELECT sum(t - b) INTO wanted FROM unnest(w_before, w_total) AS x(b, t);
        IF n <> wanted THEN
            RAISE 'seats made: % of %', n, wanted USING ERRCODE = 'CF002';
        END IF;
    END IF;

    IF cardinality(f_week) > 0 THEN
        UPDATE seat
           SET state = 0, hold = NULL, child = NULL, family = NULL, deadline = NULL,
               sequence = NULL, sale_order = NULL
          FROM unnest(f_week, f_seat, f_hold, f_sequence) AS x(w, s, h, q)
         WHERE week = w AND seat = s AND state IN (1, 3) AND hold = h AND sequence = q;
        GET DIAGNOSTICS n = ROW_COUNT;
        IF n <> cardinality(f_week) THEN
            RAISE 'seats given back: % of %', n, cardinality(f_week) USING ERRCODE = 'CF002';
        END IF;
    END IF;

    IF cardinality(r_week) > 0 THEN
        UPDATE seat
           SET state = a
          FROM unnest(r_week, r_seat, r_state) AS x(w, s, a)
         WHERE week = w AND seat = s AND state = 2 - a;
        GET DIAGNOSTICS n = ROW_COUNT;
        IF n <> cardinality(r_week) THEN
            RAISE 'seats retired or restored: % of %', n, cardinality(r_week)
                USING ERRCODE = 'CF002';
        END IF;
    END IF;

    IF cardinality(c_week) > 0 THEN
        UPDATE seat
           SET state = a, child = c, family = f, deadline = d, sequence = q, sale_order = o
          FROM unnest(c_week, c_seat, c_hold, c_before, c_state, c_child, c_family, c_deadline,
                      c_sequence, c_order)
               AS x(w, s, h, b, a, c, f, d, q, o)
         WHERE week = w AND seat = s AND state IN (1, 3) AND hold = h AND sequence = b;
        GET DIAGNOSTICS n = ROW_COUNT;
        IF n <> cardinality(c_week) THEN
            RAISE 'seats changed: % of %', n, cardinality(c_week) USING ERRCODE = 'CF002';
        END IF;
    END IF;

    IF cardinality(t_week) > 0 THEN
        UPDATE seat
           SET state = a, hold = h, child = c, family = f, deadline = d, sequence = q,
               sale_order = o
          FROM unnest(t_week, t_seat, t_state, t_hold, t_child, t_family, t_deadline, t_sequence,
                      t_order)
               AS x(w, s, a, h, c, f, d, q, o)
         WHERE week = w AND seat = s AND state = 0 AND hold IS NULL;
        GET DIAGNOSTICS n = ROW_COUNT;
        IF n <> cardinality(t_week) THEN
            RAISE 'seats taken: % of %', n, cardinality(t_week) USING ERRCODE = 'CF002';
        END IF;
    END IF;

    -- Forgotten first: a client may use a key again in the very batch that forgets it.
    IF p_forget_before IS NOT NULL THEN
        DELETE FROM request_key WHERE at < p_forget_before;
        GET DIAGNOSTICS n = ROW_COUNT;
        IF n <> p_forgotten THEN
            RAISE 'keys forgotten: % of %', n, p_forgotten USING ERRCODE = 'CF002';
        END IF;
    END IF;
    IF cardinality(k_actor) > 0 THEN
        INSERT INTO request_key (actor, key, body_hash, sequence, at)
        SELECT a, k, b, q, t
          FROM unnest(k_actor, k_key, k_body, k_sequence, k_at) AS x(a, k, b, q, t);
    END IF;

    IF cardinality(o_kind) > 0 THEN
        INSERT INTO sale (kind, id, family, state, sequence, body)
        SELECT k, i, f, a, q, decode(b, 'hex')
          FROM unnest(o_kind, o_id, o_family, o_state, o_before, o_sequence, o_body)
               AS x(k, i, f, a, p, q, b)
         WHERE p = 0;
        GET DIAGNOSTICS n = ROW_COUNT;
        UPDATE sale
           SET state = a, sequence = q, body = decode(b, 'hex')
          FROM unnest(o_kind, o_id, o_family, o_state, o_before, o_sequence, o_body)
               AS x(k, i, f, a, p, q, b)
         WHERE p > 0 AND kind = k AND id = i AND family = f AND sequence = p;
        GET DIAGNOSTICS wanted = ROW_COUNT;
        n := n + wanted;
        IF n <> cardinality(o_kind) THEN
            RAISE 'sales: % of %', n, cardinality(o_kind) USING ERRCODE = 'CF002';
        END IF;
    END IF;
    IF cardinality(m_sequence) > 0 THEN
        INSERT INTO money (sequence, account, amount, family, payer, sale_order, activity)
        SELECT q, a, m, f, p, o, y
          FROM unnest(m_sequence, m_account, m_amount, m_family, m_payer, m_order, m_activity)
               AS x(q, a, m, f, p, o, y);
        SELECT count(*) INTO n FROM (
            SELECT FROM unnest(m_sequence, m_amount) AS x(q, m) GROUP BY q HAVING sum(m) <> 0
        ) AS y;
        IF n <> 0 THEN
            RAISE 'records with money from nowhere: %', n USING ERRCODE = 'CF002';
        END IF;
    END IF;
    IF cardinality(l_sequence) > 0 THEN
        INSERT INTO mail_cause (sequence, family, cause)
        SELECT q, f, c FROM unnest(l_sequence, l_family, l_cause) AS x(q, f, c);
    END IF;

    -- Changed weeks are rare, so they can afford to be counted.
    IF cardinality(w_id) > 0 THEN
        SELECT count(*) INTO n
          FROM unnest(w_id, w_capacity, w_total) AS x(i, c, t)
         WHERE (SELECT (count(*) FILTER (WHERE state <> 2), count(*)) FROM seat WHERE week = i)
               <> (c::bigint, t::bigint);
        IF n <> 0 THEN
            RAISE 'weeks without the seats of their capacity: %', n USING ERRCODE = 'CF002';
        END IF;
    END IF;
END $$;
