// The demo's mails: nothing leaves this machine, so what would have is read here.
import { Shown, use_fetched } from "./fetched";
import { date_time } from "../text";
import { t } from "./words";

interface Mail {
    id: number;
    to: string;
    subject: string;
    text: string;
    attachments: string[];
    sent_at: string | null;
}

export function MailsPage() {
    const found = use_fetched<{ mails: Mail[] }>("/demo/mails");
    return (
        <>
            <h1 tabIndex={-1}>{t("mails.title")}</h1>
            <p class="lead">{t("mails.text")}</p>
            <Shown of={found}>
                {({ mails }) => (
                    <>
                        <p><button type="button" class="button button-quiet" onClick={found.again} data-testid="mails-again">{t("mails.again")}</button></p>
                        {mails.length === 0 && <p class="empty">{t("mails.none")}</p>}
                        <ul class="stack">
                            {mails.map((mail) => (
                                <li key={mail.id}>
                                    <article class="mail" data-testid={`mail-${mail.id}`}>
                                        <h2>{mail.subject}</h2>
                                        <p class="muted">{t("mails.to", { to: mail.to })} · {mail.sent_at === null ? t("mails.waiting") : date_time(Date.parse(mail.sent_at))}</p>
                                        <p class="lines">{with_links(mail.text)}</p>
                                        {mail.attachments.length > 0 && <p class="muted" data-testid="mail-attached">{t("mails.attached", { files: mail.attachments.join(", ") })}</p>}
                                    </article>
                                </li>
                            ))}
                        </ul>
                    </>
                )}
            </Shown>
        </>
    );
}

// Links to this very server work; others stay words.
function with_links(text: string) {
    return text.split(/(https?:\/\/\S+)/).map((part, n) => {
        if (n % 2 === 0) return part;
        const hash = part.indexOf("/#");
        return hash < 0 ? part : <a key={n} href={part.slice(hash)} data-testid="mail-link">{part}</a>;
    });
}
