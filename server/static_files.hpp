// The built pages, served from memory: read once at start, so that no request touches a disk and no
// path can leave the directory. Thread safety: any thread, after loading.
#pragma once

#include "server/result.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace campgate::server {

/// One representation of a file. Views live as long as the static_files.
struct static_content {
    std::string_view bytes;
    std::string_view content_type;
    std::string_view content_encoding;  ///< "", "gzip" or "br"
    std::string_view etag;              ///< strong, quoted, its own for each encoding
    std::string_view cache_control;
    bool varies{};  ///< send Vary: Accept-Encoding
};

class static_files {
public:
    static constexpr std::uintmax_t bytes_max = 64 * 1024 * 1024;

    /// Everything below `directory` but hidden files and symbolic links; FILE.gz and FILE.br beside
    /// a FILE are its encodings. The error is a sentence for the operator.
    static result<static_files, std::string> load(const std::filesystem::path& directory);

    /// `path` begins with '/', without query, not decoded; "/" is index.html.
    std::optional<static_content> find(std::string_view path,
                                       std::string_view accept_encoding) const;

    std::size_t size() const noexcept { return files_.size(); }

private:
    enum encoding : std::uint8_t { identity, gzip, brotli };
    static constexpr std::size_t encodings = 3;

    struct representation {
        std::string bytes;
        std::string etag;  // empty: there is none in this encoding
    };
    struct file {
        std::string_view content_type;
        std::string_view cache_control;
        std::array<representation, encodings> representations;
    };

    std::map<std::string, file, std::less<>> files_;
};

}  // namespace campgate::server
