import Foundation
import Primitives

/// Results that are kept under names, as files in a folder: `results/NAME.json`.
public struct Baselines {
  public let folder: String

  /// - Parameter folder: by default that in the folder in which the program runs.
  public init(in folder: String = "results") { self.folder = folder }

  /// In the order of their names, which hold slashes where the files are in folders of their own.
  public var names: [String] {
    let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return files.filter { $0.hasSuffix(Self.ending) }.map { String($0.dropLast(Self.ending.count)) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// What is wrong with a name for a new one; nil where it is good: words of letters, digits, dots, hyphens and underscores, with slashes between them.
  public static func objection(to name: String) -> String? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isGood = parts.allSatisfy { part in
      part.first.map { $0.isASCII && ($0.isLetter || $0.isNumber) } == true && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }
    guard isGood, name.utf8.count <= 200 else { return "'\(name)' is not a name: write letters, digits, dots, hyphens and underscores, such as main or nightly/acks" }
    return name.hasSuffix(ending) ? "the name of a result has no \(ending): write \(name.dropLast(ending.count))" : nil
  }

  /// Where the result of this name is kept.
  public func path(of name: String) -> String { "\(folder)/\(name)\(Self.ending)" }

  /// What a user names: a path where there is something on disk, and otherwise the name of a result that was kept, of a folder of them, or the end of such
  /// a name where it is the only one.
  public func located(_ given: String) throws(ResultFileError) -> String {
    if FileManager.default.fileExists(atPath: given) { return given }
    for path in [path(of: given), "\(folder)/\(given)"] where FileManager.default.fileExists(atPath: path) { return path }
    let names = names, meant = names.filter { $0.hasSuffix("/\(given)") }
    if meant.count == 1 { return path(of: meant[0]) }
    guard meant.isEmpty else {
      throw ResultFileError(file: given, problem: "\(meant.count) results have names that end so", remedy: "Write \(meant.joined(separator: " or ")).")
    }
    throw ResultFileError(
      file: given, problem: "there is no such file, and no result of this name in \(folder)/",
      remedy: suggestion(for: given, among: names, or: "trial bench SCENARIO --save NAME keeps one, and trial baselines lists them."))
  }

  private static let ending = ".json"
}
