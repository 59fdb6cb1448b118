// What may go with a cancellation request is judged by its bytes, not by its name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { document_bytes_max, document_fault, document_type } from "../src/model/document";

const bytes = (...all: number[]) => new Uint8Array(all);
const pdf = bytes(0x25, 0x50, 0x44, 0x46, 0x2d, 0x31);

test("the three types by their first bytes", () => {
    assert.equal(document_type(pdf), "application/pdf");
    assert.equal(document_type(bytes(0xff, 0xd8, 0xff, 0xe0)), "image/jpeg");
    assert.equal(document_type(bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)), "image/png");
    assert.equal(document_type(bytes(0x4d, 0x5a)), null);
    assert.equal(document_type(bytes(0x25, 0x50)), null);
});

test("empty, too large, and of another kind", () => {
    assert.equal(document_fault(0, bytes()), "empty");
    assert.equal(document_fault(document_bytes_max + 1, pdf), "too_large");
    assert.equal(document_fault(document_bytes_max, pdf), null);
    assert.equal(document_fault(9, bytes(0x3c, 0x68)), "wrong_type");
});
