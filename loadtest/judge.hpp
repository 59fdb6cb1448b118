// Whether what clients were told can be true (I1–I4): against the journal where there is one,
// otherwise of itself and of the calendars that were pushed. Pure: facts in, findings out.
// Used by campgate-rush at its end, by `campgate-rush judge`, and by the tests.
#pragma once

#include "loadtest/findings.hpp"
#include "loadtest/journal_fold.hpp"
#include "loadtest/told.hpp"

#include <string>

namespace campgate::rush {

/// Looks at the answers alone: one answer a key, no seat told to two at once, every refusal and
/// every calendar of a sequence in agreement with the calendars told for that sequence.
void judge_told(const told_facts& told, findings& found);

/// Looks at every answer, calendar and basket at its sequence in the journal.
void judge_by_journal(const told_facts& told, const journal_fold& journal, findings& found);

/// Both, from files; without a journal where `journal_path` is empty. Throws input_fault.
findings judge_files(const std::string& told_path, const std::string& journal_path);

/// One line a rule and a line for each piece of evidence, for people.
std::string verdict_text(const findings& found);

}  // namespace campgate::rush
