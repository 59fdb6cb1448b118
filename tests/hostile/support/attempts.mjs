// Requests on which two readers of a stream may disagree. Each hides a request for `marked` where
// one reader sees the body, or nothing, and another the next request. Bytes as they are sent.
//
// What an attempt may bring about: `requests` at most (1), and the marked one is not among them.
// `open`: on these ways it is no secret that a second request stands there, as the first reader
// (the proxy, where there is one) finds it and says so to the next; who sent it gets its answer.

export const marked = '/api/v1/basket';
const inner = `GET ${marked} HTTP/1.1\r\nHost: inner\r\n\r\n`;
const post_line = 'POST /api/v1/demo/login HTTP/1.1\r\n';
const get_line = 'GET /api/v1/season HTTP/1.1\r\n';
const host = 'Host: outer\r\n';
const json = 'Content-Type: application/json\r\n';

const post = (fields, rest = '') => `${post_line}${host}${json}${fields}\r\n${rest}`;
const get = (fields, rest = inner) => `${get_line}${host}${fields}\r\n${rest}`;
const chunk = (text) => `${text.length.toString(16)}\r\n${text}\r\n`;
const end = '0\r\n\r\n';

// The one who counts chunks ends at once, the one who counts bytes later.
const cl_te = (te) => post(`${te}Content-Length: ${(end + inner).length}\r\n`, end + inner);
// The other way round: four bytes, the size of the first chunk, are the body.
const te_cl = (te) => post(`Content-Length: ${chunk(inner).indexOf('\r\n') + 2}\r\n${te}`,
                           chunk(inner) + end);

const te = 'Transfer-Encoding: chunked\r\n';
const transfer_encodings = {
    'plain': te,
    'of unknown kind': 'Transfer-Encoding: xchunked\r\n',
    'with a space before the colon': 'Transfer-Encoding : chunked\r\n',
    'with a tab before the colon': 'Transfer-Encoding\t: chunked\r\n',
    'with a tab before its value': 'Transfer-Encoding:\tchunked\r\n',
    'after a space': ' Transfer-Encoding: chunked\r\n',
    'folded': 'Transfer-Encoding:\r\n chunked\r\n',
    'folded with a tab': 'Transfer-Encoding:\r\n\tchunked\r\n',
    'folded behind another field': 'X: x\r\n Transfer-Encoding: chunked\r\n',
    'twice': te + te,
    'and another': `${te}Transfer-Encoding: x\r\n`,
    'after another': `Transfer-Encoding: x\r\n${te}`,
    'and identity': `${te}Transfer-Encoding: identity\r\n`,
    'identity alone': 'Transfer-Encoding: identity\r\n',
    'in a list before identity': 'Transfer-Encoding: chunked, identity\r\n',
    'in a list after identity': 'Transfer-Encoding: identity, chunked\r\n',
    'after gzip': 'Transfer-Encoding: gzip, chunked\r\n',
    'twice in a list': 'Transfer-Encoding: chunked, chunked\r\n',
    'with an empty list item': 'Transfer-Encoding: ,chunked\r\n',
    'with a comma at the end': 'Transfer-Encoding: chunked,\r\n',
    'with a parameter': 'Transfer-Encoding: chunked;q=1\r\n',
    'in quotes': 'Transfer-Encoding: "chunked"\r\n',
    'in capitals': 'TRANSFER-ENCODING: CHUNKED\r\n',
    'empty': 'Transfer-Encoding:\r\n',
    'with a vertical tab': 'Transfer-Encoding: \x0bchunked\r\n',
    'with a vertical tab at its end': 'Transfer-Encoding: chunked\x0b\r\n',
    'with a NUL': 'Transfer-Encoding: chunked\0\r\n',
    'with a NUL in its name': 'Transfer-Encoding\0: chunked\r\n',
    'with a high byte in its name': 'Transfer-Encoding\xa0: chunked\r\n',
    'with a high byte before its value': 'Transfer-Encoding:\xa0chunked\r\n',
    'behind a bare LF': 'X: x\nTransfer-Encoding: chunked\r\n',
    'behind a bare CR': 'X: x\rTransfer-Encoding: chunked\r\n',
    'cut by a bare LF': 'Transfer-Encoding\n: chunked\r\n',
    'cut by a bare CR': 'Transfer-Encoding: chun\rked\r\n',
    'named in Connection': `Connection: Transfer-Encoding\r\n${te}`,
    'and its length named in Connection': `Connection: close, Content-Length\r\n${te}`,
};
// Here a proxy drops or unfolds the field before it passes the rest on, and the body is four bytes.
const dropped = {
    'folded behind another field': ['HAProxy'],
    'with a high byte in its name': ['nginx'],
};
// Other fields: who reads them as the length or coding is wrong, and what follows is a request.
const look_alikes = {
    'an underscore for the hyphen': 'Transfer_Encoding: chunked\r\n',
    'no hyphen': 'TransferEncoding: chunked\r\n',
    'TE': 'TE: chunked\r\n',
};

