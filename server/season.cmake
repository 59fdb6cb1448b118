# The season file, its shift in the demo, time zones and demo families; included by this folder's
# CMakeLists.txt, which adds both lists to campgate_server.
set(CAMPGATE_SEASON_SOURCES
    demo_families.cpp
    demo_names.cpp
    file_fault.cpp
    iso_calendar.cpp
    questionnaire_file.cpp
    sale_rules_file.cpp
    season_file.cpp
    season_shift.cpp
    strict_toml.cpp
    time_zone.cpp)
set(CAMPGATE_SEASON_LIBS
    tomlplusplus::tomlplusplus
    date::date-tz)
