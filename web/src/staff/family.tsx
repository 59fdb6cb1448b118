// One family as the staff may see it: all but the health sheets, of which only the colour shows.
import { Fact } from "../form/field";
import { show_niss, type Family } from "../model/family";
import { calendar_day, day_text, t as base } from "../text";
import { SheetState } from "../view/choose";
import { Shown, use_fetched } from "./fetched";
import { t } from "./words";

export function FamilyPage({ id }: { id: number }) {
    const found = use_fetched<Family>(`/staff/families/${id}`);
    return (
        <>
            <p><a href="#staff/families">{t("family.back")}</a></p>
            <Shown of={found}>
                {(family) => (
                    <>
                        <h1 tabIndex={-1}>{family.parent.given_name} {family.parent.family_name}</h1>
                        <dl class="facts" data-testid="staff-family">
                            <Fact label={t("family.niss")}>{show_niss(family.parent.niss)}</Fact>
                            <Fact label={t("family.address")}>{address_text(family)}</Fact>
                            <Fact label={t("family.phone")}>{family.parent.phone ?? "–"}</Fact>
                            <Fact label={t("family.email")}>
                                {family.parent.email ?? "–"}
                                {family.parent.email !== null && !family.parent.email_confirmed && ` ${t("family.unconfirmed")}`}
                            </Fact>
                            <Fact label={t("family.residence")}>{t(family.residence.resident ? "family.resident" : "family.not_resident")}</Fact>
                        </dl>
                        <h2>{t("family.children")}</h2>
                        <ul class="rows">
                            {family.children.map((child) => (
                                <li key={child.id} class="row-card">
                                    <span>
                                        <strong>{child.given_name} {child.family_name}</strong>
                                        <span class="muted"> {[
                                            calendar_day(child.birth_date), child.niss === null ? t("family.no_niss") : show_niss(child.niss),
                                            child.school_year, base(`class.${child.class}`), t(`family.role_${child.role}`),
                                        ].filter(Boolean).join(" · ")}</span>
                                    </span>
                                    <span>
                                        <SheetState sheet={child.sheet} />
                                        {child.sheet_valid_until !== null && <span class="muted"> {day_text(Date.parse(child.sheet_valid_until))}</span>}
                                    </span>
                                </li>
                            ))}
                        </ul>
                    </>
                )}
            </Shown>
        </>
    );
}

function address_text({ parent }: Family): string {
    const a = parent.address;
    if (a === null) return "–";
    return `${a.street} ${a.number}${a.box ? ` / ${a.box}` : ""}, ${a.postcode} ${a.city}`;
}
