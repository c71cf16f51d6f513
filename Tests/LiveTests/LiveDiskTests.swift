import Glibc
import Host
import NIOCore
import NIOEmbedded
import NIOPosix
import Primitives
import Testing

@testable import Live

/// A disk in a temporary directory. Its operations end on its loop, so what they gave is read there: whoever has seen an end knows that the loop is done
/// with it, and may call the disk from elsewhere.
final class DiskBench: @unchecked Sendable {
  let path = TemporaryDirectory()
  let loop = NIOAsyncTestingEventLoop()
  let disk: LiveDisk
  private var results: [DiskOperation: DiskError?] = [:]

  init(maxOpenFiles: Int = 100) throws {
    disk = try LiveDisk(path: path.path, loop: loop, maxOpenFiles: maxOpenFiles)
    disk.whenDone = { [unowned self] in results[$0] = .some($1) }
  }

  deinit { try? disk.shutDown() }

  /// Waits for the end of an operation.
  func result(of operation: DiskOperation) async throws -> DiskError? {
    for _ in 0..<Patience.milliseconds {
      await loop.run()
      if let result = try await loop.executeInContext({ self.results[operation] }) { return result }
      try await Task.sleep(for: .milliseconds(1))
    }
    Issue.record("the operation did not end")
    return nil
  }

  func text(_ path: String) throws -> String? { try disk.content(of: path)?.text }
}

@Suite struct LiveDiskTests {
  @Test func `Appended bytes are read back across their pieces`() throws {
    let bench = try DiskBench()
    let file = try bench.disk.open("log", creating: true)
    try bench.disk.append(Bytes("0123456789"), to: file)
    try bench.disk.append(Bytes("abc"), to: file)
    #expect(try bench.disk.read(file, at: 8, count: 4).text == "89ab")
    #expect(try bench.disk.read(file, at: 11, count: 100).text == "bc")
    #expect(try bench.disk.read(file, at: 13, count: 1).isEmpty)
    #expect(bench.disk.size(of: file) == 13)
  }

  @Test func `A very large read allocates only for what the file contains`() throws {
    let bench = try DiskBench()
    let file = try bench.disk.open("log", creating: true)
    try bench.disk.append(Bytes("short"), to: file)
    #expect(try bench.disk.read(file, at: 0, count: .max).text == "short")
  }

  @Test func `Appends continue after a truncation`() throws {
    let bench = try DiskBench()
    let file = try bench.disk.open("log", creating: true)
    try bench.disk.append(Bytes("0123456789"), to: file)
    try bench.disk.truncate(file, to: 4)
    try bench.disk.append(Bytes("x"), to: file)
    try bench.disk.truncate(file, to: 100)
    #expect(try bench.text("log") == "0123x")
  }

  @Test func `A missing file is not found`() throws {
    let bench = try DiskBench()
    #expect(throws: DiskError.notFound) { try bench.disk.open("nothing", creating: false) }
    #expect(throws: DiskError.notFound) { try bench.disk.open("no/where", creating: true) }
    #expect(!bench.disk.exists("nothing"))
    #expect(bench.disk.modified("nothing") == nil)
    #expect(try bench.disk.content(of: "nothing") == nil)
  }

  @Test func `A closed file accepts no more operations`() throws {
    let bench = try DiskBench()
    let file = try bench.disk.open("log", creating: true)
    bench.disk.close(file)
    #expect(throws: DiskError.invalid) { try bench.disk.append(Bytes("late"), to: file) }
    #expect(throws: DiskError.invalid) { try bench.disk.read(file, at: 0, count: 1) }
  }

  @Test func `Directories are listed in the order of their bytes`() throws {
    let bench = try DiskBench()
    try bench.disk.makeDirectory("a/b/c")
    try bench.disk.makeDirectory("a/b")
    for name in ["z", "é", "B", "10", "9"] { bench.disk.close(try bench.disk.open("a/\(name)", creating: true)) }
    #expect(try bench.disk.list("a") == ["10", "9", "B", "b", "z", "é"])
    #expect(try bench.disk.list("") == ["a"])
    #expect(try bench.disk.list("nowhere") == [])
    #expect(throws: DiskError.isNoDirectory) { try bench.disk.list("a/z") }
    #expect(throws: DiskError.isNoDirectory) { try bench.disk.makeDirectory("a/z/below") }
  }

  @Test func `A directory is removed with everything in it`() throws {
    let bench = try DiskBench()
    try bench.disk.makeDirectory("topic-0/inner")
    bench.disk.close(try bench.disk.open("topic-0/inner/log", creating: true))
    try bench.disk.remove("topic-0")
    try bench.disk.remove("topic-0")
    #expect(!bench.disk.exists("topic-0"))
  }

  @Test func `An open file is readable under its new name and after its removal`() throws {
    let bench = try DiskBench()
    let file = try bench.disk.open("old", creating: true)
    try bench.disk.append(Bytes("kept"), to: file)
    try bench.disk.rename("old", to: "new")
    #expect(try bench.text("new") == "kept")
    try bench.disk.remove("new")
    #expect(try bench.disk.read(file, at: 0, count: 4).text == "kept")
  }

