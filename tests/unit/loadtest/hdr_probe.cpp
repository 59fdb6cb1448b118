// Our histogram for the oracle's test: reads values, a line each, and prints the percentiles asked
// for as arguments, a line each, and then the count, the least and the largest.
#include "loadtest/hdr_histogram.hpp"

#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>

int main(int count, char** arguments) {
    campgate::rush::hdr_histogram values;
    for (std::uint64_t value = 0; std::cin >> value;) values.record(value);
    for (int i = 1; i < count; ++i)
        std::printf("%llu\n",
                    static_cast<unsigned long long>(values.at_percentile(std::stod(arguments[i]))));
    std::printf("%llu\n%llu\n%llu\n", static_cast<unsigned long long>(values.total()),
                static_cast<unsigned long long>(values.min()),
                static_cast<unsigned long long>(values.max()));
}
