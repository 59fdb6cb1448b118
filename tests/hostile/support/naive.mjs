// A server and a proxy that read requests carelessly, each in its own way: the controls of the
// smuggling test. Never more careful than that needs.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { after } from 'node:test';

const open = new Set();
after(() => {
    for (const server of open) server.close();
});

// The size of the first request of `text`, or 0 when it is not whole. `reads`: length or chunks.
function request_size(text, reads) {
    const head = text.indexOf('\r\n\r\n') + 4;
    if (head < 4) return 0;
    const fields = text.slice(0, head);
    if (reads === 'chunks' && /^transfer-encoding:[^\r]*chunked/im.test(fields)) {
        const last = text.indexOf('0\r\n\r\n', head);
        return last < 0 ? 0 : last + 5;
    }
    const size = head + Number(/^content-length:\s*([0-9]+)/im.exec(fields)?.[1] ?? 0);
    return text.length < size ? 0 : size;
}

// Calls `take` with each whole request of a socket.
function each_request(socket, reads, take) {
    let text = '';
    socket.unref();
    socket.setEncoding('latin1').on('error', () => {}).on('data', (more) => {
        text += more;
        for (let size; (size = request_size(text, reads)) > 0; text = text.slice(size)) {
            take(text.slice(0, size));
        }
    });
}

async function listening(server) {
    open.add(server);
    server.unref();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return server.address().port;
}

// Answers each request with its own target, and counts those for `marked`.
export async function naive_server(reads, marked) {
    const counts = { requests: 0, marked: 0 };
    const port = await listening(createServer((socket) => {
        each_request(socket, reads, (request) => {
            const target = request.split(' ', 2)[1] ?? 'none';
            ++counts.requests;
            if (target.startsWith(marked)) ++counts.marked;
            socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`);
        });
    }));
    return { port, counts: async () => ({ ...counts }) };
}

// Passes requests on over one connection for all, and an answer back for each.
export async function naive_proxy(reads, upstream) {
    const pooled = connect(upstream, '127.0.0.1').setEncoding('latin1').on('error', () => {});
    pooled.unref();
    const waiting = [];
    let text = '';
    pooled.on('data', (more) => {
        text += more;
        for (let size; (size = request_size(text, 'length')) > 0; text = text.slice(size)) {
            // As a pool does that drops what nobody waits for only when somebody asks again.
            ready.push(text.slice(0, size));
        }
        deliver();
    });
    const ready = [];
    const deliver = () => {
        while (waiting.length && ready.length) waiting.shift().write(ready.shift());
    };
    const port = await listening(createServer((socket) => {
        each_request(socket, reads, (request) => {
            waiting.push(socket);
            pooled.write(request, 'latin1');
            deliver();
        });
    }));
    return port;
}
