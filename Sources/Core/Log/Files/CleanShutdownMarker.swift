import Primitives

/// `.kafka_cleanshutdown`: says that the last life of the broker synced and closed every log, and under which registration it
/// lived (KIP-966: a broker that cannot name its former epoch leaves the ELR).
public struct CleanShutdownMarker: Hashable, Sendable {
  public var brokerEpoch: BrokerEpoch

  public static let fileName = ".kafka_cleanshutdown"

  public init(brokerEpoch: BrokerEpoch) { self.brokerEpoch = brokerEpoch }

  public var content: Bytes { Bytes(#"{"version":0,"brokerEpoch":\#(brokerEpoch)}"#) }

  /// The marker of a file, or nil if it is not one: an empty file of older versions, or garbage. Then the end was clean at most,
  /// but no epoch is known; a caller that finds nil treats the end as unclean.
  public init?(decoding content: Bytes) {
    guard let text = content.text?.trimmed, text.first == "{", text.last == "}" else { return nil }
    var version: Int64?, epoch: Int64?
    for field in text.dropFirst().dropLast().split(separator: ",") {
      let parts = field.split(separator: ":", omittingEmptySubsequences: false).map { String($0).trimmed }
      guard parts.count == 2, let number = Int64(parts[1]) else { return nil }
      switch parts[0] {
      case #""version""#: version = number
      case #""brokerEpoch""#: epoch = number
      default: continue
      }
    }
    guard version == 0, let epoch else { return nil }
    self.init(brokerEpoch: BrokerEpoch(epoch))
  }
}
