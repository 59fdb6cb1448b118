// Supporting documents (S30) are known by their bytes alone.
#include "server/document_check.hpp"

#include <gtest/gtest.h>
#include <boost/crc.hpp>

#include <string>

namespace campgate::server {
namespace {

const std::string pdf =
    "%PDF-1.7\n1 0 obj\n<<>>\nendobj\nxref\n0 1\ntrailer <<>>\nstartxref\n9\n%%EOF\n";

std::string segment(char marker, const std::string& content) {
    const std::size_t length = content.size() + 2;
    return std::string{'\xff'} + marker + static_cast<char>(length >> 8) +
           static_cast<char>(length & 0xff) + content;
}

std::string jpeg(const std::string& data = std::string{"ab\xff\0c\xff\xd0z", 8}) {
    return "\xff\xd8" + segment('\xe0', "JFIF") + segment('\xc0', "frame") + segment('\xda', "s") +
           data + segment('\xc4', "table") + segment('\xda', "t") + "more" + "\xff\xd9";
}

std::string big(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16 & 0xff),
            static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}

std::string chunk(const std::string& name, const std::string& content) {
    const std::string named = name + content;
    boost::crc_32_type sum;
    sum.process_bytes(named.data(), named.size());
    return big(static_cast<std::uint32_t>(content.size())) + named + big(sum.checksum());
}

std::string png() {
    return "\x89PNG\r\n\x1a\n" + chunk("IHDR", std::string(13, '\1')) + chunk("IDAT", "pixels") +
           chunk("IEND", "");
}

std::optional<document_kind> kind_of(const std::string& bytes) {
    const auto found = document_in(bytes);
    return found ? std::optional{found->kind} : std::nullopt;
}

TEST(document_check, knows_the_three_kinds_by_their_bytes) {
    EXPECT_EQ(kind_of(pdf), document_kind::pdf);
    EXPECT_EQ(kind_of(jpeg()), document_kind::jpeg);
    EXPECT_EQ(kind_of(png()), document_kind::png);
}

TEST(document_check, refuses_whatever_else) {
    for (const std::string& bytes :
         {std::string{}, std::string{"MZ\x90\0", 4},
          std::string{"\x7f"
                      "ELF"},
          std::string{"<html>"}, std::string{"GIF89a"}, std::string{"PK\3\4"}, std::string{"\xff"},
          std::string{"\xff\xd8\xff"}, std::string{"\x89PNG\r\n\x1a\n"}, std::string{"%PDF-1.4"}})
        EXPECT_FALSE(document_in(bytes)) << bytes;
}

TEST(document_check, a_part_of_one_is_none) {
    for (const std::string& whole : {pdf.substr(0, pdf.size() - 1), jpeg(), png()}) {
        for (std::size_t size = 0; size < whole.size(); ++size)
            EXPECT_FALSE(document_in(std::string_view{whole}.substr(0, size))) << size;
    }
}

TEST(document_check, a_pdf_begins_with_its_first_byte_and_ends_with_its_end) {
    EXPECT_FALSE(document_in("MZ" + pdf));
    EXPECT_FALSE(document_in("\n" + pdf));
    EXPECT_FALSE(document_in(pdf + "PK\3\4"));
    EXPECT_FALSE(document_in(pdf + "<script>"));
    EXPECT_TRUE(document_in(pdf + std::string{"\r\n\0\0", 4}));
}

TEST(document_check, what_comes_after_a_picture_is_not_kept) {
    for (const std::string& picture : {jpeg(), png()}) {
        const auto found = document_in(picture + "PK\3\4 and a film");
        ASSERT_TRUE(found);
        EXPECT_EQ(found->bytes, picture.size());
    }
}

TEST(document_check, a_jpeg_needs_a_frame_before_its_scan) {
    EXPECT_FALSE(document_in("\xff\xd8" + segment('\xe0', "JFIF") + "\xff\xd9"));
    EXPECT_FALSE(document_in("\xff\xd8" + segment('\xda', "s") + "data\xff\xd9"));
    EXPECT_FALSE(document_in("\xff\xd8" + std::string{"\xff\xe0\0\1", 4} + jpeg().substr(2)));
    EXPECT_FALSE(document_in("\xff\xd8\xff\xfe\xff\xff" + jpeg().substr(2)));
}

TEST(document_check, a_png_needs_sound_checksums) {
    for (std::size_t at = 8; at < png().size(); ++at) {
        std::string bent = png();
        bent[at] = static_cast<char>(bent[at] ^ 1);
        EXPECT_FALSE(document_in(bent)) << at;
    }
}

TEST(document_check, names_go_both_ways) {
    for (const auto kind : {document_kind::pdf, document_kind::jpeg, document_kind::png})
        EXPECT_EQ(document_kind_of(content_type_of(kind)), kind);
    EXPECT_FALSE(document_kind_of("image/webp"));
    EXPECT_FALSE(document_kind_of("IMAGE/PNG"));
    EXPECT_EQ(extension_of(document_kind::jpeg), "jpg");
}

}  // namespace
}  // namespace campgate::server
