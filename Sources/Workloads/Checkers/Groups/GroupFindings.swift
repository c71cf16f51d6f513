import Primitives

/// What a run tells of a group to those who judge it.
public struct GroupFindings {
  /// How long the group took to come to rest after the last fault.
  public struct Settling {
    /// nil where it did not.
    public var taken: Duration?
    public var bound: Duration

    public init(taken: Duration?, bound: Duration) {
      self.taken = taken
      self.bound = bound
    }
  }

  public var group: String
  /// What it is judged on.
  public var guarantees: Set<Guarantee>
  /// Partitions that it subscribes to, at the end.
  public var partitions: [TopicPartition] = []
  /// Members that run at the end, and have not left.
  public var running: Set<ProcessNumber> = []
  /// Those of them that still work on records.
  public var working: Set<ProcessNumber> = []
  /// What the cluster said at the very end that the group has committed; nil where nobody could be asked.
  public var committed: [TopicPartition: Offset]?
  /// How many values the group makes of a record, as whoever wrote it knows; nil where only what it made says so.
  public var outputs: ((RecordValue) -> Int)?
  /// nil where nobody looked.
  public var settling: Settling?

  public init(_ group: String, on guarantees: Set<Guarantee>) {
    self.group = group
    self.guarantees = guarantees
  }
}