const n = inner.length;
const lengths = {
    'of zero, then right': `Content-Length: 0\r\nContent-Length: ${n}\r\n`,
    'right, then of zero': `Content-Length: ${n}\r\nContent-Length: 0\r\n`,
    'right, twice': `Content-Length: ${n}\r\nContent-Length: ${n}\r\n`,
    'right, twice in a list': `Content-Length: ${n}, ${n}\r\n`,
    'of zero and right in a list': `Content-Length: 0, ${n}\r\n`,
    'right and of zero in a list': `Content-Length: ${n}, 0\r\n`,
    'with a plus': `Content-Length: +${n}\r\n`,
    'of minus zero': 'Content-Length: -0\r\n',
    'negative': `Content-Length: -${n}\r\n`,
    'hexadecimal': `Content-Length: 0x${n.toString(16)}\r\n`,
    'in hexadecimal digits': `Content-Length: ${n.toString(16)}f\r\n`,
    'with decimals': `Content-Length: ${n}.0\r\n`,
    'with an exponent': 'Content-Length: 5e1\r\n',
    'with a leading zero': `Content-Length: 00${n}\r\n`,
    'with a parameter': `Content-Length: ${n};x=y\r\n`,
    'of two words': `Content-Length: 0 ${n}\r\n`,
    'in quotes': `Content-Length: "${n}"\r\n`,
    'of Arabic digits': 'Content-Length: \xd9\xa4\xd9\xa8\r\n',
    'empty': 'Content-Length:\r\n',
    'larger than 2^64 by zero': 'Content-Length: 18446744073709551616\r\n',
    'larger than 2^64 by the right one': `Content-Length: ${(2n ** 64n + BigInt(n))}\r\n`,
    'of 2^63': 'Content-Length: 9223372036854775808\r\n',
    'with a NUL': `Content-Length: ${n}\0\r\n`,
    'with a vertical tab': `Content-Length: \x0b${n}\r\n`,
    'with a space before the colon': `Content-Length : ${n}\r\n`,
    'after a space': ` Content-Length: ${n}\r\n`,
    'folded': `Content-Length:\r\n ${n}\r\n`,
    'folded in two': `Content-Length: 0\r\n ${n}\r\n`,
    'behind a bare LF': `X: x\nContent-Length: ${n}\r\n`,
    'behind a bare CR': `X: x\rContent-Length: ${n}\r\n`,
    'named in Connection': `Connection: Content-Length\r\nContent-Length: ${n}\r\n`,
};

const unread = {
    'after a space': ['HAProxy'],            // unfolded into the field before it
    // HAProxy 2.6 wraps this very number round to 0 and passes it on as it is; campgate refuses it.
    'larger than 2^64 by zero': ['HAProxy'],
};

const chunked_bodies = {
    'a size with 0x': `0x${n.toString(16)}\r\n${inner}\r\n${end}`,
    'a size with a plus': `+${n.toString(16)}\r\n${inner}\r\n${end}`,
    'a negative size': `-1\r\n${inner}\r\n${end}`,
    'a size with a space': `${n.toString(16)} \r\n${inner}\r\n${end}`,
    'a size beyond 2^64': `1000000000000000${n.toString(16)}\r\n${inner}\r\n${end}`,
    'an empty size': `\r\n${inner}\r\n${end}`,
    'a bare LF after the size': `${n.toString(16)}\n${inner}\r\n${end}`,
    'a bare CR after the size': `${n.toString(16)}\r${inner}\r\n${end}`,
    'a bare LF in an extension': `1;a\nx\r\n${n.toString(16)}\r\n${inner}\r\n${end}`,
    'a bare CR in an extension': `1;a\rx\r\nx\r\n${end}`,
    'an extension that is quoted over a line': `1;a="\r\n${n.toString(16)}\r\n${inner}\r\n${end}`,
    'a NUL in an extension': `1;\0\r\nx\r\n${end}`,
    'no line end after the data': `5\r\nhello${end}${inner}`,
    'a bare LF as its last line': '5\r\nhello\r\n0\r\n\n',
    'a length as its trailer': `5\r\nhello\r\n0\r\nContent-Length: ${n}\r\n\r\n`,
    'a coding as its trailer': `5\r\nhello\r\n0\r\n${te}\r\n`,
    'a host as its trailer': '5\r\nhello\r\n0\r\nHost: evil\r\n\r\n',
    'a folded trailer': '5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n',
    'a trailer that is a request line': `5\r\nhello\r\n0\r\nGET ${marked} HTTP/1.1\r\n\r\n`,
    'a trailer with a bare LF': `5\r\nhello\r\n0\r\nX: a\nGET ${marked} HTTP/1.1\r\n\r\n`,
};

