// What this module guarantees: one partition's records on one disk in Kafka's own files. What was synced survives a power loss,
// what was appended survives the end of the process, and whatever a crash left is brought back to the longest valid prefix.
