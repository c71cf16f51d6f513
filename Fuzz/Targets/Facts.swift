import Primitives
import Scenarios

/// What a client could know about the cluster: plausible values for the fields of requests.
struct Facts {
  var topics: [String]
  var topicIDs: [Uuid]
  var clusterID: String
  var nodes: [Int64] = [1, 2, 100, -1]
  /// Valid record batches.
  var batches: [Bytes]
  /// The host that responses name; empty to leave hosts unchanged.
  var host = ""

  /// A realistic number for a field of this name.
  func number(_ name: String, _ random: inout RandomStream) -> Int64 {
    let choices: [Int64] =
      switch name {
      case _ where name.hasSuffix("Epoch"): [-1, 0, 0, 1]
      case _ where name.hasSuffix("Id") || name.hasSuffix("Ids") || name.hasSuffix("Replicas"): nodes
      case _ where name.contains("Offset"): [0, 0, 5, 12, 20, 21, -1]
      case "Timestamp": [-1, -2, -3, 1_767_225_600_000]
      case _ where name.hasSuffix("Ms"): [0, 10, 1_000, 5_000]
      case _ where name.hasSuffix("MaxBytes"): [1 << 20, 1, 100]
      case "MinBytes": [0, 1]
      case "Acks": [-1, 1]
      case "ReplicationFactor": [-1, 1, 2]
      case "NumPartitions", "Count": [-1, 1, 3, 5]
      case "ResourceType": [2, 4, 8, 16, 32]
      case "ConfigOperation": [0, 1, 2, 3]
      case _ where name.contains("artition") || name == "Index": [0, 0, 1, 2]
      case _ where name.hasSuffix("Level"): [0, 1, 2, 25]
      default: [0, 0, 1, 2]
      }
    return random.pick(choices)
  }

  /// A realistic text for a field of this name.
  func text(_ name: String, _ random: inout RandomStream) -> String {
    let choices =
      switch name {
      case "ResourceName": topics + ["", "1", "2"]
      case "Feature": Self.features
      case "ClusterId": [clusterID]
      case "Host": [host.isEmpty ? "broker-1" : host]
      case _ where name.contains("opic") || name == "Name": topics + Self.settings
      case "Value": Self.values
      default: topics + Self.settings + Self.values
      }
    return random.pick(choices)
  }

  static let features = ["metadata.version", "kraft.version", "eligible.leader.replicas.version", "group.version", "transaction.version"]
  static let settings = [
    "retention.ms", "segment.bytes", "cleanup.policy", "min.insync.replicas", "message.timestamp.after.max.ms", "message.timestamp.before.max.ms",
    "compression.type", "max.message.bytes", "segment.ms", "retention.bytes", "flush.messages", "message.timestamp.type", "segment.index.bytes",
    "leader.replication.throttled.replicas",
  ]
  static let values = [
    "", "0", "1", "-1", "2", "1048576", "9223372036854775807", "-9223372036854775808", "2147483647", "delete", "compact", "gzip", "zstd", "LogAppendTime", "a,b",
  ]
  static let strangeTexts = [
    "", ".", "..", "../x", "__cluster_metadata", "__consumer_offsets", "a/b", "a.b", "a_b", "t-0", "\u{0}", "\u{e9}", "9223372036854775808",
    String(repeating: "x", count: 249), String(repeating: "y", count: 250), String(repeating: "z", count: 20_000),
  ]
}
