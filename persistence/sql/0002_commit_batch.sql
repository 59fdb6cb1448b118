-- One batch in one statement: fence, journal, then the net effect on the state tables as separate
-- statements, every row count checked. CF001: fenced. CF002: a row was not as memory has it.
-- j_: records, in order; their sequences end with p_last. s_: seasons. w_: weeks; w_before is the
-- total before, 0 for a new one. f_: seats given back. r_: seats that go out of sale (2) or come
-- back (0). c_: the same hold with other facts. t_: seats taken. k_: new idempotency keys.
CREATE FUNCTION commit_batch(
    p_owner uuid, p_epoch bigint, p_batch bigint, p_last bigint, p_digest bigint,
    j_kind smallint[], j_at bigint[], j_actor bigint[], j_body text[],
    s_version integer[], s_sequence bigint[], s_body text[],
    w_id integer[], w_iso integer[], w_before integer[], w_capacity integer[], w_total integer[],
    w_all bigint[], w_residents bigint[],
    f_week integer[], f_seat integer[], f_hold bigint[], f_sequence bigint[],
    r_week integer[], r_seat integer[], r_state smallint[],
    c_week integer[], c_seat integer[], c_hold bigint[], c_before bigint[],
    c_child bigint[], c_family bigint[], c_deadline bigint[], c_sequence bigint[],
    t_week integer[], t_seat integer[], t_hold bigint[],
    t_child bigint[], t_family bigint[], t_deadline bigint[], t_sequence bigint[],
    k_actor bigint[], k_key uuid[], k_body uuid[], k_sequence bigint[], k_at bigint[],
    p_forget_before bigint, p_forgotten bigint
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
           SET state = 0, hold = NULL, child = NULL, family = NULL, deadline = NULL, sequence = NULL
          FROM unnest(f_week, f_seat, f_hold, f_sequence) AS x(w, s, h, q)
         WHERE week = w AND seat = s AND state = 1 AND hold = h AND sequence = q;
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
           SET child = c, family = f, deadline = d, sequence = q
          FROM unnest(c_week, c_seat, c_hold, c_before, c_child, c_family, c_deadline, c_sequence)
               AS x(w, s, h, b, c, f, d, q)
         WHERE week = w AND seat = s AND state = 1 AND hold = h AND sequence = b;
        GET DIAGNOSTICS n = ROW_COUNT;
        IF n <> cardinality(c_week) THEN
            RAISE 'seats changed: % of %', n, cardinality(c_week) USING ERRCODE = 'CF002';
        END IF;
    END IF;

    IF cardinality(t_week) > 0 THEN
        UPDATE seat
           SET state = 1, hold = h, child = c, family = f, deadline = d, sequence = q
          FROM unnest(t_week, t_seat, t_hold, t_child, t_family, t_deadline, t_sequence)
               AS x(w, s, h, c, f, d, q)
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
