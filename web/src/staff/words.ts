// The words of the staff's pages.
import fr from "../../i18n/staff/fr.json";
import { make_words } from "../text";

export const { t } = make_words<keyof typeof fr>(fr, {
    nl: () => import("../../i18n/staff/nl.json"),
    de: () => import("../../i18n/staff/de.json"),
    en: () => import("../../i18n/staff/en.json"),
});
