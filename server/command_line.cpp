// CLI11 splits the command line; the values of settings go through the table in settings.cpp, in
// the order file, environment, flag, so that the later wins.
#include "server/command_line.hpp"

#include "core/season.hpp"
#include "server/mail/mail_templates.hpp"
#include "server/query_string.hpp"
#include "server/settings.hpp"
#include "server/strict_toml.hpp"
#include "server/time_text.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <limits>
#include <sstream>

namespace campgate::server {

namespace {

constexpr int exit_usage = 2;
constexpr std::size_t config_file_bytes_max = 256 * 1024;
constexpr std::size_t secret_file_bytes_max = 4 * 1024;
constexpr std::size_t mail_ca_file_bytes_max = 2 * 1024 * 1024;

/// A usage or configuration fault: what is printed before the process ends.
struct usage_fault {
    std::string message;
};

/// One flag of a subcommand that sets a setting.
struct setting_flag {
    std::size_t index{};  // in settings_of
    std::string text;
    CLI::Option* option{};
};

/// What a command line is read into before it is understood.
struct parts {
    std::deque<setting_flag> flags;  // addresses stay: CLI11 writes into them
    std::string config_file;
    bool check_config{};
    std::string file;
    std::string week;
    std::string capacity;
    std::string opening;
};

class reader {
public:
    explicit reader(const surroundings& around) : around_(around) { describe(); }

    std::variant<command_line, exit_now> read(std::vector<std::string> arguments);

private:
    void describe();
    CLI::App* add(CLI::App* parent, std::string name, std::string help, subcommand command,
                  setting_scope scope);
    void add_settings(CLI::App* app, setting_scope scope);
    void add_config_file(CLI::App* app);
    void add_check(CLI::App* app);

    void understand();
    std::string default_data() const;
    void apply_file();
    void apply_environment();
    void apply_flags();
    void read_database_file();
    void read_client_secret();
    void read_mail_files();
    void read_week_arguments();
    const char* variable(const std::string& name) const;

