#include "server/system_ports.hpp"

#include <sodium.h>
#include <ctime>

namespace campgate::server {

instant system_clock_port::now() const {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

boot_instant system_clock_port::boot() const {
    timespec t{};
    clock_gettime(CLOCK_BOOTTIME, &t);
    return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
}

std::uint64_t system_random_port::next() {
    std::uint64_t value{};
    randombytes_buf(&value, sizeof value);
    return value;
}

}  // namespace campgate::server
