//! How a host groups the parameters, and which of them it shows as lists.
use super::host::Vst3;
use crate::promises::Instance;
use nice_plug::wrapper::vst3::vst3::ComPtr;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::*;
use nice_plug::wrapper::vst3::vst3::Steinberg::*;
use std::collections::BTreeMap;
use transept::settings::{Kind, Section, TABLE};

fn text(text: &String128) -> String {
    String::from_utf16_lossy(text).trim_end_matches('\0').to_owned()
}

/// Names of the units by their numbers.
fn names(units: &ComPtr<IUnitInfo>) -> BTreeMap<i32, String> {
    // SAFETY: plain C structs of numbers, and calls of the interface with pointers to locals.
    unsafe {
        let mut info: UnitInfo = std::mem::zeroed();
        for none in [-1, units.getUnitCount(), i32::MAX] {
            assert_ne!(units.getUnitInfo(none, &mut info), kResultOk, "{none}");
        }
        assert_ne!(units.getUnitInfo(0, std::ptr::null_mut()), kResultOk);
        (0..units.getUnitCount())
            .map(|index| {
                assert_eq!(units.getUnitInfo(index, &mut info), kResultOk);
                let parent = if info.id == kRootUnitId { kNoParentUnitId } else { kRootUnitId };
                assert_eq!((info.parentUnitId, info.programListId), (parent, kNoProgramListId));
                (info.id, text(&info.name))
            })
            .collect()
    }
}

#[test]
fn parameters_are_grouped_as_on_the_pages_of_the_window() {
    let instance = Vst3::new();
    let units = names(&instance.component.cast().expect("it has units"));
    let pages = Section::ALL.map(Section::name);
    assert_eq!(units.values().skip(1).collect::<Vec<_>>(), pages.iter().collect::<Vec<_>>());
    // SAFETY: a plain C struct, and calls of the interface with pointers to locals.
    let infos = unsafe {
        let mut info: ParameterInfo = std::mem::zeroed();
        (0..instance.controller.getParameterCount())
            .map(|index| {
                assert_eq!(instance.controller.getParameterInfo(index, &mut info), kResultOk);
                info
            })
            .collect::<Vec<_>>()
    };
    let is_list = |info: &ParameterInfo| info.flags & ParameterInfo_::ParameterFlags_::kIsList != 0;
    let impulse = &infos[0];
    assert_eq!((text(&impulse.title).as_str(), impulse.unitId, impulse.stepCount), ("Impulse", kRootUnitId, 127));
    assert!(!is_list(impulse), "a menu of 128 lines, most of them free");
    for (setting, info) in TABLE.iter().zip(&infos[1..]) {
        assert_eq!(text(&info.title), setting.name);
        assert!(!text(&info.shortTitle).is_empty());
        assert_eq!(text(&info.units), "", "the text has it");
        let page = if setting.id == "bypass" { units[&kRootUnitId].as_str() } else { setting.section.name() };
        assert_eq!(units[&info.unitId], page, "{}", setting.id);
        assert_eq!(is_list(info), matches!(setting.kind, Kind::Choice(_)), "{}", setting.id);
    }
}
