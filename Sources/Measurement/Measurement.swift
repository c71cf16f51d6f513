// What this module guarantees: raw times become figures, and the figures are held to laws that every run must obey. Metrics are a function of
// what clients, stations and checkers noted; nothing of the wall clock or the machine is in them. This module stores nothing and runs nothing.
//
// Load       the notes of a run, by window, by record and by fault
// Latencies  how long records took, and what that time is made of
// Metrics    what comes of it, as results keep it
// Laws       what must hold of the figures
// Text       figures in words
