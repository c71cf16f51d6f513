import Host
import Live
import Primitives
import Scenarios
import Testing

@testable import LiveBench

@Suite struct ClusterFileTests {
  private static let text = """
    cluster-id: 4L6g3nShT-eMCtK--X86sw
    nodes:
      - { id: 1, broker: 127.0.0.1:9092, controller: 127.0.0.1:9093 }
      - { id: 2, broker: "[::1]:9092", config: { broker.rack: b } }
      - { id: 7, controller: kafka.example:9093 }
    config: { min.insync.replicas: 2, segment.bytes: 1MiB }
    """

  private func read(_ text: String) throws -> ClusterFile { try ClusterFile(Value.parse(text, source: "cluster.yaml")) }

  /// The only mistake in a file.
  private func mistake(_ text: String) -> ScenarioError? {
    do {
      _ = try read(text)
      return nil
    } catch let error as ScenarioError {
      #expect(error.all.count == 1, "\(error)")
      return error
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }

  @Test func `A file names the nodes with what they are and where they listen`() throws {
    let file = try read(Self.text.replacingOne("segment.bytes: 1MiB", with: "log.segment.bytes: 1MiB"))
    #expect(file.clusterID == "4L6g3nShT-eMCtK--X86sw")
    #expect(file.settings.brokers.map(\.id) == [1, 2] && file.settings.controllers.map(\.id) == [1, 7])
    #expect(file.settings.node(1)?.broker == Address(host: "127.0.0.1", port: 9092) && file.settings.node(1)?.controller == Address(host: "127.0.0.1", port: 9093))
    #expect(file.settings.node(2)?.broker == Address(host: "::1", port: 9092))
    #expect(["1", "2", "7"].map { file.settings.node(NodeID(Int32($0)!))?.name } == ["broker-1", "broker-2", "controller-7"])
    #expect(file.settings.node(3) == nil)
  }

  @Test func `The first voters of a dynamic quorum have the directories of the file`() throws {
    let dynamic = """
      cluster-id: 4L6g3nShT-eMCtK--X86sw
      features: { kraft.version: 1, group.version: 0 }
      nodes:
        - { id: 1, broker: 127.0.0.1:9092, controller: 127.0.0.1:9093, directory-id: J8aAPcfLQt2bqs1JT_rMgQ }
        - { id: 2, broker: 127.0.0.1:9094, controller: 127.0.0.1:9095 }
      """
    let file = try read(dynamic)
    #expect(file.settings.isDynamic && file.settings.node(1)?.directoryID == Uuid("J8aAPcfLQt2bqs1JT_rMgQ") && file.settings.node(2)?.directoryID == nil)
    #expect(try !read(Self.text.replacingOne("segment.bytes: 1MiB", with: "log.segment.bytes: 1MiB")).settings.isDynamic)
    for (old, new, words) in [
      ("J8aAPcfLQt2bqs1JT_rMgQ", "mine", "'mine' is not the id of a directory"), ("kraft.version: 1, ", "", "a directory-id is that of one of the first voters"),
      ("controller: 127.0.0.1:9093, ", "", "a directory-id is that of one of the first voters"), ("kraft.version: 1", "kraft.version: 2", "kraft.version"),
      ("group.version: 0", "groop.version: 0", "there is no feature 'groop.version'"),
      ("9095 }", "9095, directory-id: J8aAPcfLQt2bqs1JT_rMgQ }", "two nodes have the directory J8aAPcfLQt2bqs1JT_rMgQ"),
    ] {
      let error = mistake(dynamic.replacingOne(old, with: new))
      #expect(error?.description.contains(words) == true, "\(new): \(String(describing: error))")
    }
  }

  @Test func `What is written is read again`() throws {
    let nodes = [
      NodePlan(id: 1, broker: Address(host: "::1", port: 1), controller: nil), NodePlan(id: 3_001, broker: nil, controller: Address(host: "h", port: 65_535)),
    ]
    let file = try read(ClusterFile.text(clusterID: ClusterIdentity.new(), nodes: nodes, config: [("log.retention.ms", "-1"), ("broker.rack", "a: \"b\" # c")]))
    #expect(file.settings.nodes.map(\.id) == [1, 3_001])
    #expect(file.settings.nodes.map(\.broker) == nodes.map(\.broker) && file.settings.nodes.map(\.controller) == nodes.map(\.controller))
  }

  @Test(arguments: [
    ("cluster-id: 4L6g3nShT-eMCtK--X86sw", "cluster-id: mine", 1, 13, "'mine' is not the id of a cluster"),
    ("id: 2,", "id: 1,", 4, 5, "two nodes have the id 1"),
    ("id: 2,", "id: -1,", 4, 11, "-1"),
    ("127.0.0.1:9093", "127.0.0.1:9092", 3, 50, "two listeners are at 127.0.0.1:9092"),
    ("127.0.0.1:9093", "127.0.0.1", 3, 50, "'127.0.0.1' is not an address"),
    ("127.0.0.1:9093", "127.0.0.1:0", 3, 50, "'127.0.0.1:0' is not an address"),
    ("broker: \"[::1]:9092\", ", "", 4, 5, "this node is neither broker nor controller"),
    ("controller: kafka", "controler: kafka", 5, 5, "this node is neither"),
    ("min.insync.replicas: 2", "min.insync.replica: 2", 6, 11, "min.insync.replica"),
    ("min.insync.replicas: 2", "node.id: 2", 6, 11, "node.id cannot be set here: each node has its own"),
    ("broker.rack: b", "broker.racks: b", 4, 46, "broker.racks"),
    ("broker.rack: b", "cluster.switches.electMostCompleteLog: true", 4, 46, "a switch is that of all nodes"),
  ])
  func `A mistake is told with its place`(wrong: (old: String, new: String, line: Int, column: Int, words: String)) {
    let text = Self.text.replacingOne(", segment.bytes: 1MiB", with: "").replacingOne(wrong.old, with: wrong.new)
    do {
      _ = try read(text)
      Issue.record("\(wrong.new) was read")
    } catch let error as ScenarioError {
      #expect(error.all.contains { $0.place.line == wrong.line && $0.place.column == wrong.column && $0.problem.contains(wrong.words) }, "\(error)")
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func `A file without an id is told one that it may take`() throws {
    let error = try #require(mistake(Self.text.replacingOne("cluster-id: 4L6g3nShT-eMCtK--X86sw\n", with: "").replacingOne(", segment.bytes: 1MiB", with: "")))
    #expect(error.problem == "'cluster-id' is missing")
    let words = error.remedy.split(separator: " ")
    let id = try #require(words.firstIndex(of: "cluster-id:").map { String(words[$0 + 1].dropLast()) })
    #expect(Uuid(id) != nil, "\(error.remedy)")
  }

  @Test func `A cluster has a broker, a controller, and no more than seven of these`() {
    func nodes(_ text: String) -> String { "cluster-id: 4L6g3nShT-eMCtK--X86sw\nnodes: [\(text)]" }
    #expect(mistake(nodes(""))?.problem == "a cluster without nodes")
    #expect(mistake(nodes("{ id: 1, broker: h:1 }"))?.problem == "no node is a controller")
    #expect(mistake(nodes("{ id: 1, controller: h:1 }"))?.problem == "no node is a broker")
    #expect(mistake(nodes((1...8).map { "{ id: \($0), broker: h:\($0), controller: h:1\($0) }" }.joined(separator: ", ")))?.problem == "8 controllers")
  }

  @Test func `A port that is taken is told at its place in the file`() throws {
    let file = try read(Self.text.replacingOne(", segment.bytes: 1MiB", with: ""))
    let error = try #require(file.misfortune(.portInUse(Address(host: "127.0.0.1", port: 9093))))
    #expect(error.place == Place(source: "cluster.yaml", line: 3, column: 50) && error.problem.contains("in use by another process"))
    #expect(file.misfortune(.locked(path: "/x")) == nil)
  }
}

extension String {
  fileprivate func replacingOne(_ old: String, with new: String) -> String {
    guard let range = firstRange(of: old) else { return self }
    return replacingCharacters(in: range, with: new)
  }

  private func replacingCharacters(in range: Range<String.Index>, with new: String) -> String { String(self[..<range.lowerBound]) + new + String(self[range.upperBound...]) }
}
