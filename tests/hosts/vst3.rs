//! The plugin in a VST3 host, in this process.
pub mod host;
mod host_objects;
mod quirks;
#[cfg(all(feature = "editor", target_os = "linux"))]
mod requests;
#[cfg(all(feature = "editor", target_os = "linux"))]
mod screen;
mod threads;
mod told;
mod units;
#[cfg(all(feature = "editor", target_os = "linux"))]
mod view;
#[cfg(all(feature = "editor", target_os = "linux"))]
mod window;

use crate::promises::{self, promises};
use host::Vst3;

#[test]
#[ignore = "for a release: writes a golden state of this version"]
fn a_golden_state_is_made() {
    promises::golden::make::<Vst3>("vst3", |state| state);
}

promises! { Vst3:
    audio {
        impulse_in_impulse_response_out_exactly_in_every_layout_and_from_every_kind_of_file
        what_is_shaped_in_a_host_is_what_the_library_builds
        any_block_size_at_any_rate_gives_the_same_bits_as_the_chain
        a_rate_and_a_layout_may_change_between_activations
        an_activation_while_a_room_rings_out_begins_with_the_newest
        a_fresh_instance_reverberates_without_any_file
        automation_is_exact_to_the_sample
        latency_is_nothing_and_stays_so_while_everything_moves
        the_tail_is_pre_delay_and_impulse
        parameters_arrive_without_audio
    }
    automation {
        automated_shapes_bounce_to_the_renderers_bytes
        two_impulses_bounce_to_the_renderers_bytes
        impulses_are_chosen_by_automation
        a_predelay_in_notes_bounces_to_the_renderers_bytes_at_the_hosts_tempo
    }
    order {
        a_bounce_has_the_right_room_from_its_first_sample_in_every_order_of_calls
        a_fresh_instance_is_silent_until_its_sessions_room_is_there
        another_session_lets_the_room_before_ring_out
        the_same_room_in_another_shape_goes_on
    }
    state {
        another_room_sounds_after_a_session_was_loaded_into_a_playing_instance
        a_session_comes_back_with_the_same_bytes
        every_value_comes_back_whatever_the_instance_is_doing
        a_parameter_that_rests_at_a_free_slot_chooses_nothing
        a_session_opens_whole_over_a_locked_mix
        what_is_typed_and_shown_has_units_and_off
        a_session_carries_its_room_along
        a_session_with_a_long_room_in_it_comes_back
    }
}
