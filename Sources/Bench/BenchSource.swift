import Foundation
import Primitives
import Results
import Scenarios
import Trials

/// The source of a benchmark, before a variant is chosen: a scenario file, or a workload of the OpenMessaging Benchmark with its driver.
struct BenchSource {
  private let value: Value
  /// Whether it was converted from files of another benchmark.
  private let isConverted: Bool
  private let request: BenchRequest
  private let duration: Value?
  /// Whether the file itself asks for a search for the highest rate.
  let asksForSearch: Bool
  /// The driver name of the OpenMessaging Benchmark.
  let driverName: String
  /// What the cluster became for the sake of a driver, a line each.
  let warnings: [String]
  /// All that was read, with checksums.
  let files: [BenchInputs.File]

  init(_ request: BenchRequest) throws {
    self.request = request
    let text = try ScenarioLibrary.text(at: request.file)
    let file = try Value.parse(text, source: request.file)
    var files = [BenchInputs.File(role: "scenario", crc32c: Self.checksum(Array(text.utf8)))]
    if let payload = request.payloadFile.flatMap({ FileManager.default.contents(atPath: $0) }) {
      files.append(BenchInputs.File(role: "payload", crc32c: Self.checksum(payload)))
    }
    let duration = request.duration.map { Value(content: .scalar($0), place: Place(source: "--duration \($0)"), path: "duration") }
    guard FileKind(of: file) == .workload || request.driver != nil else {
      try FileKind.expect(.scenario, file)
      try ScenarioReader.checkChoices(of: file, file: request.file)
      value = file
      isConverted = false
      self.duration = duration
      asksForSearch = false
      driverName = "Kafka"
      warnings = []
      self.files = files
      return
    }
    try FileKind.expect(.workload, file)
    var driver = OpenMessagingDriver.standard
    if let path = request.driver {
      let text = try ScenarioLibrary.text(at: path)
      files.append(BenchInputs.File(role: "driver", crc32c: Self.checksum(Array(text.utf8))))
      let value = try Value.parse(text, source: path)
      try FileKind.expect(.driver, value)
      driver = try OpenMessagingDriver(value)
    }
    self.files = files
    let workload = try OpenMessagingWorkload(file)
    isConverted = true
    value = try workload.scenario(driver, duration: try duration?.duration())
    // The duration is already part of the converted workload.
    self.duration = nil
    asksForSearch = workload.producerRate == 0
    driverName = driver.name
    warnings = driver.warnings
  }

  /// Eight hexadecimal digits.
  private static func checksum(_ bytes: some Sequence<UInt8>) -> String {
    let digits = String(Array(bytes).withUnsafeBytes { CRC32C.checksum($0) }, radix: 16)
    return String(repeating: "0", count: 8 - digits.utf8.count) + digits
  }

  /// The document with the requested variant, overrides and duration.
  func document(variant: String?) throws -> ScenarioDocument {
    var document = try ScenarioDocument(value, file: request.file, variant: variant, overrides: request.overrides)
    document.isConverted = isConverted
    if let duration { document.value["duration"] = duration }
    guard !document.hasChoices else {
      throw document.value.error(
        "it leaves values to the seed (draw), and a benchmark compares settings", remedy: "Fix them with --set PATH=VALUE, or compare them: --vary KEY=VALUE,VALUE.")
    }
    return document
  }
}
