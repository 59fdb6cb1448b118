// The real clocks and the real source of chance behind core's ports. Thread safety: any thread.
#pragma once

#include "core/ports.hpp"

namespace campgate::server {

class system_clock_port final : public clock_port {
public:
    instant now() const override;
    boot_instant boot() const override;
};

class system_random_port final : public random_port {
public:
    std::uint64_t next() override;
};

}  // namespace campgate::server
