// FFmpeg's filter afir beside us, at the best of several settings: a graph of buffer, filter and sink, one block at a
// time.
//
// Its smallest partition is the block, so that it does not delay the sound. It convolves a channel with the impulse's
// channel of the same number: each path has a channel of its own, and this program sums what ends in one output. One
// thread, which costs least.

#include "peer.hpp"
extern "C" {
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/channel_layout.h>
#include <libavutil/frame.h>
}

static const int LARGEST[] = {1024, 2048, 4096, 8192, 16384, 32768};

struct Afir : Peer {
    AVFilterGraph* graph = nullptr;
    AVFilterContext *source = nullptr, *response = nullptr, *filter = nullptr, *sink = nullptr;
    AVFrame *in = nullptr, *out = av_frame_alloc();

    using Peer::Peer;

    size_t settings() const override { return sizeof LARGEST / sizeof *LARGEST; }
    bool is_useful(size_t setting) const override { return size_t(LARGEST[setting]) >= block; }

    std::string describe(size_t setting) const override
    {
        return "minp " + std::to_string(block) + ", maxp " + std::to_string(LARGEST[setting]);
    }

    AVFrame* frame(size_t length)
    {
        AVFrame* made = av_frame_alloc();
        made->format = AV_SAMPLE_FMT_FLTP;
        made->sample_rate = int(RATE);
        made->nb_samples = int(length);
        av_channel_layout_default(&made->ch_layout, int(paths.size()));
        if (av_frame_get_buffer(made, 0) < 0) abort();
        return made;
    }

    bool make(AVFilterContext** made, const char* kind, const char* name, const std::string& options)
    {
        return avfilter_graph_create_filter(made, avfilter_get_by_name(kind), name, options.c_str(), nullptr, graph) >= 0;
    }

    bool configure(size_t setting) override
    {
        AVChannelLayout layout = {};
        av_channel_layout_default(&layout, int(paths.size()));
        char name[64];
        av_channel_layout_describe(&layout, name, sizeof name);
        const std::string format = std::string("sample_rate=48000:sample_fmt=fltp:time_base=1/48000:channel_layout=") + name;
        const std::string largest = std::to_string(LARGEST[setting]), smallest = std::to_string(block);
        graph = avfilter_graph_alloc();
        graph->nb_threads = 1;
        if (!make(&source, "abuffer", "sound", format) || !make(&response, "abuffer", "impulse", format)
            || !make(&filter, "afir", "afir", "gtype=none:maxir=60:minp=" + smallest + ":maxp=" + largest)
            || !make(&sink, "abuffersink", "sink", "")) return false;
        if (avfilter_link(source, 0, filter, 0) || avfilter_link(response, 0, filter, 1)
            || avfilter_link(filter, 0, sink, 0) || avfilter_graph_config(graph, nullptr) < 0) return false;
        AVFrame* impulse = frame(taps[0].size());
        for (size_t path = 0; path < paths.size(); path++)
            std::memcpy(impulse->extended_data[path], taps[path].data(), taps[path].size() * sizeof(float));
        const bool sent = av_buffersrc_add_frame(response, impulse) >= 0 && av_buffersrc_add_frame(response, nullptr) >= 0;
        av_frame_free(&impulse);
        in = frame(block);
        in->pts = 0;
        return sent;
    }

    void end() override
    {
        av_frame_free(&in);
        avfilter_graph_free(&graph);
    }

    // The graph lets go of the frame before it is written again.
    bool process(bool) override
    {
        if (av_frame_make_writable(in) < 0) abort();
        for (size_t path = 0; path < paths.size(); path++)
            std::memcpy(in->extended_data[path], input[paths[path].first].data() + position, block * sizeof(float));
        const int flags = AV_BUFFERSRC_FLAG_KEEP_REF | AV_BUFFERSRC_FLAG_NO_CHECK_FORMAT | AV_BUFFERSRC_FLAG_PUSH;
        if (av_buffersrc_add_frame_flags(source, in, flags) < 0) abort();
        in->pts += block;
        if (av_buffersink_get_frame(sink, out) < 0 || size_t(out->nb_samples) != block) return true;
        bool begun[2] = {};
        for (size_t path = 0; path < paths.size(); path++) {
            float* sum = output[paths[path].second].data();
            const float* product = reinterpret_cast<const float*>(out->extended_data[path]);
            if (begun[paths[path].second]) for (size_t i = 0; i < block; i++) sum[i] += product[i];
            else std::memcpy(sum, product, block * sizeof(float));
            begun[paths[path].second] = true;
        }
        av_frame_unref(out);
        return false;
    }
};

int main(int count, char** words)
{
    av_log_set_level(AV_LOG_ERROR);
    return measure<Afir>(count, words);
}
