import Primitives

/// Who read everything at the end as far as it was committed.
public struct CommittedAudit: Sendable {
  /// It reads committed records only, and began at the beginning of each partition.
  public var process: ProcessNumber
  /// Whether it came to the end of each partition.
  public var isReadToTheEnd: Bool
  /// Partitions to whose end it did not come: nobody leads them, or a transaction stays open there.
  public var unread: Set<PartitionNumber>

  public init(by process: ProcessNumber, isReadToTheEnd: Bool = true, except unread: Set<PartitionNumber> = []) {
    self.process = process
    self.isReadToTheEnd = isReadToTheEnd
    self.unread = unread
  }
}
