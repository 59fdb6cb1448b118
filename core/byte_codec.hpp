// The bytes of what the journal keeps: written field by field, read back strictly. For the codecs
// of core alone. Thread safety: an object belongs to one thread at a time.
#pragma once

#include "core/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace campgate {

inline constexpr std::size_t codec_text_max = 64 * 1024;

// Fields in the order of their declaration; integers little-endian and of fixed width, so that
// bytes are comparable by hand in a dump.
class byte_writer {
public:
    template <class T>
    requires std::is_integral_v<T>
    void put(T value) {
        auto bits = static_cast<std::make_unsigned_t<T>>(value);
        for (std::size_t i = 0; i < sizeof(T); ++i) {
            out_.push_back(static_cast<char>(bits & 0xff));
            if constexpr (sizeof(T) > 1) bits = static_cast<decltype(bits)>(bits >> 8);
        }
    }
    template <class T, class Tag>
    void put(strong<T, Tag> id) {
        put(id.value);
    }
    template <class E>
    requires std::is_enum_v<E>
    void put(E e) { put(static_cast<std::underlying_type_t<E>>(e)); }
    void put(instant t) { put(std::int64_t{t.time_since_epoch().count()}); }
    void put(bits128 b) {
        put(b.high);
        put(b.low);
    }
    void put(const std::string& s) {
        put(static_cast<std::uint32_t>(s.size()));
        out_ += s;
    }
    template <class T, class Each>
    void list(const std::vector<T>& items, Each each) {
        put(static_cast<std::uint32_t>(items.size()));
        for (const T& item : items) each(item);
    }
    template <class T>
    void maybe(const std::optional<T>& value) {
        put(std::uint8_t{value.has_value()});
        if (value) put(*value);
    }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

// Reads what byte_writer wrote. After the first fault everything reads as zero and ok() is false.
class byte_reader {
public:
    explicit byte_reader(std::string_view bytes) : left_(bytes) {}

    template <class T>
    requires std::is_integral_v<T>
    void get(T& value) {
        value = 0;
        if (left_.size() < sizeof(T)) return fail();
        std::make_unsigned_t<T> bits = 0;
        for (std::size_t i = sizeof(T); i-- > 0;) {
            if constexpr (sizeof(T) > 1) bits = static_cast<decltype(bits)>(bits << 8);
            bits = static_cast<decltype(bits)>(bits | static_cast<std::uint8_t>(left_[i]));
        }
        left_.remove_prefix(sizeof(T));
        value = static_cast<T>(bits);
    }
    template <class T, class Tag>
    void get(strong<T, Tag>& id) {
        get(id.value);
    }
    template <class E>
    requires std::is_enum_v<E>
    void get(E& e, E first, E last) {
        std::underlying_type_t<E> number{};
        get(number);
        if (number < static_cast<decltype(number)>(first) ||
            number > static_cast<decltype(number)>(last))
            return fail();
        e = static_cast<E>(number);
    }
    void get(instant& t) {
        std::int64_t count{};
        get(count);
        t = instant{std::chrono::microseconds{count}};
    }
    void get(bits128& b) {
        get(b.high);
        get(b.low);
    }
    void get(std::string& s) {
        std::uint32_t size{};
        get(size);
        if (size > codec_text_max || size > left_.size()) return fail();
        s.assign(left_.substr(0, size));
        left_.remove_prefix(size);
    }
    template <class T, class Each>
    void list(std::vector<T>& items, std::size_t most, Each each) {
        std::uint32_t size{};
        get(size);
        if (size > most || size > left_.size()) return fail();
        items.resize(size);
        for (T& item : items) {
            each(item);
            if (!ok_) return;
        }
    }
    void get(bool& b) {
        std::uint8_t number{};
        get(number);
        if (number > 1) return fail();
        b = number == 1;
    }
    /// Whether what follows is there.
    bool given() {
        bool there{};
        get(there);
        return there;
    }
    void fail() {
        ok_ = false;
        left_ = {};
    }
    bool ok() const { return ok_; }
    bool finished() const { return ok_ && left_.empty(); }

private:
    std::string_view left_;
    bool ok_ = true;
};

}  // namespace campgate
