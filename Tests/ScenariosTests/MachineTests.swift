import Primitives
import Sim
import Testing

@testable import Scenarios

@Suite struct MachineTests {
  func error(_ text: String) -> ScenarioError? {
    do {
      _ = try MachineReader.read(text: text, file: "machine.yaml")
      return nil
    } catch { return error as? ScenarioError }
  }

  @Test func `Every profile that ships reads, has its file's name and says where its figures are from`() throws {
    let profiles = try MachineLibrary.profiles()
    #expect(profiles.map(\.name) == MachineLibrary.names)
    #expect(profiles.allSatisfy { $0.about.count > 80 })
    // Two of them differ in their network alone.
    #expect(Set(profiles.map { [$0.disk.syncLatency, $0.network.latency] }).count == profiles.count)
  }

  @Test func `The default machine has the defaults of its structures`() throws {
    var profile = try MachineLibrary.profile("nvme-10g")
    profile.about = ""
    #expect(profile == .nvme10g)
  }

  @Test func `A profile that was written reads back the same`() throws {
    for profile in try MachineLibrary.profiles() { #expect(try MachineReader.read(text: profile.yaml, file: "written.yaml") == profile) }
    var odd = MachineProfile(name: "my \"own\" machine")
    odd.about = "Measured: yes.\nTwo lines, a \\ and 'quotes', \r, \u{85}, \u{2028} and \u{feff}."
    odd.isShared = true
    odd.processor.event = .nanoseconds(1_234)
    odd.processor.copyBytePicoseconds = 37
    odd.processor.checksumBytePicoseconds = 0
    odd.processor.compressBytePicoseconds[4] = 4_601
    odd.client = .free
    odd.network.bandwidth = 123_456_789
    odd.network.loopbackBandwidth = 100_999
    odd.disk.syncQuantiles = [.microseconds(150), .nanoseconds(200_001), .milliseconds(3)]
    odd.disk.pageCache = 123_456_789
    #expect(try MachineReader.read(text: odd.yaml, file: "written.yaml") == odd)
  }

  @Test func `Clients are like brokers except for what the profile says about them`() throws {
    let profile = try MachineReader.read(text: "name: m\nprocessor: { cores: 6, event: 2us }\nclient: { send: 900ns }", file: "machine.yaml")
    #expect(profile.processor.cores == 6 && profile.client?.cores == 6)
    #expect(profile.client?.event == .microseconds(2) && profile.client?.send == .nanoseconds(900))
    #expect(profile.processor.send == ProcessorProfile().send)
  }

  @Test(arguments: [
      ("about: x", "'name' is missing"), ("name: m\nprocesor: {}", "unknown key 'procesor'"), ("name: m\nprocessor: { cores: 0 }", "out of range"),
      ("name: m\nprocessor: { copy: 10 }", "is not a rate of bytes"), ("name: m\nprocessor: { codecs: { lzma: {} } }", "unknown key 'lzma'"),
      ("name: m\nprocessor: { codecs: { lz4: { compress: fast } } }", "is not a rate of bytes"), ("name: m\nnetwork: { latency: 5 }", "is not a duration"),
      ("name: m\nnetwork: { bandwidth: 10Gb }", "is not a bandwidth"), ("name: m\ndisk: { sync-quantiles: [2ms, 1ms] }", "ascending order"),
      ("name: m\ndisk: { writeback-from: 1GiB, dirty-limit: 1MiB }", "writers would wait"), ("name: m\nshared: perhaps", "expected true or false"), ("name: m\nnetwork: { bandwidth: 1b/s }", "'1b/s' is too little"),
      ("name: m\nnetwork: { bandwidth: 99KB/s }", "'99KB/s' is too little"), ("name: m\nnetwork: { latency: 100000d }", "'100000d' is too long"),
      ("name: m\nnetwork: { latency: 1h }", "'1h' is too long"), ("name: m\ndisk: { capacity: 0B }", "'0B' is too little"),
      ("name: m\ndisk: { capacity: 1KiB }", "'1KiB' is too little"), ("name: m\ndisk: { page-cache: 0B }", "'0B' is too little"),
      ("name: m\ndisk: { capacity: 99999999999GB }", "is too large"), ("name: m\nprocessor: { event: 1s }", "'1s' is too long"),
      ("name: m\nprocessor: { copy: 1B/s }", "is not a rate of bytes"), ("name: m\nprocessor: { copy: 10000001ps }", "is not a rate of bytes"),
      ("name: m\nprocessor: { cores: 100000 }", "out of range"), ("name: m\ndisk: { sync: 1m }", "'1m' is too long"),
    ])
  func `A mistake is reported with its place and remedy`(text: String, problem: String) {
    let error = error(text)
    #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
    #expect(error?.remedy.isEmpty == false && error?.place.source == "machine.yaml")
  }

  @Test func `All mistakes of a profile are told`() {
    let found = error("about: x\nprocessor: { cores: 0, event: 5 }\nnetwork: { latency: 1h, bandwith: 1Gb/s }\ndisk: { capacity: 0B }")?.all ?? []
    #expect(
      found.map { "\($0.place.line) \($0.problem)" } == [
        "1 'name' is missing", "2 processor.cores: 0 is out of range", "2 processor.event: '5' is not a duration", "3 network.latency: '1h' is too long",
        "3 unknown key 'bandwith' in network", "4 disk.capacity: '0B' is too little",
      ])
  }

  @Test func `An unknown machine is refused with the nearest name, and a missing file with its path`() {
    #expect { try MachineLibrary.profile("nvme-10") } throws: { "\($0)".contains("Did you mean 'nvme-10g'?") }
    #expect { try MachineLibrary.profile("./none.yaml") } throws: { "\($0)".contains("there is no file ./none.yaml") }
  }
}
