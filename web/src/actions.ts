// What the parent does, and what the server tells: every change of the store is in here.
import { batch } from "@preact/signals";
import * as api from "./io/api";
import { carry_out, persevere, type Ending } from "./io/carry_out";
import { open_link, type Link, type LinkState } from "./io/live_link";
import { forget, keep, kept, remember } from "./io/memory";
import { reconnect_delay } from "./model/backoff";
import { next_step_of_any, problem_name, type Answer, type Intent } from "./model/booking";
import { opening_for, openings } from "./model/calendar";
import { hear_time } from "./model/clock";
import { fold_frame, type Change } from "./model/live";
import { needs_login, parse_place } from "./model/place";
import { after_outcome, drop_full, is_same, toggle_pick } from "./model/picks";
import type { Basket, Frame, Hold, Item, Language, Me, Outcome, Season, Taken } from "./model/wire";
import * as store from "./store";
import { choose_language, t, time_zone } from "./text";
import { item_text } from "./wording";

const season_spread = 800;                           // ms
const confirm_after = 1_500;                         // ms

let link: Link | null = null;
let family_turn = 0;                                 // counts what this page itself changed
let family_turn_seen = 0;                            // the turn that the last fetch has seen
let family_due = false;
let family_busy = false;
let season_due = false;
let season_busy = false;
const released = new Set<string>();                  // holds this page gave back itself

export function start(): void {
    follow_route();
    follow_width();
    tick();
    void load_season();
    void load_family().then(resume_intent);
    link = open_link({
        since: () => store.live.value.sequence,
        on_frame: take_frame,
        on_state: take_link_state,
    });
}

// ---- the server speaks ----

function take_frame(frame: Frame): void {
    batch(() => {
        if (frame.type === "snapshot" || frame.type === "time") hear(frame.server_time);
        store.heard_at.value = store.server_time();
        const { state, changes } = fold_frame(store.live.value, frame);
        const known = store.live.value.sequence;
        const first = known === null;
        // A server that was started afresh counts from the beginning, and holds something else.
        const anew = frame.type === "snapshot" && known !== null && frame.sequence < known;
        if (anew && store.me.value) queueMicrotask(() => void refresh_family());
        store.live.value = state;
        if (changes.length > 0 && !first) note_changes(changes);
        if (first) drop_lost();
    });
    // The version counts imports only; a moved opening keeps it.
    if (frame.type === "season") {
        // Every page hears this in the same instant; they need not all ask in it.
        setTimeout(() => void load_season(), season_spread * Math.random());
    }
    if (frame.type === "family") {
        store.family_news.value++;
        void refresh_family();
    }
}

function take_link_state(state: LinkState): void {
    store.link.value = state;
    if (state.state === "offline" && !store.is_lost.value) {
        store.is_lost.value = true;
        announce(t("connection.lost"));
    }
    if (state.state !== "live" || !store.is_lost.value) return;
    store.is_lost.value = false;
    announce(t("connection.back"));
    // What was said meanwhile about this family was said to nobody.
    store.family_news.value++;
    if (store.me.value) void refresh_family();
    if (store.season_load.value === "failed") void load_season();
}

function hear(server_time: string): void {
    store.clock.value = hear_time(store.clock.value, Date.parse(server_time), performance.now());
    store.now.value = store.server_time();
}

// S25: a week that fills goes away under the parent's eyes, and the page says so.
function note_changes(changes: readonly Change[]): void {
    drop_lost();
    const back = changes.filter((c) => c.before <= 0 && c.after > 0).map((c) => c.week);
    if (back.length === 0) return;
    store.notices.value = store.notices.value.map((n) =>
        n.kind === "vanished" && n.item && back.includes(n.item.week) ? { ...n, kind: "returned" } : n);
    const returned = store.notices.value.find((n) => n.kind === "returned" && back.includes(n.item?.week ?? -1));
    if (returned?.item) announce(t("notice.returned", { item: item_text(returned.item) }));
}

function drop_lost(): void {
    if (store.live.value.sequence === null) return;
    const sending = store.booking.value;
    const in_flight = sending.kind === "idle" ? [] : sending.intent.items;
    const { picks, lost } = drop_full(store.picks.value, store.live.value.available, in_flight);
    if (lost.length === 0) return;
    store.picks.value = picks;
    for (const item of lost) add_notice("vanished", item);
    announce(lost.map((item) => t("notice.vanished", { item: item_text(item) })).join(" "));
}

