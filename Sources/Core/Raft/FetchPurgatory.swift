import Host
import Primitives
import Wire

/// Fetches of the metadata log that wait because the leader has nothing new for them yet.
struct FetchPurgatory {
  struct Waiting {
    let number: UInt64
    let replica: ReplicaKey
    let request: FetchRequest
    let reply: (FetchResponse) -> Void
    let timer: ScheduledTimer
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
  mutating func take(where isReady: (Waiting) -> Bool) -> [Waiting] {
    let ready = waiting.filter(isReady)
    if !ready.isEmpty { waiting.removeAll(where: isReady) }
    return ready
  }
}
