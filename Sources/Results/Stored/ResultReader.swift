import Foundation
import Measurement

/// Reads what `bench --out`, `replay --out` and `verify --out` store.
public enum ResultReader {
  /// The results found at a path.
  public struct Contents {
    /// Benchmarks and trials.
    public var results: [StoredResult] = []
    /// Results of sweeps: they have no rows to compare.
    public var sweeps: [StoredSweep] = []
    /// JSON files in a folder that are not results: reports in the formats of other tools.
    public var others: [String] = []

    fileprivate mutating func add(_ stored: Stored?, called name: String) {
      switch stored {
      case .result(let result): results.append(result)
      case .sweep(let summary): sweeps.append(StoredSweep(file: name, summary: summary))
      case nil: others.append(name)
      }
    }
  }

  /// The content of one file.
  enum Stored: Equatable {
    case result(StoredResult)
    case sweep(VerifySummary)
  }

  /// A file, or all results below a folder in the order of their paths; also by the name of a baseline. Throws where there is none, and where one is damaged.
  public static func contents(of given: String) throws(ResultFileError) -> Contents {
    let path = try Baselines().located(given)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      var contents = Contents()
      contents.add(try stored(at: path, called: name), called: name)
      guard contents.others.isEmpty else { throw ResultFileError(file: path, problem: "this is not a result", remedy: remedy) }
      return contents
    }
    var contents = Contents()
    for name in names(below: path) { contents.add(try stored(at: path + "/" + name, called: name), called: name) }
    guard !contents.results.isEmpty || !contents.sweeps.isEmpty else { throw ResultFileError(file: path, problem: "there is no result in this folder", remedy: remedy) }
    return contents
  }

  /// Reads the text of a result; nil if it is other JSON. `path` is for messages.
  static func stored(_ data: Data, at path: String, called name: String) throws(ResultFileError) -> Stored? {
    let decoder = JSONDecoder()
    do {
      let outline: Outline
      do {
        outline = try decoder.decode(Outline.self, from: data)
      } catch DecodingError.typeMismatch {
        return nil
      }
      guard outline.isBenchmark || outline.isTrial || outline.isSweep else { return nil }
      guard outline.format == StoredFormat.current else { throw otherFormat(outline, path) }
      if let problem = BelievableFigures.problem(in: data) { throw ResultFileError(file: path, problem: problem, remedy: remedy) }
      if outline.isBenchmark {
        let report = try decoder.decode(BenchReport.self, from: data)
        if let problem = BelievableFigures.problem(in: report) { throw ResultFileError(file: path, problem: problem, remedy: remedy) }
        return .result(StoredResult(file: name, report))
      }
      let stored: Stored, delivery: Delivery
      if outline.isTrial {
        let trial = try decoder.decode(RunResult.self, from: data)
        (stored, delivery) = (.result(StoredResult(file: name, trial)), trial.delivery)
        if let groups = trial.groups, let problem = BelievableFigures.problem(in: groups, at: "groups") {
          throw ResultFileError(file: path, problem: problem, remedy: remedy)
        }
        if let transactions = trial.coordinatedTransactions, let problem = BelievableFigures.problem(in: transactions, at: "coordinatedTransactions") {
          throw ResultFileError(file: path, problem: problem, remedy: remedy)
        }
      } else {
        let summary = try decoder.decode(VerifySummary.self, from: data)
        (stored, delivery) = (.sweep(summary), summary.records)
      }
      if let problem = BelievableFigures.problem(in: delivery, at: "delivery") { throw ResultFileError(file: path, problem: problem, remedy: remedy) }
      return stored
    } catch let error as ResultFileError {
      throw error
    } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
      throw ResultFileError(file: "\(path):\(placeOfMistake(in: data))", problem: "this is not JSON", remedy: remedy)
    } catch {
      throw ResultFileError(file: path, problem: problem(error), remedy: remedy)
    }
  }

  private static func otherFormat(_ outline: Outline, _ path: String) -> ResultFileError {
    let format = outline.format.map { "the result has format \($0)" } ?? "the result does not say its format"
    let command = outline.replay.map { ": \($0)" } ?? "."
    return ResultFileError(
      file: path, problem: "\(format); this build reads format \(StoredFormat.current)", remedy: "It was made by another version. Run it again\(command)")
  }

  /// `3:14`. The decoder does not say where it stopped; Foundation's other JSON reader does, in words, unless it stopped at the end.
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

  private static let remedy = "A result is the bench.json that trial bench SCENARIO --out DIR writes, the result.json of trial replay, or the verify.json of trial verify."

  private static func stored(at path: String, called name: String) throws(ResultFileError) -> Stored? {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ResultFileError(file: path, problem: "the file cannot be read", remedy: "Look at its permissions.")
    }
    return try stored(data, at: path, called: name)
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
      return context.codingPath.isEmpty ? "this is not a result" : "\(place(context.codingPath)) is of the wrong kind"
    case DecodingError.dataCorrupted(let context):
      return "\(place(context.codingPath)) cannot be read: \(context.debugDescription)"
    default: return "it cannot be read: \(error)"
    }
  }
}

/// One stored file of `verify`.
public struct StoredSweep: Sendable, Equatable {
  /// The file name; within a folder, the path relative to it.
  public var file: String
  public var summary: VerifySummary

  public init(file: String, summary: VerifySummary) {
    self.file = file
    self.summary = summary
  }
}

/// The keys that identify the kind of a file.
private struct Outline: Decodable {
  struct Anything: Decodable { init(from decoder: any Decoder) {} }

  var format: Int?
  var scenario: String?
  var rows: [Anything]?
  var verdicts: [Anything]?
  var delivery: Anything?
  var guarantees: [Anything]?
  var failures: [Anything]?
  var replay: String?

  var isBenchmark: Bool { rows != nil && scenario != nil }
  var isTrial: Bool { verdicts != nil && delivery != nil && scenario != nil }
  var isSweep: Bool { guarantees != nil && failures != nil && delivery != nil }
}
