import Primitives

/// The partitions that a client fetches repeatedly, so that its requests only have to name changes (KIP-227).
final class FetchSession {
  let id: Int32
  /// Whether the client identifies topics by id (since version 13).
  let usesTopicIDs: Bool
  let created: Instant
  var lastUsed: Instant
  /// The epoch of the next incremental request.
  var nextEpoch: Int32 = 1
  /// In the order in which they were added.
  private(set) var targets: ContiguousArray<FetchTarget>
  private var targetsByKey: [FetchTargetKey: FetchTarget] = [:]
  /// The probable index of the next key: clients name partitions in an order that hardly changes.
  private var likelyIndex = 0

  /// The kind of client, and how it reads. Targets may rest only as long as this stays the same.
  private(set) var reader: Reader
  /// The targets that the next fetch visits: all that do not rest.
  var restless: RestlessList<FetchTarget>
  private var nextTurn = 0
  /// When the last fetch came in. It counts for all resting targets.
  var lastFetch: Instant
  /// The fetch that waits for something to read.
  private(set) var waiting: Fetch? {
    didSet { waitingOrigin = waiting?.parameters.origin ?? [] }
  }
  /// Empty if no fetch waits.
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

  /// Whether it belongs to a follower; such sessions are kept in preference to consumers'.
  var isPrivileged: Bool { reader.replicaID.value >= 0 }
  /// The follower that fetches; nil for a consumer.
  var followerID: NodeID? { isPrivileged ? reader.replicaID : nil }

  // MARK: Targets

  /// The number of targets in the index by key.
  var indexedCount: Int { targetsByKey.count }

  /// The session's target for a key, created if there is none. The next fetch visits it.
  func target(_ key: FetchTargetKey) -> FetchTarget {
    let target = knownTarget(key) ?? enter(FetchTarget(key: key))
    target.stir()
    return target
  }

  private func knownTarget(_ key: FetchTargetKey) -> FetchTarget? {
    if likelyIndex >= targets.count { likelyIndex = 0 }
    defer { likelyIndex += 1 }
    if likelyIndex < targets.count, targets[likelyIndex].key == key, targets[likelyIndex].isInSession { return targets[likelyIndex] }
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

  /// Removes a target from the index. `sweep` removes all such targets from the lists at once.
  func forget(_ key: FetchTargetKey) {
    targetsByKey.removeValue(forKey: key)?.leave()
  }

  func sweep() {
    targets.removeAll { !$0.isInSession }
    restless.removeAll { !$0.isInSession }
  }

  /// Moves a target that had data behind those that had none, so that no partition starves when responses are full.
  func moveToEnd(_ target: FetchTarget) {
    target.turn = nextTurn
    nextTurn += 1
  }

  /// Visits all restless targets, in the order of their turns.
  ///
  /// - Parameter visit: Returns whether the target may rest from now on. Targets that become restless in the meantime are not visited.
  func visitRestless(_ visit: (FetchTarget) -> Bool) {
    var visited = restless.take()
    var goneCount = 0
    do {
      let targets = visited.span
      for index in targets.indices where visit(targets[index]) {
        targets[index].rest()
        targets[index].hasLeftVisit = true
        goneCount += 1
      }
    }
    if goneCount > 0 {
      visited.removeEach { target in
        defer { target.hasLeftVisit = false }
        return target.hasLeftVisit
      }
    }
    restless.putBack(&visited)
  }

  /// Records how the client reads. A change makes all targets restless, because different news counts then.
  func read(as parameters: FetchParameters) {
    let reader = Reader(parameters)
    guard reader != self.reader else { return }
    for target in targets { target.stir() }
    self.reader = reader
  }

  // MARK: Waiting

  /// Records a fetch that waits. If the client sends another one in the meantime, the earlier one is answered with whatever there is.
  func wait(for fetch: Fetch) {
    let former = waiting
    waiting = fetch
    former?.complete()
  }

  func doneWaiting(_ fetch: Fetch) {
    guard waiting === fetch else { return }
    waiting = nil
    if hasEnded {
      mark(.sessionEndedWhileWaiting)
      leaveAll()
    }
  }

  /// Drops the waiting fetch without an answer.
  func forgetWaiting() { waiting = nil }

  /// Ends the session. Its last fetch may still wait, and is answered in due course.
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
