// The structured communication by which a bank transfer names what it pays (R3):
// +++123/4567/89002+++, ten digits and their remainder by 97, where 0 is written 97. Pure. Thread
// safety: any thread.
#pragma once

#include "core/order.hpp"

#include <string>
#include <string_view>

namespace campgate::server {

/// Of a payment's id. Two payments have the same only if their ids differ by 10^10.
std::string transfer_communication(payment_id id);

/// An account number (IBAN, ISO 13616) without spaces: its form and its check digits.
bool is_iban(std::string_view text) noexcept;

}  // namespace campgate::server
