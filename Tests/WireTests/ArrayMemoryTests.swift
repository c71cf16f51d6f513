import Primitives
import Testing

@testable import Wire

/// How much memory the arrays of one message may take, whatever it claims or holds.
@Suite struct ArrayMemoryTests {
  /// What is wrong with a request of which servers do not make more than they allow; nil where it is read.
  private func error<M: Message>(of type: M.Type, _ bytes: Bytes, version: Int16, allowing arrayMemory: Int?) -> WireError? {
    var reader = FrameReader(bytes, arrayMemory: arrayMemory)
    defer { withExtendedLifetime(reader) {} }
    do throws(WireError) {
      _ = try M(from: &reader, version: version)
      return nil
    } catch { return error }
  }

  /// Metadata of version 1: a count, and two bytes for each empty name.
  private func emptyNames(_ count: Int32) -> Bytes {
    var writer = ByteWriter(capacity: 4 + 2 * Int(count))
    writer.append(count)
    writer.append(Bytes([UInt8](repeating: 0, count: 2 * Int(count))))
    return writer.bytes
  }

  @Test func `An array is refused if its elements would take more than is allowed, before any is read`() {
    #expect(MemoryLayout<MetadataRequest.MetadataRequestTopic>.stride == 32)
    #expect(error(of: MetadataRequest.self, emptyNames(32_767), version: 1, allowing: 1 << 20) == nil)
    #expect(
      error(of: MetadataRequest.self, emptyNames(32_768), version: 1, allowing: 1 << 20)
        == WireError(.tooManyElements(limit: 1 << 20), at: 4, field: "Topics", message: "MetadataRequest"))
  }

  @Test func `A server reads half a million names, and not one more`() {
    #expect(error(of: MetadataRequest.self, emptyNames(524_287), version: 1, allowing: FrameReader.requestArrayMemory) == nil)
    #expect(error(of: MetadataRequest.self, emptyNames(524_288), version: 1, allowing: FrameReader.requestArrayMemory)?.kind == .tooManyElements(limit: 16 << 20))
  }

  @Test func `All arrays of a message share what is allowed`() throws {
    var request = ElectLeadersRequest()
    request.topicPartitions = (0..<100).map { _ in
      var topic = ElectLeadersRequest.TopicPartitions()
      topic.partitions = [0]
      return topic
    }
    // An array of a hundred, and for each of them an array of one number, which counts for sixteen.
    let needed = 32 + 100 * MemoryLayout<ElectLeadersRequest.TopicPartitions>.stride + 100 * (32 + 16)
    let bytes = try request.encoded(version: 1)
    #expect(error(of: ElectLeadersRequest.self, bytes, version: 1, allowing: needed) == nil)
    #expect(error(of: ElectLeadersRequest.self, bytes, version: 1, allowing: needed - 1)?.kind == .tooManyElements(limit: needed - 1))
    #expect(error(of: ElectLeadersRequest.self, bytes, version: 1, allowing: needed - 1)?.field == "Partitions")
  }

  @Test func `The default limit is 16 MiB, or eight times a longer message`() {
    #expect(error(of: MetadataRequest.self, emptyNames(524_288), version: 1, allowing: nil)?.kind == .tooManyElements(limit: 16 << 20))
    #expect(error(of: MetadataRequest.self, emptyNames(1_100_000), version: 1, allowing: nil)?.kind == .tooManyElements(limit: 8 * 2_200_004))
  }

  // MARK: What clients and nodes really send

  private func expectRead<M: Message & Equatable>(_ message: M, allowing arrayMemory: Int = FrameReader.requestArrayMemory) throws {
    let version = M.validVersions.upperBound
    #expect(error(of: M.self, try message.encoded(version: version), version: version, allowing: arrayMemory) == nil, "\(M.name)")
  }

  private let tenThousand = 0..<Int32(10_000)

  @Test func `Requests with ten thousand topics, each with one partition, are read`() throws {
    try expectRead(MetadataRequest {
      $0.topics = tenThousand.map { index in .init { $0.name = "topic-\(index)" } }
    })
    try expectRead(DescribeTopicPartitionsRequest {
      $0.topics = tenThousand.map { index in .init { $0.name = "topic-\(index)" } }
    })
    try expectRead(FetchRequest {
      $0.topics = tenThousand.map { index in .init { $0.partitions = [.init { $0.partition = index }] } }
      $0.forgottenTopicsData = tenThousand.map { index in .init { $0.partitions = [index] } }
    })
    try expectRead(ProduceRequest {
      $0.topicData = tenThousand.map { index in .init { $0.partitionData = [.init { $0.records = .empty }] } }
    })
    try expectRead(OffsetCommitRequest {
      $0.topics = tenThousand.map { index in .init { $0.partitions = [.init { $0.committedMetadata = "m" }] } }
    })
    try expectRead(CreateTopicsRequest {
      $0.topics = tenThousand.map { index in .init { topic in
        topic.name = "topic-\(index)"
        topic.assignments = [.init { $0.brokerIds = [1, 2, 3] }]
        topic.configs = [.init { $0.name = "retention.ms" }]
      } }
    })
    try expectRead(AlterPartitionReassignmentsRequest {
      $0.topics = tenThousand.map { index in .init { topic in
        topic.name = "topic-\(index)"
        topic.partitions = [.init { $0.replicas = [1, 2, 3] }]
      } }
    })
  }

  @Test func `A Metadata response is read however large the cluster is, because no version expands eightfold`() throws {
    let answer = MetadataResponse {
      $0.topics = [.init { topic in
        topic.name = "t"
        topic.partitions = (0..<Int32(3_000)).map { index in .init { partition in
          partition.partitionIndex = index
          (partition.replicaNodes, partition.isrNodes, partition.offlineReplicas) = ([1], [1], [])
        } }
      }]
    }
    for version in MetadataResponse.validVersions {
      let bytes = try answer.encoded(version: version)
      #expect(error(of: MetadataResponse.self, bytes, version: version, allowing: FrameReader.arrayMemoryPerByte * bytes.count) == nil, "version \(version)")
    }
  }
}
