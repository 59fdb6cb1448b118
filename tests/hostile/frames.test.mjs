// What a client may send on a live WebSocket, at random: frames that are whole, cut, unmasked, of
// every opcode and length. Each connection is answered with frames that are whole, or closed with a
// code of RFC 6455; the others' calendars go on. A seed makes a run the same again.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { open_socket, subprotocol } from '../integration/support/live.mjs';
import { start_server } from '../integration/support/process.mjs';
import { raw_connect } from '../integration/support/raw.mjs';
import { eventually } from '../integration/support/wait.mjs';

const seed = Number(process.env.CAMPGATE_SEED ?? 20270313);
const connections = Number(process.env.CAMPGATE_CONNECTIONS ?? 1_000);
const at_once = 50;

let server;
before(async () => { server = await start_server({ args: ['--ws-ping', '1s'] }); });

// Numbers below `below`, as by SplitMix32.
function dice(start) {
    let state = start >>> 0;
    return (below) => {
        state = (state + 0x9e3779b9) >>> 0;
        let z = state;
        z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
        z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
        return ((z ^ (z >>> 16)) >>> 0) % below;
    };
}

const texts = ['{"type":"hello"}', '{"type":"hello"', '', 'x', '{}', '\xff\xfe', 'x'.repeat(125),
               'x'.repeat(126), 'x'.repeat(4096), 'x'.repeat(4097), '\x03\xe8', '\x03\xe7', '\0'];
const opcodes = [1, 1, 1, 2, 0, 8, 9, 10];

function frame(roll) {
    const payload = Buffer.from(texts[roll(texts.length)], 'latin1');
    const opcode = roll(8) ? opcodes[roll(opcodes.length)] : roll(16);
    const first = (roll(6) ? 0x80 : 0) | (roll(20) ? 0 : roll(8) << 4) | opcode;
    const masked = roll(20) > 0;
    // Now and then a length that is not the payload's, or written longer than it need be.
    const stated = roll(20) ? payload.length : roll(70_000);
    const form = roll(15) ? (stated < 126 ? 7 : stated < 65_536 ? 16 : 64) : [16, 64][roll(2)];
    const length = Buffer.alloc(form === 7 ? 1 : form === 16 ? 3 : 9);
    if (form === 16) length.writeUInt16BE(stated & 0xffff, 1);
    if (form === 64) length.writeBigUInt64BE(BigInt(stated) + (roll(10) ? 0n : 1n << 63n), 1);
    length[0] = (masked ? 0x80 : 0) | (form === 7 ? stated : form === 16 ? 126 : 127);
    const mask = Buffer.from([roll(256), roll(256), roll(256), roll(256)]);
    const body = masked ? payload.map((byte, i) => byte ^ mask[i % 4]) : payload;
    const whole = Buffer.concat(
        [Buffer.from([first]), length, masked ? mask : Buffer.alloc(0), body]);
    return roll(25) ? whole : whole.subarray(0, roll(whole.length + 1));
}

const upgrade = 'GET /api/v1/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n'
    + 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
    + `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n`
    + `Sec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`;

// The server's frames: unmasked, whole, of text, close, ping or pong. What is wrong, and its code.
function read_frames(bytes) {
    let code = null;
    let at = 0;
    while (at + 2 <= bytes.length) {
        const [first, second] = [bytes[at], bytes[at + 1]];
        let size = second & 0x7f;
        let head = 2;
        if (size === 126) {
            size = bytes.readUInt16BE(at + 2);
            head = 4;
        }
        if (second & 0x80 || size === 127) return { fault: 'a frame that no server sends' };
        if (at + head + size > bytes.length) return { fault: 'a frame that is cut', code };
        const payload = bytes.subarray(at + head, at + head + size);
        if (code !== null) return { fault: 'a frame after the close' };
        if (first === 0x81) JSON.parse(payload.toString());
        else if (first === 0x88) code = size >= 2 ? payload.readUInt16BE(0) : 1005;
        else if (first !== 0x89 && first !== 0x8a) return { fault: `a frame of ${first}` };
        at += head + size;
    }
    return { code };
}

async function one(number) {
    const roll = dice(seed + number);
    const connection = await raw_connect(server.port, { from: `127.3.0.${number % 250 + 1}` });
    connection.send(upgrade);
    const accepted = await connection.answer();
    assert.equal(accepted.status, 101);
    const frames = Array.from({ length: 1 + roll(12) }, () => frame(roll));
    // In one piece, or in pieces that end anywhere.
    const bytes = Buffer.concat(frames);
    const cut = roll(2) ? bytes.length : roll(bytes.length + 1);
    connection.send(bytes.subarray(0, cut));
    if (cut < bytes.length) connection.send(bytes.subarray(cut));
    if (roll(3)) connection.finish();
    await connection.closed(400);
    const { fault, code } = read_frames(connection.received);
    connection.close();
    return { fault, end: code ?? (connection.ended ? 'ended' : 'open') };
}

test('whatever a client sends, it is answered in frames, and nobody is disturbed', async (t) => {
    const watcher = await open_socket(server);
    await watcher.hear('snapshot');
    const ends = {};
    for (let number = 0; number < connections; number += at_once) {
        const some = await Promise.all(Array.from({ length: at_once }, (_, i) => one(number + i)));
        some.forEach(({ fault, end }, i) => {
            assert.equal(fault, undefined, `CAMPGATE_SEED=${seed}, connection ${number + i}`);
            ends[end] = (ends[end] ?? 0) + 1;
        });
    }
    t.diagnostic(`${connections} connections of seed ${seed} ended: ${JSON.stringify(ends)}`);
    // A client's close is answered with its own code; those from 3000 on are never ours.
    const allowed = ['ended', 'open', '1000', '1002', '1003', '1005', '1007', '1008', '1009'];
    const odd = Object.keys(ends).filter((end) => !allowed.includes(end) && !(end >= 3000));
    assert.deepEqual(odd, []);
    assert.equal(watcher.close_code, undefined, 'the others hear on');
    watcher.close();
    const text = async () => (await fetch(server.metrics_url)).text();
    await eventually(async () => /^campgate_sockets_open 0$/m.test(await text()), 'no socket',
                     8_000);
    assert.ok(!server.has_exited);
});
