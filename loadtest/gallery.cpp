#include "loadtest/gallery.hpp"

namespace campgate::rush {

namespace {

constexpr std::size_t opening_max = 256;

}  // namespace

gallery::gallery(watch_floor& floor, std::size_t size, std::uint64_t first_number) : floor_(floor) {
    watchers_.reserve(size);
    for (std::size_t i = 0; i < size; ++i)
        watchers_.push_back(std::make_unique<ws_watcher>(floor, first_number + i, std::string{}));
}

std::size_t gallery::fill(std::chrono::seconds patience) {
    floor_.on_open = [this](bool open) {
        open ? ++open_ : --open_;
        more();
    };
    more();
    const moment deadline = now() + patience;
    floor_.io.restart();
    while (open_ < watchers_.size() && now() < deadline) floor_.io.run_one_until(deadline);
    return open_;
}

void gallery::more() {
    while (started_ < watchers_.size() && started_ < open_ + opening_max)
        watchers_[started_++]->open();
}

void gallery::close() {
    for (auto& watcher : watchers_) watcher->close();
}

}  // namespace campgate::rush
