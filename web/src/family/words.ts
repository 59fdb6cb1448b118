// The words of the family's pages.
import fr from "../../i18n/family/fr.json";
import { make_words } from "../text";

export const { t } = make_words<keyof typeof fr>(fr, {
    nl: () => import("../../i18n/family/nl.json"),
    de: () => import("../../i18n/family/de.json"),
    en: () => import("../../i18n/family/en.json"),
});