    const surroundings& around_;
    CLI::App app_{"campgate: the server of a holiday camp's opening day", "campgate"};
    std::vector<std::pair<CLI::App*, subcommand>> commands_;
    parts parts_;
    command_line made_;
};

void reader::describe() {
    app_.set_help_flag("--help,-h", "Print this help and exit");
    app_.set_version_flag("--version", "campgate " + around_.version);
    app_.require_subcommand(0, 1);
    add_config_file(&app_);
    add_check(&app_);

    using enum subcommand;
    constexpr auto every = setting_scope::every;
    add_check(add(&app_, "demo", "Run a demo on this machine: no account, no set-up", demo,
                  setting_scope::demo));
    add_check(add(&app_, "serve", "Run the server", serve, setting_scope::server));

    CLI::App* import = app_.add_subcommand("import", "Bring in a file");
    import->require_subcommand(1);
    add(import, "season", "Import a season; changes nothing when the file has a fault",
        import_season, every)
        ->add_option("FILE", parts_.file, "TOML file of the season")
        ->required();

    add(import, "questions",
        "Import the health sheet's questions; changes nothing when the file has a fault",
        import_questions, every)
        ->add_option("FILE", parts_.file, "TOML file of the questions")
        ->required();

    add(import, "families",
        "Import the families that are billed already; changes nothing when the file has a fault",
        import_families, every)
        ->add_option("FILE", parts_.file, "CSV file of parents and children")
        ->required();

    CLI::App* staff = app_.add_subcommand("staff", "Who works for the organiser");
    staff->require_subcommand(1);
    for (const auto& [name, help, which] :
         {std::tuple{"add", "Make somebody staff, by national register number", staff_add},
          std::tuple{"remove", "Somebody is staff no longer", staff_remove}}) {
        add(staff, name, help, which, every)
            ->add_option("NISS", made_.niss, "national register number, as 85.07.30-033.28")
            ->required();
    }
    add(staff, "list", "Since when who is staff; the numbers themselves are not kept", staff_list,
        every);

    CLI::App* week = app_.add_subcommand("week", "Change a week of the running server");
    week->require_subcommand(1);
    CLI::App* capacity =
        add(week, "set-capacity", "Set a week's number of seats", week_set_capacity, every);
    capacity->add_option("WEEK", parts_.week, "number of the week")->required();
    capacity->add_option("N", parts_.capacity, "seats, 1 to 100000")->required();
    CLI::App* opening = add(week, "set-opening", "Set when a week opens", week_set_opening, every);
    opening->add_option("WEEK", parts_.week, "number of the week, or all")->required();
    opening->add_option("TIME", parts_.opening, "2027-06-01T18:00:00Z, now, or +30s")->required();

    CLI::App* clock = app_.add_subcommand("clock", "The clock alarm of the running server");
    clock->require_subcommand(1);
    add(clock, "accept", "Believe the clock after a jump, and expire holds again", clock_accept,
        every);

    add(&app_, "status", "Print the state of the running server", status, every);

    add(&app_, "retention", "Forget what has been kept long enough", retention, every)
        ->add_flag("--dry-run", made_.dry_run, "only count it");

    CLI::App* journal = app_.add_subcommand("journal", "The journal");
    journal->require_subcommand(1);
    add(journal, "export", "Write the journal as JSON lines", journal_export, every)
        ->add_option("--out", parts_.file, "file to write; without it, stdout");

    add(&app_, "doctor", "Fold the whole journal and compare it with the state", doctor, every);
}

CLI::App* reader::add(CLI::App* parent, std::string name, std::string help, subcommand command,
                      setting_scope scope) {
    CLI::App* app = parent->add_subcommand(std::move(name), std::move(help));
    commands_.emplace_back(app, command);
    add_config_file(app);
    add_settings(app, scope);
    return app;
}

void reader::add_settings(CLI::App* app, setting_scope scope) {
    config defaults;
    const auto all = settings_of(defaults);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].scope > scope) continue;
        setting_flag& flag = parts_.flags.emplace_back(setting_flag{i, {}, nullptr});
        const std::string help{all[i].help};
        flag.option = all[i].is_switch() ? app->add_flag(all[i].flag(), flag.text, help)
                                         : app->add_option(all[i].flag(), flag.text, help);
        if (!all[i].is_switch()) flag.option->type_name("")->default_str(value_text(all[i]));
    }
}

void reader::add_config_file(CLI::App* app) {
    app->add_option("--config", parts_.config_file, "TOML file of settings")->type_name("FILE");
}

void reader::add_check(CLI::App* app) {
    app->add_flag("--check-config", parts_.check_config,
                  "Print the effective settings without secrets, and exit");
}

std::variant<command_line, exit_now> reader::read(std::vector<std::string> arguments) {
    try {
        std::ranges::reverse(arguments);  // as CLI11 wants them
        app_.parse(std::move(arguments));
        understand();
    } catch (const CLI::Success& asked) {
        std::ostringstream out;
        std::ostringstream error;
        app_.exit(asked, out, error);
        return exit_now{0, out.str(), error.str()};
    } catch (const CLI::ParseError& fault) {
        return exit_now{
            exit_usage, {}, "campgate: " + std::string{fault.what()} + "\nTry campgate --help.\n"};
    } catch (const usage_fault& fault) {
        return exit_now{exit_usage, {}, "campgate: " + fault.message + "\n"};
    }
    if (parts_.check_config) return exit_now{0, config_text(made_.settings), {}};
    return std::move(made_);
}

void reader::understand() {
    bool named = false;
    for (const auto& [app, command] : commands_) {
        if (!app->parsed()) continue;
        made_.command = command;
        named = true;
    }
    if (!named && !parts_.check_config)
        throw usage_fault{
            "a subcommand is missing; campgate demo starts the demo\n"
            "Try campgate --help."};
    if (!named) made_.command = subcommand::serve;
    made_.settings.demo = made_.command == subcommand::demo;
    made_.file = parts_.file;

    apply_file();
    apply_environment();
    apply_flags();
    if (made_.settings.data.empty()) made_.settings.data = default_data();
    if (made_.settings.listen == "localhost") made_.settings.listen = "127.0.0.1";
    if (const auto wrong = contradiction(made_.settings)) throw usage_fault{*wrong};
    read_database_file();
    read_client_secret();
    read_mail_files();
    read_week_arguments();
}

