// What the fuzz targets share: libFuzzer's entry point, which replay.cpp calls as well, and inputs
// that end where their memory ends, so that a sanitizer sees one byte read too many.
#pragma once

#include "core/ensure.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

/// One input. Ends the process when a property does not hold; answers 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace campgate::fuzz {

/// Bytes in memory of exactly their size.
class exact_bytes {
public:
    explicit exact_bytes(std::string_view bytes)
        : kept_(new char[bytes.size()]),
          size_(bytes.size()) {
        std::ranges::copy(bytes, kept_.get());
    }
    std::string_view view() const { return {kept_.get(), size_}; }

private:
    std::unique_ptr<char[]> kept_;
    std::size_t size_;
};

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// The input cut at its first `parts - 1` line feeds; parts that are not there are empty.
template <std::size_t Parts>
std::array<std::string_view, Parts> lines_of(std::string_view text) {
    std::array<std::string_view, Parts> lines;
    for (std::size_t i = 0; i < Parts; ++i) {
        const std::size_t end = i + 1 < Parts ? text.find('\n') : std::string_view::npos;
        lines[i] = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return lines;
}

/// Is `part` a view into `whole`?
inline bool lies_within(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace campgate::fuzz
