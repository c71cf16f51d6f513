import Primitives

/// What a run reports about a group for judging it.
public struct GroupFindings {
  /// How long the group took to settle after the last fault.
  public struct Settling {
    /// nil if it did not settle.
    public var taken: Duration?
    public var bound: Duration

    public init(taken: Duration?, bound: Duration) {
      self.taken = taken
      self.bound = bound
    }
  }

  public var group: String
  /// The guarantees that it is judged on.
  public var guarantees: Set<Guarantee>
  /// The partitions that it subscribes to, at the end.
  public var partitions: [TopicPartition] = []
  /// The members that run at the end and have not left.
  public var running: Set<ProcessNumber> = []
  /// Those of them that are still processing records.
  public var working: Set<ProcessNumber> = []
  /// What the cluster reported as committed at the very end; nil if no coordinator could be asked.
  public var committed: [TopicPartition: Offset]?
  /// How many values the group makes from a record, if its input tells; nil if only the output does.
  public var outputs: ((RecordValue) -> Int)?
  /// nil if it was not observed.
  public var settling: Settling?
  /// What it waits for at the end, in words; nil if it is at rest, or nobody knows.
  public var wait: String?

  public init(_ group: String, on guarantees: Set<Guarantee>) {
    self.group = group
    self.guarantees = guarantees
  }
}
