// HTTP/2 as bytes (RFC 9113, RFC 7541 without compression), for header fields that no library would
// send. One connection, one stream.
const frame = (type, flags, stream, payload) => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
};
const [data, headers, rst_stream, settings, goaway] = [0, 1, 3, 4, 7];
const end_stream = 1;
const end_headers = 4;

// A length with a prefix of seven bits (RFC 7541 §5.1).
function length_of(bytes) {
    if (bytes.length < 127) return Buffer.from([bytes.length]);
    const more = [];
    let rest = bytes.length - 127;
    for (; rest >= 128; rest >>= 7) more.push((rest & 127) | 128);
    return Buffer.from([127, ...more, rest]);
}

// A literal field that is not indexed.
const literal = ([name, value]) => Buffer.concat([Buffer.from([0]),
    ...[name, value].flatMap((text) => {
        const bytes = Buffer.from(text, 'latin1');
        return [length_of(bytes), bytes];
    })]);

// The bytes of a connection that asks once. `fields` are [name, value] pairs, pseudo ones first.
export function http2_request(fields, body = '') {
    const block = Buffer.concat(fields.map(literal));
    return Buffer.concat([
        Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(settings, 0, 0, Buffer.alloc(0)),
        frame(headers, end_headers | (body ? 0 : end_stream), 1, block),
        body ? frame(data, end_stream, 1, Buffer.from(body, 'latin1')) : Buffer.alloc(0)]);
}

// What came back: the answers to the one stream, and whether it was ended without one.
export function http2_answers(bytes) {
    let answers = 0;
    let refused = false;
    for (let at = 0; at + 9 <= bytes.length;) {
        const size = bytes.readUIntBE(at, 3);
        const type = bytes.readUInt8(at + 3);
        if (type === headers) ++answers;
        if (type === rst_stream || type === goaway) refused = true;
        at += 9 + size;
    }
    return { answers, refused };
}
