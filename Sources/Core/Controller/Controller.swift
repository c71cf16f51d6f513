// What this module guarantees: the metadata of a cluster is a fold over the records of the metadata log. Decisions are pure
// functions from (state, request) to (records, response); a response leaves when its records are committed.
