#include "server/demo_page.hpp"

namespace campgate::server {

const std::string_view demo_style = R"(:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;font:1rem/1.5 system-ui,"DejaVu Sans",sans-serif;color:#1d2730;background:#f4f1ea}
.demo{position:sticky;top:0;margin:0;padding:1rem;background:#b3261e;color:#fff;font-size:1.15rem;
font-weight:700;text-align:center}
main{max-width:36rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.1rem;margin:1.5rem 0 .5rem}
ul{list-style:none;margin:0;padding:0}
li{margin:0 0 .5rem}
a.who{display:block;padding:.75rem 1rem;border:1px solid #8a7f6d;border-radius:.5rem;
background:#fff;color:inherit;text-decoration:none;min-height:3rem}
a.who:hover{border-color:#0b5c57;background:#eaf5f3}
a:focus-visible{outline:3px solid #0b5c57;outline-offset:2px}
button{display:block;width:100%;font:inherit;text-align:left;cursor:pointer;margin:0 0 .5rem;
padding:.75rem 1rem;border:1px solid #8a7f6d;border-radius:.5rem;background:#fff;color:inherit;
min-height:3rem}
button:hover{border-color:#0b5c57;background:#eaf5f3}
button:focus-visible{outline:3px solid #0b5c57;outline-offset:2px}
.sum{font-size:1.5rem;font-weight:700}
.who b{display:block}
.who span{color:#4c5862;font-size:.95rem}
a.back{display:inline-block;margin:1rem 0;padding:.75rem 0;color:#0b5c57}
)";

http_response demo_page(const texts& title, const texts& banner, std::string body, language asked,
                        int status, bool forms) {
    http_response response;
    response.status = status;
    response.content_type = "text/html; charset=utf-8";
    response.headers.emplace_back("Content-Language", code_of(asked));
    response.headers.emplace_back("Cache-Control", "no-store");
    // Without a referrer a browser does not say either where a form comes from.
    response.headers.emplace_back("Referrer-Policy", forms ? "same-origin" : "no-referrer");
    response.headers.emplace_back("X-Frame-Options", "DENY");
    response.headers.emplace_back(
        "Content-Security-Policy",
        std::string{"default-src 'none'; style-src 'self'; base-uri 'none'; form-action "} +
            (forms ? "'self'" : "'none'") + "; frame-ancestors 'none'");
    response.body = "<!doctype html>\n<html lang=\"";
    response.body.append(code_of(asked));
    response.body +=
        "\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<title>";
    response.body.append(text_in(title, asked));
    response.body += "</title><link rel=\"stylesheet\" href=\"";
    response.body.append(demo_style_path);
    response.body += "\"></head><body><p class=\"demo\" role=\"note\">";
    response.body.append(text_in(banner, asked)).append("</p><main>").append(body);
    response.body += "</main></body></html>\n";
    return response;
}

}  // namespace campgate::server
