// One parent at the opening: watches the calendar, clicks when it is due, takes what is left,
// clicks twice, loses the connection, reloads, changes its mind. A state machine of callbacks;
// everything is counted from when it was due, so that a slow server cannot hide behind a slow
// client. Thread safety: one thread.
#pragma once

#include "loadtest/entrance.hpp"
#include "loadtest/stage.hpp"

#include <memory>
#include <string>
#include <vector>

namespace campgate::rush {

class parent {
public:
    parent(stage& on, visitor&& who, parent_plan plan);
    ~parent();
    parent(const parent&) = delete;
    parent& operator=(const parent&) = delete;

    void watch() { socket_.open(); }
    /// Sets the alarm for the first click, again when the opening has moved.
    void arm();
    /// No more requests; the calendar stays open.
    void stop();
    void leave();

    bool finished() const { return finished_; }

private:
    struct request {
        std::string key;
        bool all{};
        std::vector<told_item> items;
        moment due;
        moment sent;
        bool answered{};  // by any of its attempts
    };
    using request_ptr = std::shared_ptr<request>;
    struct hold {
        told_seat seat;
        std::string token;
        std::uint64_t placed_at{};
    };

    void at(moment when, void (parent::*what)());
    void after(std::chrono::milliseconds pause, void (parent::*what)());
    std::chrono::milliseconds between(int least, int most);

    void reload_before();
    void click();
    void begin(planned_click click, moment due);
    void send();
    void send_again();
    void lose();
    void answered(const http_answer& a, const request_ptr& of, bool second);
    void refused(const hold_answer& answer);
    void come_back(int seconds);
    void next();
    void choose_again();
    void look_around();
    void reload_me();
    void look_at_basket();
    void change_mind();
    void finish();

    void read(std::string path, void (parent::*then)());
    void tell_place(const request& of, const http_answer& a, const hold_answer& answer,
                    moment received);

    stage& stage_;
    visitor who_;
    parent_plan plan_;
    ws_watcher socket_;
    http_client client_;
    std::unique_ptr<http_client> second_;  // the double click's
    timer alarm_;
    std::unique_ptr<timer> side_;

    std::size_t clicks_ = 0;
    request_ptr asked_;
    std::vector<told_item> wanted_again_;  // refused, for a second choice
    std::vector<told_item> had_;           // held or refused before
    std::vector<hold> holds_;
    int attempts_ = 0;
    bool started_ = false;
    bool finished_ = false;
};

}  // namespace campgate::rush
