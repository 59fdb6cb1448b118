#include "loadtest/svg_plot.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace campgate::rush {

namespace {

constexpr double width = 900;
constexpr double left = 64;
constexpr double right = 110;
constexpr double top = 14;
constexpr double bottom = 40;

std::string pixels(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

std::string text_at(double x, double y, const char* anchor, const std::string& style,
                    const words& text) {
    return "<text x=\"" + pixels(x) + "\" y=\"" + pixels(y) + "\" text-anchor=\"" + anchor +
           "\" class=\"" + style + "\">" + text.svg() + "</text>";
}

std::string line_at(double x1, double y1, double x2, double y2, const char* style) {
    return "<line x1=\"" + pixels(x1) + "\" y1=\"" + pixels(y1) + "\" x2=\"" + pixels(x2) +
           "\" y2=\"" + pixels(y2) + "\" class=\"" + style + "\"/>";
}

}  // namespace

double axis::place(double value) const {
    if (!logarithmic) return (value - least) / (most - least);
    return std::log(std::max(value, least) / least) / std::log(most / least);
}

std::vector<double> round_steps(double least, double most, int count) {
    const double raw = (most - least) / count;
    const double decade = std::pow(10, std::floor(std::log10(raw)));
    double step = decade;
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        step = factor * decade;
        if (step >= raw) break;
    }
    std::vector<double> out;
    for (double at = std::ceil(least / step) * step; at <= most + step * 1e-6; at += step)
        out.push_back(std::abs(at) < step * 1e-6 ? 0 : at);
    return out;
}

svg_plot::svg_plot(axis x, axis y, const words& title, double height)
    : x_(x),
      y_(y),
      height_(height) {
    out_ = "<svg viewBox=\"0 0 " + pixels(width) + " " + pixels(height) +
           "\" role=\"img\"><title>" + title.fr + " / " + title.en + "</title>";
}

double svg_plot::px(double x) const {
    return left + x_.place(x) * (width - left - right);
}

double svg_plot::py(double y) const {
    return height_ - bottom - y_.place(y) * (height_ - top - bottom);
}

void svg_plot::x_ticks(const std::vector<tick>& ticks, const words& unit) {
    const double base = height_ - bottom;
    for (const tick& t : ticks) {
        out_ += line_at(px(t.at), base, px(t.at), base + 4, "axis");
        out_ += text_at(px(t.at), base + 17, "middle", "tick", t.label);
    }
    out_ += line_at(left, base, width - right, base, "axis");
    out_ += text_at((left + width - right) / 2, height_ - 6, "middle", "unit", unit);
}

void svg_plot::y_ticks(const std::vector<tick>& ticks, const words& unit) {
    for (const tick& t : ticks) {
        out_ += line_at(left, py(t.at), width - right, py(t.at), "grid");
        out_ += text_at(left - 7, py(t.at) + 4, "end", "tick", t.label);
    }
    const double middle = (top + height_ - bottom) / 2;
    out_ += "<g transform=\"rotate(-90 12 " + pixels(middle) + ")\">" +
            text_at(12, middle, "middle", "unit", unit) + "</g>";
}

void svg_plot::bar(double from, double to, double low, double high, const char* style) {
    if (high <= low) return;
    out_ += "<rect x=\"" + pixels(px(from)) + "\" y=\"" + pixels(py(high)) + "\" width=\"" +
            pixels(px(to) - px(from)) + "\" height=\"" + pixels(py(low) - py(high)) +
            "\" class=\"" + style + "\"/>";
}

void svg_plot::line(const std::vector<std::pair<double, double>>& points, const char* style) {
    if (points.empty()) return;
    out_ += "<polyline class=\"" + std::string{style} + "\" points=\"";
    for (const auto& [x, y] : points) out_ += pixels(px(x)) + "," + pixels(py(y)) + " ";
    out_ += "\"/>";
}

void svg_plot::step_line(const std::vector<std::pair<double, double>>& points, const char* style) {
    std::vector<std::pair<double, double>> steps;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (i > 0) steps.emplace_back(points[i].first, points[i - 1].second);
        steps.push_back(points[i]);
    }
    line(steps, style);
}

void svg_plot::upright(double at, const words& label) {
    if (at < x_.least || at > x_.most) return;
    out_ += line_at(px(at), top, px(at), height_ - bottom, "mark");
    out_ += text_at(px(at) + 5, top + 10, "start", "tick", label);
}

void svg_plot::note(double y, const words& text, const char* style) {
    double at = py(y) + 4;
    if (std::abs(at - last_note_) < 15) at = last_note_ + 15;
    last_note_ = at;
    out_ += text_at(width - right + 8, at, "start", std::string{"note "} + style, text);
}

std::string svg_plot::finish() {
    return out_ + "</svg>";
}

}  // namespace campgate::rush
