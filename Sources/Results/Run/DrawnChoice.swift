/// One value of a scenario that was left to the seed, and what became of it.
public struct DrawnChoice: Codable, Sendable, Equatable {
  /// The path of the value, such as `topics[0].partitions`; that of a set is `draw` and its name.
  public var path: String
  /// The value as YAML on one line; `absent` if there is none.
  public var value: String

  public init(path: String, value: String) {
    self.path = path
    self.value = value
  }
}
