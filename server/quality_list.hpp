// A list field with weights, as Accept-Language and Accept-Encoding carry it: "br;q=0.9, gzip"
// (RFC 9110 §12.4.2). Thread safety: any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace campgate::server {

struct quality_item {
    std::string_view token;  ///< as written, views into the field
    int weight{};            ///< in thousandths: 0 refuses, 1000 is the default
};

/// At most `items_max` items are kept; malformed ones are left out, later ones ignored.
class quality_list {
public:
    static constexpr std::size_t items_max = 16;

    explicit quality_list(std::string_view field) noexcept;

    const quality_item* begin() const noexcept { return items_.data(); }
    const quality_item* end() const noexcept { return items_.data() + size_; }
    bool empty() const noexcept { return size_ == 0; }

private:
    std::array<quality_item, items_max> items_{};
    std::size_t size_{};
};

/// ASCII only, as field names and tokens are compared.
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// Without the spaces and tabs around it.
std::string_view trimmed(std::string_view text) noexcept;

}  // namespace campgate::server
