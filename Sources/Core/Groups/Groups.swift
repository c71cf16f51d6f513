// What groups of consumers are, and what their coordinator decides: classic groups, groups of KIP-848, and committed offsets.
//
// Everything here is a value: a decision reads the state and gives records with an answer (`Decision`), replaying the records makes the next state, and whoever
// replays the same records in the same order has the same state. Nothing here knows a log, a clock or a connection: times come in as arguments, and what has
// to happen later is told as an instant. `Coordination/Runtime` appends, commits, answers and wakes.
