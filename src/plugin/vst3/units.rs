//! Units: the groups in which a host shows the parameters. They are the pages of the window.
//!
//! `impulse` and `bypass` are on no page; they are in the root, which every host shows first.

use crate::parameters::{IMPULSE, Knob, TranseptParams, section};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    ParameterInfo, ParameterInfo_::ParameterFlags_, TChar, UnitID, UnitInfo, kNoParentUnitId, kNoProgramListId,
    kRootUnitId,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::int32;

/// Name of the root, as the SDK's own plugins call it; hosts do not show it.
const ROOT: &str = "Root";

/// The name of the unit that a parameter is in.
fn name(id: &str) -> &'static str {
    match section(id) {
        "" => ROOT,
        _ if id == "bypass" => ROOT,
        section => section,
    }
}

/// The names of all units: the root, and the pages in their order. The number of a unit is its place.
fn names(params: &TranseptParams) -> Vec<&'static str> {
    let mut names = vec![ROOT];
    for name in params.all().map(|(id, _)| name(id)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// How many units there are. \[main\]
pub(super) fn count(params: &TranseptParams) -> int32 {
    names(params).len() as int32
}

/// The unit of a number. \[main\]
pub(super) fn info(params: &TranseptParams, id: UnitID) -> Option<UnitInfo> {
    let name = names(params).into_iter().nth(usize::try_from(id).ok()?)?;
    let parent = if id == kRootUnitId { kNoParentUnitId } else { kRootUnitId };
    let mut info = UnitInfo { id, parentUnitId: parent, name: [0; 128], programListId: kNoProgramListId };
    for (to, from) in info.name[..127].iter_mut().zip(name.encode_utf16()) {
        *to = from as TChar;
    }
    Some(info)
}

/// Puts a parameter, by its place, in its unit, and says what the framework does not say of it. \[main\]
///
/// A choice of named options is a list. `impulse` is none: most of its slots are free, and a host makes a menu of all
/// 128 of a list, where it has a slider with the slot's name for what is none.
pub(super) fn complete(params: &TranseptParams, index: usize, info: &mut ParameterInfo) {
    let Some((id, knob)) = params.all().get(index).copied() else { return };
    if matches!(knob, Knob::Choice(_)) && id != IMPULSE {
        info.flags |= ParameterFlags_::kIsList;
    }
    let unit = names(params).into_iter().position(|own| own == name(id));
    info.unitId = unit.map_or(kRootUnitId, |unit| unit as UnitID);
}
