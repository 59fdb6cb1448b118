// Orders as the staff see them: whose each is, what of it waits for them, and how one is found by
// what stands on a transfer. Pure.
import type { Order, Payment, Refund } from "./order";

export interface StaffOrder extends Order {
    family: number;
    parent: string | null;
}

export interface OrderPage {
    page: number;
    pages: number;
    orders: StaffOrder[];
}

/** R3: money that only the staff can say is there. */
export function is_to_settle(order: Order, payment: Payment): boolean {
    return payment.state === "open" && payment.method !== "online" && order.state === "open";
}

/** One that no bank carries out by itself any more, or never could. */
export function is_to_follow(order: Order, refund: Refund): boolean {
    if (refund.state === "failed") return true;
    return refund.state === "due" && !order.payments.some((p) => p.method === "online" && p.received > 0);
}

/** By the number of the order, the digits of the communication, or the parent's name. */
export function is_found(order: StaffOrder, wanted: string): boolean {
    const text = plain(wanted);
    if (text === "") return true;
    const digits = wanted.replace(/\D/g, "");
    const has_letters = /\p{L}/u.test(wanted);
    if (has_letters) return text.split(/\s+/).every((word) => plain(order.parent ?? "").includes(word));
    if (digits === "") return false;
    return String(order.id) === digits
        || order.payments.some((p) => digits.length > 3 && (p.communication ?? "").replace(/\D/g, "").includes(digits));
}

/** What is left to pay of an order. */
export function is_due(order: Order): number {
    return Math.max(0, order.total - order.paid);
}

function plain(text: string): string {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
