// What a transaction coordinator knows and decides (KIP-98 and what came after it): which producer speaks for a transactional id, what its transaction is about,
// how it ends, and who is too late.
//
// Everything here is a value. A decision reads the state and gives records with an answer, and whoever replays the same records has the same state. What that guarantees:
//
// - A transactional id has one producer id and epoch at a time. An epoch never goes back, and no two that ask get the same one.
// - A transaction ends one way. `MarkerOrder` says which, once the record that decides it is committed, and again under every later coordinator until the end is
//   recorded (`complete`).
// - While a record about an id is not committed, or its markers are being written, whoever asks about it is told to come again (CONCURRENT_TRANSACTIONS).
// - A transaction that is open for longer than its producer asked for is aborted in an epoch that nobody was given. Only one of two phases (KIP-939) may stay open for ever.
//
// `State` is what a transactional id is and may become, with its record in `__transaction_state`. `Settings` are Kafka's, with the switches to behaviours of old. `TransactionShard` and its
// extensions decide, one file for each kind of request. Nothing here knows a log, a clock or a connection: `Coordination/Runtime` appends, commits, answers and wakes, and the broker has
// the markers written.
