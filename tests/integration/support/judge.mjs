// Judges what clients were told against what the server now says and what its journal holds: I1 no
// acknowledged operation is lost, I2 no seat sold twice and no week above its capacity, I3 a key
// applied at most once, I4 a hold ends exactly once, I5 journal = availability = baskets.
// Pure: it is given everything. A fault is a sentence; an empty list means that all holds.

const seat_name = (week, seat) => `week ${week} seat ${seat}`;

// The journal (objects of `campgate journal export`, without its first line), folded.
export function fold(records) {
    const faults = [];
    const capacity = new Map();
    const taken = new Map();      // week → Map of seat → hold
    const holds = new Map();      // hold → {week, seat, child, family, place}: basket, order, booked
    const ended = new Set();
    const keys = new Map();       // "actor key" → record
    let sequence = 0;
    for (const record of records) {
        if (record.sequence !== sequence + 1) {
            faults.push(`record ${record.sequence} after ${sequence}`);
        }
        sequence = record.sequence;
        const fault = (text) => faults.push(`${text} at ${sequence}`);
        if (record.kind === 'season') {
            for (const { week, capacity: seats } of record.weeks) {
                if (!capacity.has(week)) capacity.set(week, seats);
            }
        }
        if (record.kind === 'capacity') capacity.set(record.week, record.capacity);
        if (record.kind === 'place') {
            const key = `${record.actor} ${record.key}`;
            if (keys.has(key)) fault(`I3: key ${key}, applied before,`);
            keys.set(key, record);
            for (const { hold, week, seat, child } of record.placed) {
                if (holds.has(hold) || ended.has(hold)) fault(`I4: hold ${hold} again`);
                take(record.family, { hold, week, seat, child }, 'basket', fault);
            }
        }
        for (const one of record.ended ?? []) end(one, fault);
        if (record.kind === 'sale') sell(record, fault);
    }

    function take(family, { hold, week, seat, child }, place, fault) {
        const seats = taken.get(week) ?? new Map();
        taken.set(week, seats);
        if (seats.has(seat)) fault(`I2: ${seat_name(week, seat)} sold twice`);
        seats.set(seat, hold);
        if (seats.size > capacity.get(week)) fault(`I2: week ${week} too full`);
        holds.set(hold, { week, seat, child, family, place });
    }
    function end({ hold, week, seat }, fault) {
        if (!holds.has(hold)) fault(`I4: hold ${hold}, which is none, ends`);
        else if (taken.get(week).get(seat) !== hold) fault(`I4: hold ${hold} ends elsewhere`);
        taken.get(week)?.delete(seat);
        holds.delete(hold);
        ended.add(hold);
    }
    // Orders, bookings, what becomes of them, and money that came late (S26 to S30, B4).
    function sell(record, fault) {
        for (const effect of record.seats) {
            const { event, hold, week, seat, child } = effect;
            if (event === 'retake') {
                if (holds.has(hold) || ended.has(hold)) fault(`I4: hold ${hold} again`);
                take(record.family, effect, 'booked', fault);
                continue;
            }
            const known = holds.get(hold);
            if (event === 'end') {
                end(effect, fault);
            } else if (!known) {
                fault(`I4: hold ${hold}, which is none, is sold`);
                continue;
            } else if (known.place === 'booked') {
                fault(`I2: hold ${hold}, which is booked, is sold`);
            } else {
                known.place = { order: 'order', release: 'basket', book: 'booked' }[event];
            }
            if (known && (known.family !== record.family || known.week !== week
                || known.seat !== seat || known.child !== child)) {
                fault(`I2: hold ${hold} is another's seat`);
            }
        }
        const sum = record.money.reduce((all, { amount }) => all + amount, 0);
        if (sum !== 0) fault(`money: ${sum} cents come from nowhere`);
    }
    return { faults, capacity, taken, holds, ended, keys, sequence };
}

