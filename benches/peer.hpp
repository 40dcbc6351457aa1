// What the programs share that measure a convolver in C or C++ beside us: signals, settings, passes, and what they say.
//
// Usage: PROGRAM LAYOUT SECONDS BLOCK PACE
// Says which of its settings costs least, as `build MS bytes N setting TEXT`, then does what each line of its input
// says, and answers by one line:
//   record FRAMES FILE   the output for the noise from its beginning, as planar 32-bit floats; only at first
//   hot MS               passes for so long, at least one: `cost C mean M p99 P p999 Q max W late N`
//   live PASSES          likewise at the pace of a host
// Times are microseconds per callback but the build's, in milliseconds. The cost is processor time of all threads.
// Noise and impulses are those of `signal.rs`.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <malloc.h>
#include <sched.h>
#include <string>
#include <time.h>
#include <unistd.h>
#include <utility>
#include <vector>

static const double RATE = 48000;
static const size_t NOISE = 1 << 12; // frames of noise, again and again
static const uint64_t INPUT_SEED = 101;
// Frames after which every schedule is where it began; fewer at live pace, where time is dear.
static const size_t HOT_CYCLE = 4 << 16, LIVE_CYCLE = 4 << 14;

static double seconds(clockid_t clock)
{
    timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static size_t bytes_held()
{
    auto held = mallinfo2();
    return held.uordblks + held.hblkhd;
}

struct Noise {
    uint64_t state;
    float sample()
    {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return float(state >> 33) / float(1u << 31) - 0.5f;
    }
};

// One convolver in one situation. A setting must not delay the sound.
struct Peer {
    std::vector<std::pair<int, int>> paths = {{0, 0}}; // input and output
    int channels;
    size_t block, position = 0;
    std::vector<std::vector<float>> taps;
    std::vector<float> input[2], output[2]; // whole noise, one block

    Peer(const std::string& layout, double length, size_t block) : channels(layout == "mono" ? 1 : 2), block(block)
    {
        if (layout == "stereo") paths = {{0, 0}, {1, 1}};
        if (layout == "true-stereo") paths = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
        const size_t count = size_t(length * RATE);
        for (size_t path = 0; path < paths.size(); path++) {
            Noise noise = {path + 1};
            taps.emplace_back(count);
            for (size_t i = 0; i < count; i++)
                taps[path][i] = 0.1f * noise.sample() * std::pow(10.0f, -3.0f * float(i) / float(count));
        }
        for (int i = 0; i < channels; i++) {
            Noise noise = {INPUT_SEED + i};
            input[i].resize(NOISE);
            for (float& x : input[i]) x = noise.sample();
            output[i].resize(block);
        }
    }
    virtual ~Peer() {}

    virtual size_t settings() const = 0;
    virtual std::string describe(size_t setting) const = 0;
    virtual bool is_useful(size_t) const { return true; }
    // Builds with a setting, from an empty history; false if there is no such.
    virtual bool configure(size_t setting) = 0;
    virtual void end() = 0;
    // One block from `input` at `position` to `output`. True if a part came too late. `sync` waits for all threads.
    virtual bool process(bool sync) = 0;

    bool callback(bool sync)
    {
        bool late = process(sync);
        position = (position + block) % NOISE;
        return late;
    }

    bool begin(size_t setting)
    {
        position = 0;
        return configure(setting);
    }
};

struct Figures { double cost, mean, p99, p999, max; long late; };

static Figures summary(double cost, std::vector<double>& times, long late)
{
    std::sort(times.begin(), times.end());
    double sum = 0;
    for (double one : times) sum += one;
    return {cost, sum / times.size(), times[(times.size() - 1) * 99 / 100],
            times[(times.size() - 1) * 999 / 1000], times.back(), late};
}

// Least of the passes.
static Figures hot(Peer& peer, int passes, double time)
{
    const size_t cycle = HOT_CYCLE / peer.block;
    std::vector<double> least(cycle, std::numeric_limits<double>::infinity());
    double cost = std::numeric_limits<double>::infinity(), began = seconds(CLOCK_MONOTONIC);
    for (int pass = 0; pass < passes || seconds(CLOCK_MONOTONIC) - began < time; pass++) {
        double used = seconds(CLOCK_PROCESS_CPUTIME_ID), last = seconds(CLOCK_MONOTONIC);
        for (auto& one : least) {
            peer.callback(true);
            double now = seconds(CLOCK_MONOTONIC);
            one = std::min(one, now - last);
            last = now;
        }
        cost = std::min(cost, (seconds(CLOCK_PROCESS_CPUTIME_ID) - used) / cycle);
    }
    return summary(cost, least, 0);
}

// Median of the passes of what this thread does, and all that the others do.
static Figures live(Peer& peer, int passes)
{
    const size_t cycle = LIVE_CYCLE / peer.block;
    std::vector<std::vector<double>> times(cycle);
    long late = 0;
    double others = seconds(CLOCK_PROCESS_CPUTIME_ID) - seconds(CLOCK_THREAD_CPUTIME_ID);
    double due = seconds(CLOCK_MONOTONIC);
    for (int pass = 0; pass < passes; pass++) for (auto& slot : times) {
        due += peer.block / RATE;
        timespec until = {time_t(due), long(1e9 * (due - std::floor(due)))};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
        double start = seconds(CLOCK_MONOTONIC);
        late += peer.callback(false);
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

static void say(const Figures& it)
{
    printf("cost %g mean %g p99 %g p999 %g max %g late %ld\n", 1e6 * it.cost, 1e6 * it.mean, 1e6 * it.p99,
           1e6 * it.p999, 1e6 * it.max, it.late);
}

static bool record(Peer& peer, size_t frames, const char* path)
{
    std::vector<float> sound[2];
    for (size_t i = 0; i < frames; i += peer.block) {
        if (peer.callback(true)) return fprintf(stderr, "no sound at %zu\n", i), false;
        for (int c = 0; c < peer.channels; c++)
            sound[c].insert(sound[c].end(), peer.output[c].begin(), peer.output[c].end());
    }
    FILE* file = fopen(path, "wb");
    if (!file) return false;
    bool written = true;
    for (int c = 0; c < peer.channels; c++)
        written &= fwrite(sound[c].data(), sizeof(float), frames, file) == frames;
    return !fclose(file) && written;
}

template <typename Kind> static int measure(int count, char** words)
{
    if (count != 5) return fprintf(stderr, "usage: LAYOUT SECONDS BLOCK PACE\n"), 2;
    Kind peer(words[1], atof(words[2]), atoi(words[3]));
    // One core when hot: waking threads on another costs several times as much in a virtual machine, and only at times.
    cpu_set_t all, core;
    sched_getaffinity(0, sizeof all, &all);
    CPU_ZERO(&core);
    CPU_SET(sched_getcpu(), &core);
    sched_setaffinity(0, sizeof core, &core);
    size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (size_t setting = 0; setting < peer.settings(); setting++) {
        if (!peer.is_useful(setting)) continue;
        if (peer.begin(setting)) {
            for (size_t i = 0; i < 1 << 16; i += peer.block) peer.callback(true);
            double cost = hot(peer, 3, 0).cost;
            if (cost < least) least = cost, best = setting;
        }
        peer.end();
    }
    if (words[4] == std::string("live")) sched_setaffinity(0, sizeof all, &all);
    const size_t before = bytes_held();
    const double start = seconds(CLOCK_MONOTONIC);
    if (std::isinf(least) || !peer.begin(best)) return fprintf(stderr, "no setting runs\n"), 1;
    const double build = seconds(CLOCK_MONOTONIC) - start;
    printf("build %g bytes %zu setting %s\n", 1e3 * build, bytes_held() - before, peer.describe(best).c_str());
    fflush(stdout);
    char line[4096], path[4096];
    size_t number;
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "record %zu %4095[^\n]", &number, path) == 2) {
            if (!record(peer, number, path)) return fprintf(stderr, "not recorded in %s\n", path), 1;
            printf("recorded\n");
        } else if (sscanf(line, "hot %zu", &number) == 1) {
            say(hot(peer, 1, 1e-3 * number));
        } else if (sscanf(line, "live %zu", &number) == 1) {
            say(live(peer, int(number)));
        } else {
            return fprintf(stderr, "not understood: %s", line), 2;
        }
        fflush(stdout);
    }
    peer.end();
    return 0;
}
