// Small drawings, 24 × 24, one stroke. They only ever accompany words, so they are hidden from
// assistive technology.
import type { ComponentChildren } from "preact";
import type { Theme } from "../model/wire";

const drawings = {
    // themes
    discovery: <><circle cx="10.5" cy="10.5" r="6.5" /><path d="m15.5 15.5 5 5M10.5 7.5v6M7.5 10.5h6" /></>,
    art: <><path d="M12 3.5a8.5 8.5 0 1 0 0 17c1.6 0 2-1 1.6-2.2-.5-1.4.3-2.8 1.9-2.8h2.2c1.8 0 2.8-1.3 2.8-3.2 0-4.9-3.8-8.8-8.5-8.800Z" /><path d="M8 11h.01M11 7.500h.01M15.5 8.500h.01" stroke-width="2.6" /></>,
    sport: <><circle cx="12" cy="12" r="8.5" /><path d="m12 8 3.6 2.6-1.4 4.300H9.800l-1.4-4.300ZM12 8V3.700M15.6 10.600l4.3-1.400M14.2 14.900l2.6 3.700M9.8 14.900l-2.6 3.700M8.4 10.6 4.1 9.2" /></>,
    nature: <><path d="M5 19c0-9 5-14 15-14 0 10-5 14-12 14" /><path d="M4 21c2-5 5-8 10-10" /></>,
    adventure: <><path d="M12 4 3 20h18L12 4Z" /><path d="m12 12-4.5 8M12 12l4.5 8" /></>,
    // signs
    check: <path d="m5 12.5 4.5 4.500L19 7.5" />,
    cross: <path d="m6.5 6.5 11 11m0-11-11 11" />,
    plus: <path d="M12 5v14M5 12h14" />,
    clock: <><circle cx="12" cy="12" r="8.5" /><path d="M12 7v5.500l3.5 2" /></>,
    alert: <><path d="M12 3.5 2.5 20h19L12 3.500Z" /><path d="M12 10v4.500M12 17.300h.01" /></>,
    lock: <><rect x="5" y="10.5" width="14" height="9.5" rx="2" /><path d="M8 10.500V8a4 4 0 0 1 8 0v2.5" /></>,
    basket: <><path d="M4 10h16l-1.7 9.500H5.700L4 10ZM8 10l3-6M16 10l-3-6" /></>,
    calendar: <><rect x="4" y="5.5" width="16" height="14.5" rx="2" /><path d="M4 10h16M8.5 3v4M15.5 3v4" /></>,
    live: <><circle cx="12" cy="12" r="2.5" fill="currentColor" /><path d="M7.5 16.500a6.4 6.4 0 0 1 0-9M16.5 7.500a6.4 6.4 0 0 1 0 9M4.7 19.300a10.3 10.3 0 0 1 0-14.600M19.3 4.700a10.3 10.3 0 0 1 0 14.6" /></>,
    offline: <><path d="M4 4l16 16M8 8.500a7 7 0 0 0-1.5 7M16.5 7.500a6.4 6.4 0 0 1 1.2 7.500M4.7 19.300a10.3 10.3 0 0 1-.5-14M19.3 4.700a10.3 10.3 0 0 1 1.5 12.5" /></>,
    waiting: <path d="M20 12a8 8 0 1 1-2.6-5.900M20 3.500v4.200h-4.2" />,
    person: <><circle cx="12" cy="8" r="4" /><path d="M4.5 20.500c.8-4.3 3.7-6.5 7.5-6.500s6.7 2.2 7.5 6.5" /></>,
    family: <><circle cx="8" cy="8" r="3" /><circle cx="16.5" cy="10" r="2.3" /><path d="M2.5 19.500c.5-3.8 2.600-5.700 5.500-5.700s5 1.900 5.500 5.700M14.500 15.400c3.400-1 6 .6 6.800 4.100" /></>,
    staff: <><path d="M5 20V5.500A1.500 1.500 0 0 1 6.500 4h11A1.500 1.500 0 0 1 19 5.500V20M3 20h18" /><path d="M9 8.500h1.500M13.500 8.500H15M9 12.500h1.500M13.500 12.500H15M10.500 20v-3.500h3V20" /></>,
    sheet: <><rect x="5" y="4.500" width="14" height="16" rx="2" /><path d="M9 3h6v3.500H9ZM12 10v6M9 13h6" /></>,
    mail: <><rect x="3.500" y="5.500" width="17" height="13" rx="2" /><path d="m4 7 8 6.500L20 7" /></>,
    back: <path d="m10.5 5.5-6.5 6.5 6.5 6.500M4 12h16" />,
    next: <path d="m13.5 5.5 6.5 6.5-6.5 6.500M20 12H4" />,
} satisfies Record<Theme | string, ComponentChildren>;

export type IconName = keyof typeof drawings;

export function Icon({ name, large = false }: { name: IconName; large?: boolean }) {
    return (
        <svg class={large ? "icon icon-large" : "icon"} viewBox="0 0 24 24" aria-hidden="true" focusable="false"
            fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">
            {drawings[name]}
        </svg>
    );
}

/** The icon of a theme; one the page does not know yet gets the first. */
export function ThemeIcon({ theme }: { theme: Theme }) {
    return <span class={`theme theme-${theme}`}><Icon name={theme in drawings ? theme : "discovery"} large /></span>;
}
