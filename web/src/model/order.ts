// Orders, payments and refunds as the server tells them (S27 to S30, R3, R4, B4), and what a parent
// is to know of one at this moment and can do next. Pure.

export type Method = "online" | "transfer" | "deferred" | "counter";
export type OrderState = "open" | "paid" | "abandoned" | "expired";
export type LineState = "held" | "booked" | "returned" | "ended" | "cancelled";
export type PaymentState = "wanted" | "open" | "paid" | "failed" | "review" | "returned";
export type RefundReason = "no_seat_left" | "overpaid" | "price_fell" | "cancelled" | "by_staff";

export interface Reduction {
    kind: "rank" | "weeks" | "child_cap" | "family_cap";
    number: number;                                  // a rank, which week, or the cap in cents
    amount: number;                                  // cents, above 0
}

export interface PricedLine {
    hold: string;
    child: number;
    week: number;
    list: number;
    reductions: Reduction[];
    amount: number;
}

export interface OrderLine extends PricedLine {
    seat: number;
    state: LineState;
    cancellation: { state: "pending" | "accepted" | "refused"; request: number } | null;
}

export interface Payment {
    id: number;
    order: number;
    method: Method;
    state: PaymentState;
    amount: number;
    received: number;
    made_at: string;
    checkout_url?: string | null;                    // of an open online one, where it is asked for alone
    communication?: string | null;                   // transfer: +++123/4567/89002+++
    account?: string | null;
    order_state?: OrderState;
}

export interface Refund {
    id: number;
    state: "due" | "done" | "failed";
    reason: RefundReason;
    amount: number;
    made_at: string;
}

export interface Order {
    id: number;
    state: OrderState;
    made_at: string;
    deadline: string;
    ends_at: string | null;                          // null: the clock is stopped, or it is not open
    clock_stopped: boolean;
    pinned_until: string | null;
    method: Method | null;
    lines: OrderLine[];
    adjustment: number;
    total: number;
    paid: number;
    mine: boolean;
    payments: Payment[];
    refunds: Refund[];
}

export interface Quote {
    lines: PricedLine[];
    adjustment: number;
    total: number;
    gives_back: number;                              // what goes back because all together costs less (B5)
    already_paid: number;
    deadline: string | null;
    methods: { method: Method; patience_seconds: number }[];
}

/** What an order is to the parent now; each has its words and its next step. */
export type Situation =
    | "to_pay" | "at_bank" | "awaits_transfer" | "awaits_counter" | "awaits_invoice" | "review"
    | "paid" | "paid_in_part" | "invoiced" | "cancelled" | "refunded" | "abandoned" | "expired";

export function situation(order: Order): Situation {
    const going = order.payments.find((p) => p.state === "review") ?? going_payment(order);
    switch (order.state) {
        case "open":
            if (going === null) return "to_pay";
            return going.state === "review" ? "review" : waiting[going.method];
        case "paid":
            if (order.lines.every((l) => l.state === "cancelled")) return "cancelled";
            if (order.lines.some((l) => l.state === "ended")) return "paid_in_part";
            return order.paid < order.total ? "invoiced" : "paid";
        case "abandoned": case "expired":
            if (going?.state === "review") return "review";
            return order.refunds.some((r) => r.reason === "no_seat_left") ? "refunded" : order.state;
    }
}

const waiting: Record<Method, Situation> = {
    online: "at_bank", transfer: "awaits_transfer", counter: "awaits_counter", deferred: "awaits_invoice",
};

/** The payment that is under way: the last of those that are neither settled nor failed. */
export function going_payment(order: Order): Payment | null {
    return by_age(order.payments).filter((p) => p.state === "wanted" || p.state === "open").pop() ?? null;
}

/** What became of one payment, for the page that the bank leads back to. */
export type PaymentNews =
    | "waiting" | "waiting_late" | "paid" | "reseated" | "reseated_in_part" | "refused" | "refused_late" | "review"
    | "refunded_full" | "refunded_twice" | "refunded";

/** `was_over`: this browser has seen the order end before the money came (B4). */
export function payment_news(payment: Payment, order: Order, was_over: boolean): PaymentNews {
    switch (payment.state) {
        case "wanted": case "open":
            return order.state === "open" ? "waiting" : "waiting_late";
        case "paid":
            if (order.lines.some((l) => l.state === "ended")) return "reseated_in_part";
            return was_over ? "reseated" : "paid";
        case "failed":
            return order.state === "open" ? "refused" : "refused_late";
        case "review":
            return "review";
        case "returned":
            if (order.state === "paid") return "refunded_twice";
            return order.refunds.some((r) => r.reason === "no_seat_left") ? "refunded_full" : "refunded";
    }
}

export function is_settled(payment: Payment): boolean {
    return payment.state !== "wanted" && payment.state !== "open";
}

/** While the bank's page is open nothing of the order is given up (B4). */
export function is_pinned(order: Order, now: number): boolean {
    return order.pinned_until !== null && Date.parse(order.pinned_until) > now;
}

/** The lines by child, in the order in which the server ranked the children. */
export function by_child<L extends { child: number }>(lines: readonly L[]): { child: number; lines: L[] }[] {
    const groups = new Map<number, L[]>();
    for (const line of lines) {
        const group = groups.get(line.child);
        if (group) group.push(line);
        else groups.set(line.child, [line]);
    }
    return [...groups].map(([child, own]) => ({ child, lines: own }));
}

/** Orders that wait for their payment, the most urgent first. */
export function unpaid(orders: readonly Order[]): Order[] {
    const end = (order: Order) => (order.ends_at === null ? Infinity : Date.parse(order.ends_at));
    return orders.filter((o) => o.state === "open").sort((a, b) => end(a) - end(b));
}

/** With this order in it, as the server has just answered it. */
export function with_order(orders: readonly Order[], order: Order): Order[] {
    return [order, ...orders.filter((o) => o.id !== order.id)].sort((a, b) => b.id - a.id);
}

/** How long to wait before the payment is asked for again: soon at first, then less often. */
export function ask_payment_after(asked: number): number {
    return Math.min(2_000 + 500 * asked, 10_000);
}

/** "1er", "2e", "3.", "4th": the place in a row. */
export function ordinal(n: number, language: string, feminine = false): string {
    switch (language) {
        case "nl": return `${n}e`;
        case "de": return `${n}.`;
        case "en": return `${n}${english[new Intl.PluralRules("en", { type: "ordinal" }).select(n)] ?? "th"}`;
        default: return n === 1 ? (feminine ? "1re" : "1er") : `${n}e`;
    }
}

const english: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

function by_age(payments: readonly Payment[]): Payment[] {
    return [...payments].sort((a, b) => a.id - b.id);
}
