// What a supporting document really is, found in its bytes: a PDF, a JPEG or a PNG, whole from its
// first byte to its end. The name and the type that somebody gives it prove nothing. Files that are
// two things at once are refused, or lose what does not belong to the picture. Pure. Thread safety:
// any thread.
#pragma once

#include "persistence/document_store.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace campgate::server {

struct document_found {
    document_kind kind{};
    std::size_t bytes{};  ///< from the start; what comes after a picture's end is not kept
};

/// Nothing when it is none of them, or not whole.
std::optional<document_found> document_in(std::string_view bytes) noexcept;

std::string_view content_type_of(document_kind kind) noexcept;  ///< "application/pdf"
std::string_view extension_of(document_kind kind) noexcept;     ///< "pdf"
/// By its media type alone, without parameters.
std::optional<document_kind> document_kind_of(std::string_view content_type) noexcept;

}  // namespace campgate::server
