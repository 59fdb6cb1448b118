// The effective settings, printed so that they can be read back.
#include "server/config.hpp"

#include "server/settings.hpp"

namespace campgate::server {

namespace {

std::string quoted(std::string_view text) {
    std::string made = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') made += '\\';
        made += c;
    }
    return made + '"';
}

std::string toml_value(const setting& which) {
    if (const auto* list = std::get_if<std::vector<std::string>*>(&which.where)) {
        std::string made = "[";
        for (const std::string& item : **list) {
            if (made.size() > 1) made += ", ";
            made += quoted(item);
        }
        return made + "]";
    }
    const bool bare = which.is_switch() || std::holds_alternative<std::uint16_t*>(which.where) ||
                      std::holds_alternative<std::uint32_t*>(which.where);
    return bare ? value_text(which) : quoted(value_text(which));
}

}  // namespace

std::string config_text(const config& settings) {
    config shown = settings;
    // A string that came out of database_file is that file's secret.
    shown.database = settings.database_file.empty() ? without_password(settings.database) : "";
    std::string made;
    for (const setting& each : settings_of(shown)) {
        if (each.flag_only || (each.scope == setting_scope::demo && !settings.demo)) continue;
        made.append(each.name).append(" = ").append(toml_value(each)).append("\n");
    }
    return made;
}

}  // namespace campgate::server
