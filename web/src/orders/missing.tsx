// What stands there while the orders are not known, cannot be fetched, or have none of that number.
import { t as base } from "../text";
import { Icon } from "../view/icons";
import { Loading } from "../view/parted";
import { load_orders, orders_load } from "./book";
import { Failed } from "./parts";
import { t } from "./words";

export function OrdersToCome() {
    if (orders_load.value !== "failed") return <Loading />;
    return (
        <>
            <h1 tabIndex={-1}>{base("nav.orders")}</h1>
            <Failed again={() => void load_orders()} />
        </>
    );
}

export function OrderUnknown() {
    return (
        <div class="empty" data-testid="order-unknown">
            <Icon name="alert" large />
            <h1 tabIndex={-1}>{t("order.unknown")}</h1>
            <a class="button button-main" href="#orders">{base("nav.orders")}</a>
        </div>
    );
}
