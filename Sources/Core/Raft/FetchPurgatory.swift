import Host
import Primitives
import Wire

/// Fetches of the metadata log that wait because the leader has nothing new for them yet.
struct FetchPurgatory {
  struct Waiting {
    let number: UInt64
    let replica: ReplicaKey
    let position: Position
    let request: FetchRequest
    let reply: (FetchResponse) -> Void
    let timer: ScheduledTimer
  }

  /// What the fetching replica has.
  struct Position {
    /// The end of its log.
    let offset: Offset
    /// The largest that there is for a replica that does not say.
    let highWatermark: Offset

    init(_ wanted: FetchRequest.FetchPartition) { (offset, highWatermark) = (Offset(wanted.fetchOffset), Offset(wanted.highWatermark)) }
  }

  private var waiting: [Waiting] = []
  private var nextNumber: UInt64 = 0

  /// The numbers of the waiting fetches, in the order of their arrival.
  var numbers: [UInt64] { waiting.map(\.number) }

  mutating func takeNumber() -> UInt64 {
    defer { nextNumber += 1 }
    return nextNumber
  }

  mutating func insert(_ fetch: Waiting) { waiting.append(fetch) }

  mutating func remove(_ number: UInt64) -> Waiting? {
    waiting.firstIndex { $0.number == number }.map { waiting.remove(at: $0) }
  }

  /// Removes and returns the fetches that can be answered, in the order of their arrival.
  mutating func take(where isReady: (NodeID, Position) -> Bool) -> [Waiting] {
    var ready: [Waiting] = [], kept = 0
    for index in waiting.indices {
      if isReady(waiting[index].replica, waiting[index].position) {
        ready.append(waiting[index])
      } else {
        if kept < index { waiting.swapAt(kept, index) }
        kept += 1
      }
    }
    waiting.removeLast(waiting.count - kept)
    return ready
  }
}
