# Compiler and linker settings that hold for every target, ours or a test's.
include_guard(GLOBAL)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Debug CACHE STRING "Debug or RelWithDebInfo" FORCE)
endif()
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g")
# Checks of the standard library stay on in release: a wrong index must not read another's data.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO
    "-O2 -g -DNDEBUG -D_FORTIFY_SOURCE=2 -fstack-protector-strong")
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_compile_options(-fno-omit-frame-pointer -fdiagnostics-color=auto)
add_link_options(-Wl,-z,relro,-z,now)

set(CAMPGATE_SANITIZE "" CACHE STRING "Empty, address,undefined or thread")
set(campgate_test_environment "")
if(CAMPGATE_SANITIZE)
    add_compile_options(-fsanitize=${CAMPGATE_SANITIZE} -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${CAMPGATE_SANITIZE})
    add_compile_definitions(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
endif()
if(CAMPGATE_SANITIZE STREQUAL "thread")
    # g++ warns of every atomic_thread_fence in a library header; there is none in our code.
    add_compile_options(-Wno-tsan)
    list(APPEND campgate_test_environment
        "TSAN_OPTIONS=halt_on_error=1:suppressions=${CMAKE_CURRENT_LIST_DIR}/tsan.supp")
elseif(CAMPGATE_SANITIZE)
    list(APPEND campgate_test_environment
        "ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1"
        "UBSAN_OPTIONS=print_stacktrace=1")
endif()

# A kernel with more than 28 bits of address randomness stops g++ 12's sanitizers at start; such
# programs are then run without it.
if(CAMPGATE_SANITIZE AND NOT DEFINED CACHE{CAMPGATE_SANITIZE_LAUNCHER})
    include(CheckCXXSourceRuns)
    set(launcher "")
    set(CMAKE_REQUIRED_FLAGS -fsanitize=${CAMPGATE_SANITIZE})
    set(CMAKE_REQUIRED_QUIET ON)
    foreach(attempt RANGE 1 4)
        check_cxx_source_runs("int main() {}" campgate_sanitizer_runs_${attempt})
        if(NOT campgate_sanitizer_runs_${attempt})
            set(launcher setarch;-R)
        endif()
        unset(campgate_sanitizer_runs_${attempt} CACHE)
    endforeach()
    unset(CMAKE_REQUIRED_FLAGS)
    unset(CMAKE_REQUIRED_QUIET)
    set(CAMPGATE_SANITIZE_LAUNCHER "${launcher}" CACHE STRING "Put in front of sanitized tests")
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
    add_link_options(-fuse-ld=mold)
endif()

add_library(campgate_warnings INTERFACE)
target_compile_options(campgate_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
# g++ 12 sees overruns in `"text" + std::string` that are not there (GCC bugs 105329 and 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(campgate_warnings INTERFACE -Wno-restrict -Wno-array-bounds
        -Wno-stringop-overflow)
endif()

# core/faults.hpp: wrong behaviours and crash points, for tests of the tests.
option(CAMPGATE_FAULTS "Build the faults in that tests choose by name" OFF)
if(CAMPGATE_FAULTS)
    add_compile_definitions(CAMPGATE_FAULTS)
endif()
