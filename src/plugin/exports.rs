//! What a host finds in the library: the CLAP entry and the VST3 factory.
use super::Transept;

nice_plug::nice_export_clap!(Transept);
