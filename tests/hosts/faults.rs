//! What happens when something goes wrong: one module for each thing that comes in wrong, and its tests say what
//! happens then. Those of them that a host can bring about are played in a CLAP and in a VST3 host.

mod blocks;
mod bounces;
mod files;
#[cfg(target_os = "linux")]
mod memory;
mod missing;
mod races;
mod samples;
mod states;
mod unwrapped;

/// The tests that a host can bring about, in one kind of host.
macro_rules! in_a_host {
    ($host:ident, $instance:ty) => {
        in_a_host! { $host, $instance:
            missing {
                the_wet_path_is_silent_and_the_dry_one_passes
                nothing_is_lost_on_save
                another_file_in_its_place_is_not_taken_for_it
            }
            states {
                what_is_damaged_does_no_harm
                what_says_little_or_too_much_gives_defaults_and_ends
                what_a_newer_version_saved_sounds_like_the_default_and_is_kept
                what_is_somebody_elses_changes_nothing_or_gives_defaults
            }
            samples {
                nan_and_infinity_are_silence_and_the_output_is_finite_at_once
                denormals_in_none_out_not_even_in_bypass
            }
            blocks {
                a_block_larger_than_announced_works
                no_frames_are_fine
                the_rate_and_the_layout_may_change_while_loading
                an_activation_that_gave_up_does_not_leave_the_next_without_its_room
                an_instance_may_go_at_any_moment_of_a_load_while_another_plays_on
            }
            races {
                the_newest_wins
            }
            bounces {
                the_first_sample_has_the_right_room_and_every_run_the_same_bytes
                a_room_that_is_loaded_while_it_bounces_is_waited_for
                what_was_played_before_does_not_matter
            }
        }
    };
    ($host:ident, $instance:ty: $($fault:ident { $($happens:ident)* })*) => {
        mod $host {
            $(mod $fault {
                $(#[test]
                fn $happens() {
                    crate::faults::$fault::$happens::<$instance>();
                })*
            })*
        }
    };
}

in_a_host!(in_clap, crate::clap::host::Clap);
in_a_host!(in_vst3, crate::vst3::host::Vst3);
