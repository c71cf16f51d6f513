/// The hash code of a Java string: over UTF-16 code units, wrapping around.
public func javaHash(_ text: String) -> Int32 {
  text.utf16.reduce(0) { $0 &* 31 &+ Int32($1) }
}

/// The partition of a coordinator's log (`__consumer_offsets`, `__transaction_state`) that a group or transactional id belongs
/// to; the leader of that partition is its coordinator.
public func coordinatorPartition(of id: String, partitionCount: Int32) -> Int32 {
  let hash = javaHash(id)
  return (hash == .min ? 0 : abs(hash)) % partitionCount
}
