// What travels between the server and this page, as docs/openapi.yaml and docs/asyncapi.yaml say.
// Types only. Instants are UTC texts, money is integer cents, ids are integers (a hold's is opaque).

export const languages = ["fr", "nl", "de", "en"] as const;
export type Language = (typeof languages)[number];
export type Texts = Record<Language, string>;

export type PriceClass = "resident" | "school" | "other";
export type Sheet = "valid" | "expired" | "missing";
export type Theme = "discovery" | "art" | "sport" | "nature" | "adventure";
export type Mode = "all" | "each";

// The one list of refusals (DOMAIN): the API, the journal and the pages share it.
export type Reason =
    | "sold_out" | "busy" | "not_open" | "residents_only" | "age" | "sheet_missing"
    | "sheet_expired" | "overlapping" | "limit" | "no_invoiceable_parent" | "not_tried";

export interface Camp {
    id: number;
    code: string;
    name: Texts;
    description: Texts;
    theme: Theme;
    place: string;
    ages: { from_months: number; below_months: number };
}

export interface Week {
    id: number;
    camp: number;
    iso_week: string;
    first_day: string;
    days: string[];
    prices: Record<PriceClass, number>;
    opens_at: string;
    residents_opens_at: string | null;
    capacity: number;
}

export interface Season {
    version: number;
    sequence: number;
    organiser: { name: string; address: string; email: string };
    name: Texts;
    time_zone: string;
    demo: boolean;
    full_weeks: "hidden" | "greyed";
    hold_seconds: number;
    limits: { weeks_per_child: number; holds_per_family: number };
    server_time: string;
    camps: Camp[];
    weeks: Week[];
}

export interface DemoFamily {
    family: number;
    name: string;
    parent: string;
    postcode: string;
    children: { name: string; birth_date: string; sheet: Sheet }[];
}

export interface DemoPage {
    page: number;
    pages: number;
    families: DemoFamily[];
}

export interface Child {
    id: number;
    name: string;
    birth_date: string;
    class: PriceClass;
    sheet: Sheet;
    sheet_valid_until: string | null;
    invoiceable: boolean;
    weeks: { week: number; reason: Reason | null }[];
}

export interface Me {
    family: number;
    parent: { id: number; name: string };
    csrf: string;
    registered?: boolean;                            // S9: false until the parent has registered
    staff?: boolean;
    children: Child[];
}

export interface Item {
    week: number;
    child: number;
}

export interface Placed extends Item {
    hold: string;
    seat: number;
    deadline: string;
}

export interface Hold extends Placed {
    price: number;
}

/** A seat of the family that is not in the basket any more: ordered, or booked. */
export interface Taken extends Item {
    order: number;
    booked: boolean;
    ends_at: string | null;                          // of an unpaid one; null: the clock is stopped
}

export interface Basket {
    sequence: number;
    earliest_deadline: string | null;
    holds: Hold[];
    taken?: Taken[];
}

export interface Refused extends Item {
    reason: Reason;
}

export interface Outcome {
    sequence: number;
    placed: Placed[];
    refused: Refused[];
}

export interface Problem {
    type: string;
    title?: string;
    status?: number;
    detail?: string;
    pointer?: string;
    sequence?: number;
    refused?: Refused[];
    can_ask?: boolean;                               // child_known: another parent may be asked
    faults?: Fault[];                                // sheet_incomplete
}

export interface Fault {
    pointer: string;
    code: "missing" | "invalid" | "too_long" | "unknown";
    detail: string;
}

export type Frame =
    | { type: "snapshot"; sequence: number; server_time: string; weeks: [number, number][] }
    | { type: "weeks"; sequence: number; weeks: [number, number][] }
    | { type: "season"; sequence: number; version: number }
    | { type: "family"; sequence: number }
    | { type: "time"; server_time: string };
