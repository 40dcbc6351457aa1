//! The machine that measures, as Linux describes it.

use std::fs::read_to_string;

/// Processor, cores and caches in one line.
#[must_use]
pub fn describe() -> String {
    let info = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)?.split_once(':'));
    let model = field("model name").map_or("unknown processor", |(_, model)| model.trim());
    let family = |name| field(name).map_or("?", |(_, value)| value.trim());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Virtual machines hide the name; family and model still say which it is.
    let id = format!("family {}, model {}", family("cpu family"), family("model\t"));
    format!("{model} ({id}), {cores} cores, {}", caches())
}

fn caches() -> String {
    let read = |index: usize, field: &str| {
        let path = format!("/sys/devices/system/cpu/cpu0/cache/index{index}/{field}");
        read_to_string(path).map(|text| text.trim().to_owned())
    };
    let cache = |index| Some((read(index, "level").ok()?, read(index, "type").ok()?, read(index, "size").ok()?));
    let sizes = (0..).map_while(cache).filter(|(_, kind, _)| kind != "Instruction");
    sizes.map(|(level, _, size)| format!("L{level} {size}")).collect::<Vec<_>>().join(", ")
}
