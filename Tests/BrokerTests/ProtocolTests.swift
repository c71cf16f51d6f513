import Broker
import Host
import Primitives
import Sim
import Testing
import Transport
import Wire

@Suite struct ProtocolTests {
  @Test func `ApiVersions returns the APIs of the broker and the features of the cluster`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    var request = ApiVersionsRequest()
    request.clientSoftwareName = "test"
    request.clientSoftwareVersion = "1.0"
    for version in Int16(0)...4 {
      let answer = try cluster.ask(cluster.node(1), request, version: version)
      #expect(answer.errorCode == .none)
      let produce = answer.apiKeys.first { $0.apiKey == 0 }
      #expect(produce?.minVersion == 0 && produce?.maxVersion == 13)
      #expect(answer.apiKeys.map(\.apiKey) == answer.apiKeys.map(\.apiKey).sorted())
      #expect(!answer.apiKeys.contains { $0.apiKey == ApiKey.describeAcls.rawValue || $0.apiKey == ApiKey.brokerHeartbeat.rawValue })
      guard version >= 3 else { continue }
      let transaction = answer.finalizedFeatures.first { $0.name == "transaction.version" }
      #expect(transaction?.maxVersionLevel == 2)
      #expect(answer.finalizedFeaturesEpoch > 0)
      #expect(answer.supportedFeatures.first { $0.name == "transaction.version" }?.minVersion == (version == 3 ? 1 : 0))
    }
    request.clientSoftwareName = "-no name-"
    #expect(try cluster.ask(cluster.node(1), request).errorCode == .invalidRequest)
  }

  @Test func `An unknown version of ApiVersions is answered in version zero`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    let probe = cluster.openProbe(to: cluster.node(1))
    probe.send(try Frame.request(ApiVersionsRequest(), version: 4, correlationID: 7, clientID: "x").with(version: 9))
    cluster.world.run(for: .seconds(1))
    let answer = try ApiVersionsResponse.decoding(try #require(probe.received.first), version: 0)
    #expect(answer.errorCode == .unsupportedVersion)
    #expect(answer.apiKeys.map(\.apiKey) == [18] && answer.apiKeys[0].maxVersion == 4)
    #expect(!probe.isClosed)
  }

  @Test(arguments: [Int16(0), 1, 2, 14]) func `Unsupported versions of Produce close the connection`(version: Int16) throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    let probe = cluster.openProbe(to: cluster.node(1))
    probe.send(try Frame.request(ProduceRequest(), version: 3, correlationID: 7, clientID: "x").with(version: version))
    cluster.world.run(for: .seconds(1))
    #expect(probe.isClosed && probe.received.isEmpty)
  }

  @Test func `Bad bytes close their connection and affect no other`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    let good = try Frame.request(metadata(nil), version: 12, correlationID: 1, clientID: "x").joined
    let bad: [Bytes] = [
      .empty, [0], Bytes([UInt8](repeating: 0xff, count: 40)), good[0..<(good.count - 1)],
      Bytes(good.array.prefix(8) + [0x7f, 0xff] + good.array.dropFirst(10)),
    ]
    for bytes in bad {
      let probe = cluster.openProbe(to: cluster.node(1))
      probe.send(Frame(bytes))
      cluster.world.run(for: .seconds(1))
      #expect(probe.isClosed && probe.received.isEmpty, "\(bytes)")
    }
    #expect(try cluster.ask(cluster.node(1), metadata(nil)).brokers.count == 1)
    #expect(cluster.broker(cluster.node(1))?.state == .running)
  }

  @Test func `A request with more names than a server reads closes its connection and affects no other`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    // Two bytes for each empty name, of which 524,287 are read.
    var request = try Frame.request(MetadataRequest(), version: 1, correlationID: 1, clientID: "x").joined.array
    request.removeLast(4)
    let probe = cluster.openProbe(to: cluster.node(1))
    probe.send(Frame(Bytes(request + [0, 8, 0, 0] + [UInt8](repeating: 0, count: 2 * 524_288))))
    cluster.world.run(for: .seconds(1))
    #expect(probe.isClosed && probe.received.isEmpty)
    #expect(try cluster.ask(cluster.node(1), metadata(nil)).brokers.count == 1)
  }

  @Test func `Extra bytes after a request are ignored`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    let probe = cluster.openProbe(to: cluster.node(1))
    probe.send(Frame(Bytes(try Frame.request(metadata(nil), version: 12, correlationID: 1, clientID: "x").joined.array + [0, 0, 0])))
    cluster.world.run(for: .seconds(1))
    #expect(probe.received.count == 1 && !probe.isClosed)
  }

  @Test func `APIs of the controller are not offered to clients`() throws {
    let cluster = try TestCluster(brokers: 1)
    try cluster.start()
    let result = try cluster.result(cluster.node(1), BrokerHeartbeatRequest())
    #expect(throws: RequestFailure.disconnected) { try result.get() }
  }
}

/// A connection on which a test writes what it likes.
final class ConnectionProbe: ConnectionDelegate {
  private let reactor: Reactor
  private var connection: ConnectionID! = nil
  private(set) var received: [Frame] = []
  private(set) var isClosed = false

  init(_ reactor: Reactor, to address: Address) {
    self.reactor = reactor
    connection = reactor.connect(to: address, delegate: self)
  }

  func send(_ frame: Frame) { reactor.host.send(frame, on: connection) }
  func connected(_ connection: ConnectionID) {}
  func received(_ frame: Frame, on connection: ConnectionID) { received.append(frame) }
  func disconnected(_ connection: ConnectionID) { isClosed = true }
}

extension TestCluster {
  func openProbe(to node: NodeIndex) -> ConnectionProbe { ConnectionProbe(clientNode.reactor, to: world.address(of: node)) }
}

extension Frame {
  /// The same frame with another version in its header.
  func with(version: Int16) -> Frame {
    var bytes = joined.array
    bytes[2] = UInt8(truncatingIfNeeded: version >> 8)
    bytes[3] = UInt8(truncatingIfNeeded: version)
    return Frame(Bytes(bytes))
  }
}

extension ApiMessage {
  static func decoding(_ frame: Frame, version: Int16) throws -> Self { try decodeResponse(frame, version: version).message }
}
