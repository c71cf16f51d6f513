/// Kafka's rules for the names of topics (`Topic.validate`).
public enum TopicName {
  public static let consumerOffsets = "__consumer_offsets"
  public static let transactionState = "__transaction_state"
  public static let shareGroupState = "__share_group_state"
  /// The name of the metadata log. No topic can have this name (`ControllerApis.createTopics`).
  public static let clusterMetadata = "__cluster_metadata"

  public static let maximumLength = 249

  /// Whether only brokers write to this topic.
  public static func isInternal(_ name: String) -> Bool {
    name.utf8.first == UInt8(ascii: "_") && (name == consumerOffsets || name == transactionState || name == shareGroupState)
  }

  /// Whether a name has 1 to 249 letters, digits, dots, underscores and dashes, and is neither `.` nor `..`.
  public static func isValid(_ name: String) -> Bool {
    (1...maximumLength).contains(name.utf8.count) && name != "." && name != ".." && name.utf8.allSatisfy(isLegal)
  }

  /// Whether a name may contain a character: an ASCII letter, a digit, a dot, an underscore or a dash.
  public static func isLegal(_ character: UInt8) -> Bool {
    switch character {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
