import Primitives
import Wire

/// Which replica an election should make the leader.
public enum ElectionKind: Int8, Hashable, Sendable {
  /// The first of the replicas, if it is in sync.
  case preferred = 0
  /// Any live replica, at the risk of losing records that only others have.
  case unclean
}

public struct PartitionReassignment: Hashable, Sendable {
  public var replicas: [NodeID]
  public var addingReplicas: [NodeID]
  public var removingReplicas: [NodeID]
}

extension Admin {
  /// Elects leaders, for all partitions if `partitions` is nil. `ELECTION_NOT_NEEDED` means that the wanted replica already leads.
  public func electLeaders(
    _ kind: ElectionKind, of partitions: [TopicPartition]?,
    _ completion: @escaping (Result<[(key: TopicPartition, result: Result<Void, AdminError>)], AdminError>) -> Void
  ) {
    call { timeoutMs in
      var request = ElectLeadersRequest()
      request.electionType = kind.rawValue
      request.timeoutMs = timeoutMs
      request.topicPartitions = partitions?.byTopic.map { topic, numbers in
        var entry = ElectLeadersRequest.TopicPartitions()
        entry.topic = topic
        entry.partitions = numbers
        return entry
      }
      return request
    } error: { response in
      let results = response.replicaElectionResults.lazy.flatMap(\.partitionResult).map(\.errorCode)
      return (response.errorCode == .none ? results.notController : response.errorCode, nil)
    } _: { result in
      completion(result.map { response in
        response.replicaElectionResults.flatMap { topic in
          topic.partitionResult.map { (TopicPartition(topic.topic, $0.partitionId), verdict($0.errorCode, $0.errorMessage, ())) }
        }
      })
    }
  }

  /// Assigns other replicas to partitions; nil cancels an ongoing reassignment (KIP-455). Completes when the reassignments have started.
  public func alterPartitionReassignments(
    _ targets: [(partition: TopicPartition, replicas: [NodeID]?)],
    _ completion: @escaping ([(key: TopicPartition, result: Result<Void, AdminError>)]) -> Void
  ) {
    call { timeoutMs in
      var request = AlterPartitionReassignmentsRequest()
      request.timeoutMs = timeoutMs
      for (partition, replicas) in targets {
        var entry = AlterPartitionReassignmentsRequest.ReassignablePartition()
        entry.partitionIndex = partition.partition
        entry.replicas = replicas?.map(\.value)
        let topic = request.topics.group(where: { $0.name == partition.topic }, or: .init { $0.name = partition.topic })
        request.topics[topic].partitions.append(entry)
      }
      return request
    } error: { ($0.errorCode, $0.errorMessage) } _: { result in
      completion(result.each(targets.map(\.partition)) { response, partition in
        response.responses.first { $0.name == partition.topic }?.partitions.first { $0.partitionIndex == partition.partition }
          .map { verdict($0.errorCode, $0.errorMessage, ()) }
      })
    }
  }

  /// Lists the ongoing reassignments, of all partitions if `partitions` is nil, in ascending order.
  public func listPartitionReassignments(
    of partitions: [TopicPartition]? = nil,
    _ completion: @escaping (Result<[(partition: TopicPartition, reassignment: PartitionReassignment)], AdminError>) -> Void
  ) {
    call { timeoutMs in
      var request = ListPartitionReassignmentsRequest()
      request.timeoutMs = timeoutMs
      request.topics = partitions?.byTopic.map { topic, numbers in
        var entry = ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics()
        entry.name = topic
        entry.partitionIndexes = numbers
        return entry
      }
      return request
    } error: { ($0.errorCode, $0.errorMessage) } _: { result in
      completion(result.map { response in
        let all = response.topics.flatMap { topic in
          topic.partitions.map { partition in
            (partition: TopicPartition(topic.name, partition.partitionIndex), reassignment: PartitionReassignment(
              replicas: partition.replicas.map { NodeID($0) }, addingReplicas: partition.addingReplicas.map { NodeID($0) },
              removingReplicas: partition.removingReplicas.map { NodeID($0) }))
          }
        }
        return all.sorted { $0.partition < $1.partition }
      })
    }
  }

