// Brings the organiser's list of families in (S10): who is in it is found by
// national number at the first login, with the children linked at once.
// Importing the same list again changes nothing. Called by workers; throws
// database_error.
#pragma once

#include "core/ids.hpp"
#include "server/families_file.hpp"
#include "server/family_files.hpp"

namespace campgate::server {

struct import_counts {
    std::uint64_t parents_added = 0;
    std::uint64_t parents_known = 0;
    std::uint64_t children_added = 0;
    std::uint64_t children_known = 0;
    std::uint64_t children_attached = 0;  ///< listed for a second parent (R10)
};

/// All of it in one transaction. A parent's own data stays once it has
/// registered; a child that is another family's is attached, never written down
/// twice.
import_counts import_families(family_files& files, const std::vector<listed_family>& list,
                              instant now);

}  // namespace campgate::server
