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
  /// For `Producer.sendOffsets`; nil without a `group.id`. Taken as the offsets are: a later standing may be that of a member that owns other partitions.
  ///
  /// Who is no member of a generation has generation -1 and no member id, with which the coordinator fences nobody of a group without members.
  public var groupMetadata: ConsumerGroupMetadata? {
    guard let groupID = configuration.groupID else { return nil }
    let standing = standing ?? MemberStanding(generation: -1, memberID: "", instanceID: configuration.groupInstanceID)
    return ConsumerGroupMetadata(
      groupID: groupID, generationID: standing.generation, memberID: standing.memberID, groupInstanceID: standing.instanceID)
  }
}
