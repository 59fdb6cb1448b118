// Personal data at rest: every parent and child has a record key of its own, wrapped by the
// installation's master key; what is sealed under a record key is bound to its kind, id and part
// (XChaCha20-Poly1305, associated data). Erasing a record is forgetting its wrapped key, in every
// backup that is restored as well. The master key is a file or a systemd credential, never in the
// database. Thread safety: any thread; constant after construction.
#pragma once

#include "core/niss.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace campgate {

inline constexpr std::size_t sealing_key_bytes = 32;
inline constexpr std::size_t niss_hash_bytes = 32;

/// 32 secret bytes that leave no trace in memory behind.
class secret_key {
public:
    secret_key() = default;
    secret_key(const secret_key&) = default;
    secret_key& operator=(const secret_key&) = default;
    ~secret_key();

    static secret_key random();
    static std::optional<secret_key> of(std::string_view bytes);

    const unsigned char* data() const noexcept { return bytes_.data(); }
    std::string_view bytes() const noexcept {
        return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
    }

private:
    std::array<unsigned char, sealing_key_bytes> bytes_{};
};

enum class record_kind_sealed : std::uint8_t { parent = 1, child = 2, outbox = 3 };

/// Whose record it is, and the associated data of its parts: "parent:17:file".
struct sealed_record {
    record_kind_sealed kind{};
    std::uint64_t id{};
    std::string part(std::string_view name) const;
};

/// The text, sealed under a key; only the same `associated` opens it again.
std::string seal(const secret_key& key, std::string_view associated, std::string_view plain);
/// Nothing when the bytes were not sealed under this key for this use.
std::optional<std::string> open_sealed(const secret_key& key, std::string_view associated,
                                       std::string_view sealed);

/// The master key cannot be used; the text is one sentence for the operator.
class master_key_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class master_key {
public:
    explicit master_key(const secret_key& key);

    /// A record key under the master key.
    std::string wrap(const sealed_record& of, const secret_key& record_key) const;
    std::optional<secret_key> unwrap(const sealed_record& of, std::string_view wrapped) const;

    /// What stands in the tables for a national register number: the same for the same number, and
    /// nothing that could be found by trying all numbers without the key. 32 bytes.
    std::string niss_hash(const niss& number) const;
    /// For any other text by which a row is found, e.g. a confirmation's token; `use` keeps uses
    /// apart.
    std::string keyed_hash(std::string_view use, std::string_view text) const;
    /// Tells two master keys apart without telling anything of either. 32 bytes.
    std::string fingerprint() const { return keyed_hash("fingerprint", "campgate"); }

private:
    secret_key wrapping_;
    secret_key hashing_;
};

/// The key in a file: 64 hex digits and a line end. Throws master_key_error when the file is there
/// but is none, or when others may read it. Nothing when there is no such file.
std::optional<secret_key> read_master_key(const std::filesystem::path& file);

/// Makes a key and its file, mode 0600, on disk before it is used. Throws master_key_error.
secret_key make_master_key(const std::filesystem::path& file);

}  // namespace campgate
