import Controller
import Host
import Primitives

extension Endpoint {
  /// Kafka's number of the security protocol PLAINTEXT, the only one supported here.
  static let plaintext: Int16 = 0

  /// Parses `NAME://host:port`, as in `listeners`; nil if it is malformed.
  init?(listener text: String) {
    guard let separator = text.firstRange(of: "://"), let name = text[..<separator.lowerBound].nonEmpty,
      let address = Address(text[separator.upperBound...])
    else { return nil }
    self.init(name: name, address: address, securityProtocol: Self.plaintext)
  }

  var listenerText: String { "\(name)://\(address)" }
}

extension Address {
  /// Parses `host:port`; nil if it is malformed.
  init?(_ text: Substring) {
    guard let colon = text.lastIndex(of: ":"), let host = text[..<colon].nonEmpty,
      let port = Int32(text[text.index(after: colon)...]), (0...65_535).contains(port)
    else { return nil }
    self.init(host: host, port: port)
  }
}

extension Substring {
  fileprivate var nonEmpty: String? { isEmpty ? nil : String(self) }
}
