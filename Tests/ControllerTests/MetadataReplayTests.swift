import Host
import Primitives
import Sim
import Testing
import Wire

@testable import Controller
@testable import Raft

/// What a node holds is compared with what its log and its snapshots make.
@Suite struct MetadataReplayTests {
  private func broken(_ node: ControllerNode) -> (broken: [String], examined: Int) {
    var check = InvariantCheck()
    node.checkMetadataReplay(&check)
    return (check.broken, check.examined)
  }

  private func cluster() -> SimulatedCluster {
    let cluster = SimulatedCluster(controllers: 3, brokers: 3) { $0.quorum.metadataLog.maxBytesBetweenSnapshots = 4_000 }
    #expect(cluster.settle())
    for number in 0..<20 { _ = cluster.createTopic("t\(number)", partitions: 5) }
    cluster.run(1000)
    return cluster
  }

  @Test func `The log and each snapshot make the image that a node holds`() {
    let cluster = cluster()
    for index in 0..<3 {
      let (broken, examined) = broken(cluster.controller(index))
      #expect(broken.isEmpty)
      #expect(examined >= 2, "the log, and at least one snapshot")
    }
  }

  @Test func `An image that its log does not make is told, for the log and each snapshot`() throws {
    let cluster = cluster(), node = cluster.controller(1)
    let topic = try #require(node.image.topicID(named: "t3"))
    node.image.topics[topic]?.partitions[0].isr = [2]
    let (broken, examined) = broken(node)
    #expect(broken.count == examined && examined >= 2)
    #expect(broken.first?.contains("its image at offset \(node.image.lastOffset) is not the one that its log makes") == true, "\(broken)")
    #expect(broken.last?.contains("is not the one that its snapshot up to offset") == true, "\(broken)")
  }
}
