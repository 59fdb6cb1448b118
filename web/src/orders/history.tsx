// Everything the family has ordered: bookings, payments, refunds, the newest first.
import { by_child, situation, type Order, type OrderLine } from "../model/order";
import { day_text, money, t as base } from "../text";
import { Icon } from "../view/icons";
import { UnpaidOrders } from "./basket";
import { signs } from "./order";
import { Organiser } from "./parts";
import { line_text, name_of } from "./wording";
import { t } from "./words";

export function HistoryPage({ orders }: { orders: readonly Order[] }) {
    return (
        <div class="stack-wide" data-testid="orders">
            <h1 tabIndex={-1}>{base("nav.orders")}</h1>
            <UnpaidOrders />
            {orders.length === 0 ? <Empty /> : (
                <ul class="stack">
                    {orders.map((order) => <li key={order.id}><Card order={order} /></li>)}
                </ul>
            )}
            <Organiser />
        </div>
    );
}

function Empty() {
    return (
        <div class="empty" data-testid="no-orders">
            <Icon name="sheet" large />
            <p>{t("orders.empty")}</p>
            <a class="button button-main" href="#basket">{base("nav.basket")}</a>
            <a class="button button-quiet" href="#calendar">{t("basket.to_calendar")}</a>
        </div>
    );
}

// What the order's own state does not say already.
function tells(line: OrderLine): boolean {
    return line.state === "cancelled" || line.state === "ended";
}

function Card({ order }: { order: Order }) {
    const state = situation(order);
    const { icon, tone } = signs[state];
    return (
        <article class="order-card" aria-labelledby={`order-${order.id}`} data-testid={`order-${order.id}`} data-state={state}>
            <div class="order-head">
                <h2 id={`order-${order.id}`}>
                    <a href={`#order/${order.id}`}>{t("order.title", { id: String(order.id) })}</a>
                </h2>
                <p class="price">{money(order.total)}</p>
            </div>
            <p class="muted">{t("orders.made", { day: day_text(Date.parse(order.made_at)) })}</p>
            <p class={`badge-state badge-${tone}`}><Icon name={icon} />{t(`situation.${state}`)}</p>
            <ul class="order-lines">
                {by_child(order.lines).map(({ child, lines }) => (
                    <li key={child}>
                        <strong>{name_of(child)}</strong>
                        <ul>{lines.map((l) => <li key={l.hold}>{line_text(l)}{tells(l) && <> · <em>{t(`line.${l.state}`)}</em></>}</li>)}</ul>
                    </li>
                ))}
            </ul>
            {order.lines.some((l) => l.cancellation?.state === "pending") && (
                <p class="line-state"><Icon name="waiting" />{t("cancellation.pending")}</p>
            )}
        </article>
    );
}
