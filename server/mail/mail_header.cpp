#include "server/mail/mail_header.hpp"

#include <algorithm>
#include <array>

namespace campgate::server {

namespace {

constexpr std::string_view fold = "\r\n ";
constexpr std::size_t plain_line_max = 76;
// 45 bytes are 60 in base64; with "=?UTF-8?B?" and "?=" that is 72 of the 75 allowed.
constexpr std::size_t word_bytes_max = 45;
constexpr std::size_t word_frame = 12;
constexpr std::size_t address_max = 254;
constexpr std::size_t local_part_max = 64;
constexpr std::size_t label_max = 63;

bool is_letter_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Bytes of the UTF-8 character at the front; 0 when it is none (RFC 3629 §4).
std::size_t character_bytes(std::string_view text) noexcept {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](std::size_t i, unsigned least = 0x80, unsigned most = 0xbf) {
        return i < text.size() && at(i) >= least && at(i) <= most;
    };
    const unsigned first = at(0);
    if (first < 0x80) return 1;
    if (first < 0xc2) return 0;
    if (first < 0xe0) return follows(1) ? 2 : 0;
    if (first < 0xf0) {
        const unsigned least = first == 0xe0 ? 0xa0 : 0x80;
        const unsigned most = first == 0xed ? 0x9f : 0xbf;
        return follows(1, least, most) && follows(2) ? 3 : 0;
    }
    if (first > 0xf4) return 0;
    const unsigned least = first == 0xf0 ? 0x90 : 0x80;
    const unsigned most = first == 0xf4 ? 0x8f : 0xbf;
    return follows(1, least, most) && follows(2) && follows(3) ? 4 : 0;
}

std::string base64(std::string_view bytes) {
    static constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto byte = [&](std::size_t n) {
            return i + n < bytes.size() ? static_cast<unsigned char>(bytes[i + n]) : 0U;
        };
        const unsigned three = byte(0) << 16U | byte(1) << 8U | byte(2);
        out += digits[three >> 18U];
        out += digits[(three >> 12U) & 63U];
        out += i + 1 < bytes.size() ? digits[(three >> 6U) & 63U] : '=';
        out += i + 2 < bytes.size() ? digits[three & 63U] : '=';
    }
    return out;
}

bool is_plain(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; }) &&
           text.find("=?") == std::string_view::npos && !text.starts_with(' ') &&
           !text.ends_with(' ');
}

std::string quoted(std::string_view text) {
    std::string out{'"'};
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

}  // namespace

bool is_mail_address(std::string_view text) noexcept {
    static constexpr std::string_view marks = "!#$%&'*+-/=?^_`{|}~";
    const std::size_t at = text.find('@');
    if (text.size() > address_max || at == std::string_view::npos) return false;
    const std::string_view local = text.substr(0, at);
    std::string_view domain = text.substr(at + 1);
    if (local.empty() || local.size() > local_part_max || local.starts_with('.') ||
        local.ends_with('.') || local.find("..") != std::string_view::npos)
        return false;
    if (!std::ranges::all_of(local, [](char c) {
            return is_letter_or_digit(c) || c == '.' || marks.find(c) != std::string_view::npos;
        }))
        return false;
    for (;;) {
        const std::size_t dot = domain.find('.');
        const std::string_view label = domain.substr(0, dot);
        if (label.empty() || label.size() > label_max || label.starts_with('-') ||
            label.ends_with('-'))
            return false;
        if (!std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; }))
            return false;
        if (dot == std::string_view::npos) return true;
        domain.remove_prefix(dot + 1);
    }
}

std::optional<mailbox> parse_mailbox(std::string_view text) {
    const std::size_t open = text.find('<');
    mailbox made;
    if (open == std::string_view::npos) {
        made.address = trimmed(text);
    } else {
        if (!text.ends_with('>')) return std::nullopt;
        std::string_view name = trimmed(text.substr(0, open));
        if (name.size() >= 2 && name.front() == '"' && name.back() == '"')
            name = name.substr(1, name.size() - 2);
        made.name = cleaned(name);
        made.address = text.substr(open + 1, text.size() - open - 2);
    }
    if (!is_mail_address(made.address)) return std::nullopt;
    return made;
}

std::string cleaned(std::string_view text, bool lines) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t bytes = character_bytes(text);
        if (bytes == 0) {
            out += "\xef\xbf\xbd";
            text.remove_prefix(1);
            continue;
        }
        const auto first = static_cast<unsigned char>(text.front());
        // U+0080 to U+009F, and what would turn the writing or break the line.
        const std::string_view character = text.substr(0, bytes);
        const bool control = first < 0x20 || first == 0x7f ||
                             (first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0) ||
                             (character >= "\xe2\x80\xa8" && character <= "\xe2\x80\xae") ||
                             (character >= "\xe2\x81\xa6" && character <= "\xe2\x81\xa9");
        if (!control || (lines && first == '\n'))
            out += character;
        else
            out += ' ';
        text.remove_prefix(bytes);
    }
    return out;
}

std::string header_text(std::string_view text, std::size_t used) {
    if (is_plain(text) && used + text.size() <= plain_line_max) return std::string{text};
    std::string out;
    // What is left of the first line, in whole groups of base64.
    std::size_t room = std::min(word_bytes_max, (plain_line_max - word_frame - used) / 4 * 3);
    while (!text.empty()) {
        std::size_t bytes = 0;
        while (bytes < text.size()) {
            const std::size_t next = std::max<std::size_t>(1, character_bytes(text.substr(bytes)));
            if (bytes + next > room) break;
            bytes += next;
        }
        if (bytes > 0) out += "=?UTF-8?B?" + base64(text.substr(0, bytes)) + "?=";
        text.remove_prefix(bytes);
        if (!text.empty()) out += fold;
        room = word_bytes_max;
    }
    return out;
}

std::string text_header(std::string_view name, std::string_view text) {
    std::string line{name};
    line += ": ";
    return line + header_text(cleaned(text), line.size());
}

std::string mailbox_header(std::string_view name, const mailbox& who) {
    std::string line{name};
    line += ": ";
    const std::string called = cleaned(who.name);
    if (called.empty()) return line + who.address;
    const bool plain = is_plain(called) && called.size() <= plain_line_max - 20;
    line += plain ? quoted(called) : header_text(called, line.size());
    line += fold;
    return line + '<' + who.address + '>';
}

std::string date_text(instant at) {
    static constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed",
                                                          "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
    const auto two = [](auto number) {
        const auto n = static_cast<unsigned>(number);
        return (n < 10 ? "0" : "") + std::to_string(n);
    };
    return std::string{days[std::chrono::weekday{day}.c_encoding()]} + ", " +
           two(static_cast<unsigned>(date.day())) + " " +
           std::string{months[static_cast<unsigned>(date.month()) - 1]} + " " +
           std::to_string(static_cast<int>(date.year())) + " " + two(time.hours().count()) + ":" +
           two(time.minutes().count()) + ":" + two(time.seconds().count()) + " +0000";
}

}  // namespace campgate::server
