#include "server/document_check.hpp"

#include <boost/crc.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace campgate::server {

namespace {

using namespace std::string_view_literals;

constexpr std::array all_kinds{document_kind::pdf, document_kind::jpeg, document_kind::png};

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

std::uint32_t big_endian(std::string_view bytes, std::size_t at, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8 | byte_at(bytes, at + i);
    return value;
}

// ---- PDF (ISO 32000-1 §7.5): its header stands first, its end last

constexpr std::array pdf_starts{"%PDF-1."sv, "%PDF-2."sv};
constexpr std::string_view pdf_end = "%%EOF";
constexpr std::string_view pdf_blank = "\r\n\t\f \0"sv;

std::optional<std::size_t> pdf_size(std::string_view bytes) {
    const bool starts = std::ranges::any_of(
        pdf_starts, [&](std::string_view start) { return bytes.starts_with(start); });
    const std::size_t last = bytes.find_last_not_of(pdf_blank);
    if (!starts || last == std::string_view::npos) return std::nullopt;
    const std::string_view whole = bytes.substr(0, last + 1);
    const bool refers = whole.find("startxref") != std::string_view::npos;
    if (!refers || !whole.ends_with(pdf_end)) return std::nullopt;
    return bytes.size();
}

// ---- JPEG (ITU-T T.81 annex B): segments, then the picture's data between markers

namespace jpeg {

constexpr std::uint32_t start = 0xd8, end = 0xd9, scan = 0xda, restart_first = 0xd0,
                        restart_last = 0xd7, temporary = 0x01;

bool is_frame(std::uint32_t marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

// Where the next marker is that ends a scan's data, or the end of the bytes.
std::size_t after_scan(std::string_view bytes, std::size_t at) {
    while (at + 1 < bytes.size()) {
        at = bytes.find('\xff', at);
        if (at == std::string_view::npos || at + 1 >= bytes.size()) return bytes.size();
        const std::uint32_t next = byte_at(bytes, at + 1);
        const bool data = next == 0 || (next >= restart_first && next <= restart_last);
        if (next == 0xff) {
            ++at;
        } else if (data) {
            at += 2;
        } else {
            return at;
        }
    }
    return bytes.size();
}

std::optional<std::size_t> size(std::string_view bytes) {
    if (!bytes.starts_with("\xff\xd8\xff")) return std::nullopt;
    bool framed = false;
    bool scanned = false;
    std::size_t at = 2;
    while (at + 1 < bytes.size()) {
        if (byte_at(bytes, at) != 0xff) return std::nullopt;
        const std::uint32_t marker = byte_at(bytes, at + 1);
        if (marker == 0xff) {  // fill
            ++at;
            continue;
        }
        if (marker == end) return framed && scanned ? std::optional{at + 2} : std::nullopt;
        if (marker == 0 || marker == start || marker == temporary ||
            (marker >= restart_first && marker <= restart_last) || at + 4 > bytes.size())
            return std::nullopt;
        const std::size_t length = big_endian(bytes, at + 2, 2);
        if (length < 2 || length > bytes.size() - at - 2) return std::nullopt;
        at += 2 + length;
        framed = framed || is_frame(marker);
        if (marker == scan) {
            if (!framed) return std::nullopt;
            scanned = true;
            at = after_scan(bytes, at);
        }
    }
    return std::nullopt;
}

}  // namespace jpeg

// ---- PNG (W3C, PNG §5): chunks, each with its checksum, from IHDR to IEND

namespace png {

constexpr std::string_view signature = "\x89PNG\r\n\x1a\n";
constexpr std::size_t around = 12;  // length, name, checksum
constexpr std::size_t header_length = 13;

std::optional<std::size_t> size(std::string_view bytes) {
    if (!bytes.starts_with(signature)) return std::nullopt;
    bool data = false;
    std::size_t at = signature.size();
    for (bool first = true; bytes.size() - at >= around; first = false) {
        const std::size_t length = big_endian(bytes, at, 4);
        if (length > bytes.size() - at - around) return std::nullopt;
        const std::string_view name = bytes.substr(at + 4, 4);
        boost::crc_32_type sum;
        sum.process_bytes(bytes.data() + at + 4, 4 + length);
        if (sum.checksum() != big_endian(bytes, at + 8 + length, 4)) return std::nullopt;
        if (first != (name == "IHDR") || (first && length != header_length)) return std::nullopt;
        data = data || name == "IDAT";
        at += around + length;
        if (name == "IEND") return data && length == 0 ? std::optional{at} : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace png

}  // namespace

std::optional<document_found> document_in(std::string_view bytes) noexcept {
    if (const auto size = pdf_size(bytes)) return document_found{document_kind::pdf, *size};
    if (const auto size = jpeg::size(bytes)) return document_found{document_kind::jpeg, *size};
    if (const auto size = png::size(bytes)) return document_found{document_kind::png, *size};
    return std::nullopt;
}

std::string_view content_type_of(document_kind kind) noexcept {
    switch (kind) {
        case document_kind::pdf: return "application/pdf";
        case document_kind::jpeg: return "image/jpeg";
        case document_kind::png: return "image/png";
    }
    return {};
}

std::string_view extension_of(document_kind kind) noexcept {
    switch (kind) {
        case document_kind::pdf: return "pdf";
        case document_kind::jpeg: return "jpg";
        case document_kind::png: return "png";
    }
    return {};
}

std::optional<document_kind> document_kind_of(std::string_view content_type) noexcept {
    for (const document_kind kind : all_kinds) {
        if (content_type == content_type_of(kind)) return kind;
    }
    return std::nullopt;
}

}  // namespace campgate::server
