// Runs a fuzz target over files, or folders of files, without a fuzzer: what was found once stays
// found. Exit 1 when there was nothing to run; a property that fails ends the process.
#include "tests/fuzz/fuzz_target.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_at(const fs::path& place) {
    if (!fs::is_directory(place)) return {place};
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{place}) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

void run(const fs::path& file) {
    // Before it runs: after an abort this line is the last.
    std::fprintf(stderr, "%s\n", file.filename().c_str());
    std::ifstream in{file, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    const campgate::fuzz::exact_bytes input{bytes};
    const std::string_view view = input.view();
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(view.data()), view.size());
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t count = 0;
    for (int i = 1; i < argc; ++i) {
        for (const fs::path& file : files_at(argv[i])) {
            run(file);
            ++count;
        }
    }
    std::printf("%zu inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}
