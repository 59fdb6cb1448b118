// What a judge found: for each rule how often it was looked at and how often it was broken, with
// the evidence of the first few.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace campgate::rush {

struct rule_findings {
    std::uint64_t checked{};
    std::uint64_t broken{};
    std::vector<std::string> evidence;  // at most evidence_max
};

class findings {
public:
    static constexpr std::size_t evidence_max = 10;

    void checked(const std::string& rule, std::uint64_t times = 1) {
        rules_[rule].checked += times;
    }

    void broken(const std::string& rule, std::string evidence) {
        rule_findings& of = rules_[rule];
        ++of.broken;
        if (of.evidence.size() < evidence_max) of.evidence.push_back(std::move(evidence));
    }

    std::uint64_t broken() const {
        std::uint64_t sum = 0;
        for (const auto& [rule, of] : rules_) sum += of.broken;
        return sum;
    }

    const std::map<std::string, rule_findings>& rules() const { return rules_; }

private:
    std::map<std::string, rule_findings> rules_;
};

}  // namespace campgate::rush
