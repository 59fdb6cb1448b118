// Processor time and memory of the server's process and of those it started (its PostgreSQL), read
// from /proc. Thread safety: one thread.
#pragma once

#include <cstdint>
#include <vector>

namespace campgate::rush {

struct server_sample {
    std::int64_t at{};    // microseconds since 1970
    double server_cpu{};  // processors in use since the sample before
    double database_cpu{};
    std::uint64_t server_bytes{};    // of its own
    std::uint64_t database_bytes{};  // of their own, without what they share
};

class server_probe {
public:
    /// `pid` 0: there is nothing to look at. Throws input_fault when the process is not there.
    explicit server_probe(std::int64_t pid);

    void sample();
    const std::vector<server_sample>& samples() const { return samples_; }

private:
    std::int64_t pid_;
    double server_before_ = 0;
    double database_before_ = 0;
    std::int64_t before_ = 0;
    std::vector<server_sample> samples_;
};

}  // namespace campgate::rush
