// Atomics and a mutex whose every operation is a step of the explorer. Outside of it they are
// plain.
#pragma once

#include "tests/interleaving/explorer.hpp"

#include <chrono>
#include <string>

namespace campgate::interleaving {

inline std::string shown(std::uint64_t v) {
    if (v == ~std::uint64_t{0}) return "all ones";
    if (v >> 32 != 0 && (v >> 56) == 0) {
        return "{free " + std::to_string(v & 0xffffffff) + ", pending " + std::to_string(v >> 32) +
               "}";
    }
    if (v >> 56 == 0xff) {
        std::string bits = "…";
        for (int i = 3; i >= 0; --i) bits += (v >> i & 1) != 0 ? '1' : '0';
        return bits;
    }
    return std::to_string(v);
}

template <class T>
class steered_atomic {
public:
    steered_atomic() = default;
    steered_atomic(T value) : value_(value) {}
    steered_atomic(const steered_atomic&) = delete;
    steered_atomic& operator=(const steered_atomic&) = delete;

    T load() const {
        if (!steering) return value_;
        await_turn(this, false);
        if (telling) tell("reads " + shown(value_));
        return value_;
    }
    void store(T value) {
        if (steering) {
            await_turn(this, true);
            if (telling) tell("writes " + shown(value_) + " -> " + shown(value));
        }
        value_ = value;
    }
    bool compare_exchange_weak(T& expected, T desired) {
        const bool fails = steering && await_turn(this, true, true);
        if (fails || value_ != expected) {
            if (steering && telling) {
                tell((fails ? "exchange fails for no reason, reads " : "exchange fails, reads ") +
                     shown(value_));
            }
            expected = value_;
            return false;
        }
        if (steering && telling) tell("exchanges " + shown(value_) + " -> " + shown(desired));
        value_ = desired;
        return true;
    }
    T fetch_or(T mask) {
        return change("sets", [mask](T v) { return v | mask; });
    }
    T fetch_and(T mask) {
        return change("clears", [mask](T v) { return v & mask; });
    }

private:
    template <class Change>
    T change(const char* verb, Change to) {
        if (steering) await_turn(this, true);
        const T before = value_;
        value_ = to(before);
        if (steering && telling)
            tell(std::string(verb) + ' ' + shown(before) + " -> " + shown(value_));
        return before;
    }
    T value_{};
};

struct steered_atomics {
    template <class T>
    using atomic = steered_atomic<T>;
};

/// What is done under it is one step: no other step happens while it is locked.
class steered_mutex {
public:
    void lock() {
        if (!steering) return;
        await_turn(this, true);
        if (telling) tell("is locked for one step");
    }
    void unlock() {}
};

/// Nobody waits on it in a scenario.
class steered_condition {
public:
    void notify_one() {}
    template <class Lock, class Condition>
    void wait_for(Lock&, std::chrono::nanoseconds, Condition) {}
};

}  // namespace campgate::interleaving
