// Where the parent is: what stands behind the # of the address. Pure.
// "#sheet/17/health" and "#/login?error=cancelled" are both understood.

export const pages = [
    "calendar", "basket", "choose", "login", "portal", "register", "profile", "child", "attach",
    "sheet", "readiness", "privacy", "confirm", "staff", "mails", "finalise", "orders", "order", "payment",
    "cancellation",
] as const;
export type Route = (typeof pages)[number];

export interface Place {
    readonly page: Route;
    readonly args: readonly string[];
    readonly query: Readonly<Record<string, string>>;
}

/** What the page is fetched with when it is not part of what everybody loads. */
export type Part = "family" | "sheet" | "staff" | "orders" | "cancellation";

export function parse_place(hash: string): Place {
    const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
    const [name, ...args] = path.split("/").map(decode);
    const page = pages.find((p) => p === name) ?? "calendar";
    return { page, args, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** A page that shows what belongs to somebody: it needs to be known whose. */
export function needs_login(page: Route): boolean {
    return part_of(page) !== null && page !== "confirm" && page !== "mails";
}

export function part_of(page: Route): Part | null {
    switch (page) {
        case "portal": case "register": case "profile": case "child": case "attach": case "readiness":
        case "privacy": case "confirm":
            return "family";
        case "sheet":
            return "sheet";
        case "staff": case "mails":
            return "staff";
        case "basket": case "finalise": case "orders": case "order": case "payment":
            return "orders";
        case "cancellation":
            return "cancellation";
        case "calendar": case "choose": case "login":
            return null;
    }
}

/** The address of the login that leads back to here; the portal is home (S8). */
export function login_address(place: Place, hash: string, language: string): string {
    const back = needs_login(place.page) ? `/${hash}` : "/#portal";
    return `/login?return_to=${encodeURIComponent(back)}&lang=${language}`;
}

function decode(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

/** Pages about what is bought: they share what is known of the orders. */
export function is_of_sale(page: Route): boolean {
    return part_of(page) === "orders" || page === "cancellation";
}
