// Everything clients were told, as values; and as lines of NDJSON, written while it happens and
// read back by the judge. One line each, instants in microseconds since 1970 on the client's clock:
//   {"told":"season","sequence":S,"weeks_per_child":7,"holds_per_family":32,
//    "hold_seconds":259200,"weeks":[[id,"2027-W27",capacity],…]}
//   {"told":"place","sent":T,"took":D,"family":F,"key":"…","mode":"each","items":[[week,child],…],
//    "status":201,"sequence":S,"placed":[[week,child,seat],…],"refused":[[week,child,"reason"],…]}
//   {"told":"release","sent":T,"took":D,"family":F,"week":w,"child":c,"seat":s,"placed_at":S,
//    "status":204}
//   {"told":"basket","family":F,"sequence":S,"holds":[[week,child,seat],…]}
//   {"told":"calendar","sequence":S,"weeks":[[id,available],…]}   a socket's whole calendar
//   {"told":"weeks","sequence":S,"weeks":[[id,available],…]}      an answer of GET /weeks
// Status 0: no answer came. A key is a UUID in its canonical form.
#pragma once

#include <cstdint>
#include <cstdio>
#include <istream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace campgate::rush {

struct told_item {
    std::uint32_t week{};
    std::uint64_t child{};
    friend bool operator==(const told_item&, const told_item&) = default;
};

struct told_seat {
    std::uint32_t week{};
    std::uint64_t child{};
    std::uint32_t seat{};
    friend auto operator<=>(const told_seat&, const told_seat&) = default;
};

struct told_refusal {
    std::uint32_t week{};
    std::uint64_t child{};
    std::string reason;
    friend bool operator==(const told_refusal&, const told_refusal&) = default;
};

struct told_place {
    std::int64_t sent{};
    std::int64_t took{};
    std::uint64_t family{};
    std::string key;
    bool all{};
    std::vector<told_item> items;
    int status{};
    std::uint64_t sequence{};
    std::vector<told_seat> placed;
    std::vector<told_refusal> refused;
};

struct told_release {
    std::int64_t sent{};
    std::int64_t took{};
    std::uint64_t family{};
    told_seat seat;
    std::uint64_t placed_at{};
    int status{};
};

struct told_basket {
    std::uint64_t family{};
    std::uint64_t sequence{};
    std::vector<told_seat> holds;
};

using availabilities = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // week, available

struct told_calendar {
    std::uint64_t sequence{};
    availabilities weeks;
    bool pushed{};  // else an answer of GET /weeks
};

struct told_week {
    std::uint32_t week{};
    std::string iso_week;
    std::uint32_t capacity{};
};

struct told_season {
    std::uint64_t sequence{};
    std::uint32_t weeks_per_child = 7;
    std::uint32_t holds_per_family = 32;
    std::uint32_t hold_seconds = 259'200;
    std::vector<told_week> weeks;
};

struct told_facts {
    told_season season;  // the last that was told
    std::vector<told_place> places;
    std::vector<told_release> releases;
    std::vector<told_basket> baskets;
    std::vector<told_calendar> calendars;
};

/// Adds what the lines say. Throws input_fault, naming file and line.
void read_told(std::istream& in, const std::string& name, told_facts& into);

/// Writes lines to a file, buffered. Thread safety: one thread.
class told_log {
public:
    /// Throws input_fault when the file cannot be written.
    explicit told_log(const std::string& path);
    ~told_log();
    told_log(const told_log&) = delete;
    told_log& operator=(const told_log&) = delete;

    void write(const told_season& s);
    void write(const told_place& p);
    void write(const told_release& r);
    void write(const told_basket& b);
    void write(const told_calendar& c);

private:
    void end_line();

    struct closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, closer> file_;
    std::string out_;
};

}  // namespace campgate::rush
