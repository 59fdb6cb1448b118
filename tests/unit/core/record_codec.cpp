// Every kind of record survives its bytes, and nothing but exactly those bytes is read.
#include "core/record_codec.hpp"

#include "tests/unit/core/small_world.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace campgate {
namespace {

using namespace small_world;

season full_season() {
    season s = draft_of_camps({{24, 1}, {100'000}});
    s.version = 3;
    s.full = full_weeks::greyed;
    s.hold_duration = 90s;
    s.weeks[0].id = {1};
    s.weeks[1].id = {2};
    s.weeks[2].id = {7};
    s.weeks[1].opens.residents = opening_time - 24h;
    s.weeks[1].days.resize(1);
    s.by.postcodes = {"4606", "4607", "4608"};
    s.name.nl.clear();
    s.camps[0].description.de = std::string(60'000, 'x');
    return s;
}

std::vector<record> one_of_each() {
    const instant at = open_now + 123'456us;
    const auto far = instant{std::chrono::microseconds{std::numeric_limits<std::int64_t>::max()}};
    const auto early = instant{std::chrono::microseconds{-1}};
    place_record place{{9}, {~0ULL, 1}, {2, ~0ULL}, place_mode::each, 3, 17, {}, {}};
    for (std::uint32_t n = 0; n < request_items_max; ++n) {
        place.placed.push_back(
            {make_hold_id({5}, n), {n + 1}, {n}, {n + 3}, n % 2 == 0 ? far : early});
    }
    for (const reason why : all_reasons) place.refused.push_back({{4}, {5}, why});
    place_record smallest{{1}, {}, {}, place_mode::all, 0, 0, {{{1}, {1}, {1}, {1}, at}}, {}};
    expire_record expire;
    for (std::uint32_t n = 0; n < expire_items_max; ++n)
        expire.ended.push_back({{n}, {n + 1}, {n + 2}});
    capacity_record capacity{{3}, 100, 120, {}, {{1}, {100'000}}};
    for (std::uint32_t n = 1; n <= 1'000; ++n) capacity.retired.push_back({n});
    return {
        {{1}, at, {7}, place},
        {{2}, at, {~0ULL}, smallest},
        {{3}, at, {7}, release_record{{{~0ULL}, {~0U}, {~0U}}}},
        {{4}, at, server_actor, expire},
        {{5}, at, server_actor, capacity},
        {{6}, at, server_actor, opening_record{{{{1}, {at, std::nullopt}}, {{2}, {far, early}}}}},
        {{7}, at, server_actor, season_record{std::make_shared<const season>(full_season())}},
        {{~0ULL}, early, server_actor, forget_record{at}},
    };
}

TEST(record_codec, every_kind_survives) {
    for (const record& r : one_of_each()) {
        const auto back = decode(encode(r));
        ASSERT_TRUE(back) << "kind " << static_cast<int>(r.kind());
        EXPECT_EQ(*back, r) << "kind " << static_cast<int>(r.kind());
    }
}

TEST(record_codec, a_season_survives_on_its_own) {
    const season s = full_season();
    const auto back = decode_season(encode_season(s));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, s);
    EXPECT_FALSE(decode_season(encode_season(s) + '\0'));
    EXPECT_FALSE(decode_season(""));
}

TEST(record_codec, kinds_are_the_stored_numbers) {
    std::vector<int> kinds;
    for (const record& r : one_of_each()) kinds.push_back(static_cast<int>(encode(r).kind));
    EXPECT_EQ(kinds, (std::vector{1, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(record_codec, no_truncation_is_read) {
    for (const record& r : one_of_each()) {
        const encoded_record whole = encode(r);
        // Every length of the small ones; of the season with its long text a sample.
        const std::size_t step = whole.body.size() > 20'000 ? 97 : 1;
        for (std::size_t size = 0; size < whole.body.size(); size += step) {
            encoded_record cut = whole;
            cut.body.resize(size);
            EXPECT_FALSE(decode(cut))
                << "kind " << static_cast<int>(r.kind()) << " cut at " << size;
        }
    }
}

TEST(record_codec, trailing_bytes_are_not_read) {
    for (const record& r : one_of_each()) {
        for (const char extra : {'\0', '\1', '\xff'}) {
            encoded_record longer = encode(r);
            longer.body += extra;
            EXPECT_FALSE(decode(longer));
        }
    }
}

TEST(record_codec, another_format_or_kind_is_not_read) {
    for (const record& r : one_of_each()) {
        encoded_record other = encode(r);
        other.body[0] = 3;
        EXPECT_FALSE(decode(other));
        for (const int kind : {0, 9, 255}) {
            other = encode(r);
            other.kind = static_cast<record_kind>(kind);
            EXPECT_FALSE(decode(other));
        }
    }
}

// What a season says since its second format: schools, their years, the cutoff; how it sells.
constexpr std::size_t schools_bytes = 4 + 4 + 4;
constexpr std::size_t usual_sales_bytes = 1 + 1 + 4 + 4 + 8 + 8 + 1 + (4 + 1 + 8) + 8 + 8 + 4;

TEST(record_codec, a_season_of_the_former_format_has_the_usual_rules) {
    const season now = draft_of({3, 4});
    std::string bytes = encode_season(now);
    bytes.resize(bytes.size() - schools_bytes - usual_sales_bytes);
    bytes[0] = 1;
    EXPECT_EQ(decode_season(bytes), now);
    bytes[0] = 2;
    EXPECT_FALSE(decode_season(bytes));
}

// A place record's first bytes: format 1, family 8, key 16, body 16, mode 1.
constexpr std::size_t mode_at = 1 + 8 + 16 + 16;

TEST(record_codec, a_number_that_names_nothing_is_not_read) {
    encoded_record place = encode(one_of_each()[1]);
    for (const int mode : {0, 3, 255}) {
        place.body[mode_at] = static_cast<char>(mode);
        EXPECT_FALSE(decode(place)) << "mode " << mode;
    }
    encoded_record refusing = encode(one_of_each()[0]);
    for (const int why : {0, 12, 255}) {
        refusing.body.back() = static_cast<char>(why);
        EXPECT_FALSE(decode(refusing)) << "reason " << why;
    }
}

TEST(record_codec, records_that_change_nothing_are_not_read) {
    record empty_place = one_of_each()[1];
    std::get<place_record>(empty_place.body).placed.clear();
    EXPECT_FALSE(decode(encode(empty_place)));
    EXPECT_FALSE(decode(encode({{1}, open_now, server_actor, expire_record{}})));
}

TEST(record_codec, lists_longer_than_allowed_are_not_read) {
    record place = one_of_each()[0];
    auto& placed = std::get<place_record>(place.body).placed;
    placed.push_back(placed.back());
    EXPECT_FALSE(decode(encode(place)));
    record expire = one_of_each()[3];
    auto& ended = std::get<expire_record>(expire.body).ended;
    ended.push_back(ended.back());
    EXPECT_FALSE(decode(encode(expire)));
}

TEST(record_codec, a_length_beyond_the_bytes_is_not_believed) {
    encoded_record e = encode({{1}, open_now, server_actor, capacity_record{{1}, 2, 2, {{1}}, {}}});
    // The count of `retired` follows format, week, capacity and total.
    for (std::size_t i = 13; i < 17; ++i) e.body[i] = '\x7f';
    EXPECT_FALSE(decode(e));
}

TEST(record_codec, bytes_that_are_read_are_the_only_ones_of_their_record) {
    for (const record& r : one_of_each()) {
        encoded_record e = encode(r);
        const std::size_t step = e.body.size() > 20'000 ? 61 : 1;
        for (std::size_t at = 0; at < e.body.size(); at += step) {
            const char before = e.body[at];
            for (const int flip : {1, 0x80, 0xff}) {
                e.body[at] = static_cast<char>(before ^ flip);
                if (const auto back = decode(e)) {
                    EXPECT_EQ(encode(*back).body, e.body) << "kind " << static_cast<int>(e.kind)
                                                          << " byte " << at << " flip " << flip;
                }
            }
            e.body[at] = before;
        }
    }
}

}  // namespace
}  // namespace campgate
