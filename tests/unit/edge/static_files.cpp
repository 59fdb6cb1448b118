// The built pages in memory, and the headers that go with them.
#include "server/static_files.hpp"
#include "server/security_headers.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace campgate::server {
namespace {

namespace fs = std::filesystem;

class static_files_test : public testing::Test {
protected:
    static_files_test() {
        std::string pattern = (fs::temp_directory_path() / "campgate-XXXXXX").string();
        folder_ = mkdtemp(pattern.data());
        put("index.html", "<!doctype html>");
        put("app-5GKQ7XZA.js", "script");
        put("app-5GKQ7XZA.js.gz", "zipped");
        put("app-5GKQ7XZA.js.br", "brotli");
        put("styles-0a1b2c3d.css", "style");
        put("styles-0a1b2c3d.css.gz", "zipped style");
        put("img/icon.svg", "<svg/>");
        put("lonely.gz", "an archive");
        put(".hidden", "secret");
        put(".git/config", "secret");
        fs::create_symlink("/etc/passwd", folder_ / "passwd.txt");
        fs::create_directory_symlink("/etc", folder_ / "etc");
    }
    ~static_files_test() override { fs::remove_all(folder_); }

    void put(const std::string& name, const std::string& content) const {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream{folder_ / name} << content;
    }
    static_files load() const {
        auto loaded = static_files::load(folder_);
        EXPECT_TRUE(loaded.has_value());
        return loaded.has_value() ? std::move(*loaded) : static_files{};
    }

    fs::path folder_;
};

TEST_F(static_files_test, the_root_is_the_index_and_is_asked_for_again_each_time) {
    const static_files files = load();
    const auto index = files.find("/", "");
    ASSERT_TRUE(index);
    EXPECT_EQ(index->bytes, "<!doctype html>");
    EXPECT_EQ(index->content_type, "text/html; charset=utf-8");
    EXPECT_EQ(index->cache_control, "no-cache");
    EXPECT_EQ(index->content_encoding, "");
    EXPECT_FALSE(index->varies);
    EXPECT_EQ(index->etag, files.find("/index.html", "br")->etag);
    EXPECT_EQ(files.size(), 5u);
}

TEST_F(static_files_test, hashed_names_never_change) {
    const static_files files = load();
    EXPECT_EQ(files.find("/app-5GKQ7XZA.js", "")->cache_control,
              "public, max-age=31536000, immutable");
    EXPECT_EQ(files.find("/styles-0a1b2c3d.css", "")->cache_control,
              "public, max-age=31536000, immutable");
    EXPECT_EQ(files.find("/img/icon.svg", "")->cache_control, "no-cache");
    EXPECT_EQ(files.find("/img/icon.svg", "")->content_type, "image/svg+xml");
}

TEST_F(static_files_test, the_client_s_preference_chooses_the_encoding) {
    const static_files files = load();
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", ""},
        {"gzip", "gzip"},
        {"br", "br"},
        {"gzip, deflate, br", "br"},
        {"gzip, deflate, br, zstd", "br"},
        {"GZIP", "gzip"},
        {"x-gzip", "gzip"},
        {"gzip;q=0.9, br;q=0.1", "gzip"},
        {"gzip, br;q=0", "gzip"},
        {"gzip;q=0, br;q=0", ""},
        {"identity", ""},
        {"*", "br"},
        {"*;q=0", ""},
        {"br;q=0, *", "gzip"},
        {"deflate", ""},
        {"br;q=nonsense", ""},
    };
    for (const auto& [field, expected] : cases) {
        const auto content = files.find("/app-5GKQ7XZA.js", field);
        ASSERT_TRUE(content);
        EXPECT_EQ(content->content_encoding, expected) << field;
        EXPECT_EQ(content->bytes, expected == "gzip" ? "zipped"
                                  : expected == "br" ? "brotli"
                                                     : "script");
        EXPECT_EQ(content->content_type, "text/javascript; charset=utf-8");
        EXPECT_TRUE(content->varies);
    }
    EXPECT_EQ(files.find("/styles-0a1b2c3d.css", "br, gzip;q=0.1")->content_encoding, "gzip");
}

TEST_F(static_files_test, each_encoding_has_its_own_quoted_etag) {
    const static_files files = load();
    std::set<std::string_view> etags;
    for (const std::string_view field : {"", "gzip", "br"}) {
        const auto etag = files.find("/app-5GKQ7XZA.js", field)->etag;
        EXPECT_TRUE(etag.starts_with('"') && etag.ends_with('"'));
        etags.insert(etag);
    }
    EXPECT_EQ(etags.size(), 3u);
    const std::string before{files.find("/", "")->etag};
    put("index.html", "<!doctype html><p>");
    EXPECT_NE(load().find("/", "")->etag, before);
}

TEST_F(static_files_test, nothing_outside_the_list_is_found) {
    const static_files files = load();
    for (const std::string_view path :
         {"", "index.html", "//index.html", "/../index.html", "/img/../index.html", "/img", "/img/",
          "/.hidden", "/.git/config", "/passwd.txt", "/etc/passwd", "/app-5GKQ7XZA.js.gz",
          "/app-5GKQ7XZA.js.br", "/index.html/", "/INDEX.HTML", "/%69ndex.html", "/index.html?x"})
        EXPECT_FALSE(files.find(path, "")) << path;
    EXPECT_EQ(files.find("/lonely.gz", "")->bytes, "an archive");
}

TEST_F(static_files_test, a_directory_that_is_none_or_holds_no_pages_is_one_sentence) {
    EXPECT_TRUE(static_files::load(folder_ / "nowhere").has_error());
    EXPECT_TRUE(static_files::load(folder_ / "img").has_error());
    EXPECT_NE(static_files::load(folder_ / "img").error().find("index.html"), std::string::npos);
}

TEST(security_headers, hold_transport_security_only_over_https) {
    const auto has = [](bool https, std::string_view name) {
        for (const header_field& each : security_headers(https)) {
            if (each.name == name) return true;
        }
        return false;
    };
    for (const bool https : {false, true}) {
        for (const std::string_view name :
             {"X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy", "X-Frame-Options"})
            EXPECT_TRUE(has(https, name)) << name;
        EXPECT_EQ(has(https, "Strict-Transport-Security"), https);
    }
}

TEST(security_headers, the_policy_allows_ourselves_and_our_own_socket_only) {
    const std::string policy = content_security_policy(true, "www.dalhem.be:8443");
    EXPECT_TRUE(policy.starts_with("default-src 'self'; "));
    EXPECT_NE(policy.find("connect-src 'self' wss://www.dalhem.be:8443;"), std::string::npos);
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_NE(content_security_policy(false, "127.0.0.1:8080").find("ws://127.0.0.1:8080;"),
              std::string::npos);
    EXPECT_NE(content_security_policy(false, "[::1]:8080").find("ws://[::1]:8080;"),
              std::string::npos);
    const std::string plain = content_security_policy(true, "");
    for (const std::string& host :
         {std::string{"a b"}, std::string{"a;script-src *"}, std::string{"a\r\nX: y"},
          std::string{"a'"}, std::string{"*"}, std::string(300, 'a')})
        EXPECT_EQ(content_security_policy(true, host), plain) << host;
}

}  // namespace
}  // namespace campgate::server
