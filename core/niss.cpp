#include "core/niss.hpp"

#include "core/ensure.hpp"

#include <chrono>

namespace campgate {

namespace {

constexpr std::uint64_t check_base = 97;
constexpr std::uint64_t born_from_2000 = 2'000'000'000;
constexpr std::string_view shown_as = "##.##.##-###.##";
constexpr std::size_t checked_digits = 9;
constexpr unsigned bis_step = 20;

constexpr std::uint64_t check_of(std::uint64_t first_nine) {
    return check_base - first_nine % check_base;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::uint64_t number_in(std::string_view digits) {
    std::uint64_t number = 0;
    for (const char c : digits) number = number * 10 + static_cast<std::uint64_t>(c - '0');
    return number;
}

// Separators may be left out, or be spaces, but stand only where they are shown.
std::optional<std::array<char, niss::digits_count>> digits_in(std::string_view text) {
    std::array<char, niss::digits_count> digits{};
    std::size_t found = 0;
    std::size_t place = 0;
    for (const char c : text) {
        if (!is_digit(c)) {
            if (place >= shown_as.size() || shown_as[place] == '#') return std::nullopt;
            if (c != shown_as[place] && c != ' ') return std::nullopt;
            ++place;
            continue;
        }
        if (found == digits.size()) return std::nullopt;
        if (shown_as[place] != '#') ++place;
        digits[found++] = c;
        ++place;
    }
    if (found != digits.size()) return std::nullopt;
    return digits;
}

// Month and day of a number: an unknown one is 00; a known date has to exist.
bool can_be_a_date(int year, unsigned month, unsigned day) {
    const unsigned of_year = month % bis_step;
    if (month >= 3 * bis_step || of_year > 12) return false;
    if (of_year == 0 || day == 0) return day <= 31;
    return std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{of_year},
                                       std::chrono::day{day}}
        .ok();
}

void put(char* at, std::uint64_t number, std::size_t digits) {
    for (std::size_t i = digits; i-- > 0; number /= 10)
        at[i] = static_cast<char>('0' + number % 10);
}

}  // namespace

std::optional<niss> niss::parse(std::string_view text) {
    const auto digits = digits_in(text);
    if (!digits) return std::nullopt;
    const std::string_view all{digits->data(), digits->size()};
    const std::uint64_t nine = number_in(all.substr(0, checked_digits));
    const std::uint64_t check = number_in(all.substr(checked_digits));
    const bool from_2000 = check == check_of(nine + born_from_2000);
    if (!from_2000 && check != check_of(nine)) return std::nullopt;
    const int year = static_cast<int>(number_in(all.substr(0, 2))) + (from_2000 ? 2000 : 1900);
    if (!can_be_a_date(year, static_cast<unsigned>(number_in(all.substr(2, 2))),
                       static_cast<unsigned>(number_in(all.substr(4, 2)))))
        return std::nullopt;
    return niss{*digits};
}

niss niss::make(unsigned year, unsigned month, unsigned day, unsigned serial) {
    ensure(year >= 1900 && year < 2100 && serial >= 1 && serial <= 998,
           "a number has its year and serial");
    std::array<char, digits_count> digits{};
    put(digits.data(), year % 100, 2);
    put(digits.data() + 2, month, 2);
    put(digits.data() + 4, day, 2);
    put(digits.data() + 6, serial, 3);
    const std::uint64_t nine = number_in({digits.data(), checked_digits});
    put(digits.data() + checked_digits, check_of(year >= 2000 ? nine + born_from_2000 : nine), 2);
    return niss{digits};
}

std::string niss::text() const {
    return niss_text({digits_.data(), digits_.size()});
}

std::string niss_text(std::string_view digits) {
    if (digits.size() != niss::digits_count) return std::string{digits};
    std::string shown;
    std::size_t next = 0;
    for (const char c : shown_as) shown += c == '#' ? digits[next++] : c;
    return shown;
}

}  // namespace campgate
