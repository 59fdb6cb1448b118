// Where a browser may be sent after a login, and whom we may ask.
#include "server/oidc/web_address.hpp"

#include <gtest/gtest.h>

namespace campgate::server::test {
namespace {

TEST(own_path, is_a_path_of_ours_with_query_and_fragment) {
    for (const char* path :
         {"/", "/#/portal", "/#/children/7?step=2", "/a/b?c=d#e", "/loginx", "/?a=%20b", "/#//x"})
        EXPECT_TRUE(is_own_path(path)) << path;
}

TEST(own_path, never_leads_to_another_host_or_into_a_login) {
    for (const std::string path : {"",
                                   "//evil.example",
                                   "///evil.example",
                                   "/\\evil.example",
                                   "\\/evil.example",
                                   "https://evil.example",
                                   "http:evil.example",
                                   "javascript:alert(1)",
                                   "evil.example",
                                   "/%2F/evil.example",
                                   "/%2f%2fevil.example",
                                   "/%5Cevil.example",
                                   "/a/../..//evil.example",
                                   "/.//evil.example",
                                   "/..",
                                   "/%2e%2e//evil",
                                   "/\tevil",
                                   "/ evil",
                                   "/a\r\nSet-Cookie: a=b",
                                   "/a%0d%0aSet-Cookie:%20a=b",
                                   "/a\x7f",
                                   "/<script>",
                                   "/\"onload",
                                   "/login",
                                   "/login/callback?code=1",
                                   "/%6Cogin",
                                   "/demo/identity/authorize",
                                   "/a%",
                                   "/a%zz",
                                   " /",
                                   "?a=b",
                                   "#/portal"})
        EXPECT_FALSE(is_own_path(path)) << path;
    EXPECT_FALSE(is_own_path("/caf\xc3\xa9"));
    EXPECT_FALSE(is_own_path(std::string{"/a\0b", 4}));
    EXPECT_FALSE(is_own_path("/" + std::string(512, 'a')));
}

TEST(safe_url, is_https_or_this_machine) {
    for (const char* url : {"https://id.test", "https://id.test:8443/a?b=c", "http://127.0.0.1:80/",
                            "http://localhost/a", "http://[::1]:8080/a"})
        EXPECT_TRUE(is_safe_url(url)) << url;
    for (const char* url :
         {"", "https://", "http://id.test", "http://127.0.0.1.id.test/", "http://localhost.id.test",
          "http://127.0.0.1@id.test/", "https://user@id.test", "ftp://id.test",
          "file:///etc/passwd", "https://id.test/#a", "https://id .test", "http://localhost:0/",
          "http://[::1", "https:\\\\id.test", "HTTPS://id.test"})
        EXPECT_FALSE(is_safe_url(url)) << url;
}

TEST(with_parameters, encodes_and_leaves_out_what_is_empty) {
    EXPECT_EQ(with_parameters("https://a/b", {{"c", "d e&f"}, {"g", ""}}),
              "https://a/b?c=d%20e%26f");
    EXPECT_EQ(with_parameters("https://a/b?x=1", {{"c", "\r\n\xc3\xa9"}}),
              "https://a/b?x=1&c=%0D%0A%C3%A9");
    EXPECT_EQ(with_parameters("https://a/b", {{"g", ""}}), "https://a/b");
}

}  // namespace
}  // namespace campgate::server::test
