import Foundation
import Primitives

/// What a benchmark runs, before a variant is chosen: a scenario file, or a workload of the OpenMessaging Benchmark with its driver.
struct BenchSource {
  private let value: Value
  /// Whether it was made of the files of another benchmark.
  private let isConverted: Bool
  private let request: BenchRequest
  private let duration: Value?
  /// Whether a search for the highest rate is what the file itself asks for.
  let asksForSearch: Bool
  /// Of the OpenMessaging Benchmark.
  let driverName: String

  init(_ request: BenchRequest) throws {
    self.request = request
    let file = try Self.value(at: request.file)
    let duration = request.duration.map { Value(content: .scalar($0), place: Place(source: "--duration \($0)"), path: "duration") }
    guard OpenMessagingWorkload.describes(file) || request.driver != nil else {
      try ScenarioReader.checkChoices(of: file, file: request.file)
      value = file
      isConverted = false
      self.duration = duration
      asksForSearch = false
      driverName = "Kafka"
      return
    }
    let driver = try request.driver.map { try OpenMessagingDriver(Self.value(at: $0)) } ?? .standard
    let workload = try OpenMessagingWorkload(file)
    isConverted = true
    value = workload.scenario(driver, duration: try duration?.duration())
    // The workload as a whole was scaled to it.
    self.duration = nil
    asksForSearch = workload.producerRate == 0
    driverName = driver.name
  }

  private static func value(at path: String) throws -> Value { try Value.parse(ScenarioLibrary.text(at: path), source: path) }

  /// The document with a variant, the overrides and the duration that were asked for.
  func document(variant: String?) throws -> ScenarioDocument {
    var document = try ScenarioReader.document(value, file: request.file, variant: variant, overrides: request.overrides)
    document.isConverted = isConverted
    if let duration { document.value["duration"] = duration }
    return document
  }
}
