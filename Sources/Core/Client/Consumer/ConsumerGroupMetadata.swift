/// A consumer's membership, which a transactional producer sends to the group's coordinator (KIP-447).
public struct ConsumerGroupMetadata: Hashable, Sendable {
  public var groupID: String
  /// The generation in the classic protocol, the member epoch in KIP-848; -1 outside a group.
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
  /// The membership for `Producer.sendOffsets`; nil without a `group.id`. Read it when you get the records: a later one may belong to a member that
  /// owns other partitions.
  ///
  /// It is the last generation in which the consumer was a member, even while it rebalances. Before the first one, the generation is -1 and the
  /// member id empty, which coordinators accept.
  public var groupMetadata: ConsumerGroupMetadata? { group?.metadata }
}
