// Reads docs/openapi.yaml and docs/asyncapi.yaml and checks real answers and messages against them.
// For every test that speaks to a server: import { answer_fault, message_fault } from here.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Ajv } from 'ajv';
import add_formats from 'ajv-formats';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);

export const openapi_path = new URL('docs/openapi.yaml', root).pathname;
export const asyncapi_path = new URL('docs/asyncapi.yaml', root).pathname;
export const openapi = parse(readFileSync(openapi_path, 'utf8'));
export const asyncapi = parse(readFileSync(asyncapi_path, 'utf8'));

// OpenAPI 3.1 is JSON Schema 2020-12, AsyncAPI 3.0 is draft 7. A document is one schema to Ajv, so
// that references inside it resolve.
const compilers = {
    openapi: add_formats(new Ajv2020({ strict: false, allErrors: true }))
        .addSchema(openapi, 'openapi')
        .addFormat('int64', true),
    asyncapi: add_formats(new Ajv({ strict: false, allErrors: true }))
        .addSchema({ components: asyncapi.components }, 'asyncapi')
        .addFormat('int64', true),
};
const compiled = new Map();

const token = (step) => encodeURIComponent(String(step).replaceAll('~', '~0').replaceAll('/', '~1'));

// The first fault of `value` against the schema at `path` in a document, or null.
export function schema_fault(document, path, value) {
    const id = `${document}#/${path.map(token).join('/')}`;
    if (!compiled.has(id)) compiled.set(id, compilers[document].compile({ $ref: id }));
    const validate = compiled.get(id);
    if (validate(value)) return null;
    return validate.errors.map((e) => `${e.instancePath || '/'} ${e.message}`).join('; ');
}

// Follows references of the OpenAPI document: the path at which the thing really stands.
function resolved(path) {
    let at = openapi;
    for (const step of path) at = at?.[step];
    if (at?.$ref === undefined) return path;
    return resolved(at.$ref.slice(2).split('/').map((s) => s.replaceAll('~1', '/').replaceAll('~0', '~')));
}
const value_at = (path) => path.reduce((at, step) => at?.[step], openapi);

// The path of the document that a request's path means: "/api/v1/holds/x" is "/api/v1/holds/{hold}".
function route_of(pathname) {
    if (openapi.paths[pathname]) return pathname;
    return Object.keys(openapi.paths).find((route) => {
        const pattern = route.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+');
        return new RegExp(`^${pattern}$`).test(pathname);
    });
}

// What is wrong with an answer, or null. `headers` is a Headers or a plain object with lower-case
// names; `body` the text as received.
export function answer_fault({ method, path, status, headers, body }) {
    const header = (name) =>
        (typeof headers.get === 'function' ? headers.get(name) : headers[name.toLowerCase()]) ?? null;
    const pathname = path.split('?')[0];
    const route = route_of(pathname);
    // HEAD is answered like GET, without the body.
    const key = method === 'HEAD' ? 'get' : method.toLowerCase();
    const responses = openapi.paths[route]?.[key] ? ['paths', route, key, 'responses'] : null;
    let response;
    if (responses && value_at([...responses, String(status)])) {
        response = resolved([...responses, String(status)]);
    } else if (status >= 400) {
        // An unknown route or method, or what any request can be answered.
        response = ['components', 'responses', 'Other'];
    } else {
        return `${method} ${pathname}: status ${status} is not documented`;
    }

    for (const name of Object.keys(value_at(response).headers ?? {})) {
        const at = resolved([...response, 'headers', name]);
        const value = header(name);
        if (value === null) {
            if (value_at(at).required) return `${method} ${pathname} ${status}: no ${name}`;
            continue;
        }
        const fault = schema_fault('openapi', [...at, 'schema'], value);
        if (fault) return `${method} ${pathname} ${status}: ${name}: ${fault}`;
    }

    const content = value_at(response).content;
    if (!content) {
        return body ? `${method} ${pathname} ${status}: a body where none is documented` : null;
    }
    if (method === 'HEAD') return null;
    const type = (header('content-type') ?? '').split(';')[0].trim().toLowerCase();
    if (!content[type]) return `${method} ${pathname} ${status}: content type "${type}"`;
    if (!/json$/.test(type)) return null;
    let value;
    try {
        value = JSON.parse(body);
    } catch (error) {
        return `${method} ${pathname} ${status}: ${error.message}`;
    }
    const fault = schema_fault('openapi', [...response, 'content', type, 'schema'], value);
    if (fault) return `${method} ${pathname} ${status}: ${fault}: ${body.slice(0, 300)}`;
    if (type === 'application/problem+json') {
        if (value.status !== status) return `problem says ${value.status}, answer ${status}`;
        if (value.instance !== pathname) return `problem says ${value.instance}, asked ${pathname}`;
    }
    return null;
}

// What is wrong with a live message (its text, or the object), or null.
export function message_fault(message) {
    const value = typeof message === 'string' ? JSON.parse(message) : message;
    const known = asyncapi.components.messages[value?.type];
    if (!known || value.type === 'hello') return `message of type ${value?.type}`;
    return schema_fault('asyncapi', ['components', 'messages', value.type, 'payload'], value);
}
