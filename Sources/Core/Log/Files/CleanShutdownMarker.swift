import Primitives

/// `.kafka_cleanshutdown`: says that the last life of the broker synced and closed every log, and under which broker epoch it ran (KIP-966: a broker
/// that cannot present its previous epoch leaves the ELR).
public struct CleanShutdownMarker: Hashable, Sendable {
  public var brokerEpoch: BrokerEpoch

  public static let fileName = ".kafka_cleanshutdown"

  public init(brokerEpoch: BrokerEpoch) { self.brokerEpoch = brokerEpoch }

  public var content: Bytes { Bytes(#"{"version":0,"brokerEpoch":\#(brokerEpoch)}"#) }

  /// Reads a marker file; nil if it is not valid: an empty file of older versions, or garbage. The shutdown may still have been clean, but no epoch
  /// is known, so the caller treats it as unclean.
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
