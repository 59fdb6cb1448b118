// A fault of a file an operator wrote, told so that it is found at once: where, which key, what.
// Plain values; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace campgate {

struct file_fault {
    std::string file;        ///< as the operator named it
    std::uint32_t line{};    ///< from 1; 0 when the fault is the file's as a whole
    std::uint32_t column{};  ///< from 1, in characters; 0 with line 0
    std::string key;         ///< a path as camp[2].week[3].capacity, counted from 1; may be empty
    std::string message;     ///< English, without a full stop
    friend bool operator==(const file_fault&, const file_fault&) = default;
};

/// "season.toml:41:12: camp[2].week[3].capacity: must be 1 to 100000, found 0"
std::string to_text(const file_fault& fault);

}  // namespace campgate
