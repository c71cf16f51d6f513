import OrderedCollections
import Primitives
import Wire

/// The client's side of an incremental fetch session with one broker, as in Kafka (KIP-227): what the broker remembers is not sent again.
struct FetchSessionHandler {
  /// What a fetch asks for in a partition.
  struct Wish {
    var topicID: Uuid
    var offset: Offset
    var leaderEpoch: LeaderEpoch
    var maxBytes: Int32
    /// The partition's generation at the request. It is not sent; it tells whether a response still applies.
    var generation: Int

    func asksTheSame(as other: Wish) -> Bool {
      offset == other.offset && leaderEpoch == other.leaderEpoch && maxBytes == other.maxBytes && topicID == other.topicID
    }
  }

  /// A partition in the session, with what was asked for.
  struct Member {
    let assigned: AssignedPartition
    var wish: Wish
  }

  /// The contents of the next request.
  struct Contents {
    var id: Int32
    var epoch: Int32
    /// The partitions in the request, in the order of their turns.
    var asked: [Member]
    var forgotten: [Member]
    /// Whether every topic has an id, so that requests of version 13 can carry it.
    var usesTopicIDs: Bool
  }

  private struct Topic {
    let name: String
    var id: Uuid
    var members: OrderedDictionary<Int32, Member> = [:]
  }

  /// 0: there is no session with the broker.
  private(set) var id: Int32 = 0
  /// 0: the next request opens a session with all partitions.
  private(set) var epoch: Int32 = 0
  private var usesTopicIDs = true
  private var topics: [Topic] = []
  private var placesByName: [String: Int] = [:]
  private var placesByID: [Uuid: Int] = [:]
  private var count = 0
  /// Changes since the last request.
  private var changed: [Member] = []
  private var forgotten: [Member] = []

  // MARK: Requests

  /// Makes the next request, and those after it, ask for a partition.
  mutating func ask(_ assigned: AssignedPartition, for wish: Wish) {
    let member = Member(assigned: assigned, wish: wish)
    let place = place(of: assigned.partition.topic, wish.topicID)
    var former = topics[place].members.updateValue(member, forKey: assigned.partition.partition)
    if former == nil {
      count += 1
      former = takeForgotten(assigned.partition, wish.topicID)
    }
    if let former, former.wish.asksTheSame(as: wish) { return }
    changed.append(member)
  }

  /// Takes back a drop that the broker does not know of yet.
  private mutating func takeForgotten(_ partition: TopicPartition, _ topicID: Uuid) -> Member? {
    let index = forgotten.firstIndex { $0.wish.topicID == topicID && $0.assigned.partition == partition }
    return index.map { forgotten.remove(at: $0) }
  }

  /// Makes the next request, and those after it, leave out a partition.
  mutating func drop(_ assigned: AssignedPartition) {
    guard let place = placesByName[assigned.partition.topic],
      let member = topics[place].members[assigned.partition.partition], member.assigned === assigned
    else { return }
    topics[place].members[assigned.partition.partition] = nil
    count -= 1
    forgotten.append(member)
  }

  private mutating func place(of name: String, _ id: Uuid) -> Int {
    if let last = topics.last, last.id == id, last.name == name { return topics.count - 1 }
    guard let place = placesByName[name] else {
      topics.append(Topic(name: name, id: id))
      placesByName[name] = topics.count - 1
      placesByID[id] = topics.count - 1
      return topics.count - 1
    }
    if topics[place].id != id { rename(place, to: id) }
    return place
  }

  /// Handles a topic that was deleted and recreated: the broker knows its partitions by an id that is gone.
  private mutating func rename(_ place: Int, to id: Uuid) {
    forgotten += topics[place].members.values.sorted { $0.assigned.turn < $1.assigned.turn }
    count -= topics[place].members.count
    topics[place].members = [:]
    placesByID[topics[place].id] = nil
    placesByID[id] = place
    topics[place].id = id
  }

  /// The next request, for everything that was asked for and not dropped.
  mutating func next() -> Contents {
    let hasIDs = !topics.contains { $0.id == .zero && !$0.members.isEmpty }
    // A session identifies topics either by name or by id for its whole lifetime.
    if epoch > 0, hasIDs != usesTopicIDs { epoch = 0 }
    usesTopicIDs = hasIDs
    mustHold(
      epoch > 0 || count == topics.reduce(0) { $0 + $1.members.count }, "consumer: \(count) partitions are counted in a fetch session, which opens with \(members.count)")
    defer {
      changed.removeAll(keepingCapacity: true)
      forgotten = []
    }
    return epoch > 0
      ? Contents(id: id, epoch: epoch, asked: changed, forgotten: forgotten, usesTopicIDs: hasIDs)
      : Contents(id: id, epoch: 0, asked: members, forgotten: [], usesTopicIDs: hasIDs)
  }

  var members: [Member] { topics.flatMap(\.members.values.elements).sorted { $0.assigned.turn < $1.assigned.turn } }

  // MARK: Responses

  /// The partition that a response names; nil if it is not in the session.
  func member(topic: String, topicID: Uuid, _ number: Int32) -> Member? {
    if let last = topics.last, topic.isEmpty ? last.id == topicID : last.name == topic { return last.members[number] }
    let place = topic.isEmpty ? placesByID[topicID] : placesByName[topic]
    return place.flatMap { topics[$0].members[number] }
  }

  /// Applies a response. False if it does not fit the session, which then starts again.
  mutating func take(_ response: FetchResponse) -> Bool {
    switch response.errorCode {
    case .none: break
    case .fetchSessionIdNotFound:
      mark(.consumerSessionUnknown)
      (id, epoch) = (0, 0)
      return false
    default:
      mark(.consumerSessionRefused)
      reopen()
      return false
    }
    var count = 0
    for topic in response.responses {
      for answer in topic.partitions {
        guard member(topic: topic.topic, topicID: topic.topicId, answer.partitionIndex) != nil else {
          reopen()
          return false
        }
        count += 1
      }
    }
    if epoch == 0 {
      guard count == self.count else {
        (id, epoch) = (0, 0)
        return false
      }
      id = response.sessionId
      epoch = id == 0 ? 0 : 1
    } else if response.sessionId == 0 {
      // The broker closed it.
      (id, epoch) = (0, 0)
    } else {
      advance()
    }
    return true
  }

  /// After a failure it is unknown what the broker has seen: closes the session and opens another in one request.
  mutating func reopen() { epoch = 0 }

  /// Continues after a failure as if the broker had answered.
  mutating func goOn() {
    if epoch > 0 { advance() }
  }

  private mutating func advance() { epoch = epoch == .max ? 1 : epoch + 1 }
}
