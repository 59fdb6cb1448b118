// What the staff's handlers have in common: pages of a list, and that nothing is shown or done
// unless it is on record. Thread safety: each call belongs to one io thread.
#pragma once

#include "core/command.hpp"
#include "server/handlers/sale_asking.hpp"
#include "server/result.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace campgate::server {

inline constexpr std::uint64_t staff_rows_per_page = 20;

inline std::uint64_t pages_for(std::uint64_t rows) {
    return (rows + staff_rows_per_page - 1) / staff_rows_per_page;
}

template <class T>
std::span<const T> page_of(const std::vector<T>& all, std::uint64_t page) {
    const std::size_t from = std::min<std::size_t>(all.size(), page * staff_rows_per_page);
    return std::span{all}.subspan(from,
                                  std::min<std::size_t>(staff_rows_per_page, all.size() - from));
}

/// The parameter `page` of a query that has no other, or the answer that says what is wrong.
result<std::uint64_t, http_response> page_asked(const request_context& c);
/// A page's number as text.
std::optional<std::uint64_t> page_number(std::string_view text) noexcept;

/// Takes a step of a sale. Nothing when it is done, now or before; else the answer.
awaitable<std::optional<http_response>> step_refused(const request_context& c, sale_command step);

/// Writes an audit row of its own; false: it is not written.
awaitable<bool> recorded(const request_context& c, std::string_view what,
                         std::optional<family_id> family = {}, std::optional<child_id> child = {});

}  // namespace campgate::server
