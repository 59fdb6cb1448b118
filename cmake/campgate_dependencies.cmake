# Libraries from outside, found once. Their headers are SYSTEM: our warnings do not apply to them.
# The Debian packages that hold them are listed in dependencies.txt, and nowhere else.
include_guard(GLOBAL)

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(pqxx REQUIRED IMPORTED_TARGET libpqxx>=6.4)    # PkgConfig::pqxx
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)     # PkgConfig::sodium
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)         # PkgConfig::curl
pkg_check_modules(ical REQUIRED IMPORTED_TARGET libical)         # PkgConfig::ical
pkg_check_modules(systemd REQUIRED IMPORTED_TARGET libsystemd)   # PkgConfig::systemd
# Its pkg-config file wants the headers of jansson, which are not needed.
find_library(CAMPGATE_CJOSE cjose REQUIRED)
# Its CMake package would want curl, for a part that is not used here.
pkg_check_modules(prometheus REQUIRED IMPORTED_TARGET prometheus-cpp-core)
add_library(prometheus-cpp::core ALIAS PkgConfig::prometheus)    # TextSerializer

find_package(spdlog REQUIRED)          # spdlog::spdlog
find_package(CLI11 REQUIRED)           # CLI11::CLI11
find_package(tomlplusplus REQUIRED)    # tomlplusplus::tomlplusplus
find_package(date REQUIRED)            # date::date-tz
find_package(mimalloc 2 REQUIRED)      # mimalloc
find_package(GTest REQUIRED)           # GTest::gtest_main
find_package(rapidcheck REQUIRED)      # rapidcheck
find_package(benchmark QUIET)          # benchmark::benchmark, for bench/ only

# 1.81 or any later one: each version installs its own package files, so no upper bound is named.
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS json url)

# Whoever uses Asio or Beast links this; server/boost_impl.cpp holds their compiled halves.
add_library(campgate_boost INTERFACE)
target_link_libraries(campgate_boost INTERFACE
    Boost::headers Boost::json Boost::url Threads::Threads)
target_compile_definitions(campgate_boost INTERFACE
    BOOST_ASIO_SEPARATE_COMPILATION
    BOOST_BEAST_SEPARATE_COMPILATION
    BOOST_ASIO_NO_DEPRECATED)

# Node runs the tests over sockets and browsers. ./dev names one of version 20 or later.
if(NOT CAMPGATE_NODE AND DEFINED ENV{CAMPGATE_NODE})
    set(CAMPGATE_NODE $ENV{CAMPGATE_NODE} CACHE FILEPATH "Node 20 or later, for tests" FORCE)
endif()
find_program(CAMPGATE_NODE node)
