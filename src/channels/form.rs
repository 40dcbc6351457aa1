//! The form of an impulse, by its number of channels.

/// Form of an impulse, by its number of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImpulseForm {
    /// One channel for every input and output.
    Mono,
    /// One channel for each output.
    Stereo,
    /// One channel for each pair of source and output: `LL LR RL RR`, where LR is *left in, right out*.
    TrueStereo,
}

impl ImpulseForm {
    /// All forms, those of fewer channels first.
    pub const ALL: [Self; 3] = [Self::Mono, Self::Stereo, Self::TrueStereo];

    /// The form of an impulse of so many channels; `None` if no layout takes such an impulse.
    #[must_use]
    pub fn of(channels: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.channels() == channels)
    }

    /// The form of an impulse made of two, one of the left and one of the right source; `None` if they do not go
    /// together.
    #[must_use]
    pub fn of_pair(left_channels: usize, right_channels: usize) -> Option<Self> {
        if left_channels == right_channels { Self::of(left_channels + right_channels) } else { None }
    }

    /// Number of channels.
    #[must_use]
    pub const fn channels(self) -> usize {
        self.channel_names().len()
    }

    /// Number of sources that the impulse tells apart.
    #[must_use]
    pub const fn sources(self) -> usize {
        match self {
            Self::Mono | Self::Stereo => 1,
            Self::TrueStereo => 2,
        }
    }

    /// Number of outputs that the impulse tells apart.
    #[must_use]
    pub const fn outputs(self) -> usize {
        self.channels() / self.sources()
    }

    /// Name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mono => "mono",
            Self::Stereo => "stereo",
            Self::TrueStereo => "true stereo",
        }
    }

    /// Names of the channels for people, in their order; that of an only channel is empty.
    #[must_use]
    pub const fn channel_names(self) -> &'static [&'static str] {
        match self {
            Self::Mono => &[""],
            Self::Stereo => &["L", "R"],
            Self::TrueStereo => &["LL", "LR", "RL", "RR"],
        }
    }

    /// The numbers of channels that an impulse may have, as text: "1, 2 or 4".
    #[must_use]
    pub fn counts() -> String {
        let [counts @ .., last] = Self::ALL.map(|form| form.channels().to_string());
        format!("{} or {last}", counts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_known_by_its_number_of_channels() {
        assert!(ImpulseForm::ALL.into_iter().all(|form| ImpulseForm::of(form.channels()) == Some(form)));
        assert!([0, 3, 5, 6, 8].into_iter().all(|channels| ImpulseForm::of(channels).is_none()));
        assert_eq!(ImpulseForm::counts(), "1, 2 or 4");
    }

    #[test]
    fn two_of_one_channel_are_stereo_and_two_of_two_true_stereo() {
        assert_eq!(ImpulseForm::of_pair(1, 1), Some(ImpulseForm::Stereo));
        assert_eq!(ImpulseForm::of_pair(2, 2), Some(ImpulseForm::TrueStereo));
        assert!([(1, 2), (2, 1), (4, 4), (1, 4)].into_iter().all(|(l, r)| ImpulseForm::of_pair(l, r).is_none()));
    }

    #[test]
    fn a_form_has_a_channel_for_each_source_and_output_it_tells_apart() {
        let outputs = ImpulseForm::ALL.map(|form| (form.sources(), form.outputs()));
        assert_eq!(outputs, [(1, 1), (1, 2), (2, 2)]);
    }
}
