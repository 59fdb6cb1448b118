#include "server/file_fault.hpp"

namespace campgate {

std::string to_text(const file_fault& fault) {
    std::string text = fault.file;
    if (fault.line != 0)
        text += ':' + std::to_string(fault.line) + ':' + std::to_string(fault.column);
    text += ": ";
    if (!fault.key.empty()) text += fault.key + ": ";
    return text + fault.message;
}

}  // namespace campgate