// ---- loading ----

/** As refresh_family: who asks during a fetch is served by the next one. */
export async function load_season(): Promise<void> {
    season_due = true;
    if (season_busy) return;
    season_busy = true;
    for (let attempt = 0; season_due; attempt++) {
        season_due = false;
        const answer = await api.get("/season");
        if (answer.status === 200) {
            take_season(answer.body as Season);
            continue;
        }
        season_due = true;
        if (store.season.value === null) store.season_load.value = "failed";
        await pause(Math.max(answer.retry_after ?? 0, reconnect_delay(attempt, Math.random())));
    }
    season_busy = false;
}

function take_season(season: Season): void {
    batch(() => {
        time_zone.value = season.time_zone;
        store.season.value = season;
        store.season_load.value = "ready";
        if (store.clock.value.offsets.length === 0) hear(season.server_time);
        const known = new Set(season.weeks.map((w) => w.id));
        store.picks.value = store.picks.value.filter((p) => known.has(p.week));
        drop_lost();
    });
}

/** Who this browser is logged in as, and what they hold; nobody is an answer, not an error. */
export async function load_family(): Promise<void> {
    store.me_load.value = "loading";
    for (let attempt = 0; ; attempt++) {
        const answer = await api.get("/me");
        if (answer.status === 200) {
            take_me(answer.body as Me);
            await refresh_family();
            return;
        }
        if (answer.status === 401) {
            store.me_load.value = "ready";
            return;
        }
        store.me_load.value = "failed";
        await pause(Math.max(answer.retry_after ?? 0, reconnect_delay(attempt, Math.random())));
    }
}

function take_me(me: Me): void {
    batch(() => {
        store.me.value = me;
        store.me_load.value = "ready";
        if (!me.children.some((c) => c.id === store.active_child.value)) {
            const first = me.children.find((c) => c.sheet === "valid" && c.invoiceable) ?? me.children[0];
            store.active_child.value = first?.id ?? null;
        }
        const own = new Set(me.children.map((c) => c.id));
        store.picks.value = store.picks.value.filter((p) => own.has(p.child));
    });
}

/**
 * Fetches basket and family, one fetch at a time. Whoever asks is served by a fetch that starts
 * after the asking; one that this page's own change has overtaken is thrown away and made again.
 */
export async function refresh_family(): Promise<void> {
    family_due = true;
    if (family_busy) return;
    family_busy = true;
    try {
        for (let attempt = 0; family_due && attempt < 10;) {
            family_due = false;
            const turn = family_turn;
            const [basket, me] = await Promise.all([api.get("/basket"), api.get("/me")]);
            if (turn !== family_turn) {
                family_due = store.me.value !== null;
                continue;
            }
            if (basket.status === 401 || me.status === 401) return end_session();
            if (basket.status === 200 && me.status === 200) {
                family_turn_seen = turn;
                take_me(me.body as Me);
                take_basket(basket.body as Basket);
                attempt = 0;
                continue;
            }
            family_due = true;
            if (store.basket.value === null) store.basket_load.value = "failed";
            const wait = Math.max(basket.retry_after ?? 0, me.retry_after ?? 0);
            await pause(Math.max(wait, reconnect_delay(attempt++, Math.random())));
        }
    } finally {
        family_busy = false;
    }
}

function take_basket(answer: Basket): void {
    const before = store.basket.value;
    const holds = answer.holds.filter((h) => !released.has(h.hold));
    const next = { ...answer, holds, earliest_deadline: earliest_of(holds) };
    const taken = next.taken ?? [];
    for (const hold of before?.holds ?? []) {
        const still = next.holds.some((h) => h.hold === hold.hold) || taken.some((s) => is_same(s, hold));
        if (!still && !released.has(hold.hold)) note_end(hold, hold.deadline);
    }
    for (const seat of before?.taken ?? []) {
        if ([...next.holds, ...taken].some((s) => is_same(s, seat))) continue;
        if (!seat.booked) note_end(seat, seat.ends_at);
        else note("cancelled", seat);
    }
    batch(() => {
        store.basket.value = next;
        store.basket_load.value = "ready";
        // What another window of this family took is no longer to be picked here.
        const sending = store.booking.value.kind !== "idle";
        if (!sending) {
            store.picks.value = store.picks.value.filter((p) => !store.seats.value.some((h) => is_same(h, p)));
        }
    });
}