// The faults of one moment. `parents`: {family, told, holds, pending} as of traffic.mjs. `weeks`: Map
// of week → available. `season`: of the API. `baskets`: Map of family → holds of the API, for every
// family that could hold a seat; `orders`: likewise, of its orders, where there are any. `journal`:
// records, or null when they are not at hand.
export function judge({ parents, weeks, season, baskets, orders = new Map(), journal }) {
    const faults = [];
    const seats = new Map();  // "week seat" → family
    const taken = new Map();  // week → count
    const lines_of = (family, ...states) => (orders.get(family) ?? [])
        .flatMap(({ lines }) => lines).filter(({ state }) => states.includes(state));
    for (const [family, holds] of baskets) {
        for (const { week, seat } of [...holds, ...lines_of(family, 'held', 'booked')]) {
            const name = seat_name(week, seat);
            if (seats.has(name)) faults.push(`I2: ${name} of ${seats.get(name)} and ${family}`);
            seats.set(name, family);
            taken.set(week, (taken.get(week) ?? 0) + 1);
        }
    }
    for (const { id, capacity } of season.weeks) {
        const count = taken.get(id) ?? 0;
        if (count > capacity) faults.push(`I2: week ${id} holds ${count} of ${capacity}`);
        if (weeks.get(id) !== capacity - count) {
            faults.push(`I5: week ${id} shows ${weeks.get(id)}, has ${capacity} less ${count}`);
        }
    }

    for (const { family, told, holds, pending } of parents) {
        const basket = new Map([...baskets.get(family), ...lines_of(family, 'held', 'booked')]
            .map((hold) => [hold.hold, hold]));
        for (const [hold, { week, child, seat }] of holds) {
            const kept = basket.get(hold);
            if (pending?.hold === hold) continue;  // its end may have been decided
            if (!kept) faults.push(`I1: family ${family} lost ${hold} (${seat_name(week, seat)})`);
            else if (kept.week !== week || kept.child !== child || kept.seat !== seat) {
                faults.push(`I1: family ${family}: ${hold} is another seat now`);
            }
        }
        for (const { hold, week, child } of basket.values()) {
            const asked = pending?.items?.some((item) => item[0] === week && item[1] === child);
            if (!holds.has(hold) && !asked) faults.push(`I1: ${family} did not ask for ${hold}`);
        }
        const texts = new Map();
        for (const { kind, key, text } of told) {
            if (kind !== 'placed') continue;
            if (texts.has(key) && texts.get(key) !== text) faults.push(`I3: two answers to ${key}`);
            texts.set(key, text);
        }
    }
    if (!journal) return faults;

    const folded = fold(journal);
    faults.push(...folded.faults);
    for (const { id, capacity } of season.weeks) {
        if (folded.capacity.get(id) !== capacity) faults.push(`I5: capacity of week ${id}`);
        const count = folded.taken.get(id)?.size ?? 0;
        if (weeks.get(id) !== capacity - count) {
            faults.push(`I5: week ${id} shows ${weeks.get(id)}, not ${capacity - count}`);
        }
    }
    const listed = (holds) => [...holds].map(({ week, child, seat }) => `${week}/${child}/${seat}`)
        .sort().join(' ');
    for (const [family, holds] of baskets) {
        const own = [...folded.holds.values()].filter((hold) => hold.family === family);
        const compare = (what, place, known) => {
            const kept = listed(own.filter((hold) => hold.place === place));
            if (kept !== listed(known)) {
                faults.push(`I5: ${what} of ${family}: ${listed(known)}, journal: ${kept}`);
            }
        };
        compare('basket', 'basket', holds);
        compare('orders', 'order', lines_of(family, 'held'));
        compare('bookings', 'booked', lines_of(family, 'booked'));
    }
    for (const { family, told } of parents) {
        const ids = new Map();  // hold as told → number in the journal
        for (const fact of told) {
            if (fact.kind === 'placed') {
                const record = folded.keys.get(`${family} ${fact.key}`);
                if (!record) {
                    faults.push(`I1: key ${fact.key} of ${family} is lost`);
                    continue;
                }
                if (record.sequence !== fact.sequence
                    || listed(record.placed) !== listed(fact.placed)) {
                    faults.push(`I1: key ${fact.key} of ${family} was decided differently`);
                }
                record.placed.forEach(({ hold }, n) => ids.set(fact.placed[n]?.hold, hold));
            }
            if (fact.kind === 'released' && !folded.ended.has(ids.get(fact.hold))) {
                faults.push(`I1: the release of ${fact.hold} is lost`);
            }
        }
    }
    return faults;
}
