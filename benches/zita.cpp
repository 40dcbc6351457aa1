// zita-convolver beside us, at the best of several settings: measured by a program of its own, since it is C++.
//
// Usage: zita LAYOUT SECONDS BLOCK PACE PASSES MILLISECONDS
// Prints one line of names and values, all times in microseconds per callback but the build's, in milliseconds:
//   partitions 64-4096 density 0.5 cost 7.1 mean 9.0 p99 20.1 p999 41.0 max 80.3 build 40.1 bytes 30000000 late 0
//
// Its threads have the scheduling policy that this program was started with. Hot, each callback waits for the threads
// (sync), or the output would be wrong; live, it does not, as in a host, and what came too late is counted.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <malloc.h>
#include <memory>
#include <sched.h>
#include <string>
#include <time.h>
#include <unistd.h>
#include <utility>
#include <vector>
#include <zita-convolver.h>

static const double RATE = 48000;
static const size_t NOISE = 1 << 14;

struct Setting { uint32_t smallest, largest; float density; };
struct Figures { double cost, mean, p99, p999, max; long late; };

static double seconds(clockid_t clock)
{
    timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static float noise()
{
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return float(state >> 33) / float(1u << 31) - 0.5f;
}

static size_t bytes_held()
{
    auto held = mallinfo2();
    return held.uordblks + held.hblkhd;
}

struct Room {
    std::vector<std::pair<int, int>> paths;
    int channels;
    size_t block;
    std::vector<std::vector<float>> taps;
    std::vector<float> input[2], output[2];
    std::unique_ptr<Convproc> convolver;
    double build = 0;
    size_t bytes = 0, position = 0;

    Room(const std::string& layout, double length, size_t block) : block(block)
    {
        paths = {{0, 0}};
        if (layout != "mono") paths.push_back({1, 1});
        if (layout == "true-stereo") paths.insert(paths.end(), {{0, 1}, {1, 0}});
        channels = layout == "mono" ? 1 : 2;
        size_t count = size_t(length * RATE);
        taps.assign(paths.size(), std::vector<float>(count));
        for (auto& path : taps)
            for (size_t i = 0; i < count; i++) path[i] = 0.1f * noise() * std::pow(10.0f, -3.0f * i / count);
        for (auto& side : output) side.resize(block);
    }

    bool configure(Setting setting)
    {
        size_t before = bytes_held();
        double start = seconds(CLOCK_MONOTONIC);
        convolver.reset(new Convproc);
        convolver->set_options(Convproc::OPT_FFTW_MEASURE | Convproc::OPT_VECTOR_MODE);
        if (convolver->configure(channels, channels, taps[0].size(), block, setting.smallest, setting.largest,
                                 setting.density)) return false;
        for (size_t i = 0; i < paths.size(); i++)
            if (convolver->impdata_create(paths[i].first, paths[i].second, 1, taps[i].data(), 0, taps[i].size()))
                return false;
        build = 1e3 * (seconds(CLOCK_MONOTONIC) - start);
        bytes = bytes_held() - before;
        sched_param priority;
        sched_getparam(0, &priority);
        if (convolver->start_process(priority.sched_priority, sched_getscheduler(0))) return false;
        usleep(20000); // its threads come up
        return is_right();
    }

    void end()
    {
        convolver->stop_process();
        while (!convolver->check_stop()) usleep(1000);
        convolver->cleanup();
    }

    // Into the convolver's buffers and out of them again: a host has its own.
    int callback(bool sync)
    {
        for (int i = 0; i < channels; i++)
            std::memcpy(convolver->inpdata(i), input[i].data() + position, block * sizeof(float));
        int late = convolver->process(sync);
        for (int i = 0; i < channels; i++)
            std::memcpy(output[i].data(), convolver->outdata(i), block * sizeof(float));
        position = (position + block) % NOISE;
        return late;
    }

    // Whether an impulse comes back as the first taps, at once; from then on the input is noise.
    bool is_right()
    {
        for (auto& side : input) side.assign(NOISE, 0);
        input[0][0] = 1;
        position = 0;
        callback(true);
        for (size_t i = 0; i < block; i++)
            if (std::fabs(output[0][i] - taps[0][i]) > 1e-5f) return false;
        for (auto& side : input) std::generate(side.begin(), side.end(), noise);
        return true;
    }

    void play(size_t frames)
    {
        for (size_t i = 0; i < frames; i += block) callback(true);
    }

    Figures hot(int passes, double time)
    {
        const size_t cycle = (4 << 16) / block;
        std::vector<double> least(cycle, std::numeric_limits<double>::infinity());
        double cost = std::numeric_limits<double>::infinity(), began = seconds(CLOCK_MONOTONIC);
        for (int pass = 0; pass < passes || seconds(CLOCK_MONOTONIC) - began < time; pass++) {
            double used = seconds(CLOCK_PROCESS_CPUTIME_ID);
            for (auto& one : least) {
                double start = seconds(CLOCK_MONOTONIC);
                callback(true);
                one = std::min(one, seconds(CLOCK_MONOTONIC) - start);
            }
            cost = std::min(cost, (seconds(CLOCK_PROCESS_CPUTIME_ID) - used) / cycle);
        }
        return summary(cost, least, 0);
    }

    Figures live(int passes)
    {
        const size_t cycle = (4 << 14) / block;
        std::vector<std::vector<double>> times(cycle);
        long late = 0;
        double others = seconds(CLOCK_PROCESS_CPUTIME_ID) - seconds(CLOCK_THREAD_CPUTIME_ID);
        double due = seconds(CLOCK_MONOTONIC);
        for (int pass = 0; pass < passes; pass++) for (auto& slot : times) {
            due += block / RATE;
            timespec until = {time_t(due), long(1e9 * (due - std::floor(due)))};
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
            double start = seconds(CLOCK_MONOTONIC);
            late += callback(false) != 0;
            slot.push_back(seconds(CLOCK_MONOTONIC) - start);
        }
        others = seconds(CLOCK_PROCESS_CPUTIME_ID) - seconds(CLOCK_THREAD_CPUTIME_ID) - others;
        double cost = others / passes; // of one cycle
        std::vector<double> all;
        for (auto& slot : times) {
            all.insert(all.end(), slot.begin(), slot.end());
            std::sort(slot.begin(), slot.end());
            cost += slot[slot.size() / 2];
        }
        return summary(cost / cycle, all, late);
    }

    static Figures summary(double cost, std::vector<double>& times, long late)
    {
        std::sort(times.begin(), times.end());
        double sum = 0;
        for (double one : times) sum += one;
        return {cost, sum / times.size(), times[(times.size() - 1) * 99 / 100],
                times[(times.size() - 1) * 999 / 1000], times.back(), late};
    }
};

int main(int count, char** words)
{
    if (count != 7) return fprintf(stderr, "zita LAYOUT SECONDS BLOCK PACE PASSES MILLISECONDS\n"), 2;
    Room room(words[1], atof(words[2]), atoi(words[3]));
    const bool is_live = words[4] == std::string("live");
    const int passes = atoi(words[5]);
    // One core when hot: waking threads on another costs several times as much in a virtual machine, and only at times.
    cpu_set_t core;
    CPU_ZERO(&core);
    CPU_SET(sched_getcpu(), &core);
    if (!is_live) sched_setaffinity(0, sizeof core, &core);
    Setting best = {0, 0, 0};
    double least = std::numeric_limits<double>::infinity();
    // Larger smallest partitions would delay the sound; those that do are found out by `is_right`.
    for (uint32_t largest : {2048, 4096, 8192}) for (float density : {0.25f, 0.5f, 1.0f}) {
        if (largest == 2048 && room.taps[0].size() > 4 * RATE) continue; // is never the best of long ones
        Setting setting = {std::max<uint32_t>(room.block, Convproc::MINPART), largest, density};
        if (room.configure(setting)) {
            room.play(1 << 16);
            double cost = room.hot(2, 0).cost;
            if (cost < least) least = cost, best = setting;
        }
        room.end();
    }
    if (!best.smallest || !room.configure(best)) return fprintf(stderr, "no setting without latency\n"), 1;
    room.play(room.taps[0].size()); // the whole impulse sounds before anything is measured
    Figures it = is_live ? room.live(passes) : room.hot(passes, 1e-3 * atof(words[6]));
    printf("partitions %u-%u density %g cost %g mean %g p99 %g p999 %g max %g build %g bytes %zu late %ld\n", best.smallest,
           best.largest, best.density, 1e6 * it.cost, 1e6 * it.mean, 1e6 * it.p99, 1e6 * it.p999, 1e6 * it.max,
           room.build, room.bytes, it.late);
    room.end();
}
