// PostgreSQL alone: what each index, constraint and column costs a record.
import { table } from './stage.mjs';

export async function journal(on) {
    const out = await on.run('campgate-bench-journal',
        [on.path('journal'), on.brief ? '4' : '150']);
    const figures = JSON.parse(out);
    // Measured first and last: what the two differ by is noise.
    const all = (figures.us_per_record['as it is'] + figures.us_per_record['as it is, again']) / 2;
    table([`batches of ${figures.records_of_a_batch} records`, 'us a record', 'difference'],
        Object.entries(figures.us_per_record).map(([name, took]) =>
            [name, took.toFixed(1), (took - all).toFixed(1)]));
    return figures;
}
