import Foundation
import Glibc
import Host
import Live
import Primitives
import Testing

@testable import LiveBench

/// Who answers at an address, found out in seconds.
@Suite(.serialized) struct ClusterProbeTests {
  private func silence(at address: Address, within limit: Duration = .seconds(4)) throws -> String {
    try #require(throws: ClusterProbe.Silence.self) { try ClusterProbe.check([address], within: limit) }.description
  }

  /// A socket that listens, and answers nobody.
  private func withListener(_ body: (Address) throws -> Void) throws {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(number) }
    var address = sockaddr_in(), size = socklen_t(MemoryLayout<sockaddr_in>.size)
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(number, $0, size)
        listen(number, 5)
        getsockname(number, $0, &size)
      }
    }
    try body(Address(host: "127.0.0.1", port: Int32(UInt16(bigEndian: address.sin_port))))
  }

  @Test func `A port without a listener is reported immediately`() throws {
    var free = Address(host: "127.0.0.1", port: 0)
    try withListener { free = $0 }
    let began = Date()
    #expect(try silence(at: free).hasPrefix("nothing answers at \(free): Connection refused"))
    #expect(Date().timeIntervalSince(began) < 3)
  }

  @Test func `A name that does not resolve is reported`() throws {
    let text = try silence(at: Address(host: "nosuch.invalid", port: 9_092))
    #expect(text.hasPrefix("nothing answers at nosuch.invalid:9092"))
  }

  @Test func `A listener that says nothing is not waited for`() throws {
    try withListener { address in
      let text = try silence(at: address, within: .seconds(1))
      #expect(text.contains("no answer comes within 1 s"))
    }
  }

  @Test func `One broker that answers is enough`() throws {
    let folder = NSTemporaryDirectory() + "trial-probe-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let cluster = try LiveCluster(LiveClusterSettings(brokerCount: 1, firstPort: 0), directory: folder)
    defer {
      cluster.kill()
      try? cluster.waitUntilEnded()
    }
    try cluster.waitUntilReady(within: .seconds(60))
    #expect(throws: Never.self) { try ClusterProbe.check([Address(host: "nosuch.invalid", port: 1)] + cluster.addresses) }
  }
}
