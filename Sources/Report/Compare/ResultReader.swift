import Foundation

/// A stored result that cannot be read: where, what is wrong, and what would be right.
public struct ResultFileError: Error, Equatable, CustomStringConvertible {
  public let file: String
  public let problem: String
  public let remedy: String

  public var description: String { "\(file): \(problem)\n  \(remedy)" }
}

/// Reads what `bench --out` and `replay --out` keep.
public enum ResultReader {
  /// What stands at a path of the file system.
  public struct Contents {
    public var results: [StoredResult]
    /// JSON files of a folder that are something else than results: reports in other tools' formats.
    public var others: [String]
  }

  /// A file, or all results below a folder in the order of their paths. Throws where there is none, and where one is damaged.
  public static func contents(of path: String) throws(ResultFileError) -> Contents {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ResultFileError(file: path, problem: "there is no such file", remedy: "Write one with trial bench SCENARIO --out DIR.")
    }
    guard isFolder.boolValue else {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      guard let result = try result(at: path, called: name) else {
        throw ResultFileError(file: path, problem: "this is not a result", remedy: remedy)
      }
      return Contents(results: [result], others: [])
    }
    var contents = Contents(results: [], others: [])
    for name in names(below: path) {
      if let result = try result(at: path + "/" + name, called: name) {
        contents.results.append(result)
      } else {
        contents.others.append(name)
      }
    }
    guard !contents.results.isEmpty else { throw ResultFileError(file: path, problem: "there is no result in this folder", remedy: remedy) }
    return contents
  }

  /// Reads the text of a result; nil where it is JSON of another kind. `path` is for messages.
  static func result(_ data: Data, at path: String, called name: String) throws(ResultFileError) -> StoredResult? {
    let decoder = JSONDecoder()
    do {
      let outline: Outline
      do {
        outline = try decoder.decode(Outline.self, from: data)
      } catch DecodingError.typeMismatch {
        return nil
      }
      guard outline.isBenchmark || outline.isTrial else { return nil }
      guard outline.format == StoredFormat.current else { throw otherFormat(outline, path) }
      if let problem = BelievableFigures.problem(in: data) { throw ResultFileError(file: path, problem: problem, remedy: remedy) }
      if outline.isBenchmark {
        let report = try decoder.decode(BenchReport.self, from: data)
        if let problem = BelievableFigures.problem(in: report) { throw ResultFileError(file: path, problem: problem, remedy: remedy) }
        return StoredResult(file: name, report)
      }
      let row = StoredRow(try decoder.decode(StoredTrial.self, from: data))
      if let problem = BelievableFigures.problem(in: row.delivery, at: "delivery") { throw ResultFileError(file: path, problem: problem, remedy: remedy) }
      return StoredResult(file: name, scenario: row.scenario, rows: [row])
    } catch let error as ResultFileError {
      throw error
    } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
      throw ResultFileError(file: "\(path):\(placeOfMistake(in: data))", problem: "this is not JSON", remedy: remedy)
    } catch {
      throw ResultFileError(file: path, problem: problem(error), remedy: remedy)
    }
  }

  private static func otherFormat(_ outline: Outline, _ path: String) -> ResultFileError {
    let format = outline.format.map { "the result has format \($0)" } ?? "the result does not tell its format"
    let command = outline.replay.map { ": \($0)" } ?? "."
    return ResultFileError(
      file: path, problem: "\(format); this build reads format \(StoredFormat.current)", remedy: "It was made by another version. Run it again\(command)")
  }

  /// `3:14`. The decoder does not tell where it stopped; Foundation's other reader of JSON does, in words, unless it stopped at the end.
  private static func placeOfMistake(in data: Data) -> String {
    var words = ""
    do {
      _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
    } catch {
      words = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? ""
    }
    let offset = words.split { !$0.isNumber }.first.flatMap { Int($0) } ?? data.count
    let before = data.prefix(offset).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return "\(max(1, before.count)):\((before.last?.count ?? 0) + 1)"
  }

  private static let remedy = "A result is the bench.json that trial bench SCENARIO --out DIR writes, or the result.json of trial replay."

  private static func result(at path: String, called name: String) throws(ResultFileError) -> StoredResult? {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ResultFileError(file: path, problem: "the file cannot be read", remedy: "Look at its permissions.")
    }
    return try result(data, at: path, called: name)
  }

  private static func names(below folder: String) -> [String] {
    let all = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.hasSuffix(".json") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func problem(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.reduce("") { text, key in key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)") }
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      return "\(place(context.codingPath)) is of the wrong kind"
    case DecodingError.dataCorrupted(let context):
      return "\(place(context.codingPath)) cannot be read: \(context.debugDescription)"
    default: return "it cannot be read: \(error)"
    }
  }
}

/// Enough of a file to tell what it is.
private struct Outline: Decodable {
  struct Anything: Decodable { init(from decoder: any Decoder) {} }

  var format: Int?
  var scenario: String?
  var rows: [Anything]?
  var verdicts: [Anything]?
  var delivery: Anything?
  var replay: String?

  var isBenchmark: Bool { rows != nil && scenario != nil }
  var isTrial: Bool { verdicts != nil && delivery != nil && scenario != nil }
}

/// A trial as `replay` stores it.
struct StoredTrial: Decodable {
  struct Simulated: Decodable { var seconds: Double }

  var scenario: String
  var variant: String?
  /// The bits of an unsigned number.
  var seed: Int64
  var build: String
  var traceHash: String
  var events: UInt64
  var simulated: Simulated
  var verdicts: [StoredVerdict]
  var delivery: StoredDelivery
  var faults: [FaultCount]
  /// An exit code in words.
  var outcome: String
  var replay: String
}

extension StoredRow {
  init(_ trial: StoredTrial) {
    scenario = trial.scenario
    settings = []
    variant = trial.variant
    seed = UInt64(bitPattern: trial.seed)
    build = trial.build
    machine = nil
    traceHash = trial.traceHash
    events = trial.events
    simulatedSeconds = trial.simulated.seconds
    verdicts = trial.verdicts
    delivery = trial.delivery
    faults = trial.faults
    metrics = nil
    exitCode = ExitCode.allCases.first { $0.word == trial.outcome }?.rawValue ?? ExitCode.internalError.rawValue
    replay = trial.replay
  }
}
