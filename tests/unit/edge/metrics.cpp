// Metrics: sums are right under threads, names and labels are well-formed.
#include "server/metrics.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <thread>

namespace campgate::server {
namespace {

TEST(meters, sums_are_right_with_more_threads_than_shards) {
    counter count;
    gauge level;
    const std::array<std::uint64_t, 2> bounds{10, 20};
    histogram spread{bounds};
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < meter_shards + 4; ++t) {
        threads.emplace_back([&] {
            for (std::uint64_t i = 0; i < 1000; ++i) {
                count.add();
                level.add(i % 2 == 0 ? 3 : -2);
                spread.observe(i % 30);
            }
        });
    }
    threads.clear();
    const std::uint64_t all = 1000 * (meter_shards + 4);
    EXPECT_EQ(count.value(), all);
    EXPECT_EQ(level.value(), static_cast<std::int64_t>(all / 2));
    EXPECT_EQ(spread.read().cumulative.back(), all);
}

TEST(meters, a_histogram_counts_its_bounds_in) {
    const std::array<std::uint64_t, 2> bounds{10, 20};
    histogram spread{bounds};
    for (const std::uint64_t value : {0U, 10U, 11U, 20U, 21U, 1000U}) spread.observe(value);
    spread.observe(std::chrono::nanoseconds{-5});
    EXPECT_EQ(spread.read().cumulative, (std::vector<std::uint64_t>{3, 5, 7}));
    EXPECT_EQ(spread.read().sum, 1062u);
}

TEST(metrics, names_have_the_prefix_and_base_units_and_helps) {
    const metrics all;
    std::set<std::string> names;
    for (const auto& family : all.Collect()) {
        EXPECT_TRUE(names.insert(family.name).second) << family.name;
        EXPECT_TRUE(family.name.starts_with("campgate_")) << family.name;
        EXPECT_FALSE(family.help.empty()) << family.name;
        EXPECT_EQ(family.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos);
        EXPECT_EQ(family.type == prometheus::MetricType::Counter, family.name.ends_with("_total"))
            << family.name;
        for (const char* unit : {"_ms", "_us", "_milliseconds", "_kb"})
            EXPECT_EQ(family.name.find(unit), std::string::npos) << family.name;
    }
}

TEST(metrics, labels_come_from_closed_lists) {
    for (std::size_t i = 0; i < route_labels; ++i)
        EXPECT_FALSE(name_of(static_cast<route_label>(i)).empty());
    for (std::size_t i = 0; i < hold_outcomes; ++i)
        EXPECT_FALSE(name_of(static_cast<hold_outcome>(i)).empty());
    for (std::size_t i = 0; i < limit_labels; ++i)
        EXPECT_FALSE(name_of(static_cast<limit_label>(i)).empty());
    for (std::size_t i = 0; i < close_labels; ++i)
        EXPECT_FALSE(name_of(static_cast<close_label>(i)).empty());
}

TEST(metrics, are_rendered_as_prometheus_text) {
    metrics all;
    all.request(route_label::place_holds, 201, std::chrono::microseconds{700});
    all.request(route_label::place_holds, 409, std::chrono::microseconds{700});
    all.request(route_label::none, 999, std::chrono::microseconds{700});
    all.refused(reason::sold_out);
    all.sequence.set(17);
    all.commit_seconds.observe(std::chrono::milliseconds{3});
    const std::string text = all.render();
    for (const std::string_view line :
         {"# TYPE campgate_http_requests_total counter\n",
          "campgate_http_requests_total{route=\"place_holds\",status=\"2xx\"} 1\n",
          "campgate_http_requests_total{route=\"place_holds\",status=\"4xx\"} 1\n",
          "campgate_http_requests_total{route=\"none\",status=\"5xx\"} 1\n",
          "campgate_refused_items_total{reason=\"sold_out\"} 1\n",
          "campgate_refused_items_total{reason=\"age\"} 0\n", "campgate_journal_sequence 17\n",
          "campgate_commit_seconds_bucket{le=\"0.002\"} 0\n",
          "campgate_commit_seconds_bucket{le=\"0.004\"} 1\n",
          "campgate_commit_seconds_bucket{le=\"+Inf\"} 1\n", "campgate_commit_seconds_count 1\n",
          "campgate_commit_seconds_sum 0.003\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line;
}

}  // namespace
}  // namespace campgate::server
