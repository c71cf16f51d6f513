import OrderedCollections
import Primitives
import Wire

/// The client's side of an incremental fetch session with one broker (KIP-227): what the broker remembers need not be sent again.
struct FetchSession {
  /// What a fetch of a partition asks for.
  struct Wish {
    var topicID: Uuid
    var offset: Offset
    var leaderEpoch: LeaderEpoch
    var maxBytes: Int32
    /// Of the partition when it was asked for. The broker does not hear of it: the answer is told by it.
    var generation: Int

    func asksTheSame(as other: Wish) -> Bool {
      offset == other.offset && leaderEpoch == other.leaderEpoch && maxBytes == other.maxBytes && topicID == other.topicID
    }
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
    var named: Uuid?
    for (partition, wish) in wishes where wish.topicID != named {
      names[wish.topicID] = partition.topic
      named = wish.topicID
    }
    if epoch > 0, let changed = update(wishes) {
      return Contents(id: id, epoch: epoch, wishes: changed, forgotten: [], usesTopicIDs: hasIDs)
    }
    let former = partitions
    partitions = OrderedDictionary(uniqueKeysWithValues: wishes.lazy.map { ($0.partition, $0.wish) })
    guard epoch > 0 else { return Contents(id: id, epoch: 0, wishes: wishes, forgotten: [], usesTopicIDs: hasIDs) }
    let changed = wishes.filter { asked in former[asked.partition].map { !$0.asksTheSame(as: asked.wish) } ?? true }
    var forgotten: [(partition: TopicPartition, topicID: Uuid)] = []
    for (partition, wish) in former where partitions[partition]?.topicID != wish.topicID { forgotten.append((partition, wish.topicID)) }
    return Contents(id: id, epoch: epoch, wishes: changed, forgotten: forgotten, usesTopicIDs: hasIDs)
  }

  /// Takes over wishes for the very partitions that the session has, and returns those that ask for something else than before; nil, and
  /// nothing is taken over, where the partitions are others.
  ///
  /// The order stays much the same from one fetch to the next, so that few partitions have to be looked up.
  private mutating func update(_ wishes: [(partition: TopicPartition, wish: Wish)]) -> [(partition: TopicPartition, wish: Wish)]? {
    guard wishes.count == partitions.count else { return nil }
    var places: ContiguousArray<Int> = []
    places.reserveCapacity(wishes.count)
    var likely = 0
    for (partition, wish) in wishes {
      if likely >= partitions.count || partitions.elements[likely].key != partition {
        guard let place = partitions.index(forKey: partition) else { return nil }
        likely = place
      }
      guard partitions.elements[likely].value.topicID == wish.topicID else { return nil }
      places.append(likely)
      likely += 1
    }
    var changed: [(partition: TopicPartition, wish: Wish)] = []
    for (place, asked) in zip(places, wishes) {
      if !partitions.elements[place].value.asksTheSame(as: asked.wish) { changed.append(asked) }
      partitions.values[place] = asked.wish
    }
    return changed
  }

  /// The partition that a response names, with what was asked of it; nil where the session does not have it.
  func wish(topic: String, topicID: Uuid, _ number: Int32) -> (partition: TopicPartition, wish: Wish)? {
    guard let name = topic.isEmpty ? names[topicID] : topic else { return nil }
    let partition = TopicPartition(name, number)
    return partitions[partition].map { (partition, $0) }
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
        guard wish(topic: topic.topic, topicID: topic.topicId, answer.partitionIndex) != nil else {
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
