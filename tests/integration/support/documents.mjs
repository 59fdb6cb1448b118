// Supporting documents as bytes: small ones of each kind, and how a parent sends one.
import * as zlib from 'node:zlib';
import { api } from './client.mjs';

export const pdf_of = (text = 'x') => Buffer.from(
    `%PDF-1.7\n1 0 obj\n<< /Note (${text}) >>\nendobj\nxref\n0 1\ntrailer << >>\nstartxref\n9\n%%EOF\n`);

const segment = (marker, content) => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(content.length + 2, 2);
    return Buffer.concat([head, Buffer.from(content)]);
};
export const jpeg_of = (text = 'x') => Buffer.concat([
    Buffer.from([0xff, 0xd8]), segment(0xfe, text), segment(0xc0, 'frame'), segment(0xda, 's'),
    Buffer.from('data'), Buffer.from([0xff, 0xd9])]);

// Node 20 has no crc32 of its own.
const table = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
});
const sum_of = (bytes) => zlib.crc32?.(bytes)
    ?? (bytes.reduce((c, byte) => table[(c ^ byte) & 0xff] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
const chunk = (name, content) => {
    const named = Buffer.concat([Buffer.from(name), content]);
    const whole = Buffer.alloc(named.length + 8);
    whole.writeUInt32BE(content.length, 0);
    named.copy(whole, 4);
    whole.writeUInt32BE(sum_of(named) >>> 0, named.length + 4);
    return whole;
};
export const png_of = (text = 'x') => Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', Buffer.alloc(13, 1)),
    chunk('IDAT', Buffer.from(text)), chunk('IEND', Buffer.alloc(0))]);

export const send_document = (parent, bytes, type = 'application/pdf', options = {}) =>
    parent.ask('POST', `${api}/family/documents`, {
        ...options, body: bytes, headers: { 'content-type': type, ...options.headers } });
