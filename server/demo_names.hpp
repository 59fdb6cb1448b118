// The names demo families are made of: common ones of the people of the Liège province, in the
// languages they brought. Given names are not split by sex, which nothing here knows. Constants.
#pragma once

#include <span>
#include <string_view>

namespace campgate {

struct demo_origin {
    unsigned per_hundred;  ///< how many families of a hundred; all add up to 100
    std::span<const std::string_view> family_names;
    std::span<const std::string_view> parents;   ///< given names of those born before 2000
    std::span<const std::string_view> children;  ///< given names of those born since 2010
};

/// The first is the Walloon one, whose given names children of the others have too.
std::span<const demo_origin> demo_origins();

}  // namespace campgate
