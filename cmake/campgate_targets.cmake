# The functions with which the folders describe themselves.
include_guard(GLOBAL)
include(GoogleTest)

option(CAMPGATE_PCH "Use precompiled headers" ON)

# A part's library. Use: campgate_library(campgate_core a.cpp b.cpp LIBS x PRIVATE_LIBS y)
# LIBS are seen by its users too.
function(campgate_library name)
    cmake_parse_arguments(arg "" "" "LIBS;PRIVATE_LIBS" ${ARGN})
    add_library(${name} STATIC ${arg_UNPARSED_ARGUMENTS})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name}
        PUBLIC Threads::Threads ${arg_LIBS}
        PRIVATE campgate_warnings ${arg_PRIVATE_LIBS})
endfunction()

# A program. Use: campgate_executable(campgate main.cpp LIBS campgate_server)
function(campgate_executable name)
    cmake_parse_arguments(arg "" "" "LIBS" ${ARGN})
    add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_definitions(${name} PRIVATE CAMPGATE_VERSION="${PROJECT_VERSION}")
    target_link_libraries(${name} PRIVATE campgate_warnings Threads::Threads ${arg_LIBS})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endfunction()

# The header, named from the root, is compiled once for the target and included before each of its sources.
function(campgate_precompile target header)
    if(CAMPGATE_PCH)
        target_precompile_headers(${target} PRIVATE ${PROJECT_SOURCE_DIR}/${header})
        # ccache needs to see the includes of a precompiled header.
        target_compile_options(${target} PRIVATE -fpch-preprocess)
    endif()
endfunction()

# A GoogleTest program, skipped when a campgate library it names is not part of this preset.
# Use: campgate_test(unit.seat_ledger seat_ledger.cpp LIBS campgate_core rapidcheck)
# The name is the target; CTest shows name.suite.case, a process each. WHOLE: one process for all,
# for programs that start a database. SERIAL: nothing runs beside it. TIMEOUT in seconds (120).
# ENVIRONMENT takes NAME=value. The first word of the name is the CTest label.
function(campgate_test name)
    cmake_parse_arguments(arg "WHOLE;SERIAL" "TIMEOUT" "LIBS;ENVIRONMENT" ${ARGN})
    foreach(library IN LISTS arg_LIBS)
        if(library MATCHES "^campgate_" AND NOT TARGET ${library})
            return()
        endif()
    endforeach()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    string(REGEX MATCH "^[a-z]+" kind ${name})

    add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_definitions(${name} PRIVATE CAMPGATE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE campgate_warnings ${arg_LIBS} GTest::gtest_main)

    # The environment goes in front of the program, so that test discovery has it as well.
    set_target_properties(${name} PROPERTIES CROSSCOMPILING_EMULATOR
        "${CMAKE_COMMAND};-E;env;CAMPGATE_BINARY=${PROJECT_BINARY_DIR}/campgate;${campgate_test_environment};${arg_ENVIRONMENT};${CAMPGATE_SANITIZE_LAUNCHER}")
    set(properties TIMEOUT ${arg_TIMEOUT} LABELS ${kind} RUN_SERIAL ${arg_SERIAL})
    if(arg_WHOLE)
        add_test(NAME ${name} COMMAND ${name})
        set_tests_properties(${name} PROPERTIES ${properties})
    else()
        gtest_discover_tests(${name}
            TEST_PREFIX ${name}.
            NO_PRETTY_VALUES
            DISCOVERY_TIMEOUT 60
            PROPERTIES ${properties})
    endif()
endfunction()

# A test file for Node's own runner. Use: campgate_node_test(integration.holds holds.test.mjs)
# It finds the server in CAMPGATE_BINARY and the tree in CAMPGATE_SOURCE_DIR, and is skipped when
# the server is not part of this preset. STANDALONE: it needs no server.
function(campgate_node_test name script)
    cmake_parse_arguments(arg "SERIAL;STANDALONE" "TIMEOUT" "ENVIRONMENT" ${ARGN})
    if(arg_STANDALONE)
        if(CAMPGATE_SANITIZE)
            return()
        endif()
    elseif(NOT TARGET campgate)
        return()
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    string(REGEX MATCH "^[a-z]+" kind ${name})
    add_test(NAME ${name}
        COMMAND ${CAMPGATE_NODE} --test ${CMAKE_CURRENT_SOURCE_DIR}/${script}
        WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    set(environment
        CAMPGATE_BINARY=${PROJECT_BINARY_DIR}/campgate
        CAMPGATE_BUILD_DIR=${PROJECT_BINARY_DIR}
        CAMPGATE_NODE=${CAMPGATE_NODE}
        CAMPGATE_SOURCE_DIR=${PROJECT_SOURCE_DIR}
        ${arg_ENVIRONMENT})
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${arg_TIMEOUT}
        LABELS ${kind}
        ENVIRONMENT "${environment}"
        RUN_SERIAL ${arg_SERIAL})
endfunction()
