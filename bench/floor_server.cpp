// The floor of the macro benchmark: the least that a Beast server can do for a hold. It reads the
// same POST and DELETE and answers constants of the same shape and size. With `full` every POST is
// refused, as for a week without seats.
#include "bench/bare_server.hpp"
#include "bench/bare_texts.hpp"

#include <cstdio>

namespace {

using namespace campgate::bench;

class constants final : public hold_desk {
public:
    explicit constants(bool full) : place_(full ? refused() : placed()) {}
    std::string_view at_once(const hold_request& asked) override {
        return asked.places ? place_ : release_;
    }

private:
    static std::string placed() {
        return answer_text(201,
                           placed_text(1'234'567, "0123456789abcdefghijklmnop", 12, 4'567, 123));
    }
    static std::string refused() {
        return answer_text(409, refused_text(1'234'567, 12, 4'567), true);
    }

    const std::string place_;
    const std::string release_ = answer_text(204, {});
};

}  // namespace

int main(int count, char** arguments) {
    const bool full = count > 1 && std::string_view{arguments[1]} == "full";
    if (count > 2 || (count == 2 && !full)) {
        std::fputs("usage: campgate-bench-floor [full]\n", stderr);
        return 2;
    }
    constants desk{full};
    run_bare_server("campgate-bench-floor", 40, desk);
    return 0;
}
