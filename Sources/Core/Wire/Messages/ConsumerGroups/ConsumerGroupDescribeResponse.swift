import Primitives

/// The response to `ConsumerGroupDescribeRequest`.
public struct ConsumerGroupDescribeResponse: ApiMessage {
  public static var apiKey: ApiKey { .consumerGroupDescribe }
  public static var validVersions: ClosedRange<Int16> { 0...1 }
  public static var flexibleVersions: VersionRange { .all }

  public var throttleTimeMs: Int32 = 0
  public var groups: [DescribedGroup] = []

  public init() {}

  public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
    try c.int32("ThrottleTimeMs", &throttleTimeMs)
    try c.array("Groups", &groups)
  }

  public struct DescribedGroup: Structure {
    public var errorCode: ErrorCode = .none
    public var errorMessage: String?
    public var groupId: String = ""
    public var groupState: String = ""
    public var groupEpoch: Int32 = 0
    public var assignmentEpoch: Int32 = 0
    public var assignorName: String = ""
    public var members: [Member] = []
    /// Bit n stands for operation n; the smallest integer means that the client did not ask.
    public var authorizedOperations: Int32 = .min

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.errorCode("ErrorCode", &errorCode)
      try c.nullableString("ErrorMessage", &errorMessage)
      try c.string("GroupId", &groupId)
      try c.string("GroupState", &groupState)
      try c.int32("GroupEpoch", &groupEpoch)
      try c.int32("AssignmentEpoch", &assignmentEpoch)
      try c.string("AssignorName", &assignorName)
      try c.array("Members", &members)
      try c.int32("AuthorizedOperations", &authorizedOperations)
    }
  }

  public struct Member: Structure {
    public var memberId: String = ""
    public var instanceId: String?
    public var rackId: String?
    public var memberEpoch: Int32 = 0
    public var clientId: String = ""
    public var clientHost: String = ""
    public var subscribedTopicNames: [String] = []
    public var subscribedTopicRegex: String?
    public var assignment = Assignment()
    public var targetAssignment = Assignment()
    public var memberType: Int8 = -1

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.string("MemberId", &memberId)
      try c.nullableString("InstanceId", &instanceId)
      try c.nullableString("RackId", &rackId)
      try c.int32("MemberEpoch", &memberEpoch)
      try c.string("ClientId", &clientId)
      try c.string("ClientHost", &clientHost)
      try c.array("SubscribedTopicNames", &subscribedTopicNames)
      try c.nullableString("SubscribedTopicRegex", &subscribedTopicRegex)
      try c.structure("Assignment", &assignment)
      try c.structure("TargetAssignment", &targetAssignment)
      try c.int8("MemberType", &memberType, 1..., ignorable: true)
    }
  }

  public struct TopicPartitions: Structure {
    public var topicId: Uuid = .zero
    public var topicName: String = ""
    public var partitions: [Int32] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.uuid("TopicId", &topicId)
      try c.string("TopicName", &topicName)
      try c.array("Partitions", &partitions)
    }
  }

  public struct Assignment: Structure {
    public var topicPartitions: [TopicPartitions] = []

    public init() {}

    public mutating func describe<C: Codec>(_ c: inout C) throws(WireError) {
      try c.array("TopicPartitions", &topicPartitions)
    }
  }
}
