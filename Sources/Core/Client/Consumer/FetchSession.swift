import OrderedCollections
import Primitives
import Wire

/// The client's side of an incremental fetch session with one broker (KIP-227): what the broker remembers need not be sent again.
struct FetchSession {
  /// What a fetch of a partition asks for.
  struct Wish: Equatable {
    var topicID: Uuid
    var offset: Offset
    var leaderEpoch: LeaderEpoch
    var maxBytes: Int32
  }

  /// 0: the broker keeps no session with us.
  private(set) var id: Int32 = 0
  /// 0: the next request opens a session with everything in it.
  private(set) var epoch: Int32 = 0
  private var partitions: OrderedDictionary<TopicPartition, Wish> = [:]
  private var usesTopicIDs = true
  private var names: [Uuid: String] = [:]

  /// What goes into the next request.
  struct Contents {
    var id: Int32
    var epoch: Int32
    var wishes: [(partition: TopicPartition, wish: Wish)]
    var forgotten: [(partition: TopicPartition, topicID: Uuid)]
    /// Whether every topic has an id, so that requests of version 13 can carry it.
    var usesTopicIDs: Bool
  }

  /// The next request for exactly these partitions.
  mutating func next(_ wishes: [(partition: TopicPartition, wish: Wish)]) -> Contents {
    let hasIDs = wishes.allSatisfy { $0.wish.topicID != .zero }
    // A session speaks of topics by name or by id, from its begin to its end.
    if epoch > 0, hasIDs != usesTopicIDs { epoch = 0 }
    usesTopicIDs = hasIDs
    if epoch > 0, let changed = update(wishes) {
      return Contents(id: id, epoch: epoch, wishes: changed, forgotten: [], usesTopicIDs: hasIDs)
    }
    for (partition, wish) in wishes { names[wish.topicID] = partition.topic }
    let former = partitions
    partitions = OrderedDictionary(uniqueKeysWithValues: wishes.lazy.map { ($0.partition, $0.wish) })
    guard epoch > 0 else { return Contents(id: id, epoch: 0, wishes: wishes, forgotten: [], usesTopicIDs: hasIDs) }
    let changed = wishes.filter { former[$0.partition] != $0.wish }
    var forgotten: [(partition: TopicPartition, topicID: Uuid)] = []
    for (partition, wish) in former where partitions[partition]?.topicID != wish.topicID { forgotten.append((partition, wish.topicID)) }
    return Contents(id: id, epoch: epoch, wishes: changed, forgotten: forgotten, usesTopicIDs: hasIDs)
  }

  /// Takes over wishes for the partitions that the session has, and for these alone. Returns those that changed; nil, and nothing is taken over, where
  /// partitions come or go.
  private mutating func update(_ wishes: [(partition: TopicPartition, wish: Wish)]) -> [(partition: TopicPartition, wish: Wish)]? {
    guard wishes.count == partitions.count else { return nil }
    var changed: [(index: Int, wish: Int)] = []
    for (number, (partition, wish)) in wishes.enumerated() {
      guard let index = partitions.index(forKey: partition), partitions.values[index].topicID == wish.topicID else { return nil }
      if partitions.values[index] != wish { changed.append((index, number)) }
    }
    for (index, wish) in changed { partitions.values[index] = wishes[wish].wish }
    return changed.map { wishes[$0.wish] }
  }

  /// The partition that a response names; nil where the session does not have it.
  func partition(topic: String, topicID: Uuid, _ number: Int32) -> TopicPartition? {
    guard let name = topic.isEmpty ? names[topicID] : topic else { return nil }
    let partition = TopicPartition(name, number)
    return partitions[partition] == nil ? nil : partition
  }

  /// Takes a response over. False where it does not fit the session, which then begins anew.
  mutating func take(_ response: FetchResponse) -> Bool {
    switch response.errorCode {
    case .none: break
    case .fetchSessionIdNotFound:
      (id, epoch) = (0, 0)
      return false
    default:
      reopen()
      return false
    }
    var count = 0
    for topic in response.responses {
      for answer in topic.partitions {
        guard partition(topic: topic.topic, topicID: topic.topicId, answer.partitionIndex) != nil else {
          reopen()
          return false
        }
        count += 1
      }
    }
    if epoch == 0 {
      guard count == partitions.count else {
        (id, epoch) = (0, 0)
        return false
      }
      id = response.sessionId
      epoch = id == 0 ? 0 : 1
    } else if response.sessionId == 0 {
      // The broker closed it.
      (id, epoch) = (0, 0)
    } else {
      epoch = epoch == .max ? 1 : epoch + 1
    }
    return true
  }

  /// After a failure nobody knows what the broker has seen: closes the session and opens another in one request.
  mutating func reopen() { epoch = 0 }
}
