import Primitives

/// The voter sets and the levels of kraft.version in a log, and in the snapshot from which it goes on (`KRaftControlRecordStateMachine`).
///
/// The newest set is in force from the moment on in which its record is in the log, committed or not, as Raft demands. Where the log ends earlier again,
/// the set before it is.
struct VoterSetHistory {
  struct Entry<Value> {
    let offset: Offset
    let value: Value
  }

  /// controller.quorum.voters: in force where neither log nor snapshot holds a set.
  let configured: VoterSet
  /// Ascending by their offsets. What a snapshot holds stands at the last offset that is in it: -1 for the snapshot with which a directory is formatted.
  private(set) var sets: [Entry<VoterSet>] = []
  private(set) var versions: [Entry<Int16>] = []

  init(configured: VoterSet) { self.configured = configured }

  var voters: VoterSet { sets.last?.value ?? configured }
  /// 0 before the first record of it.
  var kraftVersion: Int16 { versions.last?.value ?? 0 }

  mutating func add(_ record: QuorumRecord, at offset: Offset) {
    switch record {
    case .kraftVersion(let version): versions.append(Entry(offset: offset, value: version))
    case .voters(let voters): sets.append(Entry(offset: offset, value: voters))
    }
  }

  /// What a snapshot of everything up to an offset holds, behind its header and in the same batch; nothing where the voters are static (`RecordsSnapshotWriter`).
  func records(at offset: Offset) -> [QuorumRecord] {
    guard let version = versions.last(where: { $0.offset <= offset })?.value, version > 0 else { return [] }
    return [.kraftVersion(version)] + (sets.last { $0.offset <= offset }.map { [.voters($0.value)] } ?? [])
  }

  /// The log was truncated.
  mutating func truncate(to end: Offset) {
    sets.removeAll { $0.offset >= end }
    versions.removeAll { $0.offset >= end }
  }

  /// A snapshot holds what was in force at its end: nothing older is needed.
  mutating func forget(before end: Offset) {
    sets.keepLast(before: end)
    versions.keepLast(before: end)
  }
}

extension Array {
  /// Removes the entries before an offset, except the last of them.
  fileprivate mutating func keepLast<Value>(before end: Offset) where Element == VoterSetHistory.Entry<Value> {
    guard let last = lastIndex(where: { $0.offset < end }) else { return }
    removeFirst(last)
  }
}
