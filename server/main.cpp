// The program `campgate`: reads the command line and does what it says.
#include "server/command_line.hpp"
#include "server/serve.hpp"
#include "server/tools.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    using namespace campgate::server;
    try {
        auto parsed =
            parse_command_line({argv + 1, argv + argc}, surroundings::of_process(CAMPGATE_VERSION));
        if (const auto* ends = std::get_if<exit_now>(&parsed)) {
            std::fputs(ends->out.c_str(), stdout);
            std::fputs(ends->error.c_str(), stderr);
            return ends->code;
        }
        const auto& line = std::get<command_line>(parsed);
        if (line.command == subcommand::demo || line.command == subcommand::serve)
            return serve(line.settings);
        return run_tool(line);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "campgate: %s\n", e.what());
        return 1;
    }
}