/// The XDG base directory, or what a system service has.
std::string reader::default_data() const {
    if (around_.root) return "/var/lib/campgate";
    const char* xdg = variable("XDG_DATA_HOME");
    if (xdg != nullptr && xdg[0] == '/') return std::string{xdg} + "/campgate";
    const char* home = variable("HOME");
    if (home == nullptr) throw usage_fault{"--data: is missing, and there is no HOME to put it in"};
    return std::string{home} + "/.local/share/campgate";
}

std::string read_whole(const std::string& path, std::size_t bytes_max) {
    std::ifstream file(path, std::ios::binary);
    std::string text;
    if (file) {
        text.resize(bytes_max + 1);
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad() || !file.is_open()) throw usage_fault{path + ": cannot be read"};
    if (text.size() > bytes_max) throw usage_fault{path + ": is too large"};
    return text;
}

/// A value of the file as text for `assign`; nothing when it is of a type no setting has.
std::optional<std::string> text_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
    const auto* items = node.as_array();
    if (items == nullptr) return std::nullopt;
    std::string list;
    for (const toml::node& item : *items) {
        const auto* text = item.as_string();
        if (text == nullptr || text->get().find(',') != std::string::npos) return std::nullopt;
        if (!list.empty()) list += ',';
        list += text->get();
    }
    return list;
}

/// Numbers, switches and lists have their own types in TOML; all else is a string.
bool fits(const setting& which, const toml::node& node) {
    const bool size = std::holds_alternative<std::uint64_t*>(which.where);
    const bool number = std::holds_alternative<std::uint16_t*>(which.where) ||
                        std::holds_alternative<std::uint32_t*>(which.where);
    if (which.is_switch()) return node.is_boolean();
    if (number || (size && node.is_integer())) return node.is_integer();
    if (std::holds_alternative<std::vector<std::string>*>(which.where)) return node.is_array();
    return node.is_string();
}

/// One line each, as if each were the only one.
std::string told(const std::vector<file_fault>& faults) {
    std::string message;
    for (const file_fault& fault : faults) {
        if (!message.empty()) message += "\ncampgate: ";
        message += to_text(fault);
    }
    return message;
}

void reader::apply_file() {
    std::string path = parts_.config_file;
    const char* named = variable("CAMPGATE_CONFIG");
    if (path.empty() && named != nullptr) path = named;
    if (path.empty()) return;

    fault_list faults{path};
    const auto table =
        parse_toml(read_whole(path, config_file_bytes_max), config_file_bytes_max, faults);
    if (table) {
        strict_table root{*table, "", faults};
        for (const setting& each : settings_of(made_.settings)) {
            const toml::node* node = root.find(each.name, presence::optional);
            if (node == nullptr) continue;
            if (each.flag_only) {
                faults.add(*node, std::string{each.name}, "is for the command line alone");
                continue;
            }
            const auto text = text_of(*node);
            if (!text || !fits(each, *node))
                faults.add(*node, std::string{each.name}, "is a value of the wrong type");
            else if (const auto wrong = assign(each, *text))
                faults.add(*node, std::string{each.name}, *wrong);
        }
        root.refuse_unknown_keys();
    }
    if (const auto found = faults.take(); !found.empty()) throw usage_fault{told(found)};
}

/// A password on a command line or in the environment is there for others to read.
void refuse_password(const setting& which, std::string_view text, const std::string& source) {
    if (which.name == "database" && has_password(text))
        throw usage_fault{source + ": holds a password; put the connection string into a file " +
                          "and name it with --database-file"};
}

void reader::apply_environment() {
    for (const setting& each : settings_of(made_.settings)) {
        const char* text = variable(each.variable());
        if (text == nullptr) continue;
        if (each.flag_only) throw usage_fault{each.variable() + ": is for the command line alone"};
        refuse_password(each, text, each.variable());
        if (const auto wrong = assign(each, text))
            throw usage_fault{each.variable() + ": " + *wrong + ", found '" + text + "'"};
    }
}

