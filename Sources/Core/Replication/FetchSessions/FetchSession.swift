import Primitives

/// The partitions that a client fetches again and again, so that its requests need only name what changes (KIP-227).
final class FetchSession {
  let id: Int32
  /// Whether the client names topics by id (since version 13).
  let usesTopicIDs: Bool
  let created: Instant
  var lastUsed: Instant
  /// What the next incremental request must carry.
  var nextEpoch: Int32 = 1
  /// In the order of their coming.
  private(set) var targets: ContiguousArray<FetchTarget>
  private var targetsByKey: [FetchTargetKey: FetchTarget] = [:]
  /// Where the next key is likely to stand: clients name partitions in an order that stays much the same.
  private var likelyIndex = 0

  /// Who fetches, and how. What targets rest upon holds only as long as this stays the same.
  private(set) var reader: Reader
  /// The targets that the next fetch looks at: all but those that rest.
  var restless: RestlessList<FetchTarget>
  private var nextTurn = 0
  /// When a fetch last came in. It counts for all targets that rest.
  var lastFetch: Instant
  /// The fetch that waits for something to read.
  private(set) var waiting: Fetch? {
    didSet { waitingOrigin = waiting?.parameters.origin ?? [] }
  }
  /// Empty where none waits.
  private(set) var waitingOrigin: FetchParameters.Origins = []
  private var hasEnded = false

  struct Reader: Equatable {
    let replicaID: NodeID
    let replicaEpoch: BrokerEpoch
    let visibility: FetchParameters.Visibility
    let onlyLeader: Bool
  }

  init(id: Int32, parameters: FetchParameters, targets: ContiguousArray<FetchTarget>, now: Instant) {
    self.id = id
    usesTopicIDs = parameters.version >= 13
    created = now
    lastUsed = now
    lastFetch = now
    reader = Reader(parameters)
    self.targets = targets
    restless = RestlessList(targets)
    targetsByKey = Dictionary(targets.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    for target in targets {
      moveToEnd(target)
      target.enter(self)
    }
  }

  /// A follower's, which is kept before consumers'.
  var isPrivileged: Bool { reader.replicaID.value >= 0 }
  /// The follower that fetches; nil for a consumer.
  var followerID: NodeID? { isPrivileged ? reader.replicaID : nil }

  // MARK: Targets

  /// How many targets are found by their keys.
  var indexedCount: Int { targetsByKey.count }

  /// The session's target for a key, made where there is none. The next fetch looks at it.
  func target(_ key: FetchTargetKey) -> FetchTarget {
    let target = knownTarget(key) ?? enter(FetchTarget(key: key))
    target.stir()
    return target
  }

  private func knownTarget(_ key: FetchTargetKey) -> FetchTarget? {
    if likelyIndex >= targets.count { likelyIndex = 0 }
    defer { likelyIndex += 1 }
    if likelyIndex < targets.count, targets[likelyIndex].key == key, targets[likelyIndex].session != nil { return targets[likelyIndex] }
    return targetsByKey[key]
  }

  private func enter(_ target: FetchTarget) -> FetchTarget {
    targetsByKey[target.key] = target
    targets.append(target)
    restless.append(target)
    moveToEnd(target)
    target.enter(self)
    return target
  }

  /// Lets a target go. `sweep` takes all of those out at once.
  func forget(_ key: FetchTargetKey) {
    targetsByKey.removeValue(forKey: key)?.leave()
  }

  func sweep() {
    targets.removeAll { $0.session == nil }
    restless.removeAll { $0.session == nil }
  }

  /// Moves a target that had data behind those that had none, so that no partition starves when a response is full.
  func moveToEnd(_ target: FetchTarget) {
    target.turn = nextTurn
    nextTurn += 1
  }

  /// Visits all targets that do not rest, in the order of their turns.
  ///
  /// - Parameter visit: returns whether the target may rest from now on. Others may stir meanwhile; they are not visited.
  func visitRestless(_ visit: (FetchTarget) -> Bool) {
    var visited = restless.take()
    visited.removeEach { target in
      guard visit(target) else { return false }
      target.rest()
      return true
    }
    restless.putBack(&visited)
  }

  /// Takes over how the client reads. Another way of reading finds other news.
  func read(as parameters: FetchParameters) {
    let reader = Reader(parameters)
    guard reader != self.reader else { return }
    for target in targets { target.stir() }
    self.reader = reader
  }

  // MARK: Waiting

  /// Notes a fetch that waits. A client that sends another meanwhile has the former answered with whatever there is.
  func wait(for fetch: Fetch) {
    let former = waiting
    waiting = fetch
    former?.complete()
  }

  func doneWaiting(_ fetch: Fetch) {
    guard waiting === fetch else { return }
    waiting = nil
    if hasEnded { leaveAll() }
  }

  /// Drops the fetch that waits, without an answer.
  func forgetWaiting() { waiting = nil }

  /// The session is over. Its last fetch may still wait, and is answered in its time.
  func end() {
    hasEnded = true
    if waiting == nil { leaveAll() }
  }

  private func leaveAll() {
    for target in targets { target.leave() }
  }
}

extension FetchSession.Reader {
  init(_ parameters: FetchParameters) {
    replicaID = parameters.replicaID
    replicaEpoch = parameters.replicaEpoch
    visibility = parameters.visibility
    onlyLeader = parameters.onlyLeader
  }
}
