import Primitives

/// The process that read everything committed at the end.
public struct CommittedAudit: Sendable {
  /// It reads only committed records, and started at the beginning of each partition.
  public var process: ProcessNumber
  /// Whether it got to the end of each partition.
  public var isReadToTheEnd: Bool
  /// Partitions whose end it did not reach: they have no leader, or a transaction stays open there.
  public var unread: Set<PartitionNumber>

  public init(by process: ProcessNumber, isReadToTheEnd: Bool = true, except unread: Set<PartitionNumber> = []) {
    self.process = process
    self.isReadToTheEnd = isReadToTheEnd
    self.unread = unread
  }
}
