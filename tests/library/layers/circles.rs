//! Modules side by side that know each other.

use super::scan::Named;
use std::collections::{BTreeMap, BTreeSet};

/// The circles among modules that lie side by side, each as the names of its modules.
pub fn circles(named: &[Named]) -> Vec<String> {
    let modules: BTreeSet<&str> = named.iter().map(|named| named.file.as_str()).collect();
    // Of each module, those beside it that it or what is below it names.
    let mut knows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for named in named.iter().filter(|named| named.path[0] == "crate") {
        let (from, to): (Vec<&str>, &[String]) = (named.file.split('/').collect(), &named.path[1..]);
        let same = from.iter().zip(to).take_while(|(from, to)| *from == to).count();
        if same < from.len() && same < to.len() {
            let (from, to) = (from[..=same].join("/"), to[..=same].join("/"));
            if modules.iter().any(|module| *module == to || module.starts_with(&format!("{to}/"))) {
                knows.entry(from).or_default().insert(to);
            }
        }
    }
    let reached = |from: &String| {
        let (mut reached, mut open) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(module) = open.pop() {
            for next in knows.get(&module).into_iter().flatten() {
                if reached.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
        reached
    };
    let reach: BTreeMap<&String, BTreeSet<String>> = knows.keys().map(|module| (module, reached(module))).collect();
    let circle = |module: &String| {
        reach[module]
            .iter()
            .filter(|other| reach.get(other).is_some_and(|back| back.contains(module)))
            .cloned()
            .collect()
    };
    let circles: BTreeSet<Vec<String>> =
        knows.keys().map(circle).filter(|circle: &Vec<String>| !circle.is_empty()).collect();
    circles.into_iter().map(|circle| format!("a circle: {}", circle.join(", "))).collect()
}
