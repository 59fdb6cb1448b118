#include "server/payment/transfer_communication.hpp"

#include <algorithm>
#include <array>

namespace campgate::server {

namespace {

constexpr std::uint64_t ten_digits = 10'000'000'000;
constexpr std::uint64_t modulus = 97;

}  // namespace

std::string transfer_communication(payment_id id) {
    constexpr std::size_t digits_count = 12;
    constexpr std::size_t first_slash = 3, second_slash = 7;
    const std::uint64_t number = id.value % ten_digits;
    const std::uint64_t rest = number % modulus;
    std::uint64_t all = number * 100 + (rest == 0 ? modulus : rest);
    std::array<char, digits_count> digits{};
    for (auto at = digits.rbegin(); at != digits.rend(); ++at, all /= 10)
        *at = static_cast<char>('0' + all % 10);
    std::string made{"+++"};
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i == first_slash || i == second_slash) made += '/';
        made += digits[i];
    }
    return made += "+++";
}

bool is_iban(std::string_view text) noexcept {
    constexpr std::size_t shortest = 15, longest = 34, head = 4;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (text.size() < shortest || text.size() > longest) return false;
    if (!is_letter(text[0]) || !is_letter(text[1]) || !is_digit(text[2]) || !is_digit(text[3]))
        return false;
    std::uint64_t rest = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[(i + head) % text.size()];
        if (is_digit(c)) {
            rest = (rest * 10 + static_cast<std::uint64_t>(c - '0')) % modulus;
        } else if (is_letter(c)) {
            rest = (rest * 100 + static_cast<std::uint64_t>(c - 'A') + 10) % modulus;
        } else {
            return false;
        }
    }
    return rest == 1;
}

}  // namespace campgate::server
