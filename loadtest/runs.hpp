// The runs that campgate-rush knows, each from its options to its exit status. They throw
// input_fault for what keeps them from beginning.
#pragma once

#include "loadtest/api.hpp"
#include "loadtest/rush_options.hpp"

namespace campgate::rush {

/// The opening day, --replay and --watch-only.
int run_rush(const rush_options& options);

/// --closed and --steady.
int run_toggle(const rush_options& options);

}  // namespace campgate::rush
