// Loading and choosing. An ETag is a hash of the bytes that are sent.
#include "server/static_files.hpp"

#include "server/quality_list.hpp"

#include <sodium.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

namespace campgate::server {

namespace {

namespace fs = std::filesystem;

struct media_type {
    std::string_view suffix;
    std::string_view type;
};
constexpr std::array media_types{
    media_type{".html", "text/html; charset=utf-8"},
    media_type{".css", "text/css; charset=utf-8"},
    media_type{".js", "text/javascript; charset=utf-8"},
    media_type{".mjs", "text/javascript; charset=utf-8"},
    media_type{".json", "application/json"},
    media_type{".map", "application/json"},
    media_type{".webmanifest", "application/manifest+json"},
    media_type{".svg", "image/svg+xml"},
    media_type{".png", "image/png"},
    media_type{".jpg", "image/jpeg"},
    media_type{".webp", "image/webp"},
    media_type{".ico", "image/x-icon"},
    media_type{".woff2", "font/woff2"},
    media_type{".txt", "text/plain; charset=utf-8"},
    media_type{".yaml", "application/yaml"},
};

std::string_view media_type_of(std::string_view path) noexcept {
    for (const media_type& each : media_types) {
        if (path.ends_with(each.suffix)) return each.type;
    }
    return "application/octet-stream";
}

constexpr std::size_t hash_length_min = 8;

/// "app-5GKQ7XZA.js": the last part of the stem is a hash, as esbuild (capitals and digits) and
/// others (hexadecimal) write it.
bool has_hashed_name(std::string_view path) noexcept {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    const std::string_view stem = name.substr(0, name.find_last_of('.'));
    const std::string_view plain_stem = stem.substr(0, stem.find('.'));
    const auto dash = plain_stem.find_last_of('-');
    if (dash == std::string_view::npos) return false;
    const std::string_view hash = plain_stem.substr(dash + 1);
    if (hash.size() < hash_length_min) return false;
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto hex = [](char c) { return c >= 'a' && c <= 'f'; };
    return std::ranges::all_of(hash, [&](char c) { return digit(c) || capital(c); }) ||
           (std::ranges::all_of(hash, [&](char c) { return digit(c) || hex(c); }) &&
            std::ranges::any_of(hash, digit));
}

std::string etag_of(std::string_view bytes) {
    std::array<unsigned char, 16> hash{};
    crypto_generichash(hash.data(), hash.size(),
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr,
                       0);
    std::array<char, 2 * hash.size() + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    return std::string{"\""} + hex.data() + "\"";
}

bool is_hidden(const fs::path& relative) {
    return std::ranges::any_of(relative,
                               [](const fs::path& part) { return part.native().starts_with('.'); });
}

struct weights {
    int gzip{};
    int brotli{};
};

/// What the client takes (RFC 9110 §12.5.3). An encoding must be named, or covered by "*".
weights weights_of(std::string_view accept_encoding) noexcept {
    int gzip = -1;
    int brotli = -1;
    int others = 0;
    for (const quality_item& item : quality_list{accept_encoding}) {
        if (equal_ignoring_case(item.token, "gzip") || equal_ignoring_case(item.token, "x-gzip"))
            gzip = item.weight;
        if (equal_ignoring_case(item.token, "br")) brotli = item.weight;
        if (item.token == "*") others = item.weight;
    }
    return {gzip < 0 ? others : gzip, brotli < 0 ? others : brotli};
}

}  // namespace

result<static_files, std::string> static_files::load(const fs::path& directory) {
    std::error_code failed;
    static_files made;
    std::vector<std::pair<std::string, fs::path>> found;
    std::uintmax_t bytes = 0;
    for (auto each = fs::recursive_directory_iterator(directory, failed);
         !failed && each != fs::recursive_directory_iterator(); each.increment(failed)) {
        if (each->symlink_status(failed).type() != fs::file_type::regular) continue;
        const fs::path relative = each->path().lexically_relative(directory);
        if (is_hidden(relative)) continue;
        bytes += each->file_size(failed);
        if (failed) break;
        if (bytes > bytes_max)
            return directory.string() + ": holds more than 64 MiB, these are not the built pages";
        found.emplace_back("/" + relative.generic_string(), each->path());
    }
    if (failed) return directory.string() + ": " + failed.message();

    // Plain files come before their encodings: FILE sorts before FILE.br and FILE.gz.
    std::ranges::sort(found);
    for (const auto& [path, source] : found) {
        std::ifstream in(source, std::ios::binary);
        std::string content{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
        if (!in.is_open() || in.bad()) return source.string() + ": cannot be read";

        const bool packed = path.ends_with(".gz") || path.ends_with(".br");
        const auto plain =
            packed ? made.files_.find(path.substr(0, path.size() - 3)) : made.files_.end();
        file& into = plain != made.files_.end() ? plain->second : made.files_[path];
        encoding as = identity;
        if (plain != made.files_.end()) as = path.ends_with(".gz") ? gzip : brotli;
        if (as == identity) {
            into.content_type = media_type_of(path);
            into.cache_control =
                has_hashed_name(path) ? "public, max-age=31536000, immutable" : "no-cache";
        }
        into.representations[as] = {std::move(content), {}};
        into.representations[as].etag = etag_of(into.representations[as].bytes);
    }
    if (!made.files_.contains("/index.html"))
        return directory.string() + ": has no index.html; build the pages first";
    return made;
}

std::optional<static_content> static_files::find(std::string_view path,
                                                 std::string_view accept_encoding) const {
    const auto found = files_.find(path == "/" ? std::string_view{"/index.html"} : path);
    if (found == files_.end()) return std::nullopt;
    const file& asked = found->second;
    const bool has_gzip = !asked.representations[gzip].etag.empty();
    const bool has_brotli = !asked.representations[brotli].etag.empty();

    const weights client = weights_of(accept_encoding);
    encoding best = identity;
    if (has_gzip && client.gzip > 0) best = gzip;
    if (has_brotli && client.brotli > 0 && (best == identity || client.brotli >= client.gzip))
        best = brotli;

    constexpr std::array<std::string_view, encodings> names{"", "gzip", "br"};
    const representation& chosen = asked.representations[best];
    return static_content{chosen.bytes, asked.content_type,  names[best],
                          chosen.etag,  asked.cache_control, has_gzip || has_brotli};
}

}  // namespace campgate::server
