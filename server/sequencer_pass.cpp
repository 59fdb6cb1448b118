#include "server/sequencer_pass.hpp"

#include "server/asking.hpp"

#include <boost/asio/co_spawn.hpp>

#include <future>
#include <memory>

namespace campgate::server {

bool pass_sequencer(application& app) {
    constexpr std::chrono::seconds grace{1};
    auto passed = std::make_shared<std::promise<bool>>();
    auto outcome = passed->get_future();
    io_lane& lane = *app.lanes.front();
    // Nobody's hold: nothing comes of it but an answer, in its turn.
    command nothing = release_command{server_actor, family_id{0}, hold_id{0}};
    asio::co_spawn(lane.io.get_executor(), ask(app, lane, std::move(nothing)),
                   [passed](const std::exception_ptr& wrong, const std::optional<reply>& answer) {
                       passed->set_value(wrong == nullptr && answer.has_value());
                   });
    return outcome.wait_for(app.settings.request_deadline + grace) == std::future_status::ready &&
           outcome.get();
}

}  // namespace campgate::server
