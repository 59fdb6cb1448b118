#include "core/eligibility.hpp"

#include "core/ensure.hpp"

namespace campgate {

std::uint32_t age_in_months(std::chrono::sys_days birth, std::chrono::sys_days on) {
    if (on <= birth) return 0;
    const std::chrono::year_month_day b{birth};
    const std::chrono::year_month_day d{on};
    const int months = (static_cast<int>(d.year()) - static_cast<int>(b.year())) * 12 +
                       (static_cast<int>(static_cast<unsigned>(d.month())) -
                        static_cast<int>(static_cast<unsigned>(b.month())));
    const bool complete = d.day() >= b.day();
    return static_cast<std::uint32_t>(complete ? months : months - 1);
}

instant sheet_valid_until(instant validated, std::uint32_t months) {
    const auto day = std::chrono::floor<std::chrono::days>(validated);
    const auto time = validated - day;
    std::chrono::year_month_day until =
        std::chrono::year_month_day{day} + std::chrono::months{static_cast<int>(months)};
    if (!until.ok()) until = until.year() / until.month() / std::chrono::last;
    return std::chrono::sys_days{until} + time;
}

std::optional<reason> ineligibility(const season& s, const camp_week& week, const opening& opens,
                                    const child_facts& child, instant now) {
    if (now < opens.all) {
        if (!opens.residents || now < *opens.residents) return reason::not_open;
        if (child.charged_as != price_class::resident) return reason::residents_only;
    }
    const camp* of = s.find(week.camp);
    ensure(of != nullptr, "a week of an unknown camp");
    const age_range ages = of->ages;
    const std::uint32_t age = age_in_months(child.birth_date, week.first_day());
    if (child.birth_date > week.first_day() || age < ages.from_months || age >= ages.below_months)
        return reason::age;
    if (!child.sheet_validated_at) return reason::sheet_missing;
    if (now >= sheet_valid_until(*child.sheet_validated_at, s.sheet_validity_months))
        return reason::sheet_expired;
    if (!child.has_invoiceable_parent) return reason::no_invoiceable_parent;
    return std::nullopt;
}

}  // namespace campgate
