// A family file's readiness (B9), from memory. Thread safety: any thread.
#pragma once

#include "core/readiness.hpp"
#include "server/application.hpp"

namespace campgate::server {

family_preparation preparation_of(const family_file& file);
readiness readiness_of(const application& app, const family_file& file, instant now);

}  // namespace campgate::server
