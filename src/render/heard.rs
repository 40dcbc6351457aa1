//! What there is to say about the impulses of a file, however often they change.

use crate::impulse::findings::Finding;
use crate::impulse::recipe::{Recipe, Source};

/// A finding about an impulse of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct OfImpulse {
    /// The impulse; of a finding about two that are combined, the first one.
    pub source: Source,
    /// What is to be said about it.
    pub finding: Finding,
    /// True for an impulse of the beginning, which is the one that a job is [aligned](super::Align) to.
    pub is_first: bool,
}

/// Findings about the impulses of a job, each once.
#[derive(Debug, Default)]
pub(super) struct Heard(Vec<OfImpulse>);

impl Heard {
    /// Adds what is new of what is found of the impulses of a recipe.
    pub fn add(&mut self, recipe: &Recipe, findings: [&[Finding]; 2], is_first: bool) {
        for (source, findings) in recipe.sources().zip(findings) {
            for finding in findings {
                if !self.0.iter().any(|heard| heard.source == *source && heard.finding == *finding) {
                    self.0.push(OfImpulse { source: source.clone(), finding: finding.clone(), is_first });
                }
            }
        }
    }

    /// All of them, in the order in which their impulses came.
    pub fn all(self) -> Vec<OfImpulse> {
        self.0
    }
}
