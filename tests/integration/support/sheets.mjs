// A child's health sheet as a parent's client reads and writes it.
import { api } from './client.mjs';

// Enough for the questions that come with the program, in their order.
export const complete_answers = {
    blood_group: 'a_pos', tetanus: true, tetanus_date: '2023-04-01', operation: false,
    disability: 'none', allergic: false, diet: false, takes_medicines: false, swims: 'little',
    avoid: false, doctor_name: 'Dr Martin', doctor_phone: '+32 4 379 00 00',
    goes_home_alone: false,
    contacts: [{ name: 'Jeanne Lambert', relation: 'grand-mère', phone: '0470 00 00 00' }],
    urgent_care: true, data_use: true, accurate: true };

export function sheet_of(parent, child) {
    const path = `${api}/children/${child}/sheet`;
    const send = (method, part, body, etag, { headers = {}, ...rest } = {}) =>
        parent.ask(method, `${path}/${part}`, {
            body, headers: { ...headers, ...(etag === null ? {} : { 'if-match': etag }) }, ...rest });
    return {
        send,
        read: () => parent.get(path),
        draft: (answers, etag, options) => send('PUT', 'draft', { answers }, etag, options),
        validate: (answers, etag, options) =>
            send('POST', 'validation', { answers }, etag, options),
    };
}
