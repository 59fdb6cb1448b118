// The bytes of orders, payments, refunds and the records of sales. Same rules as record_codec.
#pragma once

#include "core/byte_codec.hpp"
#include "core/order.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace campgate {

void put_sale(byte_writer& w, const sale_record& s);
void get_sale(byte_reader& r, sale_record& s);

/// As the state tables keep them, with a leading format byte.
std::string encode(const order& o);
std::string encode(const payment& p);
std::string encode(const refund& r);
std::optional<order> decode_order(std::string_view bytes);
std::optional<payment> decode_payment(std::string_view bytes);
std::optional<refund> decode_refund(std::string_view bytes);

/// As exports name it, e.g. "payment_wanted".
const char* name_of(sale_event event) noexcept;

}  // namespace campgate
