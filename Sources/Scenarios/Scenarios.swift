// What this module guarantees: whatever stands in a file that a user brings is read with its place, strictly: it is known, within bounds, and possible, or
// refused with all other mistakes of the file in one error that says where each is and what would be right. What it names no word for (faults, kinds of
// clients) is read by whoever can carry it out, with the same means.
//
// - Document: YAML as values that know their places; the readers of mappings, units and words; how mistakes are collected; variants and overrides; writing.
// - Machines: machine profiles, those that ship among them.
// - Sections: the parts of a scenario that say what there is: cluster, topics, load, payloads, measurement, expectations, and the names that these declare.
// - Settings: Kafka's settings and the historic behaviours of the cluster and its clients, judged together.
// - Library: scenario files on disk.
