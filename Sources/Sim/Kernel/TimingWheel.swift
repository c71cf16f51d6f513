import Primitives

/// A hierarchical timing wheel (Varghese and Lauck, 1987): inserting and removing an event cost the same however many are waiting.
///
/// A tick is 1.024 µs. Level 0 has a slot for each of the 256 ticks around the current one; each higher level has one for 256 slots of
/// the level below. An event waits on the level of the highest digit in which its tick differs from the current tick; when
/// the wheel turns to its slot, it moves down. Slots are lists in order of arrival, and no event can overtake an
/// earlier one of the same tick: a slot is moved down before anything is inserted below it.
///
/// Events of the current tick are in `ready`, sorted by exact time, so ticks cost no precision.
struct TimingWheel<Element>: EventQueue, ~Copyable {
  private struct Entry {
    var element: Element
    var time: Instant
    var next: Int32
  }

  private static var tickBits: Int64 { 10 }
  private static var levels: Int { 7 }
  private static var nobody: Int32 { -1 }

  private(set) var count = 0
  private var tick: Int64 = 0

  private var entries: UnsafeMutablePointer<Entry>
  private var capacity: Int
  private var used = 0
  private var vacant: UnsafeMutablePointer<Int32>
  private var vacantCount = 0

  private let heads: UnsafeMutablePointer<Int32>
  private let tails: UnsafeMutablePointer<Int32>
  /// One bit for every slot that holds an event, four words per level.
  private let occupied: UnsafeMutablePointer<UInt64>
  private var readyHead = Self.nobody
  private var readyTail = Self.nobody

  init() {
    capacity = 1024
    entries = .allocate(capacity: capacity)
    vacant = .allocate(capacity: capacity)
    let slots = Self.levels * 256
    heads = .allocate(capacity: slots)
    heads.initialize(repeating: Self.nobody, count: slots)
    tails = .allocate(capacity: slots)
    tails.initialize(repeating: Self.nobody, count: slots)
    occupied = .allocate(capacity: Self.levels * 4)
    occupied.initialize(repeating: 0, count: Self.levels * 4)
  }

  deinit {
    release(listFrom: readyHead)
    for slot in 0..<Self.levels * 256 { release(listFrom: heads[slot]) }
    entries.deallocate()
    vacant.deallocate()
    heads.deallocate()
    tails.deallocate()
    occupied.deallocate()
  }

  private func release(listFrom head: Int32) {
    var index = head
    while index != Self.nobody {
      let next = entries[Int(index)].next
      (entries + Int(index)).deinitialize(count: 1)
      index = next
    }
  }

  @inline(__always)
  mutating func insert(_ element: Element, at time: Instant) {
    let index = takeVacantEntry()
    (entries + Int(index)).initialize(to: Entry(element: element, time: time, next: Self.nobody))
    count += 1
    place(index, at: time)
  }

  @inline(__always)
  mutating func removeNext(through limit: Instant) -> (time: Instant, element: Element)? {
    while readyHead == Self.nobody {
      guard turn(upTo: limit.nanoseconds >> Self.tickBits) else { return nil }
    }
    let index = Int(readyHead)
    guard entries[index].time <= limit else { return nil }
    let entry = (entries + index).move()
    vacant[vacantCount] = readyHead
    vacantCount += 1
    count -= 1
    readyHead = entry.next
    if readyHead == Self.nobody { readyTail = Self.nobody }
    return (entry.time, entry.element)
  }

  /// Turns to the next slot that holds an event and moves its events down. Returns false if no such slot begins by `limit`.
  private mutating func turn(upTo limit: Int64) -> Bool {
    guard count > 0 else { return false }
    for level in 0..<Self.levels {
      let shift = Int64(level) << 3
      guard let position = nextOccupied(level, after: Int(truncatingIfNeeded: tick >> shift) & 255) else { continue }
      let start = ((tick >> (shift + 8)) << (shift + 8)) | (Int64(position) << shift)
      guard start <= limit else { return false }
      tick = start
      empty(level << 8 | position)
      return true
    }
    return false
  }

  private mutating func empty(_ slot: Int) {
    var index = heads[slot]
    heads[slot] = Self.nobody
    tails[slot] = Self.nobody
    occupied[slot >> 6] &= ~(1 << UInt64(slot & 63))
    while index != Self.nobody {
      let next = entries[Int(index)].next
      entries[Int(index)].next = Self.nobody
      place(index, at: entries[Int(index)].time)
      index = next
    }
  }

  private func nextOccupied(_ level: Int, after position: Int) -> Int? {
    var word = (position + 1) >> 6
    guard word < 4 else { return nil }
    var bits = occupied[level << 2 | word] & (~0 << UInt64((position + 1) & 63))
    while bits == 0 {
      word += 1
      guard word < 4 else { return nil }
      bits = occupied[level << 2 | word]
    }
    return word << 6 | bits.trailingZeroBitCount
  }

  @inline(__always)
  private mutating func place(_ index: Int32, at time: Instant) {
    let target = time.nanoseconds >> Self.tickBits
    guard target > tick else { return makeReady(index, at: time) }
    let level = (63 - (target ^ tick).leadingZeroBitCount) >> 3
    let slot = (level << 8) | (Int(truncatingIfNeeded: target >> (Int64(level) << 3)) & 255)
    if tails[slot] == Self.nobody {
      heads[slot] = index
      occupied[slot >> 6] |= 1 << UInt64(slot & 63)
    } else {
      entries[Int(tails[slot])].next = index
    }
    tails[slot] = index
  }

  /// Inserts an event into the current tick, after all events with the same or an earlier time.
  @inline(__always)
  private mutating func makeReady(_ index: Int32, at time: Instant) {
    if readyTail == Self.nobody {
      readyHead = index
      readyTail = index
    } else if entries[Int(readyTail)].time <= time {
      entries[Int(readyTail)].next = index
      readyTail = index
    } else {
      insertBeforeTail(index, at: time)
    }
  }

  private mutating func insertBeforeTail(_ index: Int32, at time: Instant) {
    if entries[Int(readyHead)].time > time {
      entries[Int(index)].next = readyHead
      readyHead = index
      return
    }
    var before = Int(readyHead)
    while entries[Int(entries[before].next)].time <= time { before = Int(entries[before].next) }
    entries[Int(index)].next = entries[before].next
    entries[before].next = index
  }

  @inline(__always)
  private mutating func takeVacantEntry() -> Int32 {
    if vacantCount > 0 {
      vacantCount -= 1
      return vacant[vacantCount]
    }
    if used == capacity { grow() }
    used += 1
    return Int32(used - 1)
  }

  /// Called only when no entry is vacant, so every entry is initialized.
  private mutating func grow() {
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: 2 * capacity)
    larger.moveInitialize(from: entries, count: capacity)
    entries.deallocate()
    entries = larger
    vacant.deallocate()
    vacant = .allocate(capacity: 2 * capacity)
    capacity *= 2
  }
}
