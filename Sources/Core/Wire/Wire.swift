// What this module guarantees: every byte that Kafka 4.3 puts on the wire, into its metadata log or into a record batch can be
// read and written here at every valid version. Foreign bytes of any content result in a value or in a `WireError`, never in a trap,
// and never take more memory than a stated limit.
