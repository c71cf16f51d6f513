import Primitives
import Testing

@testable import Workloads

/// The entries of a history are stored in columns and runs, and come back as they were appended.
@Suite struct EntriesTests {
  /// Entries of every kind, alone and in runs: more than fit into one chunk.
  private static let made: [History.Entry] = {
    var entries: [History.Entry] = []
    for round in 0..<700 {
      let number = Int32(round % 5), base = Offset(Int64(round * 100))
      for place in 0..<100 { entries.append(History.Entry(PartitionNumber(number), RecordValue(UInt32(place)), at: base + Int64(place))) }
      for place in 0..<3 { entries.append(History.Entry(.unknown, RecordValue(UInt32(round + place)), in: TransactionNumber(number))) }
      entries.append(History.Entry(PartitionNumber(number), .none, at: base + 7))
      entries.append(History.Entry(PartitionNumber(number), .none, at: base + 7))
      entries.append(History.Entry(PartitionNumber(number), 1, at: base + 8, key: KeyNumber(number)))
      entries.append(History.Entry(PartitionNumber(number), 2))
    }
    return entries
  }()

  private static func history(_ sizes: [Int]) -> History {
    var history = History(), rest = made[...], size = 0
    while !rest.isEmpty {
      let count = sizes[size % sizes.count]
      history.append(.ok, .poll, by: 0, at: .zero, Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
      size += 1
    }
    return history
  }

  @Test(arguments: [[1], [107], [1, 64, 300], [80_000]]) func `Entries come back as they were appended, however many an operation has`(_ sizes: [Int]) {
    let history = Self.history(sizes)
    #expect(history.entries.elementsEqual(Self.made))
    #expect(history.operations.flatMap { Array(history.entries(of: $0)) } == Self.made)
    var visited: [History.Entry] = []
    for operation in history.operations { history.forEachEntry(of: operation) { visited.append($0) } }
    #expect(visited == Self.made)
    #expect(stride(from: 0, to: Self.made.count, by: 97).allSatisfy { history.entries[$0] == Self.made[$0] && history.entries.value(at: $0) == Self.made[$0].value })
  }

  @Test func `A run holds neighbours that share everything but their value`() {
    let history = Self.history([107])
    var runs: [(offset: Offset, values: Int)] = []
    history.forEachRun(of: history.operations[2]) { runs.append(($0.offset, $1.count)) }
    #expect(runs.map(\.offset) == [200, .unknown, 207, 207, 208, .unknown])
    #expect(runs.map(\.values) == [100, 3, 1, 1, 1, 1])
  }

  @Test func `Slices have the places of the whole, and are equal where their entries are`() {
    let entries = Self.history([107]).entries
    let slice = entries[90..<110]
    #expect(slice.indices == 90..<110 && Array(slice) == Array(Self.made[90..<110]) && slice.first == Self.made[90] && slice.last == Self.made[109])
    #expect(slice[100..<103] == entries[100..<103] && slice[100..<102] != entries[100..<103] && entries[0..<3] != entries[1..<4])
  }

  @Test func `A copy of a history keeps its entries while the history grows`() {
    var history = History()
    history.append(.ok, .send, by: 0, at: .zero, History.Entry(0, 0, at: 0))
    let copy = history
    history.append(.ok, .send, by: 0, at: .zero, History.Entry(0, 1, at: 1))
    #expect(copy.entries.map(\.value) == [0] && history.entries.map(\.value) == [0, 1])
  }
}
