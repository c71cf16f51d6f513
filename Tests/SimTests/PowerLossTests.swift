import Host
import Primitives
import Testing

@testable import Sim

@Suite struct PowerLossTests {
  @Test func `A kill leaves what the page cache holds`() throws {
    let bench = DiskBench()
    let file = try bench.disk.open("log", creating: true)
    try bench.disk.append(Bytes("not synced"), to: file)
    bench.world.kill(bench.node)
    bench.restart()
    #expect(try bench.content("log") == "not synced")
  }

  @Test func `A power loss leaves what was synced`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes("synced"))
    let file = try bench.disk.open("log", creating: false)
    try bench.disk.append(Bytes(", not synced"), to: file)
    #expect(try bench.content("log") == "synced, not synced")
    bench.losePower()
    #expect(try bench.content("log") == "synced")
  }

  @Test func `A sync that has not ended promises nothing`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes("synced"))
    let file = try bench.disk.open("log", creating: false)
    try bench.disk.append(Bytes(", under way"), to: file)
    _ = bench.disk.sync(file)
    bench.losePower()
    #expect(try bench.content("log") == "synced")
  }

  @Test func `Bytes appended during a sync are not covered by it`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes("one"))
    let file = try bench.disk.open("log", creating: false)
    try bench.disk.append(Bytes(" two"), to: file)
    let sync = bench.disk.sync(file)
    try bench.disk.append(Bytes(" three"), to: file)
    bench.await(sync)
    bench.losePower()
    #expect(try bench.content("log") == "one two")
  }

  @Test func `A name is forgotten unless its directory was synced`() throws {
    let bench = DiskBench()
    let file = try bench.disk.open("new", creating: true)
    try bench.disk.append(Bytes("content"), to: file)
    bench.await(bench.disk.sync(file))
    bench.losePower()
    #expect(!bench.disk.exists("new"))
  }

  @Test func `Unsynced renames and removals are undone`() throws {
    let bench = DiskBench()
    try bench.writeDurably("a", Bytes("A"))
    try bench.writeDurably("b", Bytes("B"))
    try bench.disk.rename("a", to: "c")
    try bench.disk.remove("b")
    bench.losePower()
    #expect(try bench.disk.list("") == ["a", "b"])
    #expect(try bench.content("b") == "B")
    try bench.disk.rename("a", to: "c")
    try bench.disk.remove("b")
    bench.await(bench.disk.syncDirectory(""))
    bench.losePower()
    #expect(try bench.disk.list("") == ["c"])
  }

  @Test func `An unsynced truncation is undone`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes("0123456789"))
    let file = try bench.disk.open("log", creating: false)
    try bench.disk.truncate(file, to: 4)
    try bench.disk.append(Bytes("abc"), to: file)
    bench.losePower()
    #expect(try bench.content("log") == "0123456789")
    let again = try bench.disk.open("log", creating: false)
    try bench.disk.truncate(again, to: 4)
    bench.await(bench.disk.sync(again))
    bench.losePower()
    #expect(try bench.content("log") == "0123")
  }

  @Test func `A truncation during a sync leaves either content`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes("0123"))
    let file = try bench.disk.open("log", creating: false)
    try bench.disk.append(Bytes("4567"), to: file)
    let sync = bench.disk.sync(file)
    try bench.disk.truncate(file, to: 2)
    bench.await(sync)
    #expect(try bench.content("log") == "01")
    bench.losePower()
    #expect(try bench.content("log") == "01234567")
  }

  @Test func `Unsynced pages are kept, dropped or torn individually`() throws {
    var kept = 0, dropped = 0, torn = 0
    for seed in 1...20 as ClosedRange<UInt64> {
      let bench = DiskBench(seed: seed)
      try bench.writeDurably("log", Bytes([UInt8](repeating: 1, count: 100)))
      let file = try bench.disk.open("log", creating: false)
      try bench.disk.append(Bytes([UInt8](repeating: 2, count: 10 * 4096)), to: file)
      bench.losePower(.random)
      let content = try bench.disk.content(of: "log")!.array
      #expect(content.prefix(100) == [UInt8](repeating: 1, count: 100)[...])
      for page in stride(from: 4096, to: content.count, by: 4096) {
        let bytes = content[page..<min(page + 4096, content.count)]
        let new = bytes.count { $0 == 2 }
        #expect(bytes.allSatisfy { $0 == 2 || $0 == 0 })
        #expect(new % 512 == 0 || new == bytes.count)
        if new == 4096 { kept += 1 } else if new == 0 { dropped += 1 } else { torn += 1 }
      }
    }
    #expect(kept > 20 && dropped > 10 && torn > 10)
  }

  @Test func `A power loss with the policy kept keeps everything`() throws {
    let bench = DiskBench()
    let file = try bench.disk.open("new", creating: true)
    try bench.disk.append(Bytes("content"), to: file)
    bench.losePower(.kept)
    #expect(try bench.content("new") == "content")
  }

  @Test func `A power loss of several nodes happens at one instant`() throws {
    let pair = Pair()
    pair.world.powerLoss([pair.client, pair.server])
    #expect(!pair.world.isRunning(pair.client) && !pair.world.isRunning(pair.server))
    pair.world.run(for: .seconds(40))
    #expect(pair.clientNotes.story == ["connected"] && pair.serverNotes.story == ["accepted"])
  }

  @Test func `A replaced disk is empty`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes("synced"))
    bench.world.replaceDisk(bench.node)
    bench.restart()
    #expect(try bench.disk.list("") == [])
  }

  /// A crash every 50 µs through a replacement, by a kill and by a power loss, finds the former content or the new one, never anything else.
  @Test(arguments: [false, true]) func `A replacement is atomic at every instant`(byPowerLoss: Bool) throws {
    var seen: [String] = []
    for step in 0...10 as ClosedRange<Int64> {
      let bench = DiskBench()
      try bench.writeDurably("checkpoint", Bytes("former"))
      let operation = bench.disk.replace("checkpoint", with: Bytes("new"))
      #expect(try bench.content("checkpoint") == "former")
      bench.world.run(for: .microseconds(50 * step))
      let isDone = bench.notes.story.count == 3
      if byPowerLoss { bench.world.powerLoss(bench.node, unsynced: .dropped) } else { bench.world.kill(bench.node) }
      bench.restart()
      let content = try bench.content("checkpoint")!
      #expect(content == "former" || content == "new")
      if isDone { #expect(content == "new") }
      #expect(operation.value > 0)
      seen.append(content)
    }
    #expect(seen.contains("former") && seen.contains("new"))
    #expect(seen == seen.sorted())
  }

  @Test func `Replacements of one file end in order`() throws {
    let bench = DiskBench()
    let operations = ["one", "two", "three"].map { bench.disk.replace("checkpoint", with: Bytes($0)) }
    for operation in operations { #expect(bench.await(operation) == nil) }
    #expect(try bench.content("checkpoint") == "three")
    #expect(try bench.disk.list("") == ["checkpoint"])
    bench.losePower()
    #expect(try bench.content("checkpoint") == "three")
  }

  @Test func `What is on the platter is told without a power loss: bytes once they are synced, under a name that is`() throws {
    let bench = DiskBench()
    func onPlatter() -> Int? { bench.world.bytesOnPlatter(of: "d/f", at: bench.node) }
    try bench.disk.makeDirectory("d")
    let file = try bench.disk.open("d/f", creating: true)
    try bench.disk.append(Bytes("12345"), to: file)
    bench.await(bench.disk.sync(file))
    #expect(onPlatter() == nil && bench.world.contentOnPlatter(of: "d/f", at: bench.node) == nil, "nobody would find it")
    bench.await(bench.disk.syncDirectory("d"))
    #expect(onPlatter() == nil && bench.world.contentOnPlatter(of: "d/f", at: bench.node) == Bytes("12345"), "nobody would find its directory")
    bench.await(bench.disk.syncDirectory(""))
    #expect(onPlatter() == 5)
    try bench.disk.append(Bytes("678"), to: file)
    #expect(onPlatter() == 5 && bench.world.contentOnPlatter(of: "d/f", at: bench.node) == Bytes("12345"))
    bench.await(bench.disk.sync(file))
    #expect(onPlatter() == 8)
    try bench.disk.truncate(file, to: 3)
    #expect(onPlatter() == 3, "what comes behind it may be what was there")
    #expect(bench.world.bytesOnPlatter(of: "d", at: bench.node) == nil && bench.world.bytesOnPlatter(of: "", at: bench.node) == nil)
  }
}
