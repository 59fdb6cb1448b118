// One plot as inline SVG: a frame with two axes, and what is drawn into it in the axes' own units.
// Colours are CSS classes, so that they follow the page. Pure.
#pragma once

#include "loadtest/words.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace campgate::rush {

struct axis {
    double least{};
    double most{1};
    bool logarithmic{};

    /// 0 to 1.
    double place(double value) const;
};

struct tick {
    double at{};
    words label;
};

/// Round steps that make about `count` ticks.
std::vector<double> round_steps(double least, double most, int count);

class svg_plot {
public:
    svg_plot(axis x, axis y, const words& title, double height = 260);

    void x_ticks(const std::vector<tick>& ticks, const words& unit);
    void y_ticks(const std::vector<tick>& ticks, const words& unit);
    void bar(double from, double to, double bottom, double top, const char* style);
    void line(const std::vector<std::pair<double, double>>& points, const char* style);
    void step_line(const std::vector<std::pair<double, double>>& points, const char* style);
    void upright(double at, const words& label);
    /// Beside the frame, at a height; below the one before where they would overlap.
    void note(double y, const words& text, const char* style);

    std::string finish();

private:
    double px(double x) const;
    double py(double y) const;

    axis x_;
    axis y_;
    double height_;
    double last_note_ = -100;
    std::string out_;
};

}  // namespace campgate::rush
