import Host
import Primitives
import Testing

@testable import Sim

@Suite struct DiskCopyTests {
  /// Files with their contents, and directories, by path.
  private func copy(_ bench: DiskBench, after remains: DiskRemains) -> [String: String?] {
    var copy: [String: String?] = [:]
    bench.world.visitDisk(of: bench.node, after: remains) { entry in
      switch entry {
      case .directory(let path): copy[path] = .some(nil)
      case .file(let path, _, let content): copy[path] = content.map { $0.text ?? "?" }.joined()
      }
    }
    return copy
  }

  /// A file that was synced and then changed, one that was never synced, and one in a directory below.
  private func bench() throws -> DiskBench {
    let bench = DiskBench()
    try bench.disk.makeDirectory("t-0")
    try bench.writeDurably("t-0/log", Bytes("synced"))
    bench.await(bench.disk.syncDirectory("t-0"))
    try bench.disk.append(Bytes(", not synced"), to: bench.disk.open("t-0/log", creating: false))
    try bench.disk.append(Bytes("new"), to: bench.disk.open("new", creating: true))
    return bench
  }

  @Test func `A copy after a kill has what the page cache holds`() throws {
    let bench = try bench()
    #expect(copy(bench, after: .kill) == ["t-0": nil, "t-0/log": "synced, not synced", "new": "new"])
  }

  @Test func `A copy after a power loss has what a power loss leaves, and takes nothing away`() throws {
    let bench = try bench()
    let copied = copy(bench, after: .powerLoss)
    #expect(try bench.content("t-0/log") == "synced, not synced")
    bench.losePower()
    #expect(copied == copy(bench, after: .kill))
    #expect(copied["new"] == nil)
  }

  @Test func `A truncation that was not synced is undone in a copy after a power loss`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes("one two"))
    try bench.disk.truncate(bench.disk.open("log", creating: false), to: 3)
    #expect(copy(bench, after: .kill) == ["log": "one"])
    #expect(copy(bench, after: .powerLoss) == ["log": "one two"])
  }
}
