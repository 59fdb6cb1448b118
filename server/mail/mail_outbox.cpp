#include "server/mail/mail_outbox.hpp"

#include "server/mail/in_words.hpp"
#include "server/mail/mail_header.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <sodium.h>
#include <stdexcept>

namespace campgate::server {

namespace json = boost::json;

namespace {

constexpr std::size_t message_id_bytes = 16;

std::string hex_of(std::string_view bytes) {
    std::string out(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                   bytes.size());
    out.pop_back();
    return out;
}

std::string bytes_of_hex(std::string_view hex) {
    std::string out(hex.size() / 2, '\0');
    std::size_t made = 0;
    if (sodium_hex2bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), hex.data(),
                       hex.size(), nullptr, &made, nullptr) != 0 ||
        made != out.size())
        throw std::runtime_error("an attachment is not hex");
    return out;
}

// What people typed loses whatever could be more than a text.
template_values cleaned_values(const template_values& values) {
    template_values clean;
    clean.moments = values.moments;
    for (const auto& [name, text] : values.texts) clean.texts[name] = cleaned(text, true);
    for (const auto& [name, items] : values.lists) {
        auto& list = clean.lists[name];
        for (const template_values& item : items) list.push_back(cleaned_values(item));
    }
    return clean;
}

std::string text_of(const json::object& from, std::string_view name) {
    return std::string{from.at(name).as_string()};
}

}  // namespace

std::string sealed_form(const mail_content& content) {
    json::array attachments;
    for (const mail_attachment& a : content.attachments)
        attachments.push_back(
            json::object{{"name", a.name}, {"type", a.type}, {"hex", hex_of(a.bytes)}});
    return json::serialize(json::object{{"name", content.to.name},
                                        {"address", content.to.address},
                                        {"subject", content.subject},
                                        {"text", content.text},
                                        {"html", content.html},
                                        {"in", content.in},
                                        {"attachments", std::move(attachments)}});
}

mail_content mail_content_of(std::string_view sealed_form) {
    const json::value parsed = json::parse({sealed_form.data(), sealed_form.size()});
    const json::object& from = parsed.as_object();
    mail_content content;
    content.to = {text_of(from, "name"), text_of(from, "address")};
    content.subject = text_of(from, "subject");
    content.text = text_of(from, "text");
    content.html = text_of(from, "html");
    content.in = text_of(from, "in");
    for (const json::value& each : from.at("attachments").as_array()) {
        const json::object& a = each.as_object();
        content.attachments.push_back(
            {text_of(a, "name"), text_of(a, "type"), bytes_of_hex(text_of(a, "hex"))});
    }
    return content;
}

mail_outbox::mail_outbox(mail_templates templates, secret_key key, std::string domain,
                         std::function<letterhead()> head)
    : templates_(std::move(templates)),
      key_(key),
      domain_(std::move(domain)),
      head_(std::move(head)) {
}

bool mail_outbox::put(worker_transaction& work, const mail& m, instant now) const {
    if (!is_mail_address(m.to.address)) throw std::invalid_argument("not a mail address");
    return put_mail(work, key_, written(m, now));
}

bool mail_outbox::set_aside(worker_transaction& work, const mail& m, instant now) const {
    return set_mail_aside(work, key_, written(m, now));
}

new_mail mail_outbox::written(const mail& m, instant now) const {
    const letterhead head = head_();
    template_values values = cleaned_values(m.values);
    values.texts["organiser"] = cleaned(head.organiser);
    values.texts["organiser_address"] = cleaned(head.address);
    values.texts["organiser_email"] = cleaned(head.email);
    values.texts["public_url"] = head.public_url;
    put_into_words(values, m.in, head.zone);
    written_mail letter = templates_.write(m.kind, m.in, values);

    unsigned char random[message_id_bytes];
    randombytes_buf(random, sizeof random);
    new_mail row;
    row.message_id = hex_of({reinterpret_cast<const char*>(random), sizeof random}) + "@" + domain_;
    row.kind = name_of(m.kind);
    row.family = m.family;
    row.cause = m.cause;
    row.made = now;
    row.not_after = m.not_after;
    row.content = sealed_form({m.to, std::move(letter.subject), std::move(letter.text),
                               std::move(letter.html), std::string{code_of(m.in)}, m.attachments});
    return row;
}

}  // namespace campgate::server
