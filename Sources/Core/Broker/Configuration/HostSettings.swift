import Primitives

/// Settings that a broker does not obey itself but what it runs in, such as limits of its sockets. It describes them beside its own, and passes
/// changes on.
public struct HostSettings: Sendable {
  public struct Known: Sendable {
    public let name: String
    public let kind: SettingKind
    public let defaultValue: String
    /// What the broker was started with, where that is not the default.
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
  /// Says why dynamic values, on top of those given, cannot be; nil if they can.
  let objection: @Sendable ([(String, String)]) -> ConfigurationError?
  /// Takes over all dynamic values. Those that were set before and are not among them hold no more.
  let apply: @Sendable ([(String, String)]) -> Void

  public init(
    known: [Known], objection: @escaping @Sendable ([(String, String)]) -> ConfigurationError?, apply: @escaping @Sendable ([(String, String)]) -> Void
  ) {
    self.known = known
    self.objection = objection
    self.apply = apply
  }

  /// Of a world that obeys nothing of the kind: such settings are refused.
  public static let none = HostSettings(known: [], objection: { _ in nil }, apply: { _ in })

  subscript(name: String) -> Known? { known.first { $0.name == name } }
}