// The browser's clock decides only the wording; the end itself is the server's.
function note_end(item: Item, at: string | null): void {
    note(at !== null && Date.parse(at) <= store.server_time() + 2_000 ? "expired" : "gone", item);
}

function note(kind: "expired" | "gone" | "cancelled", item: Item): void {
    add_notice(kind, item);
    announce(t(`notice.${kind}`, { item: item_text(item) }));
}

// ---- who you are ----

export async function log_in(family: number): Promise<Answer> {
    const answer = await api.post("/demo/login", { family });
    if (answer.status !== 200) return answer;
    family_turn++;
    batch(() => {
        store.basket.value = null;
        store.basket_load.value = "loading";
        store.result.value = null;
        store.notices.value = store.notices.value.filter((n) => n.kind !== "session");
    });
    link?.restart();
    await load_family();
    // Who was sent to log in goes on where they were.
    if (!needs_login(store.route.value)) go("calendar");
    void resume_intent();
    return answer;
}

export async function log_out(): Promise<void> {
    const answer = await api.post("/logout", undefined, store.me.value?.csrf ?? null);
    if (answer.status !== 204 && answer.status !== 200 && answer.status !== 401) {
        add_notice("error", null, answer.problem?.detail ?? t("error.no_answer"));
        announce(t("error.no_answer"));
        return;
    }
    batch(() => {
        forget_family();
        store.picks.value = [];
        store.notices.value = [];
    });
    keep("intent", null);
    forget("typed.");
    const next = (answer.body as { continue_at?: string } | null)?.continue_at;
    if (next !== undefined) return location.assign(next);
    link?.restart();
    go("choose");
}

// What was selected and typed is kept: the parent finds it again after the next login, and the
// address stays that of the page they were on.
export function end_session(): void {
    if (store.me.value === null && store.me_load.value === "ready") return;
    batch(() => {
        forget_family();
        add_notice("session", null);
    });
    announce(t("notice.session"));
    if (!needs_login(store.route.value)) go("choose");
}

/**
 * Changes something of this family: renews an old token once, and ends the session when the server
 * no longer knows it. What else became of it is for the asker to say.
 */
export async function change(
    method: "POST" | "PUT" | "DELETE", path: string, body: unknown, headers: Record<string, string> = {},
): Promise<Answer> {
    return with_token((csrf) => api.change(method, path, body, csrf, headers));
}

/** The same for what is no JSON. */
export async function with_token(send: (csrf: string) => Promise<Answer>): Promise<Answer> {
    let answer = await send(store.me.value?.csrf ?? "");
    if (answer.status === 403 && problem_name(answer.problem) === "csrf_token" && (await renew_csrf())) {
        answer = await send(store.me.value?.csrf ?? "");
    }
    if (answer.status === 401) end_session();
    return answer;
}

function forget_family(): void {
    family_turn++;
    store.me.value = null;
    store.me_load.value = "ready";
    store.basket.value = null;
    store.basket_load.value = "loading";
    store.active_child.value = null;
    store.result.value = null;
    store.booking.value = { kind: "idle" };
}

// ---- the selection ----

export function choose_child(id: number): void {
    store.active_child.value = id;
}

export function toggle(item: Item): void {
    const season = store.season.value;
    if (!season) return;
    const { picks, replaced } = toggle_pick(store.picks.value, item, season);
    batch(() => {
        store.picks.value = picks;
        store.notices.value = store.notices.value.filter((n) => !(n.item && is_same(n.item, item)));
    });
    if (replaced) announce(t("pick.replaced", { item: item_text(replaced) }));
}

/** The picks that are open for their child by now: only these are sent. */
export function open_picks(at: number): Item[] {
    return store.picks.value.filter((p) => {
        const week = store.weeks_by_id.value.get(p.week);
        const child = store.me.value?.children.find((c) => c.id === p.child);
        return week && child && opening_for(week, child) <= at;
    });
}

// ---- booking ----

export function book(): void {
    const me = store.me.value;
    if (!me || !store.is_live.value || store.booking.value.kind !== "idle") return;
    const items = open_picks(store.server_time());
    if (items.length === 0) return;
    const mode = store.all_or_nothing.value && items.length > 1 ? "all" : "each";
    store.result.value = null;
    void run({ key: api.new_key(), family: me.family, mode, items }, false);
}

/** The same request with the same key, once more: after a long silence, a reload or a new login. */
export function ask_again(): void {
    const open = store.booking.value;
    if (open.kind === "unanswered" && store.is_live.value) void run(open.intent, true);
}

