// What a family is told of its holds, orders, bookings and refunds: who, what, when, how much and
// why, in four languages; nothing that is not true any more, nothing to a stranger.
#include "server/mail/sale_news.hpp"

#include "tests/unit/mail/told_family.hpp"

namespace campgate::server::test {
namespace {

bool says(const std::string& text, std::string_view what) {
    return text.find(what) != std::string::npos;
}

sale_record reminded(instant until) {
    sale_record sale;
    sale.event = sale_event::reminded;
    sale.family = {1};
    sale.reminded = until;
    return sale;
}

family_hold held(hold_id hold, child_id child, week_id week, instant deadline,
                 bool booked = false) {
    family_hold h;
    h.hold = hold;
    h.child = child;
    h.week = week;
    h.deadline = deadline;
    h.booked = booked;
    return h;
}

sale_news reminder_of(std::vector<family_hold> holds, std::vector<order> orders = {}) {
    sale_news news = news_of(mail_cause::reminder, reminded(noon + 24h));
    family_view view;
    view.holds = std::move(holds);
    view.sales.orders = std::move(orders);
    news.holding = std::make_shared<const family_view>(std::move(view));
    return news;
}

// ---- R1

TEST(sale_news, R1_a_reminder_says_until_when_and_what) {
    const mail m = letter(reminder_of({held({320}, {8}, {1}, noon + 23h + 59min)}));
    EXPECT_EQ(m.kind, mail_kind::hold_reminder);
    EXPECT_EQ(m.not_after, noon + 23h + 59min);
    const written_mail text = read(m);
    EXPECT_EQ(text.subject, "Vos places sont gardées jusqu'au dimanche 21 mars 2027 à 11 h 59");
    EXPECT_TRUE(says(text.text, "elles seront annulées le dimanche 21 mars 2027 à 11 h 59"));
    EXPECT_TRUE(
        says(text.text, "\n- Léa : Petits, du lundi 5 juillet 2027 au vendredi 9 juillet 2027\n"))
        << text.text;
    EXPECT_TRUE(says(text.text, "\nhttps://camps.example/#basket\n"));
    EXPECT_TRUE(says(text.html, "<a class=\"action\" href=\"https://camps.example/#basket\">"));
}

TEST(sale_news, R1_each_hold_has_its_own_deadline_and_the_first_is_the_letters) {
    const mail m =
        letter(reminder_of({held({320}, {8}, {1}, noon + 3h), held({321}, {9}, {2}, noon + 2h),
                            held({322}, {9}, {1}, noon + 25h)}));
    EXPECT_EQ(m.not_after, noon + 2h);
    const std::string text = read(m).text;
    EXPECT_TRUE(says(text, "annulées le samedi 20 mars 2027 à 14 h 00"));
    EXPECT_TRUE(says(text,
                     "Léa : Petits, du lundi 5 juillet 2027 au vendredi 9 juillet 2027, "
                     "gardée jusqu'au samedi 20 mars 2027 à 15 h 00"))
        << text;
    EXPECT_TRUE(says(text,
                     "- Tom : Petits, du lundi 19 juillet 2027 au vendredi 23 juillet 2027 "
                     "(pas le mercredi 21 juillet 2027)\n"))
        << text;
    EXPECT_EQ(m.values.lists.at("weeks").size(), 2u) << "the third does not end within a day";
}

TEST(sale_news, R1_an_order_that_waits_for_its_payment_is_reminded_of_whole) {
    order o;
    o.id = {700};
    o.deadline = noon + 2h;
    o.lines = {line_of({320}, {8}, {1}, {9'000}), line_of({321}, {9}, {1}, {9'000})};
    for (order_line& line : o.lines) line.state = line_state::held;
    family_hold in_order = held({320}, {8}, {1}, noon + 2h);
    in_order.order = o.id;
    const mail m = letter(reminder_of({in_order}, {o}));
    EXPECT_EQ(m.values.lists.at("weeks").size(), 2u);
    EXPECT_TRUE(says(read(m).text, "il reste à la payer.\n\nhttps://camps.example/#order/700\n"))
        << read(m).text;
    o.clock_stopped = true;  // R4
    EXPECT_EQ(why_not(reminder_of({in_order}, {o})), "nothing_left");
}

TEST(sale_news, R1_nothing_is_said_of_what_was_paid_given_back_or_is_over) {
    EXPECT_EQ(why_not(reminder_of({})), "nothing_left");
    EXPECT_EQ(why_not(reminder_of({held({320}, {8}, {1}, {}, true)})), "nothing_left");
    EXPECT_EQ(why_not(reminder_of({held({320}, {8}, {1}, noon)})), "deadline_passed");
    sale_news unknown = reminder_of({});
    unknown.holding.reset();
    EXPECT_EQ(why_not(unknown), "nothing_left");
}

// ---- R2

TEST(sale_news, R2_says_which_holds_have_ended_and_when) {
    sale_news news = news_of(mail_cause::holds_ended, expire_record{{{{320}, {1}, {5}}}});
    news.placed = {{{320}, {1}, {8}, {5}, noon - 1s}};
    const written_mail text = read(letter(news));
    EXPECT_EQ(text.subject, "Vos places ont été annulées");
    EXPECT_TRUE(says(text.text, "payées avant l'échéance (samedi 20 mars 2027 à 11 h 59)"));
    EXPECT_TRUE(says(text.text, "\n- Léa : Petits, du lundi 5 juillet 2027"));
    news.placed.clear();
    EXPECT_THROW(letter(news), std::runtime_error);
}

TEST(sale_news, R2_says_what_an_order_that_nobody_paid_held) {
    sale_record sale = paid_sale();
    sale.event = sale_event::expired;
    sale.order->state = order_state::expired;
    sale.order->deadline = noon - 1min;
    sale.seats = {{seat_event::end, {320}, {1}, {5}, {8}, {}, {}},
                  {seat_event::end, {321}, {1}, {6}, {9}, {}, {}}};
    const written_mail text = read(letter(news_of(mail_cause::order_ended, sale)));
    EXPECT_EQ(text.subject, "Votre commande a été annulée");
    EXPECT_TRUE(says(text.text,
                     "Votre commande n° 700 n'a pas été payée avant l'échéance (samedi "
                     "20 mars 2027 à 11 h 59)"))
        << text.text;
    EXPECT_TRUE(says(text.text, "\n- Léa : Petits,"));
    EXPECT_TRUE(says(text.text, "\n- Tom : Petits,"));
}

// ---- S29

TEST(sale_news, S29_the_recap_has_each_week_each_reduction_in_words_and_what_was_paid) {
    const written_mail text = read(letter(news_of(mail_cause::booked, paid_sale())));
    EXPECT_EQ(text.subject, "Vos inscriptions sont confirmées");
    EXPECT_EQ(text.text.substr(0, text.text.find("\n\nhttps")),
              "Bonjour Anne Lambert,\n"
              "\n"
              "Votre paiement est validé, et vos inscriptions sont confirmées. Commande n° 700 :\n"
              "\n"
              "- Léa : Petits, du lundi 5 juillet 2027 au vendredi 9 juillet 2027\n"
              "  Lieu : École de Berneau\n"
              "  Prix : 90,00 €\n"
              "\n"
              "- Tom : Petits, du lundi 5 juillet 2027 au vendredi 9 juillet 2027\n"
              "  Lieu : École de Berneau\n"
              "  Prix : 90,00 €\n"
              "  2e enfant de la famille : −9,00 €\n"
              "  Prix après réductions : 81,00 €\n"
              "\n"
              "- Tom : Petits, du lundi 19 juillet 2027 au vendredi 23 juillet 2027 "
              "(pas le mercredi 21 juillet 2027)\n"
              "  Lieu : École de Berneau\n"
              "  Prix : 72,00 €\n"
              "  2e enfant de la famille : −7,20 €\n"
              "  2e semaine de cet enfant : −5,00 €\n"
              "  maximum de 140,00 € par enfant : −0,80 €\n"
              "  maximum de 229,00 € par famille : −10,00 €\n"
              "  Prix après réductions : 49,00 €\n"
              "\n"
              "Ajustement (ensemble de vos inscriptions) : −1,00 €\n"
              "Total : 219,00 €\n"
              "Payé : 219,00 €\n"
              "\n"
              "Chaque semaine est jointe pour votre agenda.");
}

TEST(sale_news, S29_reductions_are_said_in_the_language_of_the_parent) {
    const auto in = [](const char* code) {
        parent_row parent = anne();
        parent.language = code;
        return read(letter(news_of(mail_cause::booked, paid_sale(), parent))).text;
    };
    EXPECT_TRUE(says(in("nl"), "- Tom: Kleintjes, van maandag 5 juli 2027 tot en met vrijdag"));
    EXPECT_TRUE(says(in("nl"), "  2e kind van het gezin: −€ 9,00\n"));
    EXPECT_TRUE(says(in("nl"), "  maximum € 140,00 per kind: −€ 0,80\n"));
    EXPECT_TRUE(says(in("de"), "- Tom: Petits, von Montag, 5. Juli 2027 bis Freitag")) << in("de");
    EXPECT_TRUE(says(in("de"), "  2. Woche dieses Kindes: −5,00 €\n"));
    EXPECT_TRUE(says(in("en"), "- Tom: Little ones, Monday 5 July 2027 to Friday 9 July 2027"));
    EXPECT_TRUE(says(in("en"), "  2nd child of the family: −€9.00\n"));
}

TEST(sale_news, S29_each_week_is_an_event_that_can_be_found_again) {
    const mail m = letter(news_of(mail_cause::booked, paid_sale()));
    ASSERT_EQ(m.attachments.size(), 1u);
    EXPECT_EQ(m.attachments[0].name, "semaines.ics");
    EXPECT_EQ(m.attachments[0].type, "text/calendar; charset=utf-8; method=PUBLISH");
    for (const char* part : {"UID:uid-320\r\n", "UID:uid-321\r\n", "UID:uid-322\r\n",
                             "SUMMARY:Léa – Petits\r\n", "LOCATION:École de Berneau\r\n"})
        EXPECT_TRUE(says(m.attachments[0].bytes, part)) << m.attachments[0].bytes;
}

TEST(sale_news, S29_what_is_invoiced_is_not_said_to_be_paid) {
    sale_record sale = paid_sale();
    sale.order->paid = {};
    sale.order->method = payment_method::deferred;
    const std::string text = read(letter(news_of(mail_cause::booked, sale))).text;
    EXPECT_FALSE(says(text, "Votre paiement est validé"));
    EXPECT_TRUE(says(text, "et vous seront facturées"));
    EXPECT_TRUE(says(text, "Payé : 0,00 €\nÀ payer sur facture : 219,00 €\n"));
}

TEST(sale_news, S29_only_what_is_booked_is_told) {
    sale_record sale = paid_sale();
    sale.order->lines[1].state = line_state::ended;
    const mail m = letter(news_of(mail_cause::booked, sale));
    EXPECT_EQ(m.values.lists.at("weeks").size(), 2u);
    EXPECT_FALSE(says(m.attachments[0].bytes, "uid-321"));
}

// ---- S30, B4

TEST(sale_news, S30_every_mail_of_a_sale_names_the_address_for_deregistrations) {
    std::vector<sale_news> all{reminder_of({held({320}, {8}, {1}, noon + 2h)}),
                               news_of(mail_cause::booked, paid_sale())};
    all.push_back(news_of(mail_cause::holds_ended, expire_record{}));
    all.back().placed = {{{320}, {1}, {8}, {5}, noon}};
    sale_record back = paid_sale();
    back.refunds = {
        {{1}, {}, {820}, {700}, {1}, refund_state::due, refund_reason::cancelled, noon, {100}}};
    back.seats = {{seat_event::end, {320}, {1}, {5}, {8}, {}, {}}};
    for (const auto cause :
         {mail_cause::order_ended, mail_cause::refund_due, mail_cause::booking_cancelled})
        all.push_back(news_of(cause, back));
    const std::array<const char*, 4> words{
        "Pour désinscrire un enfant : ", "Een kind uitschrijven? ",
        "Ein Kind abmelden: ", "To withdraw a child: "};
    for (sale_news& news : all) {
        for (const language in : all_languages) {
            news.parent.language = code_of(in);
            const written_mail text = read(letter(news));
            const std::string wanted = words[static_cast<std::size_t>(in)];
            EXPECT_TRUE(says(text.text, wanted + "plaines@dalhem.example\n")) << text.text;
            EXPECT_TRUE(says(text.html, wanted + "<a href=\"mailto:plaines@dalhem.example\">"));
            EXPECT_FALSE(says(text.text, "{{")) << text.text;
            EXPECT_FALSE(says(text.text, "\n\n\n")) << text.text;
            EXPECT_FALSE(says(text.subject, "Léa"));
            EXPECT_FALSE(says(text.subject, "Tom"));
        }
    }
}

TEST(sale_news, S30_a_cancelled_booking_says_what_goes_back_and_leaves_the_calendar) {
    sale_record sale = paid_sale();
    sale.event = sale_event::cancelled;
    sale.seats = {{seat_event::end, {321}, {1}, {6}, {9}, {}, {}}};
    sale.refunds = {
        {{1}, {}, {820}, {700}, {1}, refund_state::due, refund_reason::cancelled, noon, {4'050}}};
    const mail m = letter(news_of(mail_cause::booking_cancelled, sale));
    EXPECT_TRUE(says(read(m).text, "\n- Tom : Petits, du lundi 5 juillet 2027"));
    EXPECT_TRUE(says(read(m).text, "Nous vous remboursons 40,50 €."));
    ASSERT_EQ(m.attachments.size(), 1u);
    EXPECT_TRUE(m.attachments[0].type.ends_with("method=CANCEL"));
    EXPECT_TRUE(says(m.attachments[0].bytes, "UID:uid-321\r\n")) << "the booking's own";
    EXPECT_TRUE(says(m.attachments[0].bytes, "METHOD:CANCEL\r\n"));
    EXPECT_TRUE(says(m.attachments[0].bytes, "STATUS:CANCELLED\r\n"));
    sale.refunds.clear();
    EXPECT_TRUE(says(read(letter(news_of(mail_cause::booking_cancelled, sale))).text,
                     "ne donne pas lieu à un remboursement"));
}

TEST(sale_news, B4_a_refund_says_why_and_for_which_child_no_place_was_left) {
    sale_record sale = paid_sale();
    sale.event = sale_event::paid_late;
    sale.refunds = {
        {{1}, {}, {820}, {700}, {1}, refund_state::due, refund_reason::no_seat_left, noon, {8'100}},
        {{2}, {}, {}, {700}, {1}, refund_state::due, refund_reason::overpaid, noon, {50}}};
    sale.priorities = {{{9}, {1}}};
    const std::string text = read(letter(news_of(mail_cause::refund_due, sale))).text;
    EXPECT_TRUE(says(text,
                     "Nous vous remboursons 81,50 € (commande n° 700).\n"
                     "- 81,00 € : votre paiement est arrivé après l'échéance, et il ne "
                     "restait plus de place.\n"
                     "- 0,50 € : vous avez payé plus que le prix.\n"))
        << text;
    EXPECT_TRUE(says(text, "Le montant revient sur le moyen de paiement"));
    EXPECT_TRUE(says(text, "L'organisateur vous contactera pour le versement."));
    EXPECT_TRUE(says(text, "en tête de la liste d'attente :\n- Tom : Petits,"));
}

// ---- whom, and what not

TEST(sale_news, an_address_that_nobody_confirmed_is_told_no_child_camp_or_place) {
    parent_row parent = anne();
    parent.email_confirmed = false;
    sale_record sale = paid_sale();
    sale.refunds = {
        {{1}, {}, {820}, {700}, {1}, refund_state::due, refund_reason::cancelled, noon, {100}}};
    sale.priorities = {{{9}, {1}}};
    sale.seats = {{seat_event::end, {320}, {1}, {5}, {8}, {}, {}}};
    std::vector<sale_news> all;
    for (const auto cause : {mail_cause::booked, mail_cause::order_ended, mail_cause::refund_due,
                             mail_cause::booking_cancelled})
        all.push_back(news_of(cause, sale, parent));
    all.push_back(reminder_of({held({320}, {8}, {1}, noon + 2h)}));
    all.back().parent = parent;
    all.push_back(news_of(mail_cause::holds_ended, expire_record{}, parent));
    all.back().placed = {{{320}, {1}, {8}, {5}, noon}};
    for (const sale_news& news : all) {
        const mail m = letter(news);
        EXPECT_TRUE(m.attachments.empty());
        const written_mail text = read(m);
        for (const std::string& form : {text.subject, text.text, text.html}) {
            for (const char* secret : {"Léa", "Tom", "Petits", "Berneau", "juillet"})
                EXPECT_FALSE(says(form, secret)) << form;
        }
        EXPECT_TRUE(says(text.text, "n'est pas encore confirmée")) << text.text;
        EXPECT_TRUE(says(text.text, "https://camps.example/#"));
    }
}

TEST(sale_news, a_week_that_the_season_has_lost_and_a_child_that_is_gone_are_no_obstacle) {
    sale_news news = news_of(mail_cause::booked, paid_sale());
    news.published = std::make_shared<const season>();
    news.children.clear();
    const mail m = letter(news);
    EXPECT_TRUE(m.attachments.empty());
    EXPECT_TRUE(says(read(m).text, "Total : 219,00 €"));
}

TEST(sale_news, a_record_that_owes_no_such_mail_is_a_fault) {
    EXPECT_THROW(letter(news_of(mail_cause::booked, expire_record{})), std::runtime_error);
    EXPECT_THROW(letter(news_of(mail_cause::refund_due, paid_sale())), std::runtime_error);
    EXPECT_THROW(letter(news_of(mail_cause::booking_cancelled, paid_sale())), std::runtime_error);
}

}  // namespace
}  // namespace campgate::server::test
