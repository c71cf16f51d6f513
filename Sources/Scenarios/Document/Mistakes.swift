/// The mistakes that were found so far in what is being read. Reading goes on behind each, so that a user hears of all of them in one go.
package struct Mistakes {
  private var found: [ScenarioError] = []

  package init() {}

  /// Reading ends at so many: a file that is wrong all over is not worth more time.
  private static let limit = 500

  package var isEmpty: Bool { found.isEmpty }

  /// Keeps what was found. Throws when there is too much of it.
  package mutating func add(_ error: ScenarioError) throws {
    found += error.all
    if found.count >= Self.limit { try settle() }
  }

  /// What a reading gives; nil where it met mistakes, which are kept. Throws when there are too many of them.
  package mutating func collect<Result>(_ read: () throws -> Result) throws -> Result? {
    do {
      return try read()
    } catch let error as ScenarioError {
      try add(error)
      return nil
    }
  }

  /// Throws everything that was found, if anything was.
  package func settle() throws {
    if !found.isEmpty { throw ScenarioError(found) }
  }
}