const heads = {
    'a bare LF after the request line': `GET /api/v1/season HTTP/1.1\n${host}\r\n`,
    'a bare CR after the request line': `GET /api/v1/season HTTP/1.1\r${host}\r\n${inner}`,
    'a bare CR in a value': get(`X: a\rGET ${marked} HTTP/1.1\rHost: a\r\r\n`, ''),
    'two bare CR, then a request': get(`X: a\r\r${inner}`, ''),
    'a NUL in a value': get('X: a\0b\r\n', ''),
    'a NUL in a name': get('X\0: a\r\n', ''),
    'a NUL in the target': `GET /api/v1/season\0 HTTP/1.1\r\n${host}\r\n`,
    'a NUL before the request': `\0${get_line}${host}\r\n`,
    'a space before the first field': `${get_line} ${host}\r\n`,
    'a folded host': `${get_line}Host:\r\n outer\r\n\r\n`,
    'a space before the host’s colon': `${get_line}Host : outer\r\n\r\n`,
    'two hosts': `${get_line}${host}Host: other\r\n\r\n`,
    'no host': `${get_line}\r\n`,
    'a line without a colon': get('GET\r\n', ''),
    'a line with nothing but a colon': get(': x\r\n', ''),
    'a request as a field': get(`GET ${marked} HTTP/1.1\r\nX: x\r\n`, ''),
    'an absolute target': `GET http://outer/api/v1/season HTTP/1.1\r\n${host}\r\n`,
    'an absolute target of another host': `GET http://other/api/v1/season HTTP/1.1\r\n${host}\r\n`,
    'an absolute target with a user': `GET http://a@outer/api/v1/season HTTP/1.1\r\n${host}\r\n`,
    'a target that is a host': `CONNECT outer:443 HTTP/1.1\r\n${host}\r\n${inner}`,
    'a target of a star': `OPTIONS * HTTP/1.1\r\n${host}\r\n`,
    'a target without a slash': `GET api/v1/season HTTP/1.1\r\n${host}\r\n`,
    'a target with a fragment': `GET /api/v1/season#x HTTP/1.1\r\n${host}\r\n`,
    'a target with a space': `GET /api/v1/season x HTTP/1.1\r\n${host}\r\n`,
    'a target with a tab': `GET /api/v1/season\tx HTTP/1.1\r\n${host}\r\n`,
    'a line end in the target, escaped':
        `GET /api/v1/season%20HTTP/1.1%0d%0aHost:a%0d%0a%0d%0aGET%20/x HTTP/1.1\r\n${host}\r\n`,
    'a target with dots': `GET /api/v1/x/../season HTTP/1.1\r\n${host}\r\n`,
    'a target with escaped dots': `GET /api/v1/%2e%2e/v1/season HTTP/1.1\r\n${host}\r\n`,
    'a method in small letters': `get /api/v1/season HTTP/1.1\r\n${host}\r\n`,
    'a method with a control character': `G\x01ET /api/v1/season HTTP/1.1\r\n${host}\r\n`,
    'HTTP/0.9': 'GET /api/v1/season\r\n',
    'HTTP/0.9 and a request': `GET /api/v1/season\r\n${inner}`,
    'HTTP/1.2': `GET /api/v1/season HTTP/1.2\r\n${host}\r\n`,
    'HTTP/2.0': `GET /api/v1/season HTTP/2.0\r\n${host}\r\n`,
    'HTTP/1.1 in small letters': `GET /api/v1/season http/1.1\r\n${host}\r\n`,
    'HTTP/01.1': `GET /api/v1/season HTTP/01.1\r\n${host}\r\n`,
    'HTTP/1.10': `GET /api/v1/season HTTP/1.10\r\n${host}\r\n`,
    'the preface of HTTP/2': `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${inner}`,
    'HTTP/1.0 with chunks': `POST /api/v1/demo/login HTTP/1.0\r\n${host}${te}\r\n${end}${inner}`,
    'HTTP/1.0 with chunks, kept alive': 'POST /api/v1/demo/login HTTP/1.0\r\n'
        + `${host}Connection: keep-alive\r\n${te}\r\n${end}${inner}`,
    'HTTP/1.0 with chunks and a length': 'POST /api/v1/demo/login HTTP/1.0\r\n'
        + `${host}Connection: keep-alive\r\n${te}Content-Length: ${(end + inner).length}\r\n\r\n`
        + end + inner,
    'HTTP/1.0 with a PROXY header': `PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n${get_line}${host}\r\n`,
};

