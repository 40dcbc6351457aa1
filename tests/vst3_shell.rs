//! The plugin in a VST3 host, in this process.
#![cfg(feature = "plugin")]
#![allow(unsafe_code)] // VST3 is an interface of raw pointers

mod common;
mod promises;

#[path = "vst3_shell/host.rs"]
mod host;
#[path = "vst3_shell/lent.rs"]
mod lent;
#[path = "vst3_shell/oddities.rs"]
mod oddities;
#[path = "vst3_shell/threads.rs"]
mod threads;
#[cfg(all(feature = "editor", target_os = "linux"))]
#[path = "vst3_shell/window.rs"]
mod window;

use host::Vst3;
use promises::Instance;

#[test]
fn every_golden_state_opens_as_it_was_saved() {
    for (name, state) in promises::golden::states("vst3") {
        let mut instance = Vst3::new();
        assert!(instance.load(&state), "{name}");
        promises::golden::is_as_it_was_saved(&mut instance, &state, &name);
    }
}

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
        an_activation_that_gave_up_does_not_leave_the_next_without_its_room
        an_activation_while_a_room_rings_out_begins_with_the_newest
        a_fresh_instance_reverberates_without_any_file
        automation_is_exact_to_the_sample
        latency_is_nothing_and_stays_so_while_everything_moves
        the_tail_is_pre_delay_and_impulse
        no_frames_are_fine
        parameters_arrive_without_audio
        after_nan_and_infinity_the_output_is_finite_at_once
        denormals_in_none_out_not_even_in_bypass
        an_offline_bounce_waits_for_the_room
    }
    automation {
        automated_shapes_bounce_to_the_renderers_bytes
        two_impulses_bounce_to_the_renderers_bytes
        a_bounce_does_not_depend_on_what_was_played_before
        a_predelay_in_notes_bounces_to_the_renderers_bytes_at_the_hosts_tempo
    }
    state {
        another_room_sounds_after_a_session_was_loaded_into_a_playing_instance
        a_session_comes_back_with_the_same_bytes
        a_session_opens_whole_over_a_locked_mix
        what_is_typed_and_shown_has_units_and_off
        a_missing_file_is_silence_and_is_not_forgotten
        a_session_carries_its_room_along
        a_session_with_a_long_room_in_it_comes_back
        another_file_in_its_place_is_silence_and_nothing_is_lost
        a_session_that_says_little_or_too_much_gives_defaults_and_ends
        damaged_sessions_do_no_harm
        an_instance_may_go_at_any_moment_while_another_plays_on
    }
    golden {
        the_first_versions_state_opens_as_it_was_saved
    }
}
