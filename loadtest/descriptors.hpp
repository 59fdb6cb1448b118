// How many files this process may have open, raised as far as the system lets it.
#pragma once

#include <cstdint>

namespace campgate::rush {

/// Throws input_fault, with the number of workers that would do, when `people` of `each`
/// descriptors do not fit into `workers` processes.
void need_descriptors(std::uint64_t people, std::uint64_t each, std::uint32_t workers,
                      bool may_have_workers);

}  // namespace campgate::rush
