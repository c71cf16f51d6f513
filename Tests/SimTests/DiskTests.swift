import Host
import Primitives
import Testing

@testable import Sim

/// One node with a disk, used from outside of its events.
struct DiskBench {
  let world: World
  let node: NodeIndex
  let notes: Notes

  init(seed: UInt64 = 1, options: WorldOptions = .ideal) {
    world = World(seed: seed, options: options)
    (node, notes) = world.addProbe("broker-1")
    world.run(for: .milliseconds(1))
  }

  var disk: any Disk { notes.probe!.host.disk }

  /// Begins a life in which nothing has happened yet.
  func restart() {
    notes.events = []
    world.start(node)
    world.run(for: .milliseconds(1))
  }

  func losePower(_ policy: UnsyncedPolicy = .dropped) {
    world.powerLoss(node, unsynced: policy)
    restart()
  }

  /// Runs an operation to its end.
  @discardableResult
  func await(_ operation: DiskOperation) -> DiskError? {
    var result: DiskError??
    world.runUntil(world.now + .seconds(10)) {
      for (_, event) in notes.events { if case .disk(operation, let error) = event { result = .some(error) } }
      return result != nil
    }
    return result ?? .invalid
  }

  func content(_ path: String) throws -> String? { try disk.content(of: path).map { $0.text ?? $0.hexadecimal } }

  /// Writes a file that survives a power loss, names included.
  func writeDurably(_ path: String, _ bytes: Bytes) throws {
    let file = try disk.open(path, creating: true)
    try disk.append(bytes, to: file)
    self.await(disk.sync(file))
    disk.close(file)
    self.await(disk.syncDirectory(""))
  }
}

@Suite struct DiskTests {
  @Test func `Appended bytes are read without a copy`() throws {
    let bench = DiskBench()
    let file = try bench.disk.open("log", creating: true)
    let batch = Bytes("0123456789")
    try bench.disk.append(batch, to: file)
    try bench.disk.append(Bytes("abc"), to: file)
    let slice = try bench.disk.read(file, at: 2, count: 5)
    #expect(slice.text == "23456")
    #expect(slice.sharesStorage(with: batch))
    #expect(try bench.disk.read(file, at: 8, count: 4).text == "89ab")
    #expect(try bench.disk.read(file, at: 11, count: 100).text == "bc")
    #expect(try bench.disk.read(file, at: 13, count: 1).isEmpty)
    #expect(bench.disk.size(of: file) == 13)
  }

  @Test func `Batches of one buffer are read together without a copy`() throws {
    let bench = DiskBench()
    let file = try bench.disk.open("log", creating: true)
    let response = Bytes("firstsecondthird")
    for range in [0..<5, 5..<11, 11..<16] { try bench.disk.append(response[range], to: file) }
    let all = try bench.disk.read(file, at: 0, count: 16)
    #expect(all.text == "firstsecondthird" && all.sharesStorage(with: response))
  }

  @Test func `Pieces that are adjacent in memory are read together without a copy`() throws {
    let bench = DiskBench()
    let file = try bench.disk.open("log", creating: true)
    var arena = ByteArena()
    let pieces = (0..<10).map { number in arena.append(count: 10_000) { $0.initializeMemory(as: UInt8.self, repeating: number) } }
    for piece in pieces { try bench.disk.append(piece, to: file) }
    #expect(bench.disk.sharedBytes(of: file, at: 0) == 60_000)
    let all = try bench.disk.read(file, at: 5_000, count: 90_000)
    #expect(all == Bytes(joining: pieces)[5_000..<95_000])
    #expect(all.withUnsafeBytes(\.baseAddress) == pieces[0][5_000...].withUnsafeBytes(\.baseAddress))
  }

  @Test func `Paths are the same whatever their slashes`() throws {
    let bench = DiskBench()
    let disk = bench.disk
    try disk.makeDirectory("/data//./t-0/")
    disk.close(try disk.open("data/t-0/a", creating: true))
    for directory in ["data/t-0", "./data/t-0", "data/t-0/.", "/data/./t-0//"] {
      #expect(try disk.list(directory) == ["a"])
      #expect(disk.exists(directory + "/a"))
    }
    for root in ["", "/", ".", "./"] {
      #expect(try disk.list(root) == ["data"])
      #expect(throws: DiskError.invalid) { try disk.open(root, creating: true) }
      #expect(throws: DiskError.invalid) { try disk.remove(root) }
    }
    disk.close(try disk.open("data/.hidden", creating: true))
    #expect(try disk.list("data") == [".hidden", "t-0"])
  }

