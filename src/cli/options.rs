//! The options that are settings: made from their table, so that they are called and typed as in the plugin.

use crate::settings::{Choice, Condition, Kind, Number, Scale, Section, Setting, Settings, TABLE, Value};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

/// The settings that the command line names, of those that it may.
#[derive(Debug, Clone)]
pub(super) struct Options<const OF: u8>(Vec<(&'static str, Value)>);

/// Every setting.
pub(super) const ALL: u8 = 0;
/// Those of the impulse itself: shape, decay, and the order of its paths.
pub(super) const OF_IMPULSE: u8 = 1;

fn settings<const OF: u8>() -> impl Iterator<Item = &'static Setting> {
    let is_of_impulse =
        |setting: &Setting| matches!(setting.section, Section::Shape | Section::Decay) || setting.id == "path_order";
    TABLE.iter().filter(move |setting| OF == ALL || is_of_impulse(setting))
}

impl<const OF: u8> Options<OF> {
    /// Whether a setting is named.
    pub fn names(&self, id: &str) -> bool {
        self.0.iter().any(|(named, _)| *named == id)
    }

    /// What is named, and of these settings the others.
    pub fn over(&self, mut settings: Settings) -> Settings {
        for (id, value) in &self.0 {
            settings.set(id, *value);
        }
        settings
    }
}

impl<const OF: u8> Args for Options<OF> {
    fn augment_args(command: Command) -> Command {
        command.args(settings::<OF>().map(option))
    }
    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const OF: u8> FromArgMatches for Options<OF> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut options = Self(Vec::new());
        options.update_from_arg_matches(matches)?;
        Ok(options)
    }
    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for setting in settings::<OF>() {
            if let Some(value) = matches.get_one::<Value>(setting.id) {
                self.0.push((setting.id, *value));
            }
        }
        Ok(())
    }
}

fn option(setting: &'static Setting) -> Arg {
    let option = Arg::new(setting.id).long(long(setting)).help_heading(setting.section.name());
    let default = setting.show(setting.default());
    let conditions = conditions(setting);
    match &setting.kind {
        Kind::Number(number) => option
            .help(format!("{}, {}{}{conditions} [default: {default}]", setting.about, number.range_text(), off(number)))
            .value_name(unit(number))
            .allow_hyphen_values(true) // "-6 dB"
            .value_parser(move |text: &str| setting.read_within(text)),
        Kind::Switch(_) => option
            .help(format!("{}{conditions}", setting.about))
            .value_name("on|off")
            .num_args(0..=1)
            .require_equals(true) // so that it takes no file for its value
            .default_missing_value("on")
            .value_parser(move |text: &str| setting.read_within(text)),
        Kind::Choice(choice) => option
            .help(format!("{}{conditions} [default: {default}]", setting.about))
            .value_name("HOW")
            .ignore_case(true)
            .alias(if setting.id == "loudness" { "level" } else { setting.id }) // as it was called
            .value_parser(words(*choice)),
    }
}

/// The name of an option, without its dashes.
fn long(setting: &Setting) -> String {
    setting.id.replace('_', "-")
}

/// The conditions under which a setting has an effect, behind its description.
fn conditions(setting: &Setting) -> String {
    let clause = |condition: &Condition| condition.clause(|other| format!("--{}", long(other)));
    setting.conditions.iter().map(|condition| format!("; has an effect only if {}", clause(condition))).collect()
}

fn words(choice: Choice) -> impl TypedValueParser<Value = Value> {
    let words = choice.options.iter().map(|words| PossibleValue::new(words[0]).aliases(&words[1..]));
    PossibleValuesParser::new(words).map(move |word| Value::Choice(choice.read(&word).unwrap_or(choice.default)))
}

fn off(number: &Number) -> String {
    number.off.map(|off| format!("; {off} is off")).unwrap_or_default()
}

fn unit(number: &Number) -> &'static str {
    match (number.scale, number.off.is_some()) {
        (Scale::Decibels, false) => "DB",
        (Scale::Decibels, true) => "DB|off",
        (Scale::Milliseconds, false) => "MS",
        (Scale::Milliseconds, true) => "MS|off",
        (Scale::Hertz, false) => "HZ",
        (Scale::Hertz, true) => "HZ|off",
        (Scale::Percent, false) => "PERCENT",
        (Scale::Percent, true) => "PERCENT|off",
    }
}
