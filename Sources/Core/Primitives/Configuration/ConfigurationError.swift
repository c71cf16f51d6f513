/// Why a configuration was refused: which setting, what was wrong, and what would be right.
public enum ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No setting has this name; `nearest` is the one that was probably meant.
  case unknownName(String, nearest: String?)
  /// A setting without a default was not given.
  case missing(name: String, expected: String)
  /// The text is not a valid value of this setting.
  case invalidValue(name: String, value: String, expected: String)
  /// The same name was given twice with different values.
  case givenTwice(name: String)
  /// Kafka has this setting, but nothing here depends on it.
  case notModelled(name: String, explanation: String)
  /// Settings that are valid on their own contradict each other.
  case contradiction(names: [String], explanation: String)

  public var description: String {
    switch self {
    case .unknownName(let name, let nearest):
      "there is no setting named '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .missing(let name, let expected):
      "\(name) must be given: \(expected)"
    case .invalidValue(let name, let value, let expected):
      "\(name)=\(value) is not valid: expected \(expected)"
    case .givenTwice(let name):
      "\(name) is given twice with different values; keep one of them"
    case .notModelled(let name, let explanation):
      "\(name) cannot be set here: \(explanation)"
    case .contradiction(let names, let explanation):
      "\(names.joined(separator: ", ")) contradict each other: \(explanation)"
    }
  }
}
