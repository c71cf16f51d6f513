/// Kafka's rules for the names of topics.
enum TopicName {
  static let consumerOffsets = "__consumer_offsets"
  static let transactionState = "__transaction_state"
  static let shareGroupState = "__share_group_state"
  /// What the metadata log is called. No topic has this name (`ControllerApis.createTopics`).
  static let clusterMetadata = "__cluster_metadata"

  /// Topics that only brokers write to.
  static func isInternal(_ name: String) -> Bool {
    name.utf8.first == UInt8(ascii: "_") && (name == consumerOffsets || name == transactionState || name == shareGroupState)
  }

  /// At most 249 letters, digits, dots, underscores and dashes, and neither `.` nor `..`.
  static func isValid(_ name: String) -> Bool {
    (1...249).contains(name.utf8.count) && name != "." && name != ".."
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
      }
  }
}
