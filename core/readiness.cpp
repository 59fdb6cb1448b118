#include "core/readiness.hpp"

#include "core/eligibility.hpp"

namespace campgate {

namespace {

template <class Code>
bool none_blocks(const std::vector<missing_for<Code>>& missing) {
    return std::ranges::none_of(missing, &missing_for<Code>::blocking);
}

std::optional<instant> next_opening(const season_view& view, instant now) {
    std::optional<instant> next;
    const auto look_at = [&](instant at) {
        if (at > now && (!next || at < *next)) next = at;
    };
    for (const camp_week& week : view.published->weeks) {
        const opening& opens = view.row(week.id).opens;
        look_at(opens.all);
        if (opens.residents) look_at(*opens.residents);
    }
    return next;
}

bool fits(const season& s, const camp_week& week, std::chrono::sys_days birth) {
    const camp* of = s.find(week.camp);
    if (of == nullptr || birth > week.first_day()) return false;
    const std::uint32_t age = age_in_months(birth, week.first_day());
    return age >= of->ages.from_months && age < of->ages.below_months;
}

// The last day on which the child could be in a camp.
std::optional<std::chrono::sys_days> last_camp_day(const season& s, std::chrono::sys_days birth) {
    std::optional<std::chrono::sys_days> last;
    for (const camp_week& week : s.weeks) {
        if (fits(s, week, birth) && (!last || week.days.back() > *last)) last = week.days.back();
    }
    return last;
}

void look_at_sheet(child_readiness& of, const child_preparation& child, const season& s,
                   const std::optional<instant>& opens_at,
                   const std::optional<std::chrono::sys_days>& last_day, instant now) {
    if (!child.sheet_validated_at) {
        of.missing.push_back({child_gap::sheet_missing, true});
        return;
    }
    const instant until = sheet_valid_until(*child.sheet_validated_at, s.sheet_validity_months);
    if (now >= until) {
        of.missing.push_back({child_gap::sheet_expired, true, until});
    } else if (opens_at && until <= *opens_at) {
        of.missing.push_back({child_gap::sheet_lapses_before_opening, true, until});
    } else if (last_day && until <= instant{*last_day + std::chrono::days{1}}) {
        of.missing.push_back({child_gap::sheet_lapses_before_camp, false, until});
    }
}

}  // namespace

bool child_readiness::ready() const {
    return none_blocks(missing);
}

bool readiness::ready() const {
    return none_blocks(family) && std::ranges::all_of(children, &child_readiness::ready);
}

readiness readiness_of(const family_preparation& family, const season_view& view, instant now) {
    readiness result;
    const season fallback;
    const season& s = view.published ? *view.published : fallback;
    if (view.published) result.opens_at = next_opening(view, now);

    if (!family.registered) result.family.push_back({family_gap::not_registered, true});
    if (!family.has_profile) result.family.push_back({family_gap::no_profile, true});
    if (!family.has_email) {
        result.family.push_back({family_gap::email_missing, false});
    } else if (!family.email_confirmed) {
        result.family.push_back({family_gap::email_unconfirmed, false});
    }

    for (const child_preparation& child : family.children) {
        child_readiness& of = result.children.emplace_back(child_readiness{child.child, {}});
        const auto last_day = last_camp_day(s, child.birth_date);
        if (view.published && !last_day) {
            of.missing.push_back({child_gap::no_camp_for_age, false});
            continue;
        }
        look_at_sheet(of, child, s, result.opens_at, last_day, now);
        if (!child.has_invoiceable_parent)
            of.missing.push_back({child_gap::no_invoiceable_parent, true});
        if (!child.has_niss) of.missing.push_back({child_gap::no_niss, false});
        if (!child.has_school) of.missing.push_back({child_gap::no_school, false});
    }
    return result;
}

std::string_view name_of(family_gap gap) noexcept {
    switch (gap) {
        case family_gap::not_registered: return "not_registered";
        case family_gap::no_profile: return "no_profile";
        case family_gap::email_missing: return "email_missing";
        case family_gap::email_unconfirmed: return "email_unconfirmed";
    }
    return {};
}

std::string_view name_of(child_gap gap) noexcept {
    switch (gap) {
        case child_gap::sheet_missing: return "sheet_missing";
        case child_gap::sheet_expired: return "sheet_expired";
        case child_gap::sheet_lapses_before_opening: return "sheet_lapses_before_opening";
        case child_gap::sheet_lapses_before_camp: return "sheet_lapses_before_camp";
        case child_gap::no_invoiceable_parent: return "no_invoiceable_parent";
        case child_gap::no_niss: return "no_niss";
        case child_gap::no_school: return "no_school";
        case child_gap::no_camp_for_age: return "no_camp_for_age";
    }
    return {};
}

}  // namespace campgate
