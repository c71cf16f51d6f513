/// What a benchmark ran, as far as its rows do not tell it. Where it differs, two results are about different things.
public struct BenchInputs: Codable, Sendable, Equatable {
  /// A file that was read, by what it is for and by its contents: where it stands says nothing.
  public struct File: Codable, Sendable, Equatable {
    /// `scenario`, `driver`, `payload`.
    public var role: String
    /// Eight hexadecimal digits.
    public var crc32c: String

    public init(role: String, crc32c: String) {
      self.role = role
      self.crc32c = crc32c
    }
  }

  public var files: [File]
  /// Each `--set`, as it was given.
  public var overrides: [String]
  /// Of a search for the highest rate.
  public var objectives: [String]

  public init(files: [File] = [], overrides: [String] = [], objectives: [String] = []) {
    self.files = files
    self.overrides = overrides
    self.objectives = objectives
  }
}
