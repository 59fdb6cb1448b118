#include "persistence/sealing.hpp"

#include "core/ensure.hpp"
#include "persistence/pg_text.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace campgate {

namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::string_view part_of_key = "key";
static_assert(sealing_key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(sealing_key_bytes == crypto_generichash_KEYBYTES);
static_assert(niss_hash_bytes == crypto_generichash_BYTES);

const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

std::string hash_under(const secret_key& key, std::string_view text) {
    std::string hash(niss_hash_bytes, '\0');
    crypto_generichash(raw(hash), hash.size(), raw(text), text.size(), key.data(),
                       sealing_key_bytes);
    return hash;
}

secret_key derived(const secret_key& from, std::string_view use) {
    std::string bytes = hash_under(from, use);
    const auto key = secret_key::of(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    return *key;
}

std::string_view name_of(record_kind_sealed kind) {
    switch (kind) {
        case record_kind_sealed::parent: return "parent";
        case record_kind_sealed::child: return "child";
        case record_kind_sealed::outbox: return "outbox";
    }
    return {};
}

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& why) {
    throw master_key_error("the master key " + file.string() + ' ' + why);
}

class open_file {
public:
    explicit open_file(int fd) : fd_(fd) {}
    ~open_file() {
        if (fd_ >= 0) close(fd_);
    }
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    int get() const { return fd_; }

private:
    int fd_;
};

}  // namespace

secret_key::~secret_key() {
    sodium_memzero(bytes_.data(), bytes_.size());
}

secret_key secret_key::random() {
    ensure(sodium_init() >= 0, "libsodium starts");
    secret_key key;
    randombytes_buf(key.bytes_.data(), key.bytes_.size());
    return key;
}

std::optional<secret_key> secret_key::of(std::string_view bytes) {
    if (bytes.size() != sealing_key_bytes) return std::nullopt;
    secret_key key;
    std::memcpy(key.bytes_.data(), bytes.data(), bytes.size());
    return key;
}

std::string sealed_record::part(std::string_view name) const {
    std::string text{name_of(kind)};
    text += ':';
    text += std::to_string(id);
    text += ':';
    text += name;
    return text;
}

std::string seal(const secret_key& key, std::string_view associated, std::string_view plain) {
    std::string sealed(nonce_bytes + plain.size() + tag_bytes, '\0');
    randombytes_buf(sealed.data(), nonce_bytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed) + nonce_bytes, nullptr, raw(plain),
                                               plain.size(), raw(associated), associated.size(),
                                               nullptr, raw(sealed), key.data());
    return sealed;
}

std::optional<std::string> open_sealed(const secret_key& key, std::string_view associated,
                                       std::string_view sealed) {
    if (sealed.size() < nonce_bytes + tag_bytes) return std::nullopt;
    std::string plain(sealed.size() - nonce_bytes - tag_bytes, '\0');
    const int wrong = crypto_aead_xchacha20poly1305_ietf_decrypt(
        raw(plain), nullptr, nullptr, raw(sealed) + nonce_bytes, sealed.size() - nonce_bytes,
        raw(associated), associated.size(), raw(sealed), key.data());
    if (wrong != 0) return std::nullopt;
    return plain;
}

master_key::master_key(const secret_key& key)
    : wrapping_(derived(key, "campgate wrap record keys")),
      hashing_(derived(key, "campgate find by hash")) {
}

std::string master_key::wrap(const sealed_record& of, const secret_key& record_key) const {
    return seal(wrapping_, of.part(part_of_key), record_key.bytes());
}

std::optional<secret_key> master_key::unwrap(const sealed_record& of,
                                             std::string_view wrapped) const {
    auto bytes = open_sealed(wrapping_, of.part(part_of_key), wrapped);
    if (!bytes) return std::nullopt;
    auto key = secret_key::of(*bytes);
    sodium_memzero(bytes->data(), bytes->size());
    return key;
}

std::string master_key::niss_hash(const niss& number) const {
    return keyed_hash("niss", number.digits());
}

std::string master_key::keyed_hash(std::string_view use, std::string_view text) const {
    std::string input{use};
    input += '\0';
    input += text;
    std::string hash = hash_under(hashing_, input);
    sodium_memzero(input.data(), input.size());
    return hash;
}

std::optional<secret_key> read_master_key(const std::filesystem::path& file) {
    const open_file in{open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (in.get() < 0) {
        if (errno == ENOENT) return std::nullopt;
        fail(file, "cannot be read: " + std::string(std::strerror(errno)));
    }
    struct stat about {};
    if (fstat(in.get(), &about) != 0 || !S_ISREG(about.st_mode)) fail(file, "is not a file");
    if ((about.st_mode & (S_IWGRP | S_IRWXO)) != 0) fail(file, "can be read by others: chmod 600");
    std::string text(2 * sealing_key_bytes + 2, '\0');
    const ssize_t got = read(in.get(), text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    while (text.ends_with('\n')) text.pop_back();
    auto bytes = bytes_of_hex(text);
    sodium_memzero(text.data(), text.size());
    const auto key = bytes ? secret_key::of(*bytes) : std::nullopt;
    if (bytes) sodium_memzero(bytes->data(), bytes->size());
    if (!key) fail(file, "is not 64 hex digits");
    return key;
}

secret_key make_master_key(const std::filesystem::path& file) {
    const secret_key key = secret_key::random();
    std::string text;
    append_hex(text, key.bytes());
    text += '\n';
    // A half-written key must not look like one: it gets its name when it is on disk.
    const std::filesystem::path half = file.string() + ".new";
    {
        std::filesystem::remove(half);
        const open_file out{open(half.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
        const bool written =
            out.get() >= 0 &&
            write(out.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
            fsync(out.get()) == 0;
        sodium_memzero(text.data(), text.size());
        if (!written) fail(file, "cannot be written: " + std::string(std::strerror(errno)));
    }
    if (link(half.c_str(), file.c_str()) != 0)
        fail(file, "cannot be made: " + std::string(std::strerror(errno)));
    std::filesystem::remove(half);
    const open_file directory{open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (directory.get() >= 0) fsync(directory.get());
    return key;
}

}  // namespace campgate
