// The words of the health sheet.
import fr from "../../i18n/sheet/fr.json";
import { make_words } from "../text";

export const { t } = make_words<keyof typeof fr>(fr, {
    nl: () => import("../../i18n/sheet/nl.json"),
    de: () => import("../../i18n/sheet/de.json"),
    en: () => import("../../i18n/sheet/en.json"),
});
