import Host
import Primitives
import Testing

@testable import Sim

@Suite struct DiskFaultTests {
  @Test func `Rot flips bits of matching files and spares readers that share the old bytes`() throws {
    let bench = DiskBench()
    let batch = Bytes([UInt8](repeating: 0, count: 1_000))
    try bench.writeDurably("t-0.log", batch)
    try bench.writeDurably("t-0.index", batch)
    let fault = bench.world.apply(DiskFault(.rot(bits: 3), files: "*.log"), on: [bench.node], name: "rot")
    let flipped = try bench.disk.content(of: "t-0.log")!.array.reduce(0) { $0 + $1.nonzeroBitCount }
    #expect(flipped == 3)
    #expect(try bench.disk.content(of: "t-0.index") == batch)
    #expect(batch.array.allSatisfy { $0 == 0 })
    #expect(bench.world.faults[fault].hits == 3)
  }

  @Test func `A phantom write can be read until the power is lost`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes("safe"))
    let fault = bench.world.apply(DiskFault(.phantomWrite, files: "log", times: 1), on: [bench.node], name: "phantom")
    let file = try bench.disk.open("log", creating: false)
    try bench.disk.append(Bytes("lost"), to: file)
    try bench.disk.append(Bytes("safe"), to: file)
    #expect(bench.await(bench.disk.sync(file)) == nil)
    #expect(try bench.content("log") == "safelostsafe")
    bench.losePower()
    #expect(try bench.content("log") == "safe\0\0\0\0safe")
    #expect(bench.world.faults[fault].hits == 1)
  }

  @Test func `A misdirected write destroys another place`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes([UInt8](repeating: 1, count: 100)))
    bench.world.apply(DiskFault(.misdirectedWrite, times: 1), on: [bench.node], name: "astray")
    let file = try bench.disk.open("log", creating: false)
    try bench.disk.append(Bytes([UInt8](repeating: 2, count: 10)), to: file)
    bench.await(bench.disk.sync(file))
    #expect(try bench.disk.content(of: "log")!.array.prefix(100).count { $0 == 2 } == 10)
    bench.losePower()
    #expect(try bench.disk.content(of: "log")!.array.suffix(10).allSatisfy { $0 == 0 })
  }

  @Test func `A failing disk answers with an error for matching files`() throws {
    let bench = DiskBench()
    try bench.disk.makeDirectory("t-0")
    let bad = try bench.disk.open("t-0/log", creating: true), good = try bench.disk.open("meta", creating: true)
    let fault = bench.world.apply(DiskFault(.inputOutputError, files: "t-0/*"), on: [bench.node], name: "eio")
    #expect(throws: DiskError.inputOutput) { try bench.disk.append(Bytes("x"), to: bad) }
    #expect(throws: DiskError.inputOutput) { try bench.disk.read(bad, at: 0, count: 1) }
    #expect(bench.await(bench.disk.sync(bad)) == .inputOutput)
    try bench.disk.append(Bytes("x"), to: good)
    bench.world.lift(fault)
    try bench.disk.append(Bytes("x"), to: bad)
    #expect(bench.world.faults[fault].hits == 3)
  }

  @Test func `What a failed sync should have written is not written by the next one`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes("safe"))
    bench.world.apply(DiskFault(.inputOutputErrorOnSync, times: 1), on: [bench.node], name: "fsyncgate")
    let file = try bench.disk.open("log", creating: false)
    try bench.disk.append(Bytes("lost"), to: file)
    #expect(bench.await(bench.disk.sync(file)) == .inputOutput)
    #expect(bench.await(bench.disk.sync(file)) == nil)
    bench.losePower()
    #expect(try bench.content("log") == "safe\0\0\0\0")
  }

  @Test func `A full disk refuses new bytes`() throws {
    let bench = DiskBench()
    let file = try bench.disk.open("log", creating: true)
    let fault = bench.world.apply(DiskFault(.full), on: [bench.node], name: "full")
    #expect(throws: DiskError.noSpace) { try bench.disk.append(Bytes("x"), to: file) }
    #expect(bench.await(bench.disk.replace("checkpoint", with: Bytes("x"))) == .noSpace)
    #expect(bench.disk.size(of: file) == 0)
    bench.world.lift(fault)
    try bench.disk.append(Bytes("x"), to: file)
    #expect(bench.disk.size(of: file) == 1)
  }

  @Test func `A slow disk takes longer by its delay`() throws {
    let bench = DiskBench()
    bench.world.apply(DiskFault(.slow(.milliseconds(30))), on: [bench.node], name: "slow")
    let file = try bench.disk.open("log", creating: true)
    let before = bench.world.now
    bench.await(bench.disk.sync(file))
    #expect(bench.world.now - before == .microseconds(30_200))
  }

  @Test func `Flushes that were slow are under way when the disk is no longer slow, and others wait behind them`() throws {
    let bench = DiskBench()
    let fault = bench.world.apply(DiskFault(.slow(.milliseconds(30))), on: [bench.node], name: "slow")
    let file = try bench.disk.open("log", creating: true)
    for _ in 1...100 { _ = bench.disk.sync(file) }
    bench.world.lift(fault)
    #expect(!bench.world.hasDiskFault(bench.node) && bench.world.hasSlowFlushes(bench.node))
    bench.await(bench.disk.sync(file))
    #expect(bench.world.now > .zero + .milliseconds(30))
    bench.world.run(for: .seconds(4))
    #expect(!bench.world.hasSlowFlushes(bench.node))
  }

  @Test func `A stalled disk continues when the fault is lifted`() throws {
    let bench = DiskBench()
    let fault = bench.world.apply(DiskFault(.stalled), on: [bench.node], name: "stalled")
    let file = try bench.disk.open("log", creating: true)
    _ = bench.disk.sync(file)
    bench.world.run(for: .seconds(100))
    #expect(bench.notes.story == [])
    bench.world.lift(fault)
    bench.world.run(for: .milliseconds(1))
    #expect(bench.notes.story == ["disk ok"])
  }

  @Test func `Patterns match whole paths`() {
    #expect(matches("t-0/000.log", pattern: "*.log"))
    #expect(matches("t-0/000.log", pattern: "t-?/*"))
    #expect(matches("a", pattern: "*"))
    #expect(!matches("t-0/000.log", pattern: "*.index"))
    #expect(!matches("t-0/000.log", pattern: "000.log"))
    #expect(matches("aXbXc", pattern: "a*X*c"))
    #expect(!matches("", pattern: "?"))
  }
}
