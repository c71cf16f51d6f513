import Primitives

extension History {
  /// The entries of a history, or some of them side by side.
  ///
  /// Stored in columns: neighbours mostly share partition, key and transaction, and their offsets follow each other, so only the value is stored
  /// for each: 4 bytes in the place of 24.
  public struct Entries: RandomAccessCollection, Equatable, @unchecked Sendable {
    /// Shared between copies and slices. Sendable, because it is copied before it is changed where others can see it.
    private var columns = EntryColumns()
    public private(set) var startIndex = 0
    public private(set) var endIndex = 0

    init() {}

    public subscript(place: Int) -> Entry {
      precondition(place >= startIndex && place < endIndex, "an entry outside of the list")
      return columns[place]
    }

    public subscript(places: Range<Int>) -> Entries {
      precondition(places.lowerBound >= startIndex && places.upperBound <= endIndex, "entries outside of the list")
      var slice = self
      (slice.startIndex, slice.endIndex) = (places.lowerBound, places.upperBound)
      return slice
    }

    /// To the whole list only, not to a slice.
    mutating func append(_ entry: Entry) {
      if !isKnownUniquelyReferenced(&columns) { columns = EntryColumns(columns) }
      columns.append(entry)
      endIndex += 1
    }

    /// The value of an entry, which is cheaper than all of it.
    func value(at place: Int) -> RecordValue { columns.values[place] }

    /// Calls `body` with the values of neighbours that share everything else.
    func forEachRun(at places: Range<Int>, _ body: (EntryRun, ArraySlice<RecordValue>) -> Void) { columns.forEachRun(at: places, body) }

    public func makeIterator() -> Iterator { Iterator(columns, startIndex..<endIndex) }

    public struct Iterator: IteratorProtocol {
      private let columns: EntryColumns
      private var place: Int
      private let end: Int
      private var run: EntryRun
      private var number: Int
      private var endOfRun: Int

      fileprivate init(_ columns: EntryColumns, _ places: Range<Int>) {
        self.columns = columns
        (place, end, endOfRun) = (places.lowerBound, places.upperBound, places.lowerBound)
        number = places.isEmpty ? 0 : columns.run(at: places.lowerBound) - 1
        run = EntryRun(at: 0, Entry(.unknown, .none))
      }

      public mutating func next() -> Entry? {
        guard place < end else { return nil }
        if place == endOfRun {
          number += 1
          run = columns.runs[number]
          endOfRun = columns.end(ofRun: number)
        }
        defer { place += 1 }
        return run.entry(at: place, columns.values[place])
      }
    }

    public static func == (left: Entries, right: Entries) -> Bool { left.count == right.count && left.elementsEqual(right) }
  }
}

/// What neighbouring entries share. Their offsets rise by one, or are all unknown.
struct EntryRun {
  /// The place of its first entry.
  let start: UInt32
  let partition: PartitionNumber
  let key: KeyNumber
  let transaction: TransactionNumber
  /// Of the first entry.
  let offset: Offset

  init(at place: Int, _ entry: History.Entry) {
    start = UInt32(place)
    (partition, key, transaction, offset) = (entry.partition, entry.key, entry.transaction, entry.offset)
  }

  /// The offset of the entry at a place of the run.
  @inline(__always)
  func offset(at place: Int) -> Offset { offset == .unknown ? .unknown : Offset(offset.value &+ Int64(place &- Int(start))) }

  /// Whether an entry that comes at a place belongs to the run, if that is where it ends.
  @inline(__always)
  func holds(_ entry: History.Entry, at place: Int) -> Bool {
    entry.partition == partition && entry.key == key && entry.transaction == transaction && entry.offset == offset(at: place)
  }

  @inline(__always)
  func entry(at place: Int, _ value: RecordValue) -> History.Entry { History.Entry(partition, value, at: offset(at: place), key: key, in: transaction) }
}

/// Entries as a column of values, and runs that tell the rest.
private final class EntryColumns {
  /// The run of the first entry of each block is known; the others are looked for from there. Where neighbours have nothing in common, half a block is walked
  /// over for each operation.
  private static let blockSize = 16

  private(set) var values = ChunkedList<RecordValue>()
  private(set) var runs: ContiguousArray<EntryRun> = []
  private var runOfBlock: ContiguousArray<UInt32> = []

  init() {}

  init(_ other: EntryColumns) { (values, runs, runOfBlock) = (other.values, other.runs, other.runOfBlock) }

  subscript(place: Int) -> History.Entry { runs[run(at: place)].entry(at: place, values[place]) }

  func append(_ entry: History.Entry) {
    let place = values.count
    if runs.last?.holds(entry, at: place) != true { runs.append(EntryRun(at: place, entry)) }
    if place % Self.blockSize == 0 { runOfBlock.append(UInt32(clamping: runs.count - 1)) }
    values.append(entry.value)
  }

  func run(at place: Int) -> Int {
    var number = Int(runOfBlock[place / Self.blockSize])
    while end(ofRun: number) <= place { number += 1 }
    return number
  }

  /// The place after its last entry.
  func end(ofRun number: Int) -> Int { number + 1 < runs.count ? Int(runs[number + 1].start) : values.count }

  func forEachRun(at places: Range<Int>, _ body: (EntryRun, ArraySlice<RecordValue>) -> Void) {
    guard !places.isEmpty else { return }
    var place = places.lowerBound, number = run(at: place)
    while place < places.upperBound {
      let run = runs[number], end = min(end(ofRun: number), places.upperBound)
      values.forEachSlice(at: place..<end) { slice in
        body(EntryRun(at: place, run.entry(at: place, .none)), slice)
        place += slice.count
      }
      number += 1
    }
  }
}