export function dismiss_unanswered(): void {
    keep("intent", null);
    store.booking.value = { kind: "idle" };
    drop_lost();
    void refresh_family();
}

async function resume_intent(): Promise<void> {
    const intent = kept<Intent>("intent");
    const me = store.me.value;
    if (!intent || !me || store.booking.value.kind !== "idle") return;
    if (intent.family === me.family) await run(intent, true);
    else keep("intent", null);
}

async function run(intent: Intent, in_doubt: boolean): Promise<void> {
    keep("intent", intent);
    store.booking.value = { kind: "sending", intent, attempt: 0, in_doubt };
    announce(t("booking.sending"));
    if (in_doubt) await wait_live();
    finish(intent, await carry_out(intent, {
        ...world,
        send: (i) => api.place(i, store.me.value?.csrf ?? ""),
        on_retry(attempt, doubt) {
            store.booking.value = { kind: "sending", intent, attempt, in_doubt: doubt };
            if (attempt === 1) announce(t("booking.retrying"));
        },
    }, in_doubt));
}

const world = { renew_csrf, wait_live, wait: pause, now: () => performance.now(), random: Math.random };

/** Any other request that may be made again alike, carried to its end as a booking is. */
export async function insist(send: (csrf: string) => Promise<Answer>, on_retry: () => void): Promise<Ending<Answer>> {
    const ending = await persevere(() => send(store.me.value?.csrf ?? ""), next_step_of_any, { ...world, on_retry });
    if (ending.kind === "login") end_session();
    return ending;
}

function finish(intent: Intent, ending: Ending): void {
    switch (ending.kind) {
        case "done":
            keep("intent", null);
            return take_outcome(intent, ending.outcome);
        case "failed":
            keep("intent", null);
            batch(() => {
                store.booking.value = { kind: "idle" };
                store.result.value = { kind: "failed", problem: ending.problem };
                drop_lost();
            });
            return;
        case "login":
            // A request that may have been carried out is asked again after the login, not made anew.
            if (!ending.in_doubt) keep("intent", null);
            return end_session();
        case "unanswered":
            store.booking.value = { kind: "unanswered", intent };
            announce(t("booking.unanswered"));
    }
}

function take_outcome(intent: Intent, outcome: Outcome): void {
    batch(() => {
        store.booking.value = { kind: "idle" };
        store.result.value = { kind: "outcome", outcome, mode: intent.mode };
        store.picks.value = after_outcome(store.picks.value, outcome);
        add_placed(outcome);
        drop_lost();
    });
    confirm_later();
}

// The basket shows the new holds at once; the fetch that follows confirms them.
function add_placed(outcome: Outcome): void {
    const basket = store.basket.value ?? { sequence: 0, earliest_deadline: null, holds: [] };
    const added: Hold[] = [];
    for (const placed of outcome.placed) {
        if (basket.holds.some((h) => h.hold === placed.hold)) continue;
        const week = store.weeks_by_id.value.get(placed.week);
        const child = store.me.value?.children.find((c) => c.id === placed.child);
        if (week && child) added.push({ ...placed, price: week.prices[child.class] });
    }
    if (added.length === 0) return;
    const holds = [...basket.holds, ...added];
    const sequence = Math.max(basket.sequence, outcome.sequence);
    store.basket.value = { ...basket, sequence, earliest_deadline: earliest_of(holds), holds };
    store.basket_load.value = "ready";
}

function earliest_of(holds: readonly Hold[]): string | null {
    return holds.map((h) => h.deadline).sort()[0] ?? null;
}

async function renew_csrf(): Promise<boolean> {
    const answer = await api.get("/me");
    if (answer.status === 200) take_me(answer.body as Me);
    return answer.status !== 401;
}

/** Gives a seat back. Safe to repeat: an ended hold answers the same again. */
export async function release(hold: Hold): Promise<boolean> {
    released.add(hold.hold);
    let renewed = false;
    for (let attempt = 0; attempt < 6; attempt++) {
        const answer = await api.remove(`/holds/${hold.hold}`, store.me.value?.csrf ?? "");
        if (answer.status === 204 || answer.status === 404) {
            take_release(hold);
            return true;
        }
        if (answer.status === 401) {
            end_session();
            return false;
        }
        if (answer.status === 403 && !renewed) {
            renewed = true;
            await renew_csrf();
            continue;
        }
        if (answer.status !== 0 && answer.status !== 429 && answer.status < 500) break;
        await pause(Math.max(answer.retry_after ?? 0, reconnect_delay(attempt, Math.random())));
        await wait_live();
    }
    released.delete(hold.hold);
    add_notice("error", hold);
    announce(t("notice.error", { item: item_text(hold) }));
    void refresh_family();
    return false;
}