// A body, in which the marked request lies.
const with_body = (line) => `${line} HTTP/1.1\r\n${host}Content-Length: ${n}\r\n\r\n${inner}`;
const bodies = {
    'of a GET': get(`Content-Length: ${n}\r\n`),
    'of a HEAD': with_body('HEAD /api/v1/season'),
    'of a DELETE': with_body('DELETE /api/v1/season'),
    'of an OPTIONS': with_body('OPTIONS /api/v1/season'),
    'of an unknown method': with_body('SMUGGLE /api/v1/season'),
    'of a refused POST': with_body('POST /api/v1/season'),
    'of a POST to nowhere': with_body('POST /nowhere'),
    'of a POST to a page': with_body('POST /'),
    'of the wrong type': `${post_line}${host}Content-Length: ${n}\r\n\r\n${inner}`,
    'that is awaited': post(`Expect: 100-continue\r\nContent-Length: ${n}\r\n`, inner),
    'that is awaited by HTTP/1.0': 'POST /api/v1/demo/login HTTP/1.0\r\n'
        + `${host}Expect: 100-continue\r\nContent-Length: ${n}\r\n\r\n${inner}`,
    'that something else awaits': post(`Expect: 200-ok\r\nContent-Length: ${n}\r\n`, inner),
    'that is awaited twice':
        post(`Expect: 100-continue\r\nExpect: x\r\nContent-Length: ${n}\r\n`, inner),
    'of an awaited GET': get(`Expect: 100-continue\r\nContent-Length: ${n}\r\n`),
    'behind h2c': post('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n'
        + `HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nContent-Length: ${n}\r\n`, inner),
    'of an upgrade to a WebSocket': `GET /api/v1/live HTTP/1.1\r\n${host}Connection: Upgrade\r\n`
        + 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
        + `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nContent-Length: ${n}\r\n\r\n${inner}`,
    'that is too large': post('Content-Length: 20000\r\n', inner),
};

// Two requests to every reader: two answers, in order.
const open_requests = {
    'a second request': get(''),
    'a second request after an empty body': post('Content-Length: 0\r\n', inner),
    'a second request after an empty line': get('', `\r\n${inner}`),
    'a second request after HEAD': `HEAD /api/v1/season HTTP/1.1\r\n${host}\r\n${inner}`,
    'a second request after an upgrade to h2c': get('Connection: Upgrade, HTTP2-Settings\r\n'
        + 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n'),
    'a second request after a WebSocket of no version': 'GET /api/v1/live HTTP/1.1\r\n'
        + `${host}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 777\r\n`
        + `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n${inner}`,
    'a second request in the same bytes as an upgrade to a WebSocket':
        `GET /api/v1/live HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n`
        + 'Sec-WebSocket-Version: 13\r\n'
        + 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'
        + `Sec-WebSocket-Protocol: campgate.live.v1\r\n\r\n${inner}`,
    'a second request after lines that end in LF':
        `GET /api/v1/season HTTP/1.1\nHost: outer\n\n${inner}`,
    'a second request after a length with an underscore': post(`Content_Length: ${n}\r\n`, inner),
    'a second request after Connection: close': get('Connection: close\r\n'),
    'a second request after HTTP/1.0': `GET /api/v1/season HTTP/1.0\r\n${host}\r\n${inner}`,
};

const all = ['direct', 'nginx', 'HAProxy'];

// `open_on` names the ways by attempt.
const table = (kind, entries, make = (bytes) => bytes, open_on = {}, requests = 2) =>
    Object.entries(entries).map(([name, value]) => {
        const open = open_on[name] ?? [];
        return { name: `${kind} ${name}`, bytes: make(value), open,
                 requests: open.length ? requests : 1 };
    });
const everywhere = (entries) => Object.fromEntries(Object.keys(entries).map((name) => [name, all]));

export const attempts = [
    ...table('CL.TE: a coding', transfer_encodings, cl_te),
    // The rest of the chunks is a third request, and a bad one.
    ...table('TE.CL: a coding', transfer_encodings, te_cl, dropped, 3),
    ...table('CL.TE: not a coding:', look_alikes, cl_te),
    ...table('TE.CL: not a coding:', look_alikes, te_cl, everywhere(look_alikes), 3),
    ...table('a length', lengths, (field) => post(field, inner), unread),
    ...table('chunks with', chunked_bodies, (body) => post(te, body)),
    ...table('a head with', heads, undefined, { 'a target that is a host': ['HAProxy'] }),
    ...table('a body', bodies),
    ...table('openly', open_requests, undefined, everywhere(open_requests)),
];