  /// Deletes the records below offsets; -1 stands for the high watermark. Completes with the new log start offsets.
  public func deleteRecords(
    _ targets: [(partition: TopicPartition, beforeOffset: Offset)],
    _ completion: @escaping ([(key: TopicPartition, result: Result<Offset, AdminError>)]) -> Void
  ) {
    let offsets = Dictionary(targets.map { ($0.partition, $0.beforeOffset) }, uniquingKeysWith: { first, _ in first })
    let timeout = configuration.connection.requestTimeout
    askLeaders(of: targets.map(\.partition), { partitions in
      var request = DeleteRecordsRequest()
      request.timeoutMs = Int32(clamping: timeout.milliseconds)
      request.topics = partitions.byTopic.map { topic, numbers in
        var entry = DeleteRecordsRequest.DeleteRecordsTopic()
        entry.name = topic
        entry.partitions = numbers.map { number in
          var partition = DeleteRecordsRequest.DeleteRecordsPartition()
          partition.partitionIndex = number
          partition.offset = offsets[TopicPartition(topic, number)]?.value ?? -1
          return partition
        }
        return entry
      }
      return request
    }, answers: { (response: DeleteRecordsResponse) in
      response.topics.flatMap { topic in
        topic.partitions.map { (TopicPartition(topic.name, $0.partitionIndex), $0.errorCode, Offset($0.lowWatermark)) }
      }
    }, completion)
  }

  /// Looks up offsets of logs; nil if a log has no such offset.
  public func listOffsets(
    _ queries: [(partition: TopicPartition, query: OffsetQuery)], isolationLevel: IsolationLevel = .readUncommitted,
    _ completion: @escaping ([(key: TopicPartition, result: Result<OffsetAndTimestamp?, AdminError>)]) -> Void
  ) {
    let collector = Collector(queries.map(\.partition), completion)
    cluster.lookUpOffsets(queries, isolationLevel: isolationLevel, backoff: backoff, deadline: deadline) { collector.take($0) }
  }

  /// Describes the idempotent and transactional producers that leaders remember.
  public func describeProducers(
    of partitions: [TopicPartition],
    _ completion: @escaping ([(key: TopicPartition, result: Result<[DescribeProducersResponse.ProducerState], AdminError>)]) -> Void
  ) {
    askLeaders(of: partitions, { partitions in
      var request = DescribeProducersRequest()
      request.topics = partitions.byTopic.map { topic, numbers in
        var entry = DescribeProducersRequest.TopicRequest()
        entry.name = topic
        entry.partitionIndexes = numbers
        return entry
      }
      return request
    }, answers: { (response: DescribeProducersResponse) in
      response.topics.flatMap { topic in
        topic.partitions.map { (TopicPartition(topic.name, $0.partitionIndex), $0.errorCode, $0.activeProducers) }
      }
    }, completion)
  }

  func askLeaders<Request: ApiRequest, Value>(
    of partitions: [TopicPartition], _ request: @escaping ([TopicPartition]) -> Request,
    answers: @escaping (Request.Response) -> [(TopicPartition, ErrorCode, Value)],
    _ completion: @escaping ([(key: TopicPartition, result: Result<Value, AdminError>)]) -> Void
  ) {
    let collector = Collector(partitions, completion)
    LeaderRequests<Request, Value>(about: partitions, in: cluster, backoff: backoff, deadline: deadline, request: request) { response in
      answers(response).map { .init(partition: $0.0, error: $0.1, value: $0.2) }
    } answered: { collector.take($0) }
  }
}

/// Waits until every partition has its result.
private final class Collector<Value> {
  private let partitions: [TopicPartition]
  private let completion: ([(key: TopicPartition, result: Result<Value, AdminError>)]) -> Void
  private var results: [TopicPartition: Result<Value, AdminError>] = [:]

  init(_ partitions: [TopicPartition], _ completion: @escaping ([(key: TopicPartition, result: Result<Value, AdminError>)]) -> Void) {
    self.partitions = partitions
    self.completion = completion
    if partitions.isEmpty { completion([]) }
  }

  func take(_ answers: [(partition: TopicPartition, result: Result<Value, LeaderRequestFailure>)]) {
    for (partition, result) in answers { results[partition] = result.mapError { AdminError($0) } }
    guard partitions.allSatisfy({ results[$0] != nil }) else { return }
    completion(partitions.map { ($0, results[$0] ?? .failure(.missingInResponse)) })
  }
}
