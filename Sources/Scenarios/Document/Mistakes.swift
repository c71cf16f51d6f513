/// The mistakes found so far in a file. Reading continues after each, so that a user sees all of them at once.
package struct Mistakes {
  private var found: [ScenarioError] = []

  package init() {}

  /// The number of mistakes at which reading ends: a file that is wrong everywhere is not worth more time.
  private static let limit = 500

  package var isEmpty: Bool { found.isEmpty }

  /// Keeps a mistake. Throws if there are too many.
  package mutating func add(_ error: ScenarioError) throws {
    found += error.all
    if found.count >= Self.limit { try settle() }
  }

  /// The result of `read`; nil if it threw mistakes, which are kept. Throws if there are too many.
  package mutating func collect<Result>(_ read: () throws -> Result) throws -> Result? {
    do {
      return try read()
    } catch let error as ScenarioError {
      try add(error)
      return nil
    }
  }

  /// Throws all mistakes found, if there are any.
  package func settle() throws {
    if !found.isEmpty { throw ScenarioError(found) }
  }
}
