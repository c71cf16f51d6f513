import Foundation
import Host
import Primitives
import Testing

@testable import Live

@Suite struct OpenFilesTests {
  /// What a disk answers to a long row of random calls, as text.
  private func answers(seed: UInt64, maxOpenFiles: Int) async throws -> [String] {
    let bench = try DiskBench(maxOpenFiles: maxOpenFiles)
    var random = RandomStream(seed: seed, purpose: "calls")
    var answers: [String] = []
    var open: [FileID] = []
    func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    func path() -> String { pick(4) == 0 ? "f\(pick(3))" : "d\(pick(3))/f\(pick(4))" }
    func record(_ body: () throws -> String) {
      do { answers.append(try body()) } catch { answers.append("\(error)") }
    }
    for number in 0..<3 { try bench.disk.makeDirectory("d\(number)") }
    for step in 0..<800 {
      switch pick(13) {
      case 0, 1, 2:
        let path = path()
        record {
          open.append(try bench.disk.open(path, creating: true))
          return "opened \(path)"
        }
      case 3, 4, 5:
        guard !open.isEmpty else { continue }
        let file = open[pick(open.count)]
        record {
          try bench.disk.append(Bytes("\(step),"), to: file)
          return "appended"
        }
      case 6, 7:
        guard !open.isEmpty else { continue }
        let file = open[pick(open.count)]
        record { "\(bench.disk.size(of: file)): " + (try bench.disk.read(file, at: 0, count: .max).text ?? "?") }
      case 8:
        guard !open.isEmpty else { continue }
        let file = open[pick(open.count)], size = pick(20)
        record {
          try bench.disk.truncate(file, to: size)
          return "truncated"
        }
      case 9:
        guard !open.isEmpty else { continue }
        bench.disk.close(open.remove(at: pick(open.count)))
      case 10:
        let from = pick(2) == 0 ? "d\(pick(3))" : path(), to = pick(2) == 0 ? "d\(pick(3))" : path()
        // A directory may not lie in itself, and what is renamed to itself stays.
        guard from != to, !to.hasPrefix(from + "/") else { continue }
        record {
          try bench.disk.rename(from, to: to)
          return "renamed \(from) \(to)"
        }
        try? bench.disk.makeDirectory("d\(pick(3))")
      case 11:
        let path = pick(4) == 0 ? "d\(pick(3))" : path()
        record {
          try bench.disk.remove(path)
          return "removed \(path)"
        }
        try? bench.disk.makeDirectory("d\(pick(3))")
      default:
        let operation = switch pick(3) {
        case 0: bench.disk.replace(path(), with: Bytes("replaced \(step)"))
        case 1: bench.disk.syncDirectory("d\(pick(3))")
        default: bench.disk.sync(open.isEmpty ? FileID(0) : open[pick(open.count)])
        }
        answers.append("\(try await bench.result(of: operation).map { "\($0)" } ?? "done")")
      }
    }
    for name in ["", "d0", "d1", "d2"] {
      record { "\(try bench.disk.list(name).map { "\($0): \((try? bench.text("\(name)/\($0)")) ?? "-")" })" }
    }
    return answers
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `A disk that keeps four files open gives the same answers as one that keeps all`(seed: UInt64) async throws {
    let few = try await answers(seed: seed, maxOpenFiles: 4), all = try await answers(seed: seed, maxOpenFiles: 10_000)
    let first = zip(few, all).enumerated().first { $0.element.0 != $0.element.1 }
    #expect(few == all, "the first answer that differs: \(String(describing: first))")
  }

  @Test func `Thousands of files use few descriptors`() async throws {
    let bench = try DiskBench(maxOpenFiles: 16)
    var files: [FileID] = []
    for number in 0..<500 {
      try bench.disk.makeDirectory("t-\(number)")
      files.append(try bench.disk.open("t-\(number)/log", creating: true))
      try bench.disk.append(Bytes("\(number)"), to: files[number])
    }
    #expect(bench.disk.descriptorCount <= 16)
    // They may all wait for their sync at once.
    let disk = bench.disk, waiting = files
    let operations = try await bench.loop.executeInContext { waiting.map { disk.sync($0) } }
    for operation in operations { #expect(try await bench.result(of: operation) == nil) }
    #expect(bench.disk.descriptorCount <= 16)
    for number in stride(from: 0, to: 500, by: 7) { #expect(try bench.disk.read(files[number], at: 0, count: 9).text == "\(number)") }
  }

  @Test func `A closed file is reopened under the current name of its directory`() throws {
    let bench = try DiskBench(maxOpenFiles: 4)
    try bench.disk.makeDirectory("t-0/below")
    let file = try bench.disk.open("t-0/below/log", creating: true)
    try bench.disk.append(Bytes("kept"), to: file)
    for number in 0..<8 { _ = try bench.disk.open("other-\(number)", creating: true) }
    try bench.disk.rename("t-0", to: "t-0.deleted")
    try bench.disk.append(Bytes(" on"), to: file)
    #expect(try bench.text("t-0.deleted/below/log") == "kept on")
  }

  @Test func `A file that is still open can be read after its directory was removed`() throws {
    let bench = try DiskBench(maxOpenFiles: 4)
    try bench.disk.makeDirectory("t-0")
    let files = try (0..<10).map { number in
      let file = try bench.disk.open("t-0/\(number)", creating: true)
      try bench.disk.append(Bytes("\(number)"), to: file)
      return file
    }
    try bench.disk.remove("t-0")
    for number in 0..<10 {
      try bench.disk.append(Bytes("!"), to: files[number])
      #expect(try bench.disk.read(files[number], at: 0, count: 9).text == "\(number)!")
    }
  }

  @Test func `A replacement in a directory that the node removed ends without an error`() async throws {
    let bench = try DiskBench()
    try bench.disk.makeDirectory("t-0")
    // Those that are under way keep the one that is looked at waiting.
    let disk = bench.disk
    let operation = try await bench.loop.executeInContext {
      for number in 0..<20 { _ = disk.replace("t-0/\(number)", with: Bytes("x")) }
      let operation = disk.replace("t-0/last", with: Bytes("x"))
      try disk.remove("t-0")
      return operation
    }
    #expect(try await bench.result(of: operation) == nil)
    #expect(!bench.disk.exists("t-0"))
  }

  // MARK: What others do to the directory

  @Test func `Files and directories are private`() async throws {
    let bench = try DiskBench()
    try bench.disk.makeDirectory("t-0")
    _ = try bench.disk.open("t-0/log", creating: true)
    #expect(try await bench.result(of: bench.disk.replace("checkpoint", with: Bytes("0"))) == nil)
    func mode(_ path: String) throws -> Int { try FileManager.default.attributesOfItem(atPath: bench.path.path + path)[.posixPermissions] as? Int ?? 0 }
    for directory in ["", "/t-0"] { #expect(try mode(directory) == 0o700) }
    for file in ["/.lock", "/t-0/log", "/checkpoint"] { #expect(try mode(file) == 0o600) }
  }

  @Test func `No link is followed`() async throws {
    let bench = try DiskBench(), outside = TemporaryDirectory()
    try FileManager.default.createDirectory(atPath: outside.path, withIntermediateDirectories: true)
    try "precious".write(toFile: outside.path + "/file", atomically: true, encoding: .utf8)
    func link(_ name: String, to target: String) throws {
      try FileManager.default.createSymbolicLink(atPath: bench.path.path + "/" + name, withDestinationPath: outside.path + target)
    }
    try link("directory", to: "")
    try link("log", to: "/file")
    try link("checkpoint.tmp", to: "/file")
    #expect(throws: DiskError.isNoDirectory) { try bench.disk.open("directory/file", creating: false) }
    #expect(throws: DiskError.isLink) { try bench.disk.open("log", creating: true) }
    #expect(throws: DiskError.isNoDirectory) { try bench.disk.list("directory") }
    #expect(throws: DiskError.isNoDirectory) { try bench.disk.makeDirectory("directory/below") }
    #expect(try await bench.result(of: bench.disk.replace("directory/file", with: Bytes("gone"))) == .isNoDirectory)
    // A planted temporary file is put away, and the link itself may be removed.
    #expect(try await bench.result(of: bench.disk.replace("checkpoint", with: Bytes("new"))) == nil)
    #expect(try bench.text("checkpoint") == "new")
    try bench.disk.remove("directory")
    #expect(try String(contentsOfFile: outside.path + "/file", encoding: .utf8) == "precious")
    #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path) == ["file"])
  }

  @Test func `A root that is a link is refused`() throws {
    let target = TemporaryDirectory(), link = TemporaryDirectory()
    try FileManager.default.createDirectory(atPath: target.path, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: target.path)
    #expect(throws: LiveError.self) { try LiveDisk(path: link.path, loop: DiskBench().loop) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: target.path).isEmpty)
  }

  @Test func `A file that another process removed is gone and is not written`() async throws {
    let bench = try DiskBench()
    try bench.disk.makeDirectory("t-0")
    let file = try bench.disk.open("t-0/log", creating: true)
    try bench.disk.append(Bytes("before"), to: file)
    #expect(try await bench.result(of: bench.disk.sync(file)) == nil)
    try FileManager.default.removeItem(atPath: bench.path.path)
    #expect(throws: DiskError.gone) { try bench.disk.append(Bytes("after"), to: file) }
    #expect(throws: DiskError.gone) { try bench.disk.open("t-0/next", creating: true) }
    #expect(throws: DiskError.gone) { try bench.disk.makeDirectory("t-1") }
    #expect(try await bench.result(of: bench.disk.sync(file)) == .gone)
    #expect(try await bench.result(of: bench.disk.replace("checkpoint", with: Bytes("0"))) != nil)
  }

  @Test func `A file that another process replaced is not mistaken for the one that was open`() throws {
    let bench = try DiskBench(maxOpenFiles: 4)
    let file = try bench.disk.open("log", creating: true)
    try bench.disk.append(Bytes("mine"), to: file)
    for number in 0..<8 { _ = try bench.disk.open("other-\(number)", creating: true) }
    try "another".write(toFile: bench.path.path + "/log.new", atomically: false, encoding: .utf8)
    _ = rename(bench.path.path + "/log.new", bench.path.path + "/log")
    #expect(throws: DiskError.gone) { try bench.disk.read(file, at: 0, count: 4) }
  }
}

@Suite struct DescriptorBudgetTests {
  @Test(arguments: [256, 300, 1_024, 20_000, 1 << 20])
  func `Files and connections together stay below the limit`(limit: Int) {
    for nodes in [1, 2, 4] {
      let budget = DescriptorBudget(limit: limit, nodes: nodes)
      #expect(budget.filesOfNode >= 16)
      var connections = 0
      while connections < limit, budget.hasRoomForConnection {
        budget.countConnection(+1)
        connections += 1
      }
      #expect(connections > 0 && connections + nodes * (budget.filesOfNode + 16) <= limit)
    }
  }

  @Test func `Running out of descriptors is reported with a remedy`() {
    #expect(DiskError(errno: EMFILE) == .noDescriptors && DiskError(errno: ENFILE) == .noDescriptors)
    #expect("\(DiskError.noDescriptors)".contains("ulimit -n"))
  }
}

/// Directories are kept open for a moment: what happens to their names meanwhile shows.
@Suite struct DirectoryCacheTests {
  private func make(_ path: String, in bench: DiskBench, _ text: String) throws {
    let file = try bench.disk.open(path, creating: true)
    try bench.disk.append(Bytes(text), to: file)
    bench.disk.close(file)
  }

  @Test func `A renamed directory is not found by its former name`() throws {
    let bench = try DiskBench()
    try bench.disk.makeDirectory("logs/a")
    try make("logs/a/f", in: bench, "a")
    try bench.disk.rename("logs", to: "kept")
    #expect(throws: DiskError.notFound) { try bench.disk.open("logs/a/g", creating: true) }
    #expect(try bench.text("kept/a/f") == "a")
    try bench.disk.makeDirectory("logs/a")
    #expect(try bench.text("logs/a/f") == nil)
    try make("logs/a/f", in: bench, "another")
    try bench.disk.rename("logs/a", to: "kept/a2")
    try bench.disk.rename("kept/a", to: "logs/a")
    #expect(try bench.text("logs/a/f") == "a" && bench.text("kept/a2/f") == "another")
  }

  @Test func `A directory that the node removed and created again is another one`() throws {
    let bench = try DiskBench()
    try bench.disk.makeDirectory("logs/a")
    try make("logs/a/f", in: bench, "former")
    try bench.disk.remove("logs")
    #expect(throws: DiskError.notFound) { try bench.disk.open("logs/a/f", creating: true) }
    try bench.disk.makeDirectory("logs/a")
    #expect(try bench.disk.list("logs/a") == [])
    try make("logs/a/f", in: bench, "new")
    #expect(try bench.text("logs/a/f") == "new")
  }

  @Test func `A directory that another process removed and created again is another one`() throws {
    let bench = try DiskBench()
    try bench.disk.makeDirectory("logs/a")
    try make("logs/a/f", in: bench, "former")
    try FileManager.default.removeItem(atPath: "\(bench.path.path)/logs/a")
    #expect(throws: DiskError.notFound) { try bench.disk.open("logs/a/g", creating: true) }
    try FileManager.default.createDirectory(atPath: "\(bench.path.path)/logs/a", withIntermediateDirectories: false)
    try make("logs/a/g", in: bench, "new")
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(bench.path.path)/logs/a") == ["g"])
  }

  @Test func `A link that another process puts in place of a directory is not followed`() async throws {
    let bench = try DiskBench(), outside = TemporaryDirectory()
    try FileManager.default.createDirectory(atPath: outside.path, withIntermediateDirectories: true)
    try bench.disk.makeDirectory("logs/a")
    try make("logs/a/f", in: bench, "inside")
    try FileManager.default.moveItem(atPath: "\(bench.path.path)/logs/a", toPath: "\(bench.path.path)/moved")
    try FileManager.default.createSymbolicLink(atPath: "\(bench.path.path)/logs/a", withDestinationPath: outside.path)
    // The way is walked again after a tenth of a second.
    try await Task.sleep(for: .milliseconds(110))
    #expect(throws: DiskError.isNoDirectory) { try bench.disk.open("logs/a/g", creating: true) }
    #expect(throws: DiskError.isNoDirectory) { try bench.disk.makeDirectory("logs/a") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path) == [])
  }
}
