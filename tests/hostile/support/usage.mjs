// What a server process uses, from /proc.
import { readdirSync, readFileSync } from 'node:fs';

export function usage_of({ pid }) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return { mib: Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]) / 1024),
             descriptors: readdirSync(`/proc/${pid}/fd`).length };
}

// The highest of both, read every so often until `stop`.
export function watch_usage(server, every_ms = 100) {
    const peak = usage_of(server);
    const timer = setInterval(() => {
        const now = usage_of(server);
        peak.mib = Math.max(peak.mib, now.mib);
        peak.descriptors = Math.max(peak.descriptors, now.descriptors);
    }, every_ms);
    return { peak, stop: () => clearInterval(timer) };
}
