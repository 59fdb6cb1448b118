// A document that goes with a cancellation request (S30): what may be sent. Judged before it is
// sent, by its size and its first bytes; the server looks again. Pure.

export const document_bytes_max = 5 * 1024 * 1024;
export const document_types = ["application/pdf", "image/jpeg", "image/png"] as const;
export type DocumentType = (typeof document_types)[number];

const beginnings: readonly [DocumentType, readonly number[]][] = [
    ["application/pdf", [0x25, 0x50, 0x44, 0x46, 0x2d]],
    ["image/jpeg", [0xff, 0xd8, 0xff]],
    ["image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
];
export const beginning_bytes = 8;

export type DocumentFault = "empty" | "too_large" | "wrong_type";

export function document_type(beginning: Uint8Array): DocumentType | null {
    return beginnings.find(([, bytes]) => bytes.every((b, n) => beginning[n] === b))?.[0] ?? null;
}

export function document_fault(size: number, beginning: Uint8Array): DocumentFault | null {
    if (size === 0) return "empty";
    if (size > document_bytes_max) return "too_large";
    return document_type(beginning) === null ? "wrong_type" : null;
}
