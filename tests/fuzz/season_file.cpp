// Season files: whatever an organiser's editor saves, the answer is a season within its limits,
// which the journal can keep, or faults that can be shown on a terminal.
#include "server/season_file.hpp"

#include "core/record_codec.hpp"

#include "tests/fuzz/fuzz_target.hpp"

#include <functional>
#include <set>
#include <utility>

using namespace campgate;

namespace {

void check_season(const season& read) {
    ensure(!read.camps.empty() && read.camps.size() <= season_camps_max, "camps");
    ensure(read.weeks.size() <= season_weeks_max, "weeks");
    ensure(read.hold_duration >= hold_duration_min, "a hold lasts");
    ensure(read.hold_duration <= hold_duration_max, "a hold ends");
    ensure(!read.name.fr.empty(), "French is always there");
    for (std::size_t i = 0; i < read.camps.size(); ++i) {
        const camp& each = read.camps[i];
        ensure(each.id.value == i + 1, "a camp's draft id is its place");
        ensure(!each.name.fr.empty(), "a camp has a name");
        ensure(each.ages.from_months < each.ages.below_months, "ages");
        ensure(each.code.size() <= code_chars_max, "a short code");
    }
    std::set<std::pair<std::uint64_t, std::chrono::sys_days>> begun;
    for (const camp_week& week : read.weeks) {
        ensure(read.find(week.camp) != nullptr, "a week is some camp's");
        ensure(week.capacity >= 1 && week.capacity <= week_capacity_max, "a capacity");
        ensure(!week.days.empty() && week.days.size() <= days_per_week_max, "days");
        ensure(std::ranges::adjacent_find(week.days, std::greater_equal{}) == week.days.end(),
               "ascending days");
        ensure(begun.emplace(week.camp.value, week.first_day()).second, "one week a camp");
        for (const auto price : {price_class::resident, price_class::school, price_class::other}) {
            ensure(week.prices.of(price).value >= 0, "a price");
            ensure(week.prices.of(price).value <= price_cents_max, "a price within its limit");
        }
        ensure(!week.opens.residents || *week.opens.residents <= week.opens.all,
               "residents are not later than all");
    }
    const auto kept = decode_season(encode_season(read));
    ensure(kept && *kept == read, "the journal keeps it");
}

void check_faults(const std::vector<season_fault>& faults) {
    ensure(!faults.empty() && faults.size() <= 50, "one fault at least, not too many");
    for (const season_fault& fault : faults) {
        ensure(!fault.message.empty(), "a fault says what");
        for (const char c : to_text(fault)) {
            ensure(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "fit for a terminal");
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = parse_season(fuzz::text_of(data, size), "season.toml");
    if (const auto* faults = std::get_if<std::vector<season_fault>>(&read))
        check_faults(*faults);
    else
        check_season(std::get<season>(read));
    return 0;
}
