// The pages from the basket to the booking and back: which one is shown, and what stands there
// while the orders are not known yet.
import { place } from "../store";
import { BasketPage } from "./basket";
import { order_of, orders } from "./book";
import { FinalisePage } from "./finalise";
import { HistoryPage } from "./history";
import { OrderUnknown, OrdersToCome } from "./missing";
import { OrderPage } from "./order";
import { PayPage } from "./pay";
import { PaymentPage } from "./payment";

export function Page() {
    const { page, args } = place.value;
    switch (page) {
        case "basket": return <BasketPage />;
        case "finalise": return <FinalisePage />;
        case "payment": return <PaymentPage key={args[0]} id={Number(args[0])} />;
        default: return <Ordered args={page === "order" ? args : []} />;
    }
}

function Ordered({ args: [id, what] }: { args: readonly string[] }) {
    if (orders.value === null) return <OrdersToCome />;
    if (id === undefined) return <HistoryPage orders={orders.value} />;
    const order = order_of(Number(id));
    if (order === null) return <OrderUnknown />;
    return what === "pay" ? <PayPage key={id} order={order} /> : <OrderPage key={id} order={order} />;
}