void reader::apply_flags() {
    const auto all = settings_of(made_.settings);
    for (const setting_flag& flag : parts_.flags) {
        if (flag.option->count() == 0) continue;
        const setting& which = all[flag.index];
        refuse_password(which, flag.text, which.flag());
        if (const auto wrong = assign(which, flag.text))
            throw usage_fault{which.flag() + ": " + *wrong + ", found '" + flag.text + "'"};
    }
}

/// A secret's file holds one line.
std::string read_secret(const std::string& path) {
    std::string secret = read_whole(path, secret_file_bytes_max);
    while (!secret.empty() &&
           std::string_view{" \t\r\n"}.find(secret.back()) != std::string_view::npos)
        secret.pop_back();
    if (secret.empty()) throw usage_fault{path + ": is empty"};
    if (secret.find_first_of("\r\n") != std::string::npos)
        throw usage_fault{path + ": must hold one line"};
    return secret;
}

void reader::read_database_file() {
    config& settings = made_.settings;
    if (!settings.database_file.empty()) settings.database = read_secret(settings.database_file);
}

void reader::read_mail_files() {
    config& settings = made_.settings;
    const bool serves = made_.command == subcommand::serve || made_.command == subcommand::demo;
    if (!serves) return;
    if (!settings.mail_password_file.empty())
        settings.mail_password = read_secret(settings.mail_password_file);
    if (!settings.mail_ca_file.empty()) read_whole(settings.mail_ca_file, mail_ca_file_bytes_max);
    if (settings.mail_templates.empty()) return;
    const auto loaded = mail_templates::load(settings.mail_templates);
    if (const auto* faults = std::get_if<std::vector<file_fault>>(&loaded))
        throw usage_fault{told(*faults)};
}

/// Only the server needs it: whoever runs a tool may not be allowed to read it.
void reader::read_client_secret() {
    config& settings = made_.settings;
    const bool serves = made_.command == subcommand::serve || made_.command == subcommand::demo;
    if (serves && !settings.oidc_client_secret_file.empty())
        settings.oidc_client_secret = read_secret(settings.oidc_client_secret_file);
}

void reader::read_week_arguments() {
    const bool sets_capacity = made_.command == subcommand::week_set_capacity;
    const bool sets_opening = made_.command == subcommand::week_set_opening;
    if (!sets_capacity && !sets_opening) return;

    const auto number = parse_unsigned(parts_.week, 1, std::numeric_limits<std::uint32_t>::max());
    if (number)
        made_.week = week_id{static_cast<std::uint32_t>(*number)};
    else if (!sets_opening || parts_.week != "all")
        throw usage_fault{std::string{"WEEK: must be a week's number"} +
                          (sets_opening ? " or all" : "") + ", found '" + parts_.week + "'"};

    if (sets_capacity) {
        const auto seats = parse_unsigned(parts_.capacity, 1, week_capacity_max);
        if (!seats) throw usage_fault{"N: must be 1 to 100000, found '" + parts_.capacity + "'"};
        made_.capacity = static_cast<std::uint32_t>(*seats);
        return;
    }
    const std::string_view text = parts_.opening;
    if (text == "now") return;
    made_.opening.at = parse_rfc3339(text);
    if (made_.opening.at) return;
    const auto from_now = text.starts_with('+') ? parse_duration(text.substr(1)) : std::nullopt;
    if (!from_now)
        throw usage_fault{"TIME: must be like 2027-06-01T18:00:00Z, now, or +30s, found '" +
                          parts_.opening + "'"};
    made_.opening.from_now = *from_now;
}

/// An empty variable counts as none.
const char* reader::variable(const std::string& name) const {
    const char* text = around_.variable(name.c_str());
    return text == nullptr || text[0] == '\0' ? nullptr : text;
}

}  // namespace

surroundings surroundings::of_process(std::string version) {
    return {[](const char* name) -> const char* { return std::getenv(name); }, geteuid() == 0,
            std::move(version)};
}

std::variant<command_line, exit_now> parse_command_line(std::vector<std::string> arguments,
                                                        const surroundings& around) {
    return reader{around}.read(std::move(arguments));
}

}  // namespace campgate::server
