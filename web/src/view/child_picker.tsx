// S19: a booking starts from a child. Chosen like the tabs of a folder; each says how the child's
// health sheet stands (S18, S15) and what is picked or held for it.
import { choose_child } from "../actions";
import type { Child } from "../model/wire";
import { active_child, child, me, picks, seats } from "../store";
import { t } from "../text";
import { age_then_text, reason_text } from "../wording";
import { SheetState } from "./choose";
import { Icon } from "./icons";

export function ChildPicker() {
    const children = me.value?.children ?? [];
    if (children.length === 0) {
        return (
            <div class="empty">
                <p>{t("child.none")}</p>
                <a class="button" href="#portal">{t("nav.portal")}</a>
            </div>
        );
    }
    return (
        <section class="children" aria-labelledby="children-title">
            <h2 id="children-title" tabIndex={-1}>{t("child.title")}</h2>
            <div class="children-list" role="group" aria-labelledby="children-title">
                {children.map((one) => <ChildButton key={one.id} one={one} />)}
            </div>
            <Blocked />
        </section>
    );
}

function ChildButton({ one }: { one: Child }) {
    const held = seats.value.filter((h) => h.child === one.id).length;
    const picked = picks.value.filter((p) => p.child === one.id).length;
    return (
        <button type="button" class="child" aria-pressed={active_child.value === one.id}
            onClick={() => choose_child(one.id)} data-testid={`child-${one.id}`}>
            <span class="child-name">{one.name}</span>
            <span class="child-age">{age_then_text(one.birth_date)} · {t(`class.${one.class}`)}</span>
            <SheetState sheet={one.sheet} />
            {(picked > 0 || held > 0) && (
                <span class="child-counts">
                    {picked > 0 && <span><Icon name="plus" />{t("child.picked", { n: picked })}</span>}
                    {held > 0 && <span><Icon name="basket" />{t("child.held", { n: held })}</span>}
                </span>
            )}
        </button>
    );
}

function Blocked() {
    const one = child.value;
    if (!one) return null;
    const reason = !one.invoiceable ? "no_invoiceable_parent" as const
        : one.sheet === "missing" ? "sheet_missing" as const
            : one.sheet === "expired" ? "sheet_expired" as const : null;
    if (reason === null) return null;
    return (
        <p class="problem" data-testid="child-blocked">
            <Icon name="lock" />
            <span>
                {t("child.blocked", { child: one.name })} {reason_text(reason)}{" "}
                {reason !== "no_invoiceable_parent" && (
                    <a href={`#sheet/${one.id}`} data-testid="to-sheet">{t("child.to_sheet")}</a>
                )}
            </span>
        </p>
    );
}
