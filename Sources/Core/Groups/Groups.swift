// What consumer groups are, and how their coordinator decides: classic groups, KIP-848 groups, and committed offsets.
//
// Everything here is a value: a decision reads the state and returns records with a response (`Decision`), replaying the records makes the next
// state, and anyone who replays the same records in the same order has the same state. Nothing here uses a log, a clock or a connection: times are
// arguments, and later events are reported as instants. `Coordination/Runtime` appends, commits, answers and wakes.