  @Test(arguments: ["../outside", "a/../../outside", "..", "."])
  func `No path leads out of the data directory`(path: String) throws {
    let bench = try DiskBench()
    #expect(throws: DiskError.invalid) { try bench.disk.open(path, creating: true) }
    #expect(throws: DiskError.invalid) { try bench.disk.remove(path) }
    #expect(!bench.disk.exists(path))
  }

  @Test func `An absolute path starts at the root of the node`() throws {
    let bench = try DiskBench()
    bench.disk.close(try bench.disk.open("/log", creating: true))
    #expect(try bench.disk.list("") == ["log"])
  }

  @Test func `The root is never removed`() throws {
    let bench = try DiskBench()
    #expect(throws: DiskError.invalid) { try bench.disk.remove("") }
  }

  @Test func `A replacement is in place when its operation ends`() async throws {
    let bench = try DiskBench()
    #expect(try await bench.result(of: bench.disk.replace("checkpoint", with: Bytes("one"))) == nil)
    #expect(try bench.text("checkpoint") == "one")
    let disk = bench.disk
    let last = try await bench.loop.executeInContext {
      _ = disk.replace("checkpoint", with: Bytes("two, which is longer"))
      return disk.replace("checkpoint", with: Bytes("3"))
    }
    #expect(try await bench.result(of: last) == nil)
    #expect(try bench.text("checkpoint") == "3")
    #expect(try bench.disk.list("") == ["checkpoint"])
  }

  @Test func `Many replacements end as each of them would alone`() async throws {
    let bench = try DiskBench()
    let names = (0..<300).map { "t-\($0)" }, disk = bench.disk
    // On the loop, where they belong: the first of them end while the last are asked for.
    let (former, sync, removed, blocked, later) = try await bench.loop.executeInContext {
      for name in names + ["removed", "blocked"] { try disk.makeDirectory(name) }
      try disk.makeDirectory("blocked/epochs.tmp")
      let former = names.map { disk.replace("\($0)/epochs", with: Bytes("first")) }
      let file = try disk.open("log", creating: true)
      try disk.append(Bytes("x"), to: file)
      let sync = disk.sync(file)
      let removed = disk.replace("removed/epochs", with: Bytes("x")), blocked = disk.replace("blocked/epochs", with: Bytes("x"))
      let later = names.map { disk.replace("\($0)/epochs", with: Bytes("second of \($0)")) }
      try disk.rename("t-299", to: "t-299.deleted")
      try disk.remove("removed")
      return (former, sync, removed, blocked, later)
    }
    for operation in former + later + [sync, removed] { #expect(try await bench.result(of: operation) == nil) }
    #expect(try await bench.result(of: blocked) != nil)
    for name in names {
      let directory = name == "t-299" ? "t-299.deleted" : name
      #expect(try bench.disk.list(directory) == ["epochs"] && bench.text("\(directory)/epochs") == "second of \(name)")
    }
  }

  @Test func `A replacement follows its directory wherever it goes`() async throws {
    let bench = try DiskBench()
    try bench.disk.makeDirectory("topic-0")
    let disk = bench.disk
    let operation = try await bench.loop.executeInContext {
      let operation = disk.replace("topic-0/leader-epoch-checkpoint", with: Bytes("0"))
      try disk.rename("topic-0", to: "topic-0.deleted")
      return operation
    }
    #expect(try await bench.result(of: operation) == nil)
    #expect(try bench.text("topic-0.deleted/leader-epoch-checkpoint") == "0")
  }

  @Test func `Operations that cannot be done end with a reason`() async throws {
    let bench = try DiskBench()
    try bench.disk.makeDirectory("directory")
    #expect(try await bench.result(of: bench.disk.sync(FileID(99))) == .invalid)
    #expect(try await bench.result(of: bench.disk.syncDirectory("nowhere")) == .notFound)
    #expect(try await bench.result(of: bench.disk.replace("directory", with: Bytes("x"))) == .isDirectory)
    #expect(try await bench.result(of: bench.disk.replace("nowhere/x", with: Bytes("x"))) == .notFound)
  }

  @Test func `A file may be closed while its sync is under way`() async throws {
    let bench = try DiskBench()
    let file = try bench.disk.open("log", creating: true)
    try bench.disk.append(Bytes("durable"), to: file)
    let disk = bench.disk
    let operation = try await bench.loop.executeInContext {
      let operation = disk.sync(file)
      disk.close(file)
      return operation
    }
    #expect(try await bench.result(of: operation) == nil)
    #expect(try await bench.result(of: bench.disk.syncDirectory("")) == nil)
  }

  @Test func `A data directory belongs to one disk at a time`() throws {
    let bench = try DiskBench()
    #expect(throws: LiveError.locked(path: bench.path.path)) { try LiveDisk(path: bench.path.path, loop: bench.loop) }
    try bench.disk.shutDown()
    let next = try LiveDisk(path: bench.path.path, loop: bench.loop)
    try next.shutDown()
  }

  @Test func `A directory that cannot be created is refused with a reason`() {
    #expect(throws: LiveError.self) { try LiveDisk(path: "/proc/nothing/here", loop: NIOAsyncTestingEventLoop()) }
  }
}
