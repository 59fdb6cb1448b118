// The staff's pages, and in the demo the mails that were sent. The server decides who is staff and
// writes down every look; these pages only show what it gave.
import { me, place } from "../store";
import { AuditPage } from "./audit";
import { DecisionsPage } from "./decisions";
import { FamilyPage } from "./family";
import { MailsPage } from "./mails";
import { OrdersPage } from "./orders";
import { ReadinessPage } from "./readiness";
import { SearchPage } from "./search";
import { WeeksPage } from "./weeks";
import { Icon } from "../view/icons";
import { t } from "./words";

const tabs = ["families", "decisions", "orders", "weeks", "readiness", "audit"] as const;

export function Page() {
    if (place.value.page === "mails") return <MailsPage />;
    if (!me.value?.staff) {
        return (
            <div class="empty">
                <Icon name="lock" large />
                <h1 tabIndex={-1}>{t("staff.only")}</h1>
                <a class="button" href="#portal">{t("staff.to_portal")}</a>
            </div>
        );
    }
    const [tab = "families", id] = place.value.args;
    return (
        <>
            <nav class="subnav" aria-label={t("staff.nav")}>
                {tabs.map((name) => (
                    <a key={name} href={`#staff/${name}`} data-testid={`staff-${name}`}
                        aria-current={tab === name || (tab === "family" && name === "families") ? "page" : undefined}>
                        {t(`staff.${name}`)}
                    </a>
                ))}
            </nav>
            <Tab name={tab} id={Number(id)} />
        </>
    );
}

function Tab({ name, id }: { name: string; id: number }) {
    switch (name) {
        case "decisions": return <DecisionsPage />;
        case "orders": return <OrdersPage />;
        case "weeks": return <WeeksPage />;
        case "readiness": return <ReadinessPage />;
        case "audit": return <AuditPage />;
        case "family": return <FamilyPage key={id} id={id} />;
        default: return <SearchPage />;
    }
}
