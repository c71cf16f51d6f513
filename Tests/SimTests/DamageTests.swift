import Host
import Primitives
import Testing

@testable import Sim

/// What the world knows of damage that disks did without an error.
@Suite struct DamageTests {
  @Test func `A flipped bit is read from then on, until its place is truncated`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes([UInt8](repeating: 0, count: 100)))
    _ = try bench.disk.content(of: "log")
    let fault = bench.world.apply(DiskFault(.rot(bits: 1)), on: [bench.node], name: "rot"), since = bench.world.now
    let fresh = try #require(bench.world.damages(by: fault).first)
    #expect(fresh.kind == .rot && fresh.path == "log" && fresh.range.count == 1 && fresh.node == bench.node)
    #expect(fresh.visible == since && fresh.firstRead == nil && fresh.end == nil)
    bench.world.run(for: .milliseconds(5))
    _ = try bench.disk.content(of: "log")
    let file = try bench.disk.open("log", creating: false)
    try bench.disk.truncate(file, to: 0)
    try bench.disk.append(Bytes([UInt8](repeating: 0, count: 100)), to: file)
    _ = try bench.disk.content(of: "log")
    let damage = try #require(bench.world.damages(by: fault).first)
    #expect(damage.firstRead == since + .milliseconds(5) && damage.reads == 1)
    #expect(damage.end == .cutOff && damage.ended == bench.world.now)
  }

  @Test func `Consecutive phantom writes are one damage, which is visible after the power loss`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes("safe"))
    let fault = bench.world.apply(DiskFault(.phantomWrite, files: "log", times: 2), on: [bench.node], name: "phantom")
    let file = try bench.disk.open("log", creating: false)
    try bench.disk.append(Bytes("lost"), to: file)
    try bench.disk.append(Bytes("too"), to: file)
    try bench.disk.append(Bytes("safe"), to: file)
    bench.await(bench.disk.sync(file))
    _ = try bench.disk.content(of: "log")
    #expect(bench.world.damages(by: fault).map(\.range) == [4..<11])
    #expect(bench.world.damages(by: fault).map(\.visible) == [nil] && bench.world.damages(by: fault).map(\.reads) == [0])
    let lost = bench.world.now
    bench.losePower()
    _ = try bench.disk.content(of: "log")
    let damage = try #require(bench.world.damages(by: fault).first)
    #expect(damage.visible == lost && damage.reads > 0 && damage.end == nil)
  }

  @Test func `A power loss takes unsynced data in any case, and a file without a name is gone`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes("safe"))
    try bench.writeDurably("other", Bytes("safe"))
    let phantom = bench.world.apply(DiskFault(.phantomWrite, files: "log"), on: [bench.node], name: "phantom")
    try bench.disk.append(Bytes("lost"), to: bench.disk.open("log", creating: false))
    let rot = bench.world.apply(DiskFault(.rot(bits: 1), files: "other"), on: [bench.node], name: "rot")
    try bench.disk.remove("other")
    #expect(bench.world.damages(by: rot).map(\.end) == [.fileGone])
    bench.losePower()
    #expect(bench.world.damages(by: phantom).map(\.end) == [.lostWithPower])
  }

  @Test func `A misdirected write damages both places`() throws {
    let bench = DiskBench()
    try bench.writeDurably("log", Bytes([UInt8](repeating: 1, count: 100)))
    let fault = bench.world.apply(DiskFault(.misdirectedWrite, times: 1), on: [bench.node], name: "astray")
    try bench.disk.append(Bytes([UInt8](repeating: 2, count: 10)), to: bench.disk.open("log", creating: false))
    #expect(bench.world.damages(by: fault).map(\.kind) == [.neverWritten, .overwritten])
  }
}
