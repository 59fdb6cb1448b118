// The family search: a name, a postcode or a NISS, as the server understands it.
import { useState } from "preact/hooks";
import { TextField } from "../form/field";
import { Icon } from "../view/icons";
import { Pages, Shown, use_fetched } from "./fetched";
import { t } from "./words";

interface Found {
    page: number;
    pages: number;
    families: { family: number; parent: string; postcode: string | null; children: string[]; ready: boolean }[];
}

export function SearchPage() {
    const [typed, set_typed] = useState("");
    const [asked, set_asked] = useState({ q: "", page: 0 });
    const found = use_fetched<Found>("/staff/families/search", asked);
    const submit = (event: Event) => {
        event.preventDefault();
        set_asked({ q: typed.trim(), page: 0 });
    };
    return (
        <>
            <h1 tabIndex={-1}>{t("staff.families")}</h1>
            <form class="search" role="search" onSubmit={submit}>
                <TextField id="q" label={t("search.label")} hint={t("search.hint")} value={typed} type={set_typed} optional={false} length_max={100} />
                <button type="submit" class="button button-main" data-testid="search">{t("search.go")}</button>
            </form>
            <Shown of={found}>
                {({ families, page, pages }) => (
                    <>
                        {families.length === 0 && <p class="empty" role="status">{t("search.none")}</p>}
                        <ul class="rows">
                            {families.map((f) => (
                                <li key={f.family} class="row-card" data-testid={`found-${f.family}`}>
                                    <span>
                                        <a href={`#staff/family/${f.family}`}><strong>{f.parent}</strong></a>
                                        <span class="muted"> {[f.postcode, f.children.join(", ")].filter(Boolean).join(" · ")}</span>
                                    </span>
                                    <span class={f.ready ? "ready ready-yes" : "ready ready-no"}>
                                        <Icon name={f.ready ? "check" : "cross"} />{t(f.ready ? "search.ready" : "search.not_ready")}
                                    </span>
                                </li>
                            ))}
                        </ul>
                        <Pages page={page} pages={pages} go={(to) => set_asked({ ...asked, page: to })} />
                    </>
                )}
            </Shown>
        </>
    );
}
