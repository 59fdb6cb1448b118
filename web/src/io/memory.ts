// What this browser remembers: a few settings for good, a selection and an open request for the
// life of the tab. Storage may be refused (private mode): then nothing is remembered, and all works.

const prefix = "campgate.";

export function remember(name: string, value: string): void {
    attempt(() => localStorage.setItem(prefix + name, value));
}

export function remembered(name: string): string | null {
    return attempt(() => localStorage.getItem(prefix + name)) ?? null;
}

export function keep(name: string, value: unknown): void {
    attempt(() => {
        if (value === null) sessionStorage.removeItem(prefix + name);
        else sessionStorage.setItem(prefix + name, JSON.stringify(value));
    });
}

export function kept<T>(name: string): T | null {
    const text = attempt(() => sessionStorage.getItem(prefix + name)) ?? null;
    return text === null ? null : attempt(() => JSON.parse(text) as T) ?? null;
}

/** Forgets all that was kept under names that begin so. */
export function forget(beginning: string): void {
    attempt(() => {
        for (const name of Object.keys(sessionStorage)) {
            if (name.startsWith(prefix + beginning)) sessionStorage.removeItem(name);
        }
    });
}

function attempt<T>(action: () => T): T | undefined {
    try {
        return action();
    } catch {
        return undefined;
    }
}
