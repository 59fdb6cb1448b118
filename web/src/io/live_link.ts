// The live link: a WebSocket, or Server-Sent Events where WebSockets do not get through.
// It reconnects by itself, with jitter, for ever; who uses it hears frames and its state.
import { reconnect_delay } from "../model/backoff";
import { parse_frame } from "../model/live";
import type { Frame } from "../model/wire";
import { base } from "./api";

export interface LinkState {
    state: "connecting" | "live" | "offline";
    retry_at: number | null;                         // performance.now() of the next attempt
    transport: "socket" | "events";
}

export interface LinkUser {
    since(): number | null;                          // the sequence up to which weeks are known
    on_frame(frame: Frame): void;
    on_state(state: LinkState): void;
}

export interface Link {
    restart(): void;                                 // after a login: the server knows a socket's family
    hurry(): void;                                   // try now instead of waiting
    stop(): void;
}

// The server speaks about every 20 s.
const silence_max = 45_000;
const first_frame_max = 8_000;
// After so many sockets in a row that brought no frame, events get a turn, one time in three.
const socket_attempts = 2;

export function open_link(user: LinkUser): Link {
    let attempt = 0;
    let socketless = 0;
    let close_current: (() => void) | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    let heard = 0;
    let stopped = false;

    function connect(): void {
        const transport = socketless >= socket_attempts ? "events" : "socket";
        let done = false;
        let alive = false;

        const lose = () => {
            if (done) return;
            done = true;
            clearTimeout(watchdog);
            close();
            close_current = null;
            if (!alive) socketless = transport === "socket" ? socketless + 1 : 0;
            if (!stopped) wait();
        };
        const hear = (text: string) => {
            if (done) return;
            const frame = parse_frame(text);
            heard = performance.now();
            watch(silence_max, lose);
            if (!alive) {
                alive = true;
                attempt = 0;
                if (transport === "socket") socketless = 0;
                user.on_state({ state: "live", retry_at: null, transport });
            }
            if (frame) user.on_frame(frame);
        };

        user.on_state({ state: "connecting", retry_at: null, transport });
        // Should the server not like our sequence, a whole snapshot is asked for the next time.
        const close = transport === "socket" ? open_socket(attempt < 2 ? user.since() : null, hear, lose) : open_events(hear, lose);
        close_current = () => {
            done = true;
            clearTimeout(watchdog);
            close();
        };
        watch(first_frame_max, lose);
    }

    function watch(time: number, lose: () => void): void {
        clearTimeout(watchdog);
        watchdog = setTimeout(lose, time);
    }

    function wait(): void {
        const delay = reconnect_delay(attempt++, Math.random());
        user.on_state({ state: "offline", retry_at: performance.now() + delay, transport: "socket" });
        clearTimeout(timer);
        timer = setTimeout(connect, delay);
    }

    function restart(): void {
        clearTimeout(timer);
        close_current?.();
        close_current = null;
        connect();
    }

    function hurry(): void {
        if (stopped) return;
        const silent = performance.now() - heard > silence_max;
        if (close_current === null || silent) restart();
    }

    // A phone that slept runs no timers: look at once when the page is seen again.
    const on_visible = () => {
        if (document.visibilityState === "visible") hurry();
    };
    const on_offline = () => {
        close_current?.();
        close_current = null;
        if (!stopped) wait();
    };
    document.addEventListener("visibilitychange", on_visible);
    addEventListener("online", hurry);
    addEventListener("offline", on_offline);
    connect();

    return {
        restart,
        hurry,
        stop() {
            stopped = true;
            clearTimeout(timer);
            close_current?.();
            document.removeEventListener("visibilitychange", on_visible);
            removeEventListener("online", hurry);
            removeEventListener("offline", on_offline);
        },
    };
}

function open_socket(since: number | null, hear: (text: string) => void, lose: () => void): () => void {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = since === null ? "" : `?since=${since}`;
    const socket = new WebSocket(`${scheme}//${location.host}${base}/live${query}`, "campgate.live.v1");
    socket.onmessage = (event) => {
        if (typeof event.data === "string") hear(event.data);
    };
    socket.onclose = lose;
    socket.onerror = lose;
    return () => {
        socket.onmessage = socket.onclose = socket.onerror = null;
        socket.close();
    };
}

// Always from a snapshot: it is small, and EventSource can set no Last-Event-ID of its own.
function open_events(hear: (text: string) => void, lose: () => void): () => void {
    const source = new EventSource(`${base}/events`);
    for (const type of ["snapshot", "weeks", "season", "family", "time"]) {
        source.addEventListener(type, (event) => hear((event as MessageEvent<string>).data));
    }
    source.onerror = lose;
    return () => {
        source.onerror = null;
        source.close();
    };
}
