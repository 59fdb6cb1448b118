// The calendars that sockets were shown, page by page: a page is all weeks at a sequence. Most
// sockets get the same bytes after the same page, so a frame is read once and then looked up.
// Keeps, for each sequence, when the first and the last socket had it, and tells each page to the
// log once: a socket whose calendar differs makes a page of its own, for the judge to find.
// Thread safety: one thread.
#pragma once

#include "loadtest/api.hpp"
#include "loadtest/net.hpp"
#include "loadtest/told.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace campgate::rush {

/// When sockets saw a sequence or a later one.
struct frame_times {
    std::int64_t first{};  // microseconds since 1970
    std::int64_t last{};
    std::uint64_t sockets{};
};

class calendar_book {
public:
    using page_number = std::size_t;
    static constexpr page_number blank = 0;  // before the first frame

    struct page {
        std::uint64_t sequence{};
        std::vector<std::uint32_t> available;  // by slot
        std::int64_t seen{};                   // microseconds since 1970, by the first
    };

    calendar_book(const season_facts& season, told_log* told);

    /// The page after `from` when a "weeks" or "snapshot" frame came. Throws api_fault.
    page_number turn(page_number from, std::string_view frame, std::int64_t at);

    const page& at(page_number number) const { return pages_[number]; }
    const std::vector<page>& pages() const { return pages_; }
    const std::map<std::uint64_t, frame_times>& frames() const { return frames_; }

    /// A week's place in a page.
    std::size_t slot(std::uint32_t week) const { return slots_.at(week); }
    std::uint32_t available(page_number number, std::uint32_t week) const;

private:
    struct turned {
        page_number from{};
        page_number to{};
        std::string frame;
    };

    page_number read(page_number from, std::string_view frame, std::int64_t at);
    void pass(std::uint64_t before, std::uint64_t after, std::int64_t at);

    told_log* told_;
    std::map<std::uint32_t, std::size_t> slots_;
    std::vector<std::uint32_t> weeks_;  // by slot
    std::vector<page> pages_;
    std::vector<turned> recent_;
    std::size_t oldest_ = 0;
    std::map<std::uint64_t, frame_times> frames_;
};

}  // namespace campgate::rush
