// What is wrong in a form: one line a field. Pure.
import type { Problem } from "./wire";

export interface FieldFault {
    field: string;                                   // the id of its input
    text: string;
}

export function fault_at(faults: readonly FieldFault[], field: string): string | null {
    return faults.find((f) => f.field === field)?.text ?? null;
}

/** The field that a problem's pointer names, "/address/postcode" being "address-postcode". */
export function fault_of_problem(problem: Problem | null, fields: readonly string[], fallback: string): FieldFault | null {
    if (problem?.pointer === undefined) return null;
    const named = problem.pointer.slice(1).replaceAll("/", "-");
    const field = fields.find((f) => f === named) ?? fields.find((f) => named.startsWith(`${f}-`));
    return field === undefined ? null : { field, text: problem.detail ?? fallback };
}
