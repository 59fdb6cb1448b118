#include "loadtest/day_log.hpp"

#include "loadtest/input_fault.hpp"
#include "loadtest/json_lines.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace campgate::rush {

day_log::day_log(const std::string& path) : out_(path) {
    if (!out_) throw input_fault(path + ": cannot be written");
}

void day_log::write(std::uint64_t family, const planned_click& click) {
    out_ << R"({"at":)" << click.at << R"(,"family":)" << family << R"(,"mode":")"
         << (click.all ? "all" : "each") << R"(","items":[)";
    for (std::size_t i = 0; i < click.items.size(); ++i)
        out_ << (i == 0 ? "[" : ",[") << click.items[i].week << ',' << click.items[i].child << ']';
    out_ << "]}\n";
}

std::map<std::uint64_t, std::vector<planned_click>> read_day(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw input_fault(path + ": cannot be read");
    json_lines in(file, path);
    std::map<std::uint64_t, std::vector<planned_click>> day;
    while (in.next() != nullptr) {
        planned_click click;
        click.at = in.signed_number("at");
        click.all = in.text("mode") == "all";
        for (const boost::json::value& value : in.list("items")) {
            const boost::json::array& row = in.list_in(value, 2);
            click.items.push_back(
                {static_cast<std::uint32_t>(in.number_in(row[0])), in.number_in(row[1])});
        }
        if (click.items.empty()) in.fail("wishes for nothing");
        day[in.number("family")].push_back(std::move(click));
    }
    if (day.empty()) throw input_fault(path + ": holds no click");
    for (auto& [family, clicks] : day) std::ranges::sort(clicks, {}, &planned_click::at);
    return day;
}

}  // namespace campgate::rush
