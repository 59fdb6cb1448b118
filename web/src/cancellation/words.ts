// The words of the request to cancel a booking.
import fr from "../../i18n/cancellation/fr.json";
import { make_words } from "../text";

export const { t } = make_words<keyof typeof fr>(fr, {
    nl: () => import("../../i18n/cancellation/nl.json"),
    de: () => import("../../i18n/cancellation/de.json"),
    en: () => import("../../i18n/cancellation/en.json"),
});