/** This page made an order of some holds: they are in `taken` now. */
export function leave_basket(taken: readonly Taken[]): void {
    const basket = store.basket.value;
    const is_taken = (item: Item) => taken.some((seat) => is_same(seat, item));
    batch(() => {
        store.result.value = null;
        if (!basket) return;
        const left = basket.holds.filter((h) => !is_taken(h));
        const others = (basket.taken ?? []).filter((h) => !is_taken(h));
        store.basket.value = { ...basket, holds: left, taken: [...others, ...taken], earliest_deadline: earliest_of(left) };
    });
    confirm_later();
}

/** What this page did has changed the basket, and the live link may not say so. */
export function basket_changed(): Promise<void> {
    family_turn++;
    return refresh_family();
}

function take_release(hold: Hold): void {
    const basket = store.basket.value;
    if (basket) {
        const holds = basket.holds.filter((h) => h.hold !== hold.hold);
        store.basket.value = { ...basket, holds, earliest_deadline: earliest_of(holds) };
    }
    announce(t("basket.released", { item: item_text(hold) }));
    confirm_later();
}

// The live link will say that this family changed, and then the basket is fetched; this is for when
// it does not. Asking at once as well would double the load of an opening.
function confirm_later(): void {
    const turn = ++family_turn;
    setTimeout(() => {
        if (family_turn_seen < turn && store.me.value) void refresh_family();
    }, confirm_after);
}

// ---- words said aloud, and notices that stay ----

let notice_id = 0;

function add_notice(kind: store.Notice["kind"], item: Item | null, text: string | null = null): void {
    const others = store.notices.value.filter((n) =>
        !(n.kind === kind && (item === null || (n.item !== null && is_same(n.item, item)))));
    store.notices.value = [...others, { id: ++notice_id, kind, item, text }].slice(-8);
}

export function dismiss_notice(id: number): void {
    store.notices.value = store.notices.value.filter((n) => n.id !== id);
}

export function dismiss_all(): void {
    store.notices.value = [];
}

export function announce(text: string): void {
    // The same words twice are heard twice only if the text differs.
    store.announcement.value = store.announcement.value === text ? `${text}\u00a0` : text;
}

// ---- the page ----

/** `to` is what stands behind the #: "calendar", "sheet/17/health". */
export function go(to: string): void {
    if (location.hash === `#${to}`) store.place.value = parse_place(to);
    else location.hash = to;
}

export function hurry_link(): void {
    link?.hurry();
}

export async function switch_language(to: Language): Promise<void> {
    if (!(await choose_language(to))) announce(t("error.no_answer"));
}

export function choose_grouping(to: "week" | "camp"): void {
    store.grouping.value = to;
    remember("grouping", to);
}

function follow_route(): void {
    const take = () => { store.place.value = parse_place(location.hash); };
    addEventListener("hashchange", take);
    take();
}

function follow_width(): void {
    const query = matchMedia("(min-width: 64rem)");
    const take = () => { store.wide.value = query.matches; };
    query.addEventListener("change", take);
    take();
}

// Once a second, on the server's second, so that the countdowns of two screens change together;
// and at an opening, which need not fall on a second.
function tick(): void {
    const at = store.server_time();
    const was_open = is_any_open(store.now.value ?? at);
    store.now.value = at;
    if (!was_open && is_any_open(at)) announce(t("countdown.open"));
    const season = store.season.value;
    const { everyone, residents } = season ? openings(season, at) : { everyone: null, residents: null };
    const next = Math.min(at + 1000 - (at % 1000), everyone ?? Infinity, residents ?? Infinity);
    setTimeout(tick, next - at + 2);
}

function is_any_open(at: number): boolean {
    if (!store.season.value) return true;
    const { open_for_all, open_for_residents } = openings(store.season.value, at);
    return open_for_all || open_for_residents;
}

function pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
}

function wait_live(): Promise<void> {
    if (store.is_live.value) return Promise.resolve();
    return new Promise((resolve) => {
        const stop = store.is_live.subscribe((is_live) => {
            if (!is_live) return;
            resolve();
            queueMicrotask(() => stop());
        });
    });
}
