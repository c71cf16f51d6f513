import Primitives

/// A scenario file with its variant and overrides applied, which may be changed further before it is read.
package struct ScenarioDocument {
  package var value: Value
  package var file: String
  package var variant: String?
  package var variants: [String]
  package var overrides: [String]
  /// Whether it was converted from a file of another kind, which has its own rules for names.
  package var isConverted = false
  /// What became of the values that the document left to the seed, as YAML on one line; nil before they are drawn.
  package var choices: [(path: String, value: String)]?

  /// Applies the changes of a variant and of overrides to a document. Throws a `ScenarioError`.
  ///
  /// - Parameters:
  ///   - variant: the name of one of the file's variants.
  ///   - overrides: `PATH=VALUE` pairs, applied after the variant.
  package init(_ document: Value, file: String, variant: String? = nil, overrides: [String] = []) throws {
    var document = document
    let variants = try Self.takeVariants(from: &document)
    if let variant {
      guard let chosen = variants.first(where: { $0.name == variant }) else {
        let names = variants.map(\.name)
        throw ScenarioError(
          at: Place(source: file), "there is no variant '\(variant)'",
          remedy: suggestion(for: variant, among: names, or: names.isEmpty ? "This scenario has no variants." : nil))
      }
      for change in chosen.changes { try document.set(change.key, to: change.value) }
    }
    for override in overrides { try Self.apply(override, to: &document) }
    value = document
    self.file = file
    self.variant = variant
    self.variants = variants.map(\.name)
    self.overrides = overrides
  }

  private static func takeVariants(from document: inout Value) throws -> [(name: String, changes: [Value.Entry])] {
    guard case .map(var entries) = document.content, let index = entries.firstIndex(where: { $0.key == "variants" }) else { return [] }
    let variants = entries.remove(at: index).value
    document.content = .map(entries)
    guard case .map(let named) = variants.content else {
      throw variants.error("expected variants by name", remedy: "Write variants: { fixed: { cluster.switches.truncation: leaderEpoch } }.")
    }
    return try named.map { entry in
      guard case .map(let changes) = entry.value.content else {
        throw entry.value.error("expected paths and values", remedy: "Write { cluster.config.min.insync.replicas: 2, expect: { holds: all } }.")
      }
      return (entry.key, changes)
    }
  }

  private static func apply(_ override: String, to document: inout Value) throws {
    let place = Place(source: "--set \(override)")
    guard let equals = override.firstIndex(of: "="), equals > override.startIndex else {
      throw ScenarioError(at: place, "this is not PATH=VALUE", remedy: "Write --set cluster.brokers=5.")
    }
    let text = String(override[override.index(after: equals)...])
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw ScenarioError(at: place, "there is no value after the equals sign", remedy: "Write --set \(override[...equals])VALUE, such as --set cluster.brokers=5.")
    }
    var value = try Value.parse(text, source: place.source)
    value.place = place
    try document.set(String(override[..<equals]), to: value)
  }
}
