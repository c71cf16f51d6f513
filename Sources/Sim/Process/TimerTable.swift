import Host

/// The timers of one life of a node. A slot's generation grows when it is freed, so a late event finds nothing.
struct TimerTable {
  private struct Entry {
    var timer: Timer
    var generation: UInt32
    var isSet: Bool
  }

  private var entries: ContiguousArray<Entry> = []
  private var vacant: ContiguousArray<UInt32> = []

  @inline(__always)
  mutating func insert(_ timer: Timer) -> (slot: UInt32, generation: UInt32) {
    if let slot = vacant.popLast() {
      entries[Int(slot)].timer = timer
      entries[Int(slot)].isSet = true
      return (slot, entries[Int(slot)].generation)
    }
    entries.append(Entry(timer: timer, generation: 0, isSet: true))
    return (UInt32(entries.count - 1), 0)
  }

  @inline(__always)
  @discardableResult
  mutating func take(slot: UInt32, generation: UInt32) -> Timer? {
    let index = Int(slot)
    guard index < entries.count, entries[index].generation == generation, entries[index].isSet else { return nil }
    entries[index].isSet = false
    entries[index].generation &+= 1
    vacant.append(slot)
    return entries[index].timer
  }
}
