// Files of the tree that the program carries with it, so that it needs none beside it.
#pragma once

#include <string_view>

namespace campgate::server {

extern const std::string_view openapi_text;      ///< docs/openapi.yaml
extern const std::string_view asyncapi_text;     ///< docs/asyncapi.yaml
extern const std::string_view demo_season_text;  ///< data/dalhem-ete-2027.toml
extern const std::string_view questions_text;    ///< data/health-sheet.toml

}  // namespace campgate::server
