// What a transaction coordinator knows and decides (KIP-98 and its successors): which producer owns a transactional id, what its transaction
// contains, how it ends, and who is too late.
//
// Everything here is a value. A decision reads the state and returns records with a response, and everyone who replays the same records has the same
// state. What that guarantees:
//
// - A transactional id has one producer id and epoch at a time. An epoch never goes back, and no two requests get the same one.
// - A transaction ends in exactly one way. `MarkerOrder` says which, once the record with the decision is committed, and again under every later
//   coordinator until the end is recorded (`complete`).
// - While a record about an id is not committed, or its markers are being written, requests about the id are told to try again
//   (CONCURRENT_TRANSACTIONS).
// - A transaction that is open longer than its producer requested is aborted in an epoch that no producer gets. Only a two-phase transaction
//   (KIP-939) may stay open forever.
//
// `State` holds the states of a transactional id, its transitions, and its record in `__transaction_state`. `Settings` are Kafka's, with switches to
// historic behaviours. `TransactionShard` and its extensions decide, one file for each kind of request. Nothing here uses a log, a clock or a
// connection: `Coordination/Runtime` appends, commits, answers and wakes, and the broker has the markers written.
