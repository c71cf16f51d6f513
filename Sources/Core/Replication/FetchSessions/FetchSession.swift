import Primitives

/// The partitions that a client fetches again and again, so that its requests need only name what changes (KIP-227).
final class FetchSession {
  let id: Int32
  /// A follower's, which is kept before consumers'.
  let isPrivileged: Bool
  /// Whether the client names topics by id (since version 13).
  let usesTopicIDs: Bool
  let created: Instant
  var lastUsed: Instant
  /// What the next incremental request must carry.
  var nextEpoch: Int32 = 1
  private(set) var targets: ContiguousArray<FetchTarget> = []
  private var targetsByKey: [FetchTargetKey: FetchTarget] = [:]
  /// Where the next key is likely to stand: clients name partitions in an order that stays much the same.
  private var likelyIndex = 0

  init(id: Int32, isPrivileged: Bool, usesTopicIDs: Bool, targets: ContiguousArray<FetchTarget>, now: Instant) {
    self.id = id
    self.isPrivileged = isPrivileged
    self.usesTopicIDs = usesTopicIDs
    created = now
    lastUsed = now
    self.targets = targets
    targetsByKey = Dictionary(targets.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The session's target for a key, made where there is none.
  func target(_ key: FetchTargetKey) -> FetchTarget {
    if likelyIndex >= targets.count { likelyIndex = 0 }
    defer { likelyIndex += 1 }
    if likelyIndex < targets.count, targets[likelyIndex].key == key, !targets[likelyIndex].isForgotten { return targets[likelyIndex] }
    if let target = targetsByKey[key] { return target }
    let target = FetchTarget(key: key)
    targetsByKey[key] = target
    targets.append(target)
    return target
  }

  /// Marks a target to be left out. `sweep` takes all of them out at once.
  func forget(_ key: FetchTargetKey) {
    targetsByKey.removeValue(forKey: key)?.isForgotten = true
  }

  func sweep() { targets.removeAll { $0.isForgotten } }

  /// Moves the targets that had data behind those that had none, so that no partition starves when a response is full.
  func moveToEnd(where hadData: (FetchTarget) -> Bool) {
    guard targets.count > 1 else { return }
    var former: ContiguousArray<FetchTarget> = []
    var moved: ContiguousArray<FetchTarget> = []
    former.reserveCapacity(targets.count)
    for target in targets {
      if hadData(target) { moved.append(target) } else { former.append(target) }
    }
    guard !moved.isEmpty, !former.isEmpty else { return }
    targets = former + moved
  }

  /// The epochs of incremental requests count from 1 and begin again there when they have run out.
  static func epoch(after epoch: Int32) -> Int32 { epoch == .max ? 1 : epoch + 1 }
}