  @Test func `Paths lead to whatever has their names now`() throws {
    let bench = DiskBench()
    let disk = bench.disk
    try disk.makeDirectory("data/t-0")
    disk.close(try disk.open("data/t-0/a", creating: true))
    try disk.rename("data/t-0", to: "data/t-1")
    #expect(!disk.exists("data/t-0/a") && disk.exists("data/t-1/a"))
    try disk.makeDirectory("data/t-0")
    #expect(!disk.exists("data/t-0/a"))
    disk.close(try disk.open("data/t-0/b", creating: true))
    try disk.rename("data", to: "former")
    #expect(!disk.exists("data/t-0/b") && disk.exists("former/t-0/b"))
    try disk.remove("former/t-0")
    #expect(throws: DiskError.notFound) { try disk.open("former/t-0/c", creating: true) }
    try disk.rename("former/t-1", to: "t-1")
    #expect(throws: DiskError.notFound) { try disk.open("former/t-1/c", creating: true) }
    #expect(try disk.list("t-1") == ["a"])
    bench.losePower()
    #expect(throws: DiskError.notFound) { try bench.disk.open("t-1/c", creating: true) }
  }

  @Test func `Reads of a random file agree with a plain array`() throws {
    let bench = DiskBench()
    let file = try bench.disk.open("log", creating: true)
    var random = RandomStream(seed: 3, purpose: "pieces")
    var model: [UInt8] = []
    for round in 0..<400 {
      if random.chance(1, in: 10), !model.isEmpty {
        let size = Int(random.below(Int64(model.count)))
        try bench.disk.truncate(file, to: size)
        model.removeLast(model.count - size)
      } else {
        let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: Int(random.below(200)))
        try bench.disk.append(Bytes(piece), to: file)
        model += piece
      }
      let from = Int(random.below(Int64(model.count + 1))), count = Int(random.below(300))
      #expect(try bench.disk.read(file, at: from, count: count).array == Array(model[from..<min(model.count, from + count)]))
    }
  }

  @Test func `Names behave as in a file system`() throws {
    let bench = DiskBench()
    let disk = bench.disk
    #expect(throws: DiskError.notFound) { try disk.open("t-0/log", creating: true) }
    try disk.makeDirectory("data/t-0")
    for name in ["b", "a", "c"] { disk.close(try disk.open("data/t-0/\(name)", creating: true)) }
    #expect(try disk.list("data/t-0") == ["a", "b", "c"])
    #expect(try disk.list("nowhere") == [])
    try disk.rename("data/t-0/a", to: "data/t-0/d")
    try disk.remove("data/t-0/b")
    try disk.remove("data/t-0/b")
    #expect(try disk.list("data/t-0") == ["c", "d"])
    #expect(throws: DiskError.notFound) { try disk.rename("data/x", to: "data/y") }
    #expect(throws: DiskError.invalid) { try disk.open("data", creating: true) }
    try disk.rename("data/t-0", to: "data/t-0.deleted")
    #expect(disk.exists("data/t-0.deleted/c") && !disk.exists("data/t-0"))
    try disk.remove("data")
    #expect(try disk.list("") == [])
    #expect(bench.disk.modified("data") == nil)
  }

  @Test func `An open file can be read after its name is gone`() throws {
    let bench = DiskBench()
    let file = try bench.disk.open("a", creating: true)
    try bench.disk.append(Bytes("still here"), to: file)
    try bench.disk.remove("a")
    #expect(try bench.disk.read(file, at: 0, count: 100).text == "still here")
  }

  @Test func `A sync takes its time and syncs queue at the device`() throws {
    let bench = DiskBench()
    let file = try bench.disk.open("a", creating: true)
    let before = bench.world.now
    let operations = (0..<5).map { _ in bench.disk.sync(file) }
    for operation in operations { bench.await(operation) }
    let ends = bench.notes.events.map { $0.time - before }
    // Four side by side, the fifth after one of them.
    #expect(ends == [200, 200, 200, 200, 400].map { Duration.microseconds($0) })
  }

  @Test func `The disk is full at its capacity and has room again after a removal`() throws {
    var options = WorldOptions.ideal
    options.machine.disk.capacity = 100
    let bench = DiskBench(options: options)
    let file = try bench.disk.open("a", creating: true)
    try bench.disk.append(Bytes([UInt8](repeating: 1, count: 90)), to: file)
    #expect(throws: DiskError.noSpace) { try bench.disk.append(Bytes("twenty more bytes....")  , to: file) }
    #expect(bench.disk.size(of: file) == 90)
    try bench.disk.remove("a")
    let other = try bench.disk.open("b", creating: true)
    try bench.disk.append(Bytes("twenty more bytes...."), to: other)
    #expect(bench.disk.size(of: other) == 21)
  }

  @Test func `Modification times are those of the node's wall clock`() throws {
    let bench = DiskBench()
    bench.world.jumpClock(bench.node, by: .seconds(3_600))
    let file = try bench.disk.open("a", creating: true)
    try bench.disk.append(Bytes("x"), to: file)
    #expect(bench.disk.modified("a") == bench.world.options.wallClockOrigin + .seconds(3_600) + .milliseconds(1))
  }
}
