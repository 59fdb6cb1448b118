// A family's file as the server tells it, and what follows from it for the pages. Pure.
import type { Language, PriceClass, Sheet } from "./wire";

export interface Address {
    street: string;
    number: string;
    box: string | null;
    postcode: string;
    city: string;
    country: string;
}

export interface Parent {
    id: number;
    given_name: string;
    family_name: string;
    niss: string;
    birth_date: string | null;
    registered: boolean;
    address: Address | null;
    phone: string | null;
    email: string | null;
    email_confirmed: boolean;
    language: Language;
}

export interface FileChild {
    id: number;
    given_name: string;
    family_name: string;
    birth_date: string;
    niss: string | null;
    site: string | null;
    school_year: string | null;
    class: PriceClass;
    role: "invoiceable" | "second";
    has_invoiceable_parent: boolean;
    sheet: Sheet;
    sheet_valid_until: string | null;
    sheet_draft: boolean;
    holds: number;
}

export type RequestKind = "attach" | "change_invoiceable" | "residence" | "cancellation";

export interface FamilyRequest {
    id: number;
    kind: RequestKind;
    child: number | null;
    from: string | null;
    mine: boolean;
    state: "pending" | "accepted" | "refused";
    answer?: string | null;                          // what the staff said of their decision
    week?: number | null;                            // of a cancellation
    made_at: string;
}

export interface Family {
    version: number;
    parent: Parent;
    residence: { resident: boolean; fixed_at: string | null; confirmed: boolean };
    children: FileChild[];
    requests: FamilyRequest[];
    sites: { id: string; name: string; of_season: boolean }[];
    school_years: string[];
}

export type Lock = "sheet_missing" | "sheet_expired" | "no_invoiceable_parent";

/** S15, S18, R9: what locks "Plaines de vacances" for a child; null when nothing does. */
export function lock_of(child: FileChild): Lock | null {
    if (!child.has_invoiceable_parent) return "no_invoiceable_parent";
    if (child.sheet === "missing") return "sheet_missing";
    return child.sheet === "expired" ? "sheet_expired" : null;
}

export type NextStep =
    | { kind: "register" | "profile" | "add_child" | "confirm_email" | "calendar" }
    | { kind: "sheet"; child: FileChild };

/** The one thing to do next, from S7 to S18: identity, profile, children, sheets; then the calendar. */
export function next_step(family: Family): NextStep {
    const { parent, children } = family;
    if (!parent.registered) return { kind: "register" };
    if (parent.address === null || parent.phone === null || parent.email === null) return { kind: "profile" };
    if (children.length === 0) return { kind: "add_child" };
    const child = children.find((c) => c.sheet !== "valid");
    if (child) return { kind: "sheet", child };
    return { kind: parent.email_confirmed ? "calendar" : "confirm_email" };
}

/** Requests somebody waits for: one's own first. */
export function open_requests(family: Family): FamilyRequest[] {
    return family.requests.filter((r) => r.state === "pending").sort((a, b) => Number(b.mine) - Number(a.mine) || a.id - b.id);
}

/** One's own that were decided, as long as the server tells of them: refused, or with words of the staff. */
export function decided_requests(family: Family): FamilyRequest[] {
    return family.requests.filter((r) => r.mine
        && (r.state === "refused" || (r.state === "accepted" && (r.kind === "cancellation" || Boolean(r.answer)))));
}

/** "85.07.30-033.28" from its digits, however they were typed; null when there are not eleven. */
export function niss_digits(text: string): string | null {
    const digits = text.replace(/[\s.\-/]/g, "");
    return /^\d{11}$/.test(digits) ? digits : null;
}

/** The check digits: 97 less the rest by 97, of nine digits, or of ten beginning with 2 (2000 on). */
export function is_niss(text: string): boolean {
    const digits = niss_digits(text);
    if (digits === null) return false;
    const check = Number(digits.slice(9));
    return [digits.slice(0, 9), `2${digits.slice(0, 9)}`].some((d) => 97 - (Number(d) % 97) === check);
}

export function show_niss(text: string): string {
    const d = niss_digits(text);
    return d === null ? text : `${d.slice(0, 2)}.${d.slice(2, 4)}.${d.slice(4, 6)}-${d.slice(6, 9)}.${d.slice(9)}`;
}
