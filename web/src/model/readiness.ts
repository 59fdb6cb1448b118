// B9: what a family still misses for the opening, as the server lists it, and the page where each
// thing is put right. Pure.

export type FamilyGap = "not_registered" | "no_profile" | "email_missing" | "email_unconfirmed";
export type ChildGap =
    | "sheet_missing" | "sheet_expired" | "sheet_lapses_before_opening" | "sheet_lapses_before_camp"
    | "no_invoiceable_parent" | "no_niss" | "no_school" | "no_camp_for_age";

export interface Gap<Code> {
    code: Code;
    blocking: boolean;
    at?: string | null;
}

export interface Readiness {
    opens_at: string | null;
    ready: boolean;
    family: Gap<FamilyGap>[];
    children: { child: number; ready: boolean; missing: Gap<ChildGap>[] }[];
}

export function family_fix(code: FamilyGap): string {
    return code === "not_registered" ? "register" : "profile";
}

/** Null where nothing can be put right by the parent: a child's age is what it is. */
export function child_fix(code: ChildGap, child: number): string | null {
    switch (code) {
        case "sheet_missing": case "sheet_expired": case "sheet_lapses_before_opening":
        case "sheet_lapses_before_camp":
            return `sheet/${child}`;
        case "no_niss": case "no_school":
            return `child/${child}`;
        case "no_invoiceable_parent":
            return "portal";
        case "no_camp_for_age":
            return null;
    }
}

/** What blocks comes first. */
export function by_weight<T extends { blocking: boolean }>(gaps: readonly T[]): T[] {
    return [...gaps].sort((a, b) => Number(b.blocking) - Number(a.blocking));
}
