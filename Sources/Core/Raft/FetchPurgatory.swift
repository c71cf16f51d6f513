import Host
import Primitives
import Wire

/// Fetches of the metadata log that wait because the leader has nothing new for them yet.
struct FetchPurgatory {
  /// What a replica asks for: where its log ends, what it knows to be committed (the largest offset where it does not say), and how much it takes.
  struct Wanted {
    let replica: ReplicaKey
    let offset: Offset
    let highWatermark: Offset
    let maxBytes: Int

    init(_ request: FetchRequest, _ partition: FetchRequest.FetchPartition) {
      replica = request.replica(of: partition)
      (offset, highWatermark) = (Offset(partition.fetchOffset), Offset(partition.highWatermark))
      maxBytes = Int(max(0, min(request.maxBytes, partition.partitionMaxBytes)))
    }
  }

  struct Waiting {
    let number: UInt64
    let wanted: Wanted
    let reply: (FetchResponse) -> Void
    let timer: ScheduledTimer
  }

  private var waiting: [Waiting] = []
  private var nextNumber: UInt64 = 0

  var isEmpty: Bool { waiting.isEmpty }

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
  mutating func take(where isReady: (Wanted) -> Bool) -> [Waiting] {
    var ready: [Waiting] = [], kept = 0
    for index in waiting.indices {
      if isReady(waiting[index].wanted) {
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
