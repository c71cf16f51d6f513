/// Where a consumer stands in its group, as a transactional producer tells it to the group's coordinator (KIP-447).
public struct ConsumerGroupMetadata: Hashable, Sendable {
  public var groupID: String
  /// Of the classic protocol the generation, of KIP-848 the member's epoch; -1 outside of any.
  public var generationID: Int32
  public var memberID: String
  public var groupInstanceID: String?

  public init(groupID: String, generationID: Int32 = -1, memberID: String = "", groupInstanceID: String? = nil) {
    self.groupID = groupID
    self.generationID = generationID
    self.memberID = memberID
    self.groupInstanceID = groupInstanceID
  }
}

extension Consumer {
  /// For `Producer.sendOffsets`; nil without a `group.id`. Taken when the records are: a later one may be that of a member that owns other partitions.
  ///
  /// The last generation in which the consumer was a member, also while it rebalances. Before the first one, the generation is -1 and the member id empty, which coordinators
  /// let pass.
  public var groupMetadata: ConsumerGroupMetadata? { group?.metadata }
}
