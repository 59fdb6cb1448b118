// Orders: those that wait for the staff, those that are open, all; and the one that a transfer is
// for, by the communication that stands on it.
import { useState } from "preact/hooks";
import { end_session } from "../actions";
import { RadioField, TextField } from "../form/field";
import * as api from "../io/api";
import { is_found, type OrderPage, type StaffOrder } from "../model/staff_orders";
import { t as base } from "../text";
import { Icon } from "../view/icons";
import { Pages, Shown, use_fetched } from "./fetched";
import { OrderCard } from "./order";
import { t } from "./words";

const states = ["attention", "open", "all"] as const;
type State = (typeof states)[number];

export function OrdersPage() {
    const [state, set_state] = useState<State>("attention");
    const [found, set_found] = useState<readonly StaffOrder[] | null>(null);
    return (
        <>
            <h1 tabIndex={-1}>{t("staff.orders")}</h1>
            <Search state={state} found={set_found} />
            <RadioField id="orders-state" label={t("orders.which")} value={state} choose={(to) => { set_found(null); set_state(to as State); }}
                choices={states.map((id) => ({ id, label: t(`orders.${id}`) }))} />
            {found === null ? <List key={state} state={state} />
                : <Cards orders={found} none={t("orders.not_found")} />}
        </>
    );
}

export function List({ state }: { state: State }) {
    const [page, set_page] = useState(0);
    const fetched = use_fetched<OrderPage>(`/staff/orders?state=${state}&page=${page}`);
    return (
        <Shown of={fetched}>
            {(list) => (
                <>
                    <Cards orders={list.orders} none={t(state === "attention" ? "orders.none_waits" : "orders.none")} />
                    <Pages page={list.page} pages={list.pages} go={set_page} />
                </>
            )}
        </Shown>
    );
}

/** What an act made of an order is shown in its place until the list is fetched again. */
function Cards({ orders, none }: { orders: readonly StaffOrder[]; none: string }) {
    const [news, set_news] = useState<readonly StaffOrder[]>([]);
    if (orders.length === 0) return <p class="empty" role="status">{none}</p>;
    return (
        <ul class="stack" data-testid="orders">
            {orders.map((order) => (
                <li key={order.id}>
                    <OrderCard order={news.find((n) => n.id === order.id) ?? order}
                        changed={(after) => set_news([after, ...news.filter((n) => n.id !== after.id)])} />
                </li>
            ))}
        </ul>
    );
}

const pages_max = 50;

// The server gives pages; a communication is looked for in all of them.
function Search({ state, found }: { state: State; found: (orders: readonly StaffOrder[] | null) => void }) {
    const [wanted, set_wanted] = useState("");
    const [busy, set_busy] = useState(false);
    const [failed, set_failed] = useState(false);
    const search = async (event: Event) => {
        event.preventDefault();
        if (busy) return;
        if (wanted.trim() === "") return found(null);
        set_busy(true);
        set_failed(false);
        const orders: StaffOrder[] = [];
        for (let page = 0, pages = 1; page < Math.min(pages, pages_max); page++) {
            const answer = await api.get(`/staff/orders?state=${state === "attention" ? "open" : state}&page=${page}`);
            if (answer.status === 401) return end_session();
            if (answer.status !== 200) {
                set_failed(true);
                break;
            }
            const list = answer.body as OrderPage;
            pages = list.pages;
            orders.push(...list.orders.filter((order) => is_found(order, wanted)));
        }
        set_busy(false);
        found(orders);
    };
    return (
        <form class="search" role="search" onSubmit={(event) => void search(event)}>
            <TextField id="order-q" label={t("orders.search")} hint={t("orders.search_hint")} value={wanted} type={set_wanted} length_max={60} />
            <button type="submit" class="button button-main" aria-disabled={busy} data-testid="order-search">
                {busy ? base("page.loading") : t("search.go")}
            </button>
            {failed && <p class="fault" role="alert"><Icon name="alert" />{base("error.no_answer")}</p>}
        </form>
    );
}
