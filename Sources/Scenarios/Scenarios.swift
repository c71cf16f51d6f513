// What this module guarantees: every input file is read strictly, and each value knows its place. Whatever is unknown, out of
// bounds or inconsistent is refused in one error that lists all mistakes, where each is, and what to write instead. What this module has no words for (faults, kinds of
// clients) is read by the modules that carry it out, with the same tools.
//
// - Document: YAML as values that know their places; readers of mappings, units and words; how mistakes are collected; variants and overrides; writing.
// - Machines: machine profiles, including those that ship.
// - Sections: the static parts of a scenario: cluster, topics, load, payloads, measurement, expectations, and the names that these declare.
// - Settings: Kafka's settings and the historic behaviours of the cluster and its clients, checked together.
// - Library: scenario files on disk and in the program.
