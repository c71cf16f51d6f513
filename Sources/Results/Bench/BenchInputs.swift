/// What a benchmark ran, except for what its rows say. If it differs, two results are about different things.
public struct BenchInputs: Codable, Sendable, Equatable {
  /// An input file, identified by role and contents: its path says nothing.
  public struct File: Codable, Sendable, Equatable {
    /// `scenario`, `driver` or `payload`.
    public var role: String
    /// Eight hexadecimal digits.
    public var crc32c: String

    public init(role: String, crc32c: String) {
      self.role = role
      self.crc32c = crc32c
    }
  }

  public var files: [File]
  /// Each `--set`, as given.
  public var overrides: [String]
  /// The objectives of a search for the highest rate.
  public var objectives: [String]

  public init(files: [File] = [], overrides: [String] = [], objectives: [String] = []) {
    self.files = files
    self.overrides = overrides
    self.objectives = objectives
  }
}
