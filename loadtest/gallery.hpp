// People who only watch the calendar: any number of sockets, opened a few hundred at a time.
// Thread safety: one thread.
#pragma once

#include "loadtest/ws_watcher.hpp"

#include <memory>
#include <vector>

namespace campgate::rush {

class gallery {
public:
    /// Watchers come from the addresses of `first_number` and on.
    gallery(watch_floor& floor, std::size_t size, std::uint64_t first_number);

    /// Opens all; runs the io_context until they have their first calendar, or `patience` is over.
    /// Gives how many have.
    std::size_t fill(std::chrono::seconds patience);
    void close();
    std::size_t open() const { return open_; }

private:
    void more();

    watch_floor& floor_;
    std::vector<std::unique_ptr<ws_watcher>> watchers_;
    std::size_t started_ = 0;
    std::size_t open_ = 0;
};

}  // namespace campgate::rush
