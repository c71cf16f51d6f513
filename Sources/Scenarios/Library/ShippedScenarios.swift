import CScenarios
import Primitives

/// The files of the folder `scenarios`, built into the program so that their names work in any folder.
package enum ShippedScenarios {
  /// Full names such as `hazards/kip-101-truncation-loss`, in this order.
  package static let names: [String] = (0..<shipped_file_count()).map { String(cString: shipped_files()[$0].name) }

  /// The text of a file by its full name.
  package static func text(of name: String) -> String? {
    guard let index = names.firstIndex(of: name) else { return nil }
    let file = shipped_files()[index]
    return String(decoding: UnsafeBufferPointer(start: file.text, count: file.size), as: UTF8.self)
  }

  /// The full names that a user may mean: with or without `scenarios/` and `.yaml`, and without its folder if it is a single word.
  package static func meant(by given: String) -> [String] {
    let name = whole(given)
    if names.contains(name) { return [name] }
    return given.contains("/") || given.hasSuffix(".yaml") ? [] : names.filter { $0.hasSuffix("/" + given) }
  }

  /// The names below a folder of scenarios, or all names for `scenarios`.
  package static func names(below folder: String) -> [String] {
    let trimmed = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    return trimmed == "scenarios" ? names : names.filter { $0.hasPrefix(whole(trimmed) + "/") }
  }

  /// The existing name nearest to an unknown one, written in the user's style.
  package static func suggestion(for given: String, or advice: String) -> String {
    let bare = names.compactMap { $0.split(separator: "/").last.map(String.init) }
    let beginnings = names.filter { $0.contains("/" + whole(given)) }.prefix(3).joined(separator: ", ")
    return Primitives.suggestion(for: whole(given), among: names + bare, or: beginnings.isEmpty ? advice : "There is \(beginnings).")
  }

  private static func whole(_ given: String) -> String {
    let name = given.hasPrefix("scenarios/") ? given.dropFirst("scenarios/".count) : given[...]
    return String(name.hasSuffix(".yaml") ? name.dropLast(".yaml".count) : name)
  }
}
