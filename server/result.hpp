// The outcome of an operation that is expected to fail at times: a value or an error, never an
// exception. `if (!r) return r.error(); use(*r);`
#pragma once

#include <boost/system/result.hpp>

namespace campgate::server {

template <class T, class E>
using result = boost::system::result<T, E>;

}  // namespace campgate::server
