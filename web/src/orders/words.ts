// The words of the pages from the basket to the booking.
import fr from "../../i18n/orders/fr.json";
import { make_words } from "../text";

export const { t } = make_words<keyof typeof fr>(fr, {
    nl: () => import("../../i18n/orders/nl.json"),
    de: () => import("../../i18n/orders/de.json"),
    en: () => import("../../i18n/orders/en.json"),
});
