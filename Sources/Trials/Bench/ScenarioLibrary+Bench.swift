import Foundation

extension ScenarioLibrary {
  /// The document that a benchmark runs, with its variant, overrides and duration: a scenario file, or a workload of the OpenMessaging
  /// Benchmark with its driver.
  static func document(of request: BenchRequest) throws -> ScenarioDocument {
    var value = try value(at: request.file)
    let duration = request.duration.map { Value(content: .scalar($0), place: Place(source: "--duration \($0)"), path: "duration") }
    if OpenMessagingWorkload.describes(value) || request.driver != nil {
      let driver = try request.driver.map { try OpenMessagingDriver(self.value(at: $0)) } ?? .standard
      value = try OpenMessagingWorkload(value).scenario(driver, duration: duration?.duration())
    } else if let duration {
      value["duration"] = duration
    }
    return try ScenarioReader.document(value, file: request.file, variant: request.variant, overrides: request.overrides)
  }

  private static func value(at path: String) throws -> Value { try Value.parse(text(at: path), source: path) }
}
