import Primitives

/// Settings that the broker's host applies, not the broker itself, such as limits of its sockets. The broker describes them along with its own, and
/// passes changes on.
public struct HostSettings: Sendable {
  public struct Known: Sendable {
    public let name: String
    public let kind: SettingKind
    public let defaultValue: String
    /// The value that the broker was started with, if it is not the default.
    public let given: String?
    /// Whether AlterConfigs may change it.
    public let isDynamic: Bool

    public init(name: String, kind: SettingKind, defaultValue: String, given: String?, isDynamic: Bool) {
      self.name = name
      self.kind = kind
      self.defaultValue = defaultValue
      self.given = given
      self.isDynamic = isDynamic
    }
  }

  public let known: [Known]
  /// Returns why dynamic values, combined with the given ones, are invalid; nil if they are valid.
  let objection: @Sendable ([(String, String)]) -> ConfigurationError?
  /// Applies all dynamic values. Values that were set before and are not among them no longer apply.
  let apply: @Sendable ([(String, String)]) -> Void

  public init(
    known: [Known], objection: @escaping @Sendable ([(String, String)]) -> ConfigurationError?, apply: @escaping @Sendable ([(String, String)]) -> Void
  ) {
    self.known = known
    self.objection = objection
    self.apply = apply
  }

  /// For a host without such settings: they are refused.
  public static let none = HostSettings(known: [], objection: { _ in nil }, apply: { _ in })

  subscript(name: String) -> Known? { known.first { $0.name == name } }
}
