// zita-convolver beside us, at the best of several settings: measured by a program of its own, since it is C++.
//
// Its threads have the scheduling policy that this program was started with. Hot, each callback waits for the threads,
// or the output would be wrong; live, it does not, as in a host, and what came too late is counted.

#include "peer.hpp"
#include <memory>
#include <zita-convolver.h>

struct Setting { uint32_t largest; float density; };
static const Setting SETTINGS[] = {{2048, 0.25f}, {2048, 0.5f}, {2048, 1}, {4096, 0.25f}, {4096, 0.5f}, {4096, 1},
                                   {8192, 0.25f}, {8192, 0.5f}, {8192, 1}};

struct Zita : Peer {
    std::unique_ptr<Convproc> convolver;

    using Peer::Peer;

    // Larger smallest partitions would delay the sound.
    uint32_t smallest() const { return std::max<uint32_t>(block, Convproc::MINPART); }

    size_t settings() const override { return sizeof SETTINGS / sizeof *SETTINGS; }

    // Small ones are never the best of long impulses.
    bool is_useful(size_t setting) const override
    {
        return SETTINGS[setting].largest > 2048 || taps[0].size() <= 4 * RATE;
    }

    std::string describe(size_t setting) const override
    {
        char text[100];
        snprintf(text, sizeof text, "partitions %u-%u, density %g", smallest(), SETTINGS[setting].largest,
                 SETTINGS[setting].density);
        return text;
    }

    bool configure(size_t index) override
    {
        const Setting setting = SETTINGS[index];
        convolver.reset(new Convproc);
        // It goes on where threads were late a few times, as in a host that is disturbed; otherwise it would fall silent.
        convolver->set_options(Convproc::OPT_FFTW_MEASURE | Convproc::OPT_VECTOR_MODE | Convproc::OPT_LATE_CONTIN);
        if (convolver->configure(channels, channels, taps[0].size(), block, smallest(), setting.largest,
                                 setting.density)) return false;
        for (size_t i = 0; i < paths.size(); i++)
            if (convolver->impdata_create(paths[i].first, paths[i].second, 1, taps[i].data(), 0, taps[i].size()))
                return false;
        sched_param priority;
        sched_getparam(0, &priority);
        if (convolver->start_process(priority.sched_priority, sched_getscheduler(0))) return false;
        usleep(20000); // its threads come up
        return true;
    }

    void end() override
    {
        convolver->stop_process();
        while (!convolver->check_stop()) usleep(1000);
        convolver->cleanup();
    }

    // Into the convolver's buffers and out of them again: a host has its own.
    bool process(bool sync) override
    {
        for (int i = 0; i < channels; i++)
            std::memcpy(convolver->inpdata(i), input[i].data() + position, block * sizeof(float));
        int late = convolver->process(sync);
        for (int i = 0; i < channels; i++)
            std::memcpy(output[i].data(), convolver->outdata(i), block * sizeof(float));
        return late;
    }
};

int main(int count, char** words)
{
    return measure<Zita>(count, words);
}
