// The pages from the basket to the booking and back: which one is shown, and what stands there
// while the orders are not known yet.
import { place } from "../store";
import { t as base } from "../text";
import { Icon } from "../view/icons";
import { Loading } from "../view/parted";
import { BasketPage } from "./basket";
import { load_orders, order_of, orders, orders_load } from "./book";
import { CancellationPage } from "./cancellation";
import { FinalisePage } from "./finalise";
import { HistoryPage } from "./history";
import { OrderPage } from "./order";
import { Failed } from "./parts";
import { PayPage } from "./pay";
import { PaymentPage } from "./payment";
import { t } from "./words";

export function Page() {
    const { page, args } = place.value;
    switch (page) {
        case "basket": return <BasketPage />;
        case "finalise": return <FinalisePage />;
        case "payment": return <PaymentPage key={args[0]} id={Number(args[0])} />;
        default: return <Ordered args={page === "order" ? args : []} />;
    }
}

function Ordered({ args: [id, what, hold] }: { args: readonly string[] }) {
    if (orders.value === null) {
        if (orders_load.value !== "failed") return <Loading />;
        return (
            <>
                <h1 tabIndex={-1}>{base("nav.orders")}</h1>
                <Failed again={() => void load_orders()} />
            </>
        );
    }
    if (id === undefined) return <HistoryPage orders={orders.value} />;
    const order = order_of(Number(id));
    if (order === null) return <Unknown />;
    if (what === "pay") return <PayPage key={id} order={order} />;
    if (what === "cancel" && hold !== undefined) return <CancellationPage key={hold} order={order} hold={hold} />;
    return <OrderPage key={id} order={order} />;
}

function Unknown() {
    return (
        <div class="empty" data-testid="order-unknown">
            <Icon name="alert" large />
            <h1 tabIndex={-1}>{t("order.unknown")}</h1>
            <a class="button button-main" href="#orders">{base("nav.orders")}</a>
        </div>
    );
}
