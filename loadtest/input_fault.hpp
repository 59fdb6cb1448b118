// What is wrong with something the user gave us: a file, an address, an option. One clear sentence;
// main prints it and ends with 2.
#pragma once

#include <stdexcept>

namespace campgate::rush {

struct input_fault : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace campgate::rush
