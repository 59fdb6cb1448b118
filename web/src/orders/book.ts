// The family's orders and the price of its basket in this page: fetched while one of these pages
// is shown, again when the server says that something changed, and dropped with the login. What is
// asked of the server here may be asked again alike: a lost answer makes no second order and no
// second payment.
import { effect, signal, untracked } from "@preact/signals";
import { announce, basket_changed, end_session, insist, leave_basket, with_token } from "../actions";
import * as api from "../io/api";
import { forget, keep, kept } from "../io/memory";
import { problem_name, type Answer } from "../model/booking";
import { with_order, type Method, type Order, type Payment, type Quote } from "../model/order";
import { is_of_sale } from "../model/place";
import { is_kept_for, type Typed } from "../model/typed";
import type { Problem } from "../model/wire";
import { basket, family_news, me, route, type Load } from "../store";
import { t as base } from "../text";
import { t } from "./words";

export const orders = signal<readonly Order[] | null>(null);
export const orders_load = signal<Load>("loading");
export const quote = signal<Quote | null>(null);
export const quote_load = signal<Load>("loading");
/** What goes on now, for the button that began it; and whether an answer is long in coming. */
export const doing = signal<{ what: string; slow: boolean } | null>(null);

let whose: number | null = null;
let news_seen = -1;
let turn = 0;                                        // counts what this page itself changed
let orders_asked = 0;
let quote_asked = 0;

effect(() => {
    const family = me.value?.family ?? null;
    const news = family_news.value;
    const shown = is_of_sale(route.value);
    untracked(() => {
        if (family !== whose) {
            whose = family;
            news_seen = -1;
            orders.value = quote.value = null;
            orders_load.value = quote_load.value = "loading";
        }
        if (family === null || !shown || news_seen === news) return;
        news_seen = news;
        void load_orders();
    });
});

// The basket is fetched anew at every news; its price follows it.
effect(() => {
    const shown = is_of_sale(route.value);
    if (basket.value !== null && shown) untracked(() => void load_quote());
});

export async function load_orders(): Promise<void> {
    const asked_for = whose;
    const asked = ++orders_asked;
    const before = turn;
    const answer = await api.read("/orders");
    // Another family's, or older than what is asked for already.
    if (asked_for !== whose || asked !== orders_asked) return;
    // What this page changed meanwhile is not in that answer.
    if (before !== turn) return load_orders();
    if (answer.status === 401) return end_session();
    if (answer.status === 200) {
        orders.value = (answer.body as { orders: Order[] }).orders;
        orders_load.value = "ready";
        for (const order of orders.value) note_end_of(order);
    } else if (orders.value === null) {
        orders_load.value = "failed";
    }
}

export async function load_quote(): Promise<void> {
    const asked = ++quote_asked;
    const answer = await api.read("/basket/quote");
    if (asked !== quote_asked) return;
    if (answer.status === 200) {
        quote.value = answer.body as Quote;
        quote_load.value = "ready";
    } else if (answer.status !== 401) {
        quote_load.value = "failed";
    }
}

export function take_order(order: Order): void {
    turn++;
    orders.value = with_order(orders.value ?? [], order);
    orders_load.value = "ready";
}

export function order_of(id: number): Order | null {
    return orders.value?.find((o) => o.id === id) ?? null;
}

// B4: whoever saw an order end is told so when its money comes after all.
function note_end_of(order: Order): void {
    if (order.state === "expired" || order.state === "abandoned") keep(`over.${order.id}`, true);
}

export function was_over(order: number): boolean {
    return kept<boolean>(`over.${order}`) ?? false;
}

/** How a request of these pages ended; `problem` is for the parent to read. */
export type End<T> = { kind: "done"; value: T } | { kind: "failed"; text: string; name: string | null } | { kind: "gone" };

async function carry(what: string, send: (csrf: string) => Promise<Answer>): Promise<End<Answer>> {
    doing.value = { what, slow: false };
    const ending = await insist(send, () => {
        if (doing.value?.slow) return;
        doing.value = { what, slow: true };
        announce(t("do.slow"));
    });
    doing.value = null;
    switch (ending.kind) {
        case "done": return { kind: "done", value: ending.outcome };
        case "failed": return { kind: "failed", text: text_of(ending.problem), name: problem_name(ending.problem) };
        case "unanswered": return { kind: "failed", text: base("error.no_answer"), name: null };
        case "login": return { kind: "gone" };
    }
}

function text_of(problem: Problem | null): string {
    return problem?.detail ?? base("error.no_answer");
}

/** Makes an order of these holds; two tabs, a double click or a retry find the same one. */
export async function finalise(holds: readonly string[]): Promise<End<Order>> {
    const end = await carry("finalise", (csrf) => api.post("/orders", { holds }, csrf));
    if (end.kind !== "done") {
        void basket_changed();
        void load_orders();
        return end;
    }
    const order = end.value.body as Order;
    take_order(order);
    leave_basket(order.lines.map((l) => (
        { week: l.week, child: l.child, order: order.id, booked: l.state === "booked", ends_at: order.ends_at })));
    return { kind: "done", value: order };
}

export async function abandon(order: number): Promise<End<Order>> {
    const end = await carry(`abandon-${order}`, (csrf) => api.post(`/orders/${order}/abandon`, {}, csrf));
    if (end.kind === "done") take_order(end.value.body as Order);
    else void load_orders();
    await basket_changed();
    return end.kind === "done" ? { kind: "done", value: end.value.body as Order } : end;
}

/** The key of a payment that was begun: the same after a reload, until the server has answered. */
function key_of(order: number, method: Method): string {
    const name = `typed.pay.${order}.${method}`;
    const family = me.value?.family ?? 0;
    const known = kept<Typed<string>>(name);
    if (is_kept_for(known, family, Date.now())) return known.values;
    const key = api.new_key();
    keep(name, { family, at: Date.now(), values: key } satisfies Typed<string>);
    return key;
}

export async function pay(order: number, method: Method): Promise<End<Payment>> {
    const key = key_of(order, method);
    const end = await carry(`pay-${order}`, (csrf) =>
        api.change("POST", `/orders/${order}/payments`, { method }, csrf, { "Idempotency-Key": key }));
    // Answered: a further payment, after this one was refused, is another wish.
    if (end.kind === "done" || (end.kind === "failed" && end.name !== null)) forget(`typed.pay.${order}.`);
    void basket_changed();
    await load_orders();
    return end.kind === "done" ? { kind: "done", value: end.value.body as Payment } : end;
}

/** Asks for one payment; the server asks the bank when that is worth it. */
export function ask_payment(id: number): Promise<Answer> {
    return api.get(`/payments/${id}`);
}

export async function ask_cancellation(hold: string, motive: string, document: string | null): Promise<End<null>> {
    const end = await carry("cancel", (csrf) => api.post(`/bookings/${hold}/cancellation`, { motive, document }, csrf));
    if (end.kind !== "done") return end;
    turn++;
    await load_orders();
    return { kind: "done", value: null };
}

/** Sends a document; its id. */
export async function send_document(file: Blob, type: string, progress: (part: number) => void): Promise<End<string>> {
    const answer = await with_token((csrf) => api.upload("/family/documents", file, type, csrf, progress));
    if (answer.status === 201) return { kind: "done", value: (answer.body as { document: string }).document };
    if (answer.status === 401) return { kind: "gone" };
    return { kind: "failed", text: text_of(answer.problem), name: problem_name(answer.problem) };
}
